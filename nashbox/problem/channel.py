"""What an agent faces on one distribution: how a mechanism answers what she hands in.

A *channel* knows the exact risk of a play when the others hand in honest points. What is abstract
it has to know; the other methods say what is known of any channel, or that nothing is, and a
channel that knows more overrides them. Nobody outside of mechanisms asks what class one is of.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array
from nashbox.problem.channel_answers import CHANNEL_ANSWERS, JOINT_ANSWERS
from nashbox.problem.errors import ContractError
from nashbox.problem.holding import hold_answers, instance, optional
from nashbox.problem.plays import Play
from nashbox.problem.pollution import PollutedPool
from nashbox.problem.responses import Bend, Best

ROUNDING = 1e-12  # relative, of a closed form in double precision


def columns(rows: Sequence[tuple[float, ...]]) -> list[Array]:
    """Parameters of many channels, a row each, as columns (P, 1)."""
    return list(np.array(rows, dtype=float).T[:, :, None])


class Channel(ABC):
    """The answer of a mechanism on one distribution, the others' honest points given.

    linear: whether the answer is linear in what is handed in, so that `risk_among` knows of points
    that were made up. scales: whether a field `sigma` is all that changes with sigma.
    floor_everywhere: whether `floor` may be asked all over intervals of costs and sigmas; where
    not, honest counts alone are looked at there.
    """

    linear: ClassVar[bool] = False
    scales: ClassVar[bool] = False
    floor_everywhere: ClassVar[bool] = True

    def __init_subclass__(cls, **more: Any) -> None:
        """Hold what a user's class answers to what methods here say; else ContractError."""
        super().__init_subclass__(**more)
        scaled = optional(instance(Channel, "a Channel or None"))
        hold_answers(cls, {**CHANNEL_ANSWERS, "scaled": scaled})

    @abstractmethod
    def best_risk(self, n: Array | np.float64) -> Array:
        """Least risk of any submission and estimator after collecting n points, elementwise.

        inf where no finite risk can be had.
        """

    @classmethod
    def best_risks(cls, channels: Sequence[Any]) -> Callable[[Array], Array] | None:
        """`best_risk` of many channels of exactly this class at once, None where it has no such.

        What comes back takes counts (N,) or (P, N) to risks (P, N), P the number of channels.
        """
        return None

    @property
    def regular(self) -> bool:
        """Whether `best_risks` may take this channel."""
        return True

    @property
    def deaf(self) -> bool:
        """Whether nothing that the others hand in reaches her, made up or not."""
        return False

    @abstractmethod
    def slope(self, n: float) -> float:
        """Derivative of `best_risk` at n > 0."""

    def floor(self, cost: float, best: float) -> float:
        """A penalty that no play is below; best: the least of `best_risk(n)` + cost n, as found.

        For rules of which `best_risk` is proven at every n it is `best`; the others say what their
        certificates leave.
        """
        return best

    @abstractmethod
    def best_play(self, n: float) -> Play:
        """Return a play that collects n and attains `best_risk`."""

    @abstractmethod
    def risk(self, play: Play) -> tuple[float, float]:
        """Risk of a play and a bound of its numerical error (relative 1e-12 for closed forms)."""

    @abstractmethod
    def estimate(self, play: Play, own: Array, submitted: Array, information: Array) -> Array:
        """Pitman's estimate of mu, all arrays (R,): own mean, mean submitted, information.

        Where there is no information (NaN) it is the own mean.
        """

    def examined_risk(self, play: Play) -> tuple[float, float]:
        """The risk of a play with Pitman's estimator, and its error, by another way than `risk`.

        Exhaustive audits ask. Where there is no other way it is `risk`.
        """
        return self.risk(play)

    def risk_floor(self, n: float) -> float:
        """A bound that no risk after n points is below, by another way than `best_risk`.

        Whatever is submitted, and however the answer is used. Where there is no other way it is
        `best_risk`.
        """
        return float(self.best_risk(np.float64(n))) * (1 - ROUNDING)

    def risk_among(self, play: Play, pool: PollutedPool) -> float | None:
        """Risk of a play among others who may make points up, which she takes for honest ones.

        None where that is not known, as it is not beyond rules that are `linear`. Raises
        ContractError for a channel that says it is linear, and leaves this method as it is here.
        """
        if self.linear and not pool.honest:
            raise ContractError(
                f"{type(self).__name__} says linear = True and has no risk_among: write it, or say "
                "False"
            )
        return self.risk(play)[0] if pool.honest else None

    def copied_risk(self, collected: int, honest: int, own: int, friends: int) -> float:
        """Least known risk of a coalition that hands in copies of its joint mean, inf if none is.

        collected: C, its points; honest: M, those of the others; own: copies by the reader whose
        answer is believed; friends: copies by the rest of the coalition.
        """
        return math.inf

    def scaled(self, factor: float) -> Channel | None:
        """The same rules where sigma is `factor` times as large, None where that is not known."""
        return replace(self, sigma=channel_sigma(self) * factor) if self.scales else None  # type: ignore[type-var]

    def bend(self, n: float, cost: float, price: float, *, integer: bool) -> Bend | None:
        """How penalties bend in v = sigma^2, honest ones at n and best ones.

        price: what no better count exceeds. STRAIGHT where risks are linear in v; None where
        nothing is known.
        """
        return None

    def errors(
        self, counts: NDArray[np.int_], values: Array, worlds: int, rng: np.random.Generator
    ) -> Array | None:
        """Expected squared errors on real measurements of who is honest, (worlds, counts).

        values: measurements around their mean, drawn with replacement; what is not drawn is
        averaged over. inf where nothing is told; None where only simulation knows.
        """
        return None


def channel_sigma(channel: Channel) -> float:
    """Standard deviation of a point, 1 where a channel does not say."""
    return float(getattr(channel, "sigma", 1.0))


class Joint(ABC):
    """What an agent faces where the answer on one distribution depends on what she does on others.

    `members` are the distributions tied together; plays, counts and costs have one entry for each
    of them, in this order, and risks are summed over them. covers: what the bound of `best` holds
    for, in words, where it is not everything. rises: whether least penalties rise with sigma.
    """

    members: tuple[int, ...]
    covers: ClassVar[str] = ""
    rises: ClassVar[bool] = False

    def __init_subclass__(cls, **more: Any) -> None:
        """Hold what a user's class answers to what methods here say; else ContractError."""
        super().__init_subclass__(**more)
        hold_answers(cls, JOINT_ANSWERS)

    @abstractmethod
    def risk(self, plays: Sequence[Play]) -> tuple[float, float]:
        """Risk of the plays and a bound of its numerical error."""

    @abstractmethod
    def risks(self, counts: Array) -> Array:
        """Least risk after collecting counts (..., members), (...)."""

    @abstractmethod
    def best(self, costs: Array, *, integer: bool) -> Best:
        """The best response at costs (members,)."""

    def examined(self, axes: Sequence[Array]) -> Array | None:
        """Full-information risks of all vectors of counts, by another way than `risks`.

        axes: counts of every member; the answer has one axis for each. None where there is no
        other way: exhaustive audits then do not apply.
        """
        return None
