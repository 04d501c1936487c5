"""One mechanism's part of a comparison: its five rows, and what is known of it beyond them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nashbox.games.contests import Asked, Honesty, Part
from nashbox.games.estimation.comparison.comparison import Contender, Row
from nashbox.games.estimation.comparison.counts import ProfileOutcome
from nashbox.games.estimation.comparison.entries import ReadyMechanism
from nashbox.games.estimation.comparison.exact_game import ExactGame
from nashbox.games.estimation.comparison.favours import favoured, relative_to
from nashbox.games.estimation.comparison.simulated_game import (
    Budget,
    SimulatedGame,
    measured,
    with_plays,
)
from nashbox.games.estimation.game import EstimationGame
from nashbox.games.estimation.remarks import notes, source_notes
from nashbox.games.paths import Path, Paths
from nashbox.mechanisms.owed import checks
from nashbox.problem.errors import InputError
from nashbox.problem.source import NormalSource

HONEST = (
    "all strategies; a best response is an honest count: collect n points, hand all of them in, "
    "make the best of the answer (exact formulas)"
)
PADDED = (
    "all strategies; a best response collects n points and pads them with made-up ones to what is "
    "owed; as strategies are known in an equilibrium, everybody discounts the others' made-up "
    "points as well as her own (exact formulas)"
)
ENFORCED = "none: compliance is taken for granted, so that every path stays at the plan"
SIMULATED = (
    "honest counts: collect n points, hand all of them in, accept the answer; by simulation with "
    "common random numbers, counts searched one distribution apart from the other; an agent moves "
    "for a gain above epsilon and two standard errors"
)


def entered(
    entry: ReadyMechanism, yardstick: EstimationGame, best: float | None, asked: Asked
) -> CountEntrant:
    """Make a mechanism ready to take part, and judge honest play under it.

    yardstick: the game that tells what everybody reaches alone. best: the social penalty that
    ratios are to. Raises InputError where counts are real and there are no exact formulas.
    """
    game = entry.game
    ideal = replace(game, problem=replace(game.problem, source=NormalSource(game.problem.sigma)))
    why_not = ideal.without_formula
    if why_not is None:
        responder = ExactGame(ideal, asked.seed)
        honesty = asked.judge.by_numbers(responder.audited())
        return CountEntrant(entry, yardstick, best, responder, honesty)
    if not game.problem.integer:
        raise InputError(
            f'{game.problem.shown}: counts = "real" has no points to draw, and {why_not}; '
            'use counts = "integer"'
        )
    return _simulated(entry, yardstick, best, asked, why_not)


def _simulated(
    entry: ReadyMechanism, yardstick: EstimationGame, best: float | None, asked: Asked, reason: str
) -> CountEntrant:
    """The same where only simulation knows; half of the budget of worlds is for honest play."""
    problem = entry.game.problem
    share = max(1000, asked.budget // 2 // problem.m)
    said = [
        f"{reason}: penalties and answers are simulated; honesty is judged by the black-box "
        f"audit with {share} worlds for each agent"
    ]
    plan = problem.plan if problem.plan_name == "alone" else entry.game.plan
    honesty = asked.judge.by_simulation(replace(problem, plan=plan), share)
    if honesty.holds is None:
        said.append(
            "whether honesty is an equilibrium is undecided within the budget of worlds; "
            "nashbox audit decides with a larger one"
        )
    responder = SimulatedGame(entry.game, asked.seed, Budget(asked.budget), asked.judge)
    return CountEntrant(entry, yardstick, best, responder, honesty, said)


@dataclass(frozen=True, eq=False)
class CountEntrant:
    """A mechanism that takes part. said: notes on how it is judged."""

    entry: ReadyMechanism
    yardstick: EstimationGame
    best: float | None
    responder: ExactGame | SimulatedGame
    honesty: Honesty
    said: Sequence[str] = ()
    _known: dict[bytes, Mapping[str, Any]] = field(default_factory=dict)

    def row(
        self, profile: str, end: ProfileOutcome | None, path: Path | None, why: str | None
    ) -> Row:
        """What a profile costs everybody, and how that compares."""
        if end is None:
            holds = self.honesty.holds
            return Row(self.entry.label, profile, honest_is_equilibrium=holds, note=why)
        alone, best, social_error = self.yardstick.penalties_alone, self.best, None
        relative = relative_to(end.penalties, alone)
        errors = None if end.se is None else end.se / alone
        if end.se is not None:
            social_error = end.social_error
        least, most = favoured(relative, self.yardstick.problem.names, errors)
        return Row(
            mechanism=self.entry.label,
            profile=profile,
            counts=end.counts.tolist(),
            submitted=end.submitted.tolist(),
            penalties=end.penalties.tolist(),
            penalties_se=None if end.se is None else end.se.tolist(),
            relative=[None if math.isnan(x) else x for x in relative.tolist()],
            social_penalty=end.social,
            social_penalty_se=social_error,
            efficiency_ratio=None if best is None else end.social / best,
            efficiency_ratio_se=(
                None if best is None or social_error is None else social_error / best
            ),
            relative_se=None if errors is None else errors.tolist(),
            least_favoured=least,
            most_favoured=most,
            individually_rational=self._rational(end),
            honest_is_equilibrium=self.honesty.holds,
            converged=path is None or path.settled.converged,
            sweeps=None if path is None else path.settled.sweeps,
            cycle=None if path is None else cycle_json(path),
            unsuspecting=None if end.unsuspecting is None else end.unsuspecting.tolist(),
            measured=self._with_real_measurements(end),
            note=None if path is None else path.note,
        )

    def _rational(self, end: ProfileOutcome) -> bool:
        """Whether nobody is worse off than outside, up to two standard errors."""
        highest = end.penalties if end.se is None else end.penalties + 2 * end.se
        outside = self.yardstick.options
        return bool((np.isinf(outside) | (highest <= (1 + 1e-9) * outside)).all())

    def _with_real_measurements(self, end: ProfileOutcome) -> Mapping[str, Any] | None:
        """Penalties of the same plays with the file's measurements; None where it has none."""
        problem = self.entry.game.problem
        if end.se is not None or problem.source.normal or not problem.integer:
            return None
        if not all(play.honest for row in end.plays for play in row):
            return None  # what is made up is known to all, which no simulation plays
        key = end.counts.tobytes()
        if key not in self._known:
            game = with_plays(self.entry.game, end.plays)
            found, se, together = measured(game, self.responder.seed)
            self._known[key] = {
                "penalties": found.tolist(),
                "se": se.tolist(),
                "social_penalty": float(found.sum()),
                "social_se": together,
            }
        return self._known[key]

    def contender(self, part: Part, budget: int) -> Contender:
        """What is known of the mechanism beyond its rows."""
        game, gains, paths = self.entry.game, self.honesty.gains, part.paths
        sizes = [gain.estimate for gain in gains]
        worst = int(np.argmax(sizes))
        method, words = self._method(paths)
        simulated = isinstance(self.responder, SimulatedGame)
        alone = [] if part.honest is None else [part.honest.social]
        return Contender(
            mechanism=self.entry.label,
            spec=self.entry.spec.to_json(),
            method=method,
            class_=words,
            honest_is_equilibrium=self.honesty.holds,
            max_gain=sizes[worst],
            max_gain_bounds=[gains[worst].lower, gains[worst].upper] if simulated else None,
            gains_bounds=[[gain.lower, gain.upper] for gain in gains] if simulated else None,
            max_gain_agent=game.problem.names[worst],
            gains=sizes,
            equilibria=len(alone) if paths is None else len(paths.resting),
            social_penalties=alone if paths is None else paths.sums,
            cycles=[] if paths is None else [cycle_json(path) or {} for path in paths.cycles],
            starts=0 if paths is None else len(paths.walked),
            unfinished=0 if paths is None else paths.unfinished,
            notes=[*self.said, *self._limits(paths, budget), *self._of_the_rules()],
            checks=checks(game.terms),
        )

    def _method(self, paths: Paths | None) -> tuple[str, str]:
        """How answers were found, and the strategies that they are among, in words."""
        if paths is None:
            return "enforced", ENFORCED
        if isinstance(self.responder, SimulatedGame):
            return "simulated", SIMULATED
        plays = (play for path in paths.walked for row in path.end.plays for play in row)
        return "exact", HONEST if all(play.honest for play in plays) else PADDED

    def _limits(self, paths: Paths | None, budget: int) -> list[str]:
        """What simulation leaves open."""
        found: list[str] = []
        if paths is None or isinstance(self.responder, ExactGame):
            return found
        counts = (path.end.counts for path in paths.ended)
        room = max((self.responder.unresolved(each) for each in counts), default=0.0)
        if room > 0:
            found.append(
                "its equilibria are approximate: by the counts searched nobody gains more than "
                f"{room:.3g} in any of them, up to two standard errors"
            )
        if len(paths.walked) < paths.planned:
            found.append(
                f"{len(paths.walked)} of {paths.planned} paths were walked: the budget of "
                f"{budget} worlds is used up"
            )
        return found

    def _of_the_rules(self) -> list[str]:
        game = self.entry.game
        return [text for text in notes(game) if text not in source_notes(game)]


def cycle_json(path: Path) -> dict[str, object] | None:
    """Length of a cycle in sweeps and range of the social penalty, None where there is none."""
    if not path.cycle:
        return None
    return {"length": len(path.cycle), "social_penalty": [min(path.cycle), max(path.cycle)]}
