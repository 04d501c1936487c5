"""Plans, and what leaving them brings, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nashbox.experiments.audit.words import CONDITION_8
from nashbox.problem.counts import counts
from nashbox.tables.console import amount, filled, new_table
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.games.estimation.surface import CountSurface
    from nashbox.rules.planning import PlanReport


COLUMNS = (
    "under each distribution: points to collect; penalty: squared error and what the points cost; "
    "alone: penalty of working alone; CBL: what the mechanism cbl makes of the plan, and whom it "
    "sends home to work alone"
)
NAMED = 5  # agents whom rounding hurts
REAL = "before counts were rounded"
GAP = "certified gap: share of its goal by which the plan could still be better, at most"


def plan_sheet(plan: PlanReport) -> Sheet:
    """Counts and penalties, and what CBL makes of them."""
    gap = "given" if plan.certified_gap is None else f"certified gap {plan.certified_gap:.1e}"
    cbl = plan.cbl
    sheet = Sheet(
        f"social penalty {amount(plan.social_penalty)} ({gap}), under CBL "
        f"{amount(cbl['social_penalty'])}, alone {amount(float(sum(plan.penalties_alone)))}"
    )
    table = filled(
        range(len(plan.names)),
        ("agent", lambda i: plan.names[i]),
        *((x, lambda i, k=k: f"{plan.counts[i][k]:g}") for k, x in enumerate(plan.distributions)),
        ("penalty", lambda i: amount(plan.penalties[i])),
        ("alone", lambda i: amount(plan.penalties_alone[i])),
        *((f"CBL {x}", lambda i, k=k: _cbl(cbl, i, k)) for k, x in enumerate(plan.distributions)),
        ("CBL penalty", lambda i: amount(cbl["penalties"][i])),
        title=f"plan {plan.rule}",
    )
    before = f", {REAL}" if plan.problem["counts"] == "integer" else ""
    known = [] if plan.certified_gap is None else [GAP + before]
    sheet.add(table, COLUMNS, *known)
    holds = "holds" if plan.condition_8 else "fails: the cheapest work alone, the others receive"
    sheet.note(f"condition (8) {holds} ({CONDITION_8}){before}")
    if plan.hurt:
        sheet.note(_hurt(plan, plan.hurt))
    if plan.condition_8 and all(all(row) for row in cbl["alone"]):
        sheet.note("note: CBL sends every agent home to work alone with this plan")
    return sheet


def _cbl(cbl: Mapping[str, Any], i: int, k: int) -> str:
    """What CBL makes of a count."""
    n = cbl["counts"][i][k]
    return f"{n:g}" + (" alone" if cbl["alone"][i][k] and n else "")


def _hurt(plan: PlanReport, hurt: Mapping[str, float]) -> str:
    """Who is worse off than outside because counts are whole, and by how much."""
    than = "outside" if plan.problem["outside_option"] else "alone"
    named = sorted(hurt.items(), key=lambda item: -item[1])
    words = [f"{name} by {amount(more)}" for name, more in named[:NAMED]]
    rest = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return f"note: worse off than {than} because counts are rounded: {', '.join(words)}{rest}"


def surface_sheet(surface: CountSurface) -> Sheet:
    """What two agents pay if one of them collects other counts than she owes."""
    sheet = Sheet(
        f"{surface.mechanism}: penalties of {' and '.join(surface.agents)} by what they collect of "
        f"{surface.distribution}"
    )
    table = new_table("agent", "owes", "counts from", "to", "least penalty", "most")
    for i, name in enumerate(surface.agents):
        penalties, tried = surface.penalties[i], surface.counts[i]
        ends = (amount(float(penalties.min())), amount(float(penalties.max())))
        owed, *tried = (counts([n]) for n in (surface.recommended[i], tried.min(), tried.max()))
        table.add_row(name, owed, *tried, *ends)
    sheet.add(table)
    return sheet
