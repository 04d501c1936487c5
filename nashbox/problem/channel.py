"""What an agent faces on one distribution: how a mechanism answers what she hands in.

A *play* on one distribution is (n, s, Delta): collect n points, submit s points whose mean is that
of q of them plus Delta, and use the information I with the estimator h = (1 - w) X-bar + w I, or
with Pitman's estimator, the best translation-equivariant one. A *channel* knows the exact risk of
a play when the others hand in honest points.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Play:
    """What one agent does on one distribution.

    n: points collected. s: points submitted. q: own points whose mean the submission carries
    (n for points made up around the own mean, s for a part of the own points). shift: Delta, in
    units of the measurements. weight: w of h = (1 - w) X-bar + w I; None is Pitman's estimator.
    """

    n: float
    s: float
    q: float
    shift: float = 0.0
    weight: float | None = 1.0

    @property
    def honest(self) -> bool:
        """Whether all points submitted are own points as they were measured."""
        return self.shift == 0.0 and self.s <= self.n and (self.s == 0 or self.q == self.s)

    @classmethod
    def truthful(cls, n: float) -> Play:
        """Collect n, submit the truth, accept what comes back."""
        return cls(n=n, s=n, q=n)


def columns(rows: Sequence[tuple[float, ...]]) -> list[Array]:
    """Parameters of many channels, a row each, as columns (P, 1)."""
    return list(np.array(rows, dtype=float).T[:, :, None])


class Best(NamedTuple):
    """A best response: its penalty, a bound that no response is below, and numerical error."""

    plays: tuple[Play, ...]
    penalty: float
    bound: float
    error: float = 0.0


class Channel(ABC):
    """The answer of a mechanism on one distribution, the others' honest points given."""

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


class Joint(ABC):
    """What an agent faces where the answer on one distribution depends on what she does on others.

    `members` are the distributions tied together; plays, counts and costs have one entry for each
    of them, in this order, and risks are summed over them. covers: what the bound of `best` holds
    for, in words, where it is not everything.
    """

    members: tuple[int, ...]
    covers: ClassVar[str] = ""

    @abstractmethod
    def risk(self, plays: Sequence[Play]) -> tuple[float, float]:
        """Risk of the plays and a bound of its numerical error."""

    @abstractmethod
    def risks(self, counts: Array) -> Array:
        """Least risk after collecting counts (..., members), (...)."""

    @abstractmethod
    def best(self, costs: Array, *, integer: bool) -> Best:
        """The best response at costs (members,)."""
