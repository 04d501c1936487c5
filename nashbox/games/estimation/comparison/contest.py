"""A comparison of mechanisms that follow a plan: who takes part, and what is known beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nashbox.games.contests import PROFILES_ONLY, Asked, Part
from nashbox.games.estimation.comparison.babbling import babbling
from nashbox.games.estimation.comparison.comparison import Comparison
from nashbox.games.estimation.comparison.entrant import CountEntrant, entered
from nashbox.games.estimation.comparison.entries import designed, entries
from nashbox.games.estimation.ready import prepare
from nashbox.games.estimation.remarks import best_social_penalty, source_notes
from nashbox.games.registry import perform
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.spec import Spec

SMALL = 60  # pairs of agent and distribution up to which rules are designed unasked


class PlanContest:
    """Mechanisms on one cost table, designed rules and those of other files among them."""

    def __init__(
        self,
        problem: EstimationProblem,
        wanted: Sequence[Spec] | None,
        asked: Asked,
        *,
        rules: Mapping[str, EstimationProblem] | None = None,
        goals: Sequence[str] | None = None,
    ) -> None:
        self.problem, self.asked = problem, asked
        self.yardstick = prepare(replace(problem, mechanism=Spec("sample_mean")), recommended=True)
        small = problem.m * problem.d <= SMALL
        unasked = ["social"] if wanted is None and small else []
        aims = unasked if goals is None else goals
        made = {f"designed ({goal})": designed(problem, goal) for goal in aims}
        plan = self.yardstick.plan
        self.entries, self.notes = entries(problem, plan, wanted, {**made, **(rules or {})})
        if goals is None and wanted is None and not small:
            self.notes.append(
                f"designed rules are left out, as there are more than {SMALL} pairs of agent and "
                "distribution; --design social searches them"
            )
        self.best = best_social_penalty(problem, self.yardstick)
        self.floor = perform("no_rule_below", problem, "social")

    def __len__(self) -> int:
        """How many take part."""
        return len(self.entries)

    def entrants(self) -> Iterator[CountEntrant]:
        """Make everybody ready who takes part, one after the other."""
        for entry in self.entries:
            yield entered(entry, self.yardstick, self.best, self.asked)

    def result(self, rows: Sequence[Any], parts: Sequence[Part], **common: Any) -> Comparison:
        """Put together what was found."""
        problem, budget = self.problem, self.asked.budget
        return Comparison(
            plan=problem.plan_name,
            counts=problem.counts,
            distributions=problem.distributions,
            penalties_alone=self.yardstick.penalties_alone.tolist(),
            best_rational=self.best,
            rows=rows,
            contenders=[part.entrant.contender(part, budget) for part in parts],
            notes=[*self.notes, *self._notes(), *source_notes(self.yardstick)[1:]],
            no_rule_below=self.floor.value,
            no_rule_below_how=self.floor.how,
            babbling=babbling(problem),
            **common,
        )

    def _notes(self) -> list[str]:
        problem, found = self.problem, []
        if self.best is None:
            found.append("no plan meets all outside options: no efficiency ratio")
        if problem.strategies:
            found.append(PROFILES_ONLY)
        if not problem.source.normal:
            found.append(
                "measurements are real ones: penalties and verdicts are those of normal data with "
                "the sigma that the rules believe, except where a mechanism has no exact formulas; "
                + (
                    "`measured` beside them is what the same counts bring with the real "
                    "measurements"
                    if problem.integer
                    else 'nothing is measured with counts = "real"'
                )
            )
        return found
