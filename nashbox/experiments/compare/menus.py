"""Comparisons in games whose players choose from menus: the candidates that the game names.

Of a mechanism's profiles the entries are places in menus, which begin with the recommendation.
Free riding is where everybody plays what is best for her if all others are honest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from nashbox.experiments.audit.base import everybody, of_all
from nashbox.experiments.audit.epsilon import least_gain
from nashbox.experiments.audit.findings import by_formula
from nashbox.experiments.audit.pool import CandidatePool
from nashbox.experiments.compare.judging import HOLDS
from nashbox.games.base import Game
from nashbox.games.compared import BEST, WORST, Compared
from nashbox.games.contests import PROFILES_ONLY, Asked, Part
from nashbox.games.joint import (
    Menus,
    interchangeable,
    paid_by_formula,
    paid_in_worlds,
    simulated,
    why_unpriced,
)
from nashbox.games.paths import Path
from nashbox.games.pay import keys_of, told_pay
from nashbox.games.registry import game_of, prepare_game
from nashbox.measure.seeds import Stage, child
from nashbox.measure.sums import summed
from nashbox.problem.arrays import Array, Places
from nashbox.problem.payoff_oracle import Answer
from nashbox.problem.spec import Spec

SHARE, LEAST = 1000, 100  # of the budget for a candidate in an answer, and at least
MENU = 40  # candidates of a player at most, about
SIGMAS = 5.0  # of gains that are simulated: a false answer in three million


@dataclass(frozen=True, kw_only=True)
class GameComparison(Compared):
    """A row per mechanism and profile: strategies, what everybody is paid, and the sum.

    Rows are mappings; payoffs, or penalties of games that pay these, are None where a profile was
    not found.
    """

    KEYS: ClassVar[str] = "game names rows epsilon seeds notes versions problem"

    game: str

    @property
    def pays(self) -> str:
        """What the game pays, as `Game.pays` has it."""
        return told_pay(self.rows[0] if self.rows else {})

    @staticmethod
    def by_key(row: Any) -> Mapping[str, Any]:
        """The row itself."""
        found: Mapping[str, Any] = row
        return found

    def alike(self, one: Any, other: Any) -> bool:
        """Whether two profiles are one: the same play of everybody."""
        keys = ("converged", "equilibrium", "strategies")
        return all(one.get(key) == other.get(key) for key in keys)

    def cells(self, row: Any, i: int) -> Mapping[str, Any]:
        """What everybody has in common, and what player i plays and is paid."""
        paid, errors, _ = keys_of(self.pays)
        by_player = {"strategies": "strategy", paid: self.pays, errors: "se"}
        found = {key: value for key, value in row.items() if key not in by_player}
        found["agent"] = self.names[i]
        for key, column in by_player.items():
            found[column] = None if row[key] is None else row[key][i]
        return found


@dataclass(frozen=True, eq=False)
class Paid:
    """A profile: places in menus, payoffs or penalties (m,) and their standard errors."""

    places: Places
    paid: Sequence[float]
    errors: Sequence[float]

    @property
    def social(self) -> float:
        """Sum of what is paid."""
        return summed(self.paid)

    @property
    def social_error(self) -> float:
        """Standard error of the sum: everybody is paid in worlds of her own."""
        return math.hypot(*self.errors)


class MenuGame:
    """Answers: what each candidate of a player pays against the others' places.

    exact: whether they come from the game's formulas.
    """

    binding = False

    def __init__(self, game: Game, pools: Sequence[CandidatePool], asked: Asked) -> None:
        self.game, self.seed, self.epsilon = game, asked.seed, asked.epsilon
        self.sign = game.pays.sign
        self.worlds = max(LEAST, asked.budget // SHARE)  # for each candidate in an answer
        self.unknowns = game.unknowns()
        self.menus = Menus(game, [pool.strategies for pool in pools])
        self.exact = self._has_formulas()
        self._known: dict[tuple[int, bytes], Answer] = {}
        self._kept: dict[bytes, bool | None] = {}
        self._played: dict[bytes, list[tuple[str, str]]] = {}  # kinds with what they play

    def _has_formulas(self) -> bool:
        """Whether the game has formulas for whatever one player may choose.

        Of those who are interchangeable one chooses, and another looks on.
        """
        kinds = interchangeable(self.game)
        changed = (
            self.game.with_strategies({self.game.players[i]: strategy})
            for i, *_ in kinds
            for strategy in self.menus.entries[i]
        )
        return why_unpriced(changed, [i for kind in kinds for i in kind[:2]]) is None

    def starts(self, number: int) -> Iterator[tuple[Places, None]]:
        """All honest, all best against that, and places drawn at random; answers in their order."""
        honest = self._nowhere()
        yield honest, None
        best = [int(self.answers(i, honest).values.argmax()) for i in range(self.game.m)]
        yield np.array(best, dtype=np.intp), None
        rng = np.random.default_rng(child(self.seed, Stage.COMPARE))
        for _ in range(number):
            yield (
                np.array([rng.integers(len(menu)) for menu in self.menus.entries], dtype=np.intp),
                None,
            )

    def _nowhere(self) -> Places:
        """Everybody at the recommendation."""
        return np.zeros(self.game.m, dtype=np.intp)

    def honest(self) -> Paid:
        """What the recommendation pays."""
        return self.outcome(self._nowhere())

    def labels(self, places: Places) -> list[str]:
        """What everybody plays, in words."""
        return [menu[k].label for menu, k in zip(self.menus.entries, places, strict=True)]

    def answers(self, i: int, places: Places) -> Answer:
        """What every candidate would pay player i, higher is better, with errors."""
        others = places.copy()
        others[i] = 0
        key = (i, others.tobytes())
        if key not in self._known:
            self._known[key] = self._answered(i, self.menus.played(places))
        return self._known[key]

    def _answered(self, i: int, game: Game) -> Answer:
        mine = self.menus.entries[i]
        if self.exact:
            return paid_by_formula(game, i, mine)

        def seed(block: int) -> int:
            return child(self.seed, Stage.COMPARE, i, *([block] if block else []))

        return paid_in_worlds(game, i, mine, self.worlds, seed, self.unknowns[0])

    def least(self, i: int, values: Array, here: int) -> float:
        """Least gain that counts for player i, who plays `here`."""
        paid = float(values[here])
        return least_gain(self.epsilon, self.game.stake(i, [paid, *values.tolist()]), paid)

    def answer(self, i: int, profile: Places) -> int:
        """Her best candidate, the one she plays unless another gains more than epsilon."""
        values, here = self.answers(i, profile).values, int(profile[i])
        k = int(values.argmax())
        return k if values[k] - values[here] > self.least(i, values, here) else here

    def leapt(self, path: Sequence[Places]) -> Places:
        """The last profile: of places in menus no steps are known beforehand."""
        return path[-1].copy()

    def outcome(self, profile: Places) -> Paid:
        """What a profile pays."""
        known = [(self.answers(i, profile), k) for i, k in enumerate(profile)]
        paid = [self.sign * float(answer.values[k]) + 0.0 for answer, k in known]
        return Paid(profile, paid, [float(answer.se[k]) for answer, k in known])

    def alike(self, one: Places, other: Places) -> bool:
        """Whether two profiles are one but for players of one kind who change places."""
        return self._kinds(one) == self._kinds(other)

    def _kinds(self, places: Places) -> list[tuple[str, str]]:
        key = places.tobytes()
        if key not in self._played:
            kinds = (str(self.game.kind(i)) for i in range(self.game.m))
            self._played[key] = sorted(zip(kinds, self.labels(places), strict=True))
        return self._played[key]

    def keeps(self, profile: Places) -> bool | None:
        """Whether nobody gains by leaving a profile, None where that is left open.

        By the formulas for best responses where the game has them, as audits do; else among her
        candidates, within the errors.
        """
        key = profile.tobytes()
        if key not in self._kept:
            game = self.menus.played(profile)
            exact = [a for a in game.all_formulas() if not isinstance(a, str)]
            if len(exact) == game.m:
                rows = [by_formula(game, i, answer, self.epsilon) for i, answer in enumerate(exact)]
                self._kept[key] = HOLDS[of_all(row.verdict for row in rows)]
            else:
                self._kept[key] = self._candidates_say(profile)
        return self._kept[key]

    def _candidates_say(self, places: Places) -> bool | None:
        found: list[bool | None] = []
        for i, here in enumerate(places.tolist()):
            answer = self.answers(i, places)
            gains, widths = answer.values - answer.values[here], SIGMAS * answer.se_of_gain(here)
            least = self.least(i, answer.values, here)
            if (gains - widths > least).any():
                return False
            found.append(True if (gains + widths <= least).all() else None)
        return everybody(found)


@dataclass(frozen=True, eq=False)
class MenuEntrant:
    """A mechanism that takes part, under the name that tables and JSON give it."""

    label: str
    responder: MenuGame

    def row(self, profile: str, end: Paid | None, path: Path | None, why: str | None) -> Any:
        """What a profile pays, and whether it is an equilibrium."""
        ways = self.responder
        sweeps = 0  # honest play, the worst and the best profile are looked at, not walked to
        if path is not None and profile not in (WORST, BEST):
            sweeps = path.settled.sweeps - 1  # the last one moved nobody
        converged = end is not None and (path is None or path.settled.converged)
        paid, errors, social = keys_of(ways.game.pays.name)
        return {
            "mechanism": self.label,
            "profile": profile,
            "strategies": None if end is None else ways.labels(end.places),
            paid: None if end is None else end.paid,
            errors: None if end is None else end.errors,
            social: None if end is None else end.social,
            f"{social}_se": None if end is None else end.social_error,
            "converged": converged,
            "sweeps": sweeps if converged else None,
            "equilibrium": None if end is None else ways.keeps(end.places),
            "honest_is_equilibrium": ways.keeps(ways.honest().places),
        }


class MenuContest:
    """All mechanisms of a game, or those wanted."""

    def __init__(self, problem: Any, wanted: Sequence[Spec] | None, asked: Asked) -> None:
        self.problem, self.asked = problem, asked
        self.wanted = everything(problem) if wanted is None else list(wanted)

    def __len__(self) -> int:
        """How many take part."""
        return len(self.wanted)

    def entrants(self) -> Iterator[MenuEntrant]:
        """Make everybody ready who takes part, one after the other."""
        for spec in self.wanted:
            game = prepare_game(replace(self.problem, mechanism=spec), recommended=True)
            pools = [CandidatePool.of(game, i, MENU, compared=True) for i in range(game.m)]
            yield MenuEntrant(spec.label, MenuGame(game, pools, self.asked))

    def result(self, rows: Sequence[Any], parts: Sequence[Part], **common: Any) -> GameComparison:
        """Put together what was found."""
        notes = []
        for entrant in (part.entrant for part in parts):
            ways = entrant.responder
            if not ways.exact:
                paid, *_ = keys_of(ways.game.pays.name)
                how = simulated(ways.game, ways.worlds, ways.unknowns)
                notes.append(f"{entrant.label}: {paid} are {how}")
        if self.problem.strategies:
            notes.append(PROFILES_ONLY)
        return GameComparison(game=self.problem.game, rows=rows, notes=notes, **common)


def everything(problem: Any) -> list[Spec]:
    """The problem's own mechanism and all others of its game."""
    own = [] if problem.mechanism is None else [problem.mechanism]
    named = {spec.name for spec in own}
    return [*own, *(Spec(name) for name in game_of(problem).mechanisms if name not in named)]
