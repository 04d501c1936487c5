"""Where players of any game end who answer one after the other, each among her candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit.base import everybody, of_all
from nashbox.experiments.audit.epsilon import Epsilon, least_gain
from nashbox.experiments.audit.findings import by_formula
from nashbox.experiments.audit.pool import Pool
from nashbox.experiments.compare.leading import apart
from nashbox.games.base import Game, payoff_range
from nashbox.games.joint import Joint
from nashbox.measure.seeds import Stage, child
from nashbox.problem.payoff_oracle import Answer

Array = NDArray[np.float64]
Places = tuple[int, ...]
MOST_SWEEPS = 100
STAYS = {"none_above_epsilon": True, "profitable": False, "undecided": None}
SIGMAS = 5.0  # of gains that are simulated: a false answer in three million


class Settling:
    """Answers: what each candidate of a player pays against the others' places.

    exact: whether they come from the game's formulas.
    """

    def __init__(
        self, game: Game, pools: Sequence[Pool], worlds: int, seed: int, epsilon: Epsilon
    ) -> None:
        self.game, self.worlds, self.seed, self.epsilon = game, worlds, seed, epsilon
        self.menus = [pool.strategies for pool in pools]  # the recommendation first
        self.exact = self._has_formulas()
        self._known: dict[tuple[int, Places], Answer] = {}
        self._kept: dict[Places, bool | None] = {}

    def _has_formulas(self) -> bool:
        """Whether the game has formulas for whatever one player may choose."""
        for i, name in enumerate(self.game.players):
            for strategy in self.menus[i]:
                changed = self.game.with_strategies({name: strategy})
                if any(isinstance(changed.paid(j), str) for j in range(self.game.m)):
                    return False
        return True

    def played(self, places: Places) -> Game:
        """The game with players at these places of their menus."""
        chosen = zip(self.game.players, self.menus, places, strict=True)
        return self.game.with_strategies({name: menu[k] for name, menu, k in chosen})

    def answers(self, i: int, places: Places) -> Answer:
        """What every candidate would pay player i, higher is better, with errors."""
        key = (i, (*places[:i], 0, *places[i + 1 :]))
        if key not in self._known:
            game, name = self.played(places), self.game.players[i]
            sign = game.pays.sign
            if self.exact:
                paid = [game.with_strategies({name: s}).paid(i) for s in self.menus[i]]
                answer = Answer.exactly(sign * np.array([float(value) for value in paid]))
            else:
                number, joint = child(self.seed, Stage.COMPARE, i), Joint(len(self.menus[i]))
                trials = game.trials(i, self.menus[i], self.worlds, number)
                joint.add(sign * np.array([found[i] for found in trials]))
                answer = joint.answer()
            self._known[key] = answer
        return self._known[key]

    def least(self, values: Array) -> float:
        """Least gain that counts."""
        largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
        return least_gain(self.epsilon, payoff_range(values.tolist()), largest)

    def best(self, i: int, places: Places) -> int:
        """Her best candidate, the one she plays unless another gains more than epsilon."""
        values = self.answers(i, places).values
        k = int(values.argmax())
        gain = values[k] - values[places[i]]
        return k if gain > self.least(values) else places[i]

    def keeps(self, places: Places) -> bool | None:
        """Whether nobody gains by leaving a profile, None where that is left open.

        By the formulas for best responses where the game has them, as audits do; else among her
        candidates, within the errors.
        """
        if places not in self._kept:
            game = self.played(places)
            exact = [a for a in game.all_formulas() if not isinstance(a, str)]
            if len(exact) == game.m:
                rows = [by_formula(game, i, answer, self.epsilon) for i, answer in enumerate(exact)]
                self._kept[places] = STAYS[of_all(row.verdict for row in rows)]
            else:
                self._kept[places] = self._candidates_say(places)
        return self._kept[places]

    def _candidates_say(self, places: Places) -> bool | None:
        found: list[bool | None] = []
        for i, here in enumerate(places):
            answer = self.answers(i, places)
            gains, widths = answer.values - answer.values[here], SIGMAS * answer.se_of_gain(here)
            least = self.least(answer.values)
            if (gains - widths > least).any():
                return False
            found.append(True if (gains + widths <= least).all() else None)
        return everybody(found)

    def walk(self, places: Places) -> tuple[Places, int | None]:
        """Answer in turn until nobody moves; the sweeps that took, None if that never happens."""
        for sweep in range(MOST_SWEEPS):
            before = places
            for i in range(self.game.m):
                places = (*places[:i], self.best(i, places), *places[i + 1 :])
            if places == before:
                return places, sweep
        return places, None

    def checked(self, profile: str, places: Places | None, sweeps: int | None) -> dict[str, Any]:
        """What a profile pays, and whether it is an equilibrium."""
        keeps = None if places is None else self.keeps(places)
        return {**self.row(profile, places, sweeps), "equilibrium": keeps}

    def row(self, profile: str, places: Places | None, sweeps: int | None) -> dict[str, Any]:
        """What a profile pays."""
        if places is None:
            keys = ("strategies", "payoffs", "payoffs_se", "social_payoff")
            nothing: dict[str, Any] = dict.fromkeys(keys)
            return {"profile": profile, **nothing, "converged": False, "sweeps": None}
        known = [self.answers(i, places) for i in range(self.game.m)]
        paid = [float(answer.values[k]) for answer, k in zip(known, places, strict=True)]
        errors = [float(answer.se[k]) for answer, k in zip(known, places, strict=True)]
        labels = [menu[k].label for menu, k in zip(self.menus, places, strict=True)]
        return {
            "profile": profile,
            "strategies": labels,
            "payoffs": paid,
            "payoffs_se": errors,
            "social_payoff": float(sum(paid)),
            "converged": sweeps is not None,
            "sweeps": sweeps,
        }

    def alike(self, places: Places) -> tuple[Any, ...]:
        """What a profile has in common with those in which players of one kind change places."""
        played = zip(range(self.game.m), self.menus, places, strict=True)
        return tuple(sorted((str(self.game.kind(i)), menu[k].label) for i, menu, k in played))


def settled(ways: Settling, starts: int) -> list[dict[str, Any]]:
    """The rows of one mechanism."""
    m = ways.game.m
    honest: Places = (0,) * m
    rng = np.random.default_rng(child(ways.seed, Stage.COMPARE))
    selfish = tuple(int(ways.answers(i, honest).values.argmax()) for i in range(m))
    ends = {name: ways.walk(start) for name, start in (("honest", honest), ("free", selfish))}
    found = [places for places, sweeps in ends.values() if sweeps is not None]
    for _ in range(starts):
        start = tuple(int(rng.integers(len(menu))) for menu in ways.menus)
        places, sweeps = ways.walk(start)
        if sweeps is not None:
            found.append(places)
    first: dict[tuple[Any, ...], Places] = {}
    for places in found:
        first.setdefault(ways.alike(places), places)
    resting = list(first.values())
    worst, best = (_extreme(ways, resting, sign) for sign in (1, -1))
    rows = [
        ways.checked("honest", honest, 0),
        ways.checked("from_honest", *ends["honest"]),
        ways.checked("from_free_riding", *ends["free"]),
        ways.checked("worst", worst, 0),
        ways.checked("best", best, 0),
    ]
    keeps = ways.keeps(honest)
    return [{**row, "honest_is_equilibrium": keeps} for row in rows]


def _extreme(ways: Settling, resting: Sequence[Places], sign: int) -> Places | None:
    """The one of least (sign 1) or largest (-1) sum of payoffs that is not refuted.

    Of those that are not told apart, the first.
    """
    left = {places: ways.row("", places, 0) for places in resting}
    while left:
        end = min(left.values(), key=lambda row: sign * float(row["social_payoff"]))
        first = next(places for places, row in left.items() if not _apart(row, end))
        if ways.keeps(first) is not False:
            return first
        del left[first]
    return None


def _apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two sums of payoffs differ beyond their errors."""
    low, high = sorted((one, other), key=lambda row: float(row["social_payoff"]))
    errors = (sum(row["payoffs_se"]) for row in (low, high))
    return apart(low["social_payoff"], high["social_payoff"], *errors)
