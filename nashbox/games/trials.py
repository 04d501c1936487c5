"""What is tried where a game is audited by simulation: strategies, states of nature, worlds."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.players import Players
from nashbox.problem.arrays import Array


@dataclass(frozen=True)
class Played:
    """One strategy's payments in R worlds, (R,), and functions of those worlds to compare with.

    controls: (R, q), each with mean exactly 0. usual: (q,) how much of each theory would take off
    the payments. shared: (R, p), controls that are the same for all strategies. plays: how many
    times a world was played for it.
    """

    paid: Array
    controls: Array
    usual: Array
    shared: Array
    plays: int = 1


class Trials(Players):
    """A game as audits try it out."""

    @abstractmethod
    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """What an audit searches for player i, beside everything that problem files name."""

    def compared(self, i: int) -> Sequence[Deviation | Family]:
        """What player i chooses from where mechanisms are compared at their equilibria."""
        return self.deviations(i)

    def searched(self, i: int, worlds: int, seed: int) -> tuple[Sequence[Deviation], int]:
        """Deviations that a search of the game's own finds, and how many worlds it played."""
        return (), 0

    def described(self) -> str:
        """The class that a black-box audit searches, in words."""
        parts = dict.fromkeys(d.label for i in range(self.m) for d in self.deviations(i))
        shown = list(parts)[:12] + (["..."] if len(parts) > 12 else [])
        return f"{'; '.join(shown)}; the recommendation and what the other players play"

    def alike(self, i: int, strategy: Any) -> Hashable:
        """What strategies of player i have in common that are paid the same in every world.

        So they are whatever dice others throw. Audits play one of them for all. Here each stands
        for itself.
        """
        return id(strategy)

    def states(self, i: int, strategy: Any) -> Sequence[Hashable]:
        """States of nature over which the worst counts; one where chance decides them all."""
        return (None,)

    def other_states(
        self, i: int, strategy: Any, count: int, seed: int, near: Any = None, step: float = 0.0
    ) -> Sequence[Hashable]:
        """Up to `count` more states, drawn at random, where a search looks for a worse one.

        near: a state that they are close to, `step` octaves at most; else all over. None of them
        where `states` are all there are.
        """
        return ()

    @property
    def drawn(self) -> float:
        """How many random numbers a world takes in a round, about."""
        return float(self.m)

    @property
    def room(self) -> int:
        """Worlds of `own_trials` that are played at once at most."""
        return 1 << 15

    def trials(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Array]:
        """Payments (m, R) with each of `strategies` for player i, in the same worlds."""
        for strategy in strategies:
            model = self.with_strategies({self.players[i]: strategy}).model(worlds, seed, at)
            model.step()
            yield np.array([player.paid for player in model.players])

    def own_trials(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Played]:
        """What player i alone is paid with each of `strategies`, in the same worlds: for audits.

        Override where a game knows controls, or has less to play than for everybody's payments.
        """
        nothing = np.empty((worlds, 0))
        for paid in self.own_paid(i, strategies, worlds, seed, at):
            yield Played(paid, nothing, np.empty(0), nothing)

    def own_paid(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Array]:
        """Payments (R,) of player i alone with each of `strategies`, in the same worlds."""
        return (paid[i] for paid in self.trials(i, strategies, worlds, seed, at))

    def mixed(
        self, i: int, parts: Sequence[Deviation], weights: Sequence[float]
    ) -> Deviation | None:
        """One of several strategies by lot, None where no file could say so."""
        return None

    def no_box(self) -> str | None:
        """Why no exhaustive audit applies, or None."""
        return (
            "it searches counts, submissions and shifts of estimation games; for other games use "
            "exact or black_box"
        )

    def searched_box(self, i: int) -> Exact | None:
        """What the exhaustive search of a box finds by formulas, None where it must simulate."""
        return None

    def box(self, i: int, worlds: int, seed: int) -> tuple[Sequence[Deviation], int, float]:
        """Deviations that stand for a box, worlds played to choose them, and a payment.

        Nothing outside of the box is paid better than that.
        """
        raise NotImplementedError

    def described_box(self) -> str:
        """The class that a simulated box covers, in words."""
        raise NotImplementedError
