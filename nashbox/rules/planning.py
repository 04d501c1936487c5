"""`plan`: how much each agent should collect, what it costs her, and what CBL makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import solved_plan
from nashbox.mechanisms import Cbl
from nashbox.mechanisms.base import problem_counts
from nashbox.mechanisms.cbl.enforceable import condition_8
from nashbox.mechanisms.plans import compliant_penalties
from nashbox.mechanisms.plans.base import FEASIBLE
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import of_game
from nashbox.problem.options import Option
from nashbox.problem.terms import View
from nashbox.results.base import Result
from nashbox.results.saving import versions
from nashbox.strategies import Truthful

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlanReport(Result):
    """A plan, its penalties under compliance, and the terms of CBL for it.

    certified_gap, condition_8: of the real-valued plan. hurt: by name, who is worse off than
    outside by how much, only because counts were rounded; None if nobody is.
    """

    FORMAT: ClassVar[str] = "nashbox-plan/1"
    KEYS: ClassVar[str] = (
        "rule agents distributions counts penalties penalties_alone social_penalty certified_gap "
        "condition_8 cbl problem versions"
    )
    OPTIONAL: ClassVar[str] = "hurt"
    NAMES: ClassVar[Mapping[str, str]] = {"agents": "names"}
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = dict.fromkeys(
        ("counts", "penalties", "penalties_alone"), lambda rows: np.array(rows, dtype=float)
    )

    rule: str
    names: Sequence[str]
    distributions: Sequence[str]
    counts: Array  # (m, d)
    penalties: Array  # (m,)
    penalties_alone: Array  # (m,)
    certified_gap: float | None
    condition_8: bool
    cbl: Mapping[str, Any]
    problem: Mapping[str, Any]
    versions: Mapping[str, str] = field(default_factory=versions)
    hurt: Mapping[str, float] | None = None

    @property
    def social_penalty(self) -> float:
        """Sum of the penalties under compliance."""
        return float(self.penalties.sum())

    def to_frame(self) -> pd.DataFrame:
        """One row per agent: counts, penalty, penalty alone, and the same under CBL."""
        import pandas as pd

        columns: dict[str, Any] = {"agent": list(self.names)}
        for k, name in enumerate(self.distributions):
            columns[f"count.{name}"] = self.counts[:, k]
            columns[f"cbl.count.{name}"] = np.asarray(self.cbl["counts"])[:, k]
        columns["penalty"], columns["penalty_alone"] = self.penalties, self.penalties_alone
        columns["cbl.penalty"] = self.cbl["penalties"]
        return pd.DataFrame(columns)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw counts and penalties as in the paper's Figure 1."""
        from nashbox.experiments.figures import plan_bars

        return plan_bars(self, ax)


RULE = Option(
    "overrides the file's plan: a rule's name, or a CSV file of counts with the header of the "
    "costs",
    "RULE",
)


@of_game("estimation")
def plan_report(problem: EstimationProblem, rule: Annotated[str | None, RULE] = None) -> PlanReport:
    """Solve the problem's plan, or `rule`; with integer counts all numbers are the rounded ones.

    rule: one of RULES, or a CSV file of counts with the header of the costs, from the working
    directory. Raises InputError for another.
    """
    if rule is not None:
        problem = problem.with_plan(rule, "rule")
    real, gap = solved_plan(problem)
    costs, sigma = problem.costs, problem.sigma
    counts = problem_counts(problem, real)
    options = alone_penalties(costs, sigma, integer=problem.integer)
    penalties = options
    if problem.plan_name != "alone":
        penalties = compliant_penalties(counts, costs, sigma)
    outside = np.where(np.isnan(problem.outside), options, problem.outside)
    most = outside * (1 + FEASIBLE)
    hurt = (penalties > most) & (compliant_penalties(real, costs, sigma) <= most)
    return PlanReport(
        rule=problem.plan_name,
        names=problem.names,
        distributions=problem.distributions,
        counts=counts,
        penalties=penalties,
        penalties_alone=options,
        certified_gap=gap,
        condition_8=condition_8(real, costs, sigma),
        cbl=_cbl(problem, real),
        problem=problem.to_json(),
        hurt={problem.names[i]: float(penalties[i] - outside[i]) for i in np.flatnonzero(hurt)}
        or None,
    )


def _cbl(problem: EstimationProblem, real: Array) -> dict[str, Any]:
    mechanism = Cbl()
    terms = mechanism.terms(problem, real)
    penalties = []
    for i in range(problem.m):
        view = View(i, terms, terms.counts)
        penalties.append(view.risks().price(Truthful().plays(view))[0])
    return {
        "counts": terms.counts.tolist(),
        "alone": terms.alone.tolist(),
        "totals": terms.fixed_totals.tolist(),
        "alpha": terms.alpha.tolist(),
        "penalties": penalties,
        "social_penalty": float(sum(penalties)),
        "leverage": terms.leverage,
    }
