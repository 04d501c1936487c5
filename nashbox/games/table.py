"""Games whose payoffs stand in a table: N players, menus of any length, pure and mixed play."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.one_shot import Action, OneShot, OneShotView
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError, brief, finite
from nashbox.problem.payoff_files import read_tables
from nashbox.problem.payoff_tables import PayoffTables, of_arrays, whole_numbers
from nashbox.problem.spec import Spec, suggest


@dataclass(frozen=True)
class Pure(Action):
    """Choose one entry of the menu."""

    entry: str = ""
    index: int = 0

    @property
    def label(self) -> str:
        """The entry."""
        return self.entry

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """Its number."""
        return self.index


@dataclass(frozen=True)
class MixedEntry(Action):
    """Draw an entry of the menu, with chances as the weights."""

    weights: Any = (1.0,)  # one per entry, >= 0

    def __post_init__(self) -> None:
        """Hold the weights to numbers >= 0 that are not all 0."""
        good = isinstance(self.weights, (list, tuple)) and len(self.weights) > 0
        good = good and all(finite(w) and 0 <= w <= 1e50 for w in self.weights)
        if not good or not sum(self.weights) > 0:
            raise InputError(
                f"weights must be numbers >= 0 that are not all 0, got {brief(self.weights)}"
            )
        object.__setattr__(self, "weights", tuple(float(w) for w in self.weights))

    @property
    def label(self) -> str:
        """The weights."""
        return f"mixed({', '.join(f'{w:.3g}' for w in self.weights)})"

    @property
    def chances(self) -> Array:
        """Chance of every entry."""
        weights = np.array(self.weights)
        return np.asarray(weights / weights.sum())

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """Numbers of entries, (R,)."""
        edges = np.cumsum(self.chances)
        drawn = np.searchsorted(edges, rng.random(view.worlds), side="right")
        return np.minimum(drawn, len(edges) - 1)


@dataclass(frozen=True, kw_only=True)
class Table(OneShot):
    """A game in strategic form.

    payoffs: a file (.nfg, .toml or CSV), or a table with one nested array per player, her own
    choice along her own axis. Players and menus are those of the file.
    """

    menu: ClassVar = {"mixed": MixedEntry}
    files: ClassVar[Sequence[str]] = ("payoffs",)
    agents: Any = ()  # named by the payoffs

    payoffs: Any  # a file (.nfg, .toml, .csv), or {row = [[...]], column = [[...]]}

    def __post_init__(self) -> None:
        """Read the payoffs, once."""
        if not isinstance(self.payoffs, PayoffTables):
            if isinstance(self.payoffs, Mapping):
                found = of_arrays(self.payoffs, "payoffs")
            elif isinstance(self.payoffs, (str, Path)):
                found = read_tables(Path(self.payoffs), str(self.payoffs))
            else:
                raise InputError(
                    f"payoffs must be a file or a table of arrays, got {brief(self.payoffs)}"
                )
            object.__setattr__(self, "payoffs", found)
        if self.agents:
            raise InputError("agents: the players of a table are named by its payoffs")

    @property
    def players(self) -> Sequence[str]:
        """Names of the players."""
        found: Sequence[str] = self.payoffs.players
        return found

    def recommended(self, i: int) -> Pure:
        """The first entry of the menu."""
        return self.entry(i, 0)

    def entry(self, i: int, index: int) -> Pure:
        """An entry of player i's menu as a strategy."""
        return Pure(self.payoffs.menus[i][index], index)

    def spec_of(self, i: int, value: object, where: str) -> Spec:
        """An entry goes by its label, whatever stands in it: "left (again)" is no call."""
        if isinstance(value, str) and value in self.payoffs.menus[i]:
            return Spec(value)
        return super().spec_of(i, value, where)

    def read_strategy(self, i: int, spec: Spec, folder: Path, where: str) -> Any:
        """An entry by its label, mixed(weights), or a class of one's own."""
        menu = self.payoffs.menus[i]
        if spec.name in menu and not spec.parameters:
            return self.entry(i, menu.index(spec.name))
        if spec.name not in menu and spec.name != "mixed" and ":" not in spec.name:
            allowed = [*menu, "mixed", "file.py:Class"]
            raise InputError(f"{where}: unknown name {spec.name!r} ({suggest(spec.name, allowed)})")
        found = self.named_strategy(spec, folder, where)
        if isinstance(found, MixedEntry) and len(found.weights) != len(menu):
            raise InputError(
                f"{where}: weights must be one per entry ({', '.join(menu)}), got "
                f"{brief(list(found.weights))}"
            )
        return found

    def playable(self, i: int, strategy: Any) -> bool:
        """Nobody plays from another's menu."""
        return False

    def pay(self, view: OneShotView, action: Array, received: Any) -> Array:
        """The entry of the table, (R,)."""
        sizes = self.payoffs.paid.shape[1:]
        for name, numbers, size in zip(self.players, received, sizes, strict=True):
            if not ((numbers >= 0) & (numbers < size) & (numbers == np.rint(numbers))).all():
                raise InputError(f"{name}: must choose entries 0 to {size - 1} of the menu")
        found: Array = self.payoffs.paid[view.index][tuple(received.astype(np.intp))]
        return found

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """Every entry of the menu: no mixture pays more than the best of them."""
        menu = self.payoffs.menus[i]
        return [Deviation(Spec(label), self.entry(i, k)) for k, label in enumerate(menu)]

    def weights(self, i: int) -> Array | None:
        """How often player i chooses every entry, up to a factor; None for one's own strategies."""
        play = self.strategy(i)
        if type(play) is MixedEntry:
            return np.array(play.weights)
        if type(play) is not Pure:
            return None
        pure: Array = np.eye(len(self.payoffs.menus[i]))[play.index]
        return pure

    def values(self, i: int, weights: Sequence[Array]) -> tuple[list[Any], Any]:
        """What each entry of player i's menu pays, and what she is paid.

        Fractions without any error, so that who is indifferent, as in a mixed equilibrium, gains
        exactly 0. Of tables that are too large for it floats, above her least payoff: a constant
        added to all payoffs costs no digits so.
        """
        own = self.payoffs.paid[i]
        shares = [chosen / chosen.sum() for chosen in weights]
        if self.payoffs.whole is None:
            values = _mixed_over(own - own.min(), i, shares)
            return values.tolist(), float(values @ shares[i])
        table, under = self.payoffs.whole[i]
        shares = [whole_numbers(chosen)[0] for chosen in weights]
        under *= math.prod(int(chosen.sum()) for j, chosen in enumerate(shares) if j != i)
        values = _mixed_over(table, i, shares)
        now = Fraction(int(values @ shares[i]), under * int(shares[i].sum()))
        return [Fraction(int(value), under) for value in values], now

    def exact(self, i: int) -> Exact | str:
        """The best entry other than what is played, where there is one."""
        weights = [w for j in range(self.m) if (w := self.weights(j)) is not None]
        if len(weights) < self.m:
            return "players with strategies of their own have no formula"
        values, now = self.values(i, weights)
        own = self.payoffs.paid[i]
        spread = float(np.ptp(own))
        error = 1e-12 * spread + (1e-15 * float(np.abs(own).max()) if spread else 0.0)
        played = np.flatnonzero(weights[i])
        others = [k for k in range(len(values)) if played.size > 1 or k != played[0]]
        best = max(others or [0], key=values.__getitem__)
        entry = self.payoffs.menus[i][best]
        without_error = isinstance(now, Fraction)
        least = 0 if without_error else float(own.min())
        reached = [float(least + value) for value in values]
        return Exact(
            float(least + now),
            reached[best],
            Deviation(Spec(entry), self.entry(i, best)),
            error=error,
            gain=float(values[best] - now) if without_error else None,
            reached=reached,
            recommended=reached[0],
        )

    def extras(self) -> Mapping[str, Any]:
        """NashConv: what all players together could gain, each by herself."""
        answers = [self.formula(i) for i in range(self.m)]
        if any(isinstance(answer, str) for answer in answers):
            return {"nash_conv": None}
        gains = [
            answer.best - answer.paid if answer.gain is None else answer.gain
            for answer in answers
            if isinstance(answer, Exact)
        ]
        return {"nash_conv": float(sum(max(0.0, gain) for gain in gains))}


def _mixed_over(table: Any, i: int, shares: Sequence[Any]) -> Any:
    """Sums over what all but player i choose, (k_i,), weighted by their shares."""
    found = np.moveaxis(table, i, -1)
    for j, chosen in enumerate(shares):
        if j != i:
            found = np.tensordot(chosen, found, axes=(0, 0))
    return found
