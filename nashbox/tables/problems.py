"""Problems as sheets: who has which costs or signals, and plays what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nashbox.games.registry import game_of
from nashbox.tables.console import amount, new_table
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.problem.estimation import EstimationProblem

MOST = 60  # agents shown one by one


def problem_sheet(problem: Any) -> Sheet:
    """A problem of any game."""
    rules = "" if problem.mechanism is None else f", mechanism {problem.mechanism.label}"
    sheet = Sheet(f"{problem.game} game of {len(problem.names)} agents{rules}")
    costs = problem.costs if game_of(problem).has_plan else None
    table = new_table("agent", *([] if costs is None else problem.distributions), "plays")
    for i, name in enumerate(problem.names[:MOST]):
        plays = problem.strategies.get(name)
        mine = [] if costs is None else [amount(float(c)) for c in costs[i]]
        table.add_row(name, *mine, "as recommended" if plays is None else plays.label)
    sheet.add(table, *([] if costs is None else _costs(problem)))
    if len(problem.names) > MOST:
        sheet.note(f"{len(problem.names) - MOST} more agents")
    return sheet


def _costs(problem: EstimationProblem) -> list[str]:
    named = zip(problem.distributions, problem.sigma, strict=True)
    sigma = ", ".join(f"{name} {s:.6g}" for name, s in list(named)[:10])
    return [
        f"numbers: cost of one point, in units of squared error; sigma: {sigma}",
        f"plan {problem.plan_name}, counts {problem.counts}",
    ]
