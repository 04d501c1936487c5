"""One mechanism's part of a comparison: its five rows, and what is known of it beyond them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit import audit
from nashbox.experiments.audit.base import Gain
from nashbox.experiments.audit.epsilon import Epsilon
from nashbox.experiments.compare.comparison import PROFILES, Contender, Row
from nashbox.experiments.compare.contenders import Entry
from nashbox.experiments.compare.exact_game import ExactGame
from nashbox.experiments.compare.leading import apart
from nashbox.experiments.compare.paths import Path, Paths, walk
from nashbox.experiments.compare.settling import Outcome
from nashbox.experiments.compare.simulated_game import (
    Budget,
    Exhausted,
    SimulatedGame,
    measured,
    with_plays,
)
from nashbox.experiments.owed import checks
from nashbox.games.estimation import EstimationGame, exact
from nashbox.games.estimation.remarks import notes, source_notes
from nashbox.problem.errors import InputError
from nashbox.problem.source import NormalSource

Array = NDArray[np.float64]

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


class Contest:
    """One mechanism's part of a comparison."""

    def __init__(
        self,
        entry: Entry,
        yardstick: EstimationGame,
        best: float | None,
        seed: int,
        epsilon: Epsilon,
        budget: int,
    ) -> None:
        self.entry, self.yardstick, self.best = entry, yardstick, best
        self.seed, self.epsilon, self.worlds = seed, epsilon, budget
        self.honest_is_equilibrium: bool | None = None
        self._measured: dict[bytes, Mapping[str, Any]] = {}

    def run(self, starts: int, tick: Callable[[], None]) -> tuple[list[Row], Contender]:
        """Return the five rows and what is known beyond them."""
        game = self.entry.game
        ideal = replace(
            game, problem=replace(game.problem, source=NormalSource(game.problem.sigma))
        )
        why_not = exact.unavailable(ideal)
        if why_not is None:
            return self._exact(ExactGame(ideal), starts, tick)
        if not game.problem.integer:
            raise InputError(
                f'{game.problem.shown}: counts = "real" has no points to draw, and {why_not}; '
                'use counts = "integer"'
            )
        return self._simulated(why_not, starts, tick)

    def _exact(
        self, responder: ExactGame, starts: int, tick: Callable[[], None]
    ) -> tuple[list[Row], Contender]:
        terms = responder.game.terms
        verdicts, gains = responder.verdicts(self.epsilon)
        self.honest_is_equilibrium = set(verdicts) == {"none_above_epsilon"}
        honest = responder.outcome(terms.counts.astype(float), honest=True)
        if not responder.game.mechanism.enforced:
            rows = [self._row(profile, honest) for profile in PROFILES]
            return rows, self._contender("enforced", ENFORCED, gains, None, [honest])
        paths = walk(responder, terms, starts, self.seed, tick)
        rows = [self._row("honest", honest), *self._rows(paths, "")]
        plays = [play for path in paths.walked for row in path.end.plays for play in row]
        words = HONEST if all(play.honest for play in plays) else PADDED
        return rows, self._contender("exact", words, gains, paths, [])

    def _simulated(
        self, reason: str, starts: int, tick: Callable[[], None]
    ) -> tuple[list[Row], Contender]:
        game, share = self.entry.game, max(1000, self.worlds // 2 // self.entry.game.problem.m)
        extra = [
            f"{reason}: penalties and answers are simulated; honesty is judged by the black-box "
            f"audit with {share} worlds for each agent"
        ]
        gains, verdict = self._black_box(game, share)
        if verdict == "undecided":
            extra.append(
                "whether honesty is an equilibrium is undecided within the budget of worlds; "
                "nashbox audit decides with a larger one"
            )
        self.honest_is_equilibrium = {"undecided": None, "profitable": False}.get(verdict, True)
        budget = Budget(self.worlds)
        responder = SimulatedGame(game, self.seed, budget, self.epsilon)
        ended = f"left out: the budget of {self.worlds} worlds is used up"
        try:
            honest = [self._row("honest", responder.outcome(game.terms.counts, honest=True))]
        except Exhausted:
            honest = [self._empty("honest", ended)]
        if not game.mechanism.enforced:
            rows = [replace(honest[0], profile=profile) for profile in PROFILES]
            return rows, self._contender("enforced", ENFORCED, gains, None, [], extra)
        paths = walk(responder, game.terms, starts, self.seed, tick)
        room = max((responder.unresolved(path.end.counts) for path in paths.ended), default=0.0)
        if room > 0:
            extra.append(
                "its equilibria are approximate: by the counts searched nobody gains more than "
                f"{room:.3g} in any of them, up to two standard errors"
            )
        if len(paths.walked) < paths.planned:
            extra.append(
                f"{len(paths.walked)} of {paths.planned} paths were walked: the budget of "
                f"{self.worlds} worlds is used up"
            )
        rows = [*honest, *self._rows(paths, ended)]
        return rows, self._contender("simulated", SIMULATED, gains, paths, [], extra)

    def _black_box(self, game: EstimationGame, share: int) -> tuple[list[Gain], str]:
        """Gains and verdict by simulation, for the class that the black box names."""
        plan = game.problem.plan if game.problem.plan_name == "alone" else game.plan
        found = audit(
            replace(game.problem, plan=plan),
            method="black_box",
            recommended=True,
            epsilon=self.epsilon,
            seed=self.seed,
            budget=share,
            workers=1,
        )
        return [agent.gain for agent in found.agents], found.nash

    def _rows(self, paths: Paths, ended: str) -> list[Row]:
        """The four rows of equilibria."""
        rows = []
        lost = f"no equilibrium was found on {len(paths.walked)} paths"
        for profile, path, why in (
            ("from_honest", paths.path(0), ended),
            ("from_free_riding", paths.path(1), ended),
            ("worst", paths.extreme(worst=True), lost if paths.walked else ended),
            ("best", paths.extreme(worst=False), lost if paths.walked else ended),
        ):
            if path is None:
                rows.append(self._empty(profile, why))
            else:
                rows.append(self._row(profile, path.end, path))
        return rows

    def _empty(self, profile: str, why: str) -> Row:
        mine = self.honest_is_equilibrium
        return Row(self.entry.label, profile, honest_is_equilibrium=mine, note=why)

    def _row(self, profile: str, end: Outcome, path: Path | None = None) -> Row:
        social, alone = end.social, self.yardstick.penalties_alone
        relative = relative_to(end.penalties, alone)
        errors = None if end.se is None else end.se / alone
        least, most = favoured(relative, self.yardstick.problem.names, errors)
        highest = end.penalties if end.se is None else end.penalties + 2 * end.se
        outside = self.yardstick.options
        rational = np.isinf(outside) | (highest <= (1 + 1e-9) * outside)
        note = None
        if path is not None and path.cycle:
            note = "no equilibrium: best responses repeat themselves; this is one profile of them"
        elif path is not None and not path.settled.converged:
            note = f"no end within {path.settled.sweeps} sweeps; this is the last profile"
        return Row(
            mechanism=self.entry.label,
            profile=profile,
            counts=end.counts.tolist(),
            submitted=end.submitted.tolist(),
            penalties=end.penalties.tolist(),
            penalties_se=None if end.se is None else end.se.tolist(),
            relative=[None if math.isnan(x) else x for x in relative.tolist()],
            social_penalty=social,
            social_penalty_se=None if end.se is None else end.social_error,
            efficiency_ratio=None if self.best is None else social / self.best,
            efficiency_ratio_se=(
                None if self.best is None or end.se is None else end.social_error / self.best
            ),
            relative_se=None if errors is None else errors.tolist(),
            least_favoured=least,
            most_favoured=most,
            individually_rational=bool(rational.all()),
            honest_is_equilibrium=self.honest_is_equilibrium,
            converged=path is None or path.settled.converged,
            sweeps=None if path is None else path.settled.sweeps,
            cycle=None if path is None else path.cycle_json,
            unsuspecting=None if end.unsuspecting is None else end.unsuspecting.tolist(),
            measured=self._with_real_measurements(end),
            note=note,
        )

    def _with_real_measurements(self, end: Outcome) -> Mapping[str, Any] | None:
        """Penalties of the same plays with the file's measurements; None where it has none."""
        problem = self.entry.game.problem
        if end.se is not None or problem.source.normal or not problem.integer:
            return None
        if not all(play.honest for row in end.plays for play in row):
            return None  # what is made up is known to all, which no simulation plays
        key = end.counts.tobytes()
        if key not in self._measured:
            found, se, social = measured(with_plays(self.entry.game, end.plays), self.seed)
            self._measured[key] = {
                "penalties": found.tolist(),
                "se": se.tolist(),
                "social_penalty": social[0],
                "social_se": social[1],
            }
        return self._measured[key]

    def _contender(
        self,
        method: str,
        words: str,
        gains: list[Gain],
        paths: Paths | None,
        fixed: list[Outcome],
        extra: Sequence[str] = (),
    ) -> Contender:
        sizes, game = [gain.estimate for gain in gains], self.entry.game
        worst = int(np.argmax(sizes))
        simulated = method == "simulated" or bool(extra)  # who is enforced may be simulated, too
        return Contender(
            mechanism=self.entry.label,
            spec=self.entry.spec.to_json(),
            method=method,
            class_=words,
            honest_is_equilibrium=self.honest_is_equilibrium,
            max_gain=sizes[worst],
            max_gain_bounds=[gains[worst].lower, gains[worst].upper] if simulated else None,
            gains_bounds=[[gain.lower, gain.upper] for gain in gains] if simulated else None,
            max_gain_agent=game.problem.names[worst],
            gains=sizes,
            equilibria=len(fixed) if paths is None else len(paths.equilibria),
            social_penalties=(
                [end.social for end in fixed] if paths is None else paths.social_penalties
            ),
            cycles=[] if paths is None else paths.cycles,
            starts=0 if paths is None else len(paths.walked),
            unfinished=0 if paths is None else paths.unfinished,
            notes=[*extra, *(text for text in notes(game) if text not in source_notes(game))],
            checks=checks(game.terms),
        )


def relative_to(penalties: Array, alone: Array) -> Array:
    """Penalties over those of working alone, (m,); NaN where both are inf."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(alone) & np.isfinite(penalties), 0.0, penalties / alone)


def favoured(
    relative: Array, names: Sequence[str], errors: Array | None = None
) -> tuple[str | None, str | None]:
    """Agents with the largest and the smallest relative penalty; None if all are alike.

    Who gets nothing either way counts as 1. errors: standard errors (m,), within which agents are
    alike. Of equal agents the first is named.
    """
    level = np.where(np.isnan(relative), 1.0, relative)
    error = np.zeros(level.size) if errors is None else errors
    least, most = int(np.argmax(level)), int(np.argmin(level))
    pairs = list(zip(level.tolist(), error.tolist(), strict=True))
    (high, high_error), (low, low_error) = pairs[least], pairs[most]
    if not apart(low, high, low_error, high_error):
        return None, None
    highest = [not apart(x, high, e, high_error) for x, e in pairs]
    lowest = [not apart(low, x, low_error, e) for x, e in pairs]
    return names[highest.index(True)], names[lowest.index(True)]
