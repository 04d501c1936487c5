"""Results of estimation games as tables that a person likes to read in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from nashbox.experiments.audit.base import NOTHING
from nashbox.experiments.audit.words import verdict_in_words, yes_or_no
from nashbox.tables.console import VERDICT_STYLE, counts, describe, new_table, number
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.experiments.audit import Audit, GameAudit
    from nashbox.experiments.check import CheckReport
    from nashbox.experiments.surface import CountSurface
    from nashbox.rules.planning import PlanReport


SHORT = 240  # letters of a class that always stands below the table
GAIN = ("gain", "from", "to")  # the bounds are left out where they are the number itself


def audit_sheet(audit: Audit) -> Sheet:
    """Verdicts, gains and what they rest on."""
    sheet = Sheet(verdict_in_words(audit), VERDICT_STYLE[audit.nash])
    told = gains_told(audit.agents, 5)
    exact = all(len(set(gains)) == 1 for gains in told)
    table = new_table(
        "agent",
        "verdict",
        *GAIN[: 1 if exact else 3],
        "penalty",
        "alone",
        "owes",
        "best deviation found",
        title=f"{audit.mechanism}, plan {audit.plan}: {audit.method} audit",
    )
    for a, gains in zip(audit.agents, told, strict=True):
        table.add_row(
            a.name,
            Text(a.verdict, style=VERDICT_STYLE[a.verdict]),
            *(gains[:1] if exact else gains),
            number(a.penalty),
            number(a.penalty_alone),
            counts(a.recommended),
            describe(a.best_deviation.strategy, a.best_deviation.parameters),
        )
    sheet.add(table, *_owed(audit), *reasons(audit))
    sheet.note(
        f"individually rational: {yes_or_no(audit.individually_rational)}"
        f", social penalty {number(audit.social_penalty)}"
        f", {number(audit.efficiency_ratio)} times the best rational one"
        f", condition (8): {'yes' if audit.condition_8 else 'no'}"
    )
    costly = [a for a in audit.agents if a.damage is not None and a.verdict == "profitable"]
    words = [f"{a.name}'s {number(a.damage)}" for a in costly if abs(a.damage or 0) > a.epsilon]
    if words:
        sheet.note(f"what a deviation costs the others in sum: {', '.join(words)}")
    budget_note(sheet, audit.agents)
    for a in audit.agents:
        if a.gain_over_recommended not in (None, NOTHING):
            sheet.note(
                f"{a.name} plays {a.strategy}, which gains her over the recommendation "
                f"{number(a.gain_over_recommended.estimate, 5)}"
            )
    for note in audit.notes:
        sheet.note(f"note: {note}")
    normal = [
        f"{a.name} penalty {number(a.normal_theory['penalty'])}, gain "
        f"{number(a.normal_theory['gain'], 5)}"
        for a in audit.agents
        if a.normal_theory is not None
    ]
    if normal:
        sheet.note(f"if the measurements were normal: {'; '.join(normal)}")
    long_reasons(sheet, audit)
    return sheet


def _owed(audit: Audit) -> list[str]:
    """Whose counts stand in a cell of several."""
    names = audit.problem.get("distributions", [])
    return [f"owes: points of {', '.join(names)}"] if len(names) > 1 else []


def reasons(audit: Audit | GameAudit) -> list[str]:
    """Why to believe it: what simulation cannot see, and what was covered, if that is short."""
    covered = [] if len(audit.class_) > SHORT else [f"covered: {audit.class_}"]
    return [*covered, *([audit.resolution] if audit.resolution else [])]


def long_reasons(sheet: Sheet, audit: Audit | GameAudit) -> None:
    """Which deviations were covered, where that takes many words: the last note."""
    if len(audit.class_) > SHORT:
        sheet.note(f"covered: {audit.class_}")


def gains_told(agents: Sequence[Any], digits: int) -> list[list[str]]:
    """Every agent's gain with its bounds."""
    return [
        [number(x, digits) for x in (a.gain.estimate, a.gain.lower, a.gain.upper)] for a in agents
    ]


def budget_note(sheet: Sheet, agents: Sequence[Any]) -> None:
    """How much more simulation decides those who are undecided, in one line."""
    open_ = [a for a in agents if a.budget_needed is not None]
    if open_:
        names = ", ".join(a.name for a in open_)
        sheet.note(f"about --budget {max(a.budget_needed for a in open_)} would decide {names}")


def plan_sheet(plan: PlanReport) -> Sheet:
    """Counts and penalties, and what CBL makes of them."""
    gap = "given" if plan.certified_gap is None else f"certified gap {plan.certified_gap:.1e}"
    cbl = plan.cbl
    sheet = Sheet(
        f"social penalty {number(plan.social_penalty)} ({gap}), under CBL "
        f"{number(cbl['social_penalty'])}, alone {number(float(sum(plan.penalties_alone)))}"
    )
    table = new_table(
        "agent",
        *plan.distributions,
        "penalty",
        "alone",
        *(f"CBL {x}" for x in plan.distributions),
        "CBL penalty",
        title=f"plan {plan.rule}",
    )
    for i, name in enumerate(plan.names):
        mine = [
            f"{n:g}" + (" alone" if alone and n else "")
            for n, alone in zip(cbl["counts"][i], cbl["alone"][i], strict=True)
        ]
        table.add_row(
            name,
            *(f"{n:.6g}" for n in plan.counts[i]),
            number(plan.penalties[i]),
            number(plan.penalties_alone[i]),
            *(f"{float(v.split()[0]):.6g}" + v[len(v.split()[0]) :] for v in mine),
            number(cbl["penalties"][i]),
        )
    sheet.add(table)
    holds = "holds" if plan.condition_8 else "fails: the cheapest work alone, the others receive"
    sheet.note(f"condition (8) {holds}")
    if plan.condition_8 and all(all(row) for row in cbl["alone"]):
        sheet.note("note: CBL sends every agent home to work alone with this plan")
    return sheet


def surface_sheet(surface: CountSurface) -> Sheet:
    """What two agents pay if one of them collects other counts than she owes."""
    sheet = Sheet(
        f"{surface.mechanism}: penalties of {' and '.join(surface.agents)} by what they collect of "
        f"{surface.distribution}"
    )
    table = new_table("agent", "owes", "counts from", "to", "least penalty", "most")
    for i, name in enumerate(surface.agents):
        penalties, tried = surface.penalties[i], surface.counts[i]
        ends = (number(float(penalties.min())), number(float(penalties.max())))
        owed, *tried = (counts([n]) for n in (surface.recommended[i], tried.min(), tried.max()))
        table.add_row(name, owed, *tried, *ends)
    sheet.add(table)
    return sheet


MARKS = {
    True: Text("passed", style="green"),
    False: Text("FAILED", style="bold red"),
    None: Text("skipped", style="dim"),
}


def check_sheet(report: CheckReport) -> Sheet:
    """Every check with its reason."""
    failed = sum(row.passed is False for row in report.checks)
    skipped = sum(row.passed is None for row in report.checks)
    words = f"{report.target} keeps its contract" if report.passed else f"{report.target} fails"
    sheet = Sheet(
        f"{words}: {len(report.checks) - failed - skipped} checks passed, {failed} failed, "
        f"{skipped} skipped",
        "green" if report.passed else "bold red",
    )
    table = new_table("check", "", "reason", title="contract")
    table.columns[2].justify = "left"
    for row in report.checks:
        table.add_row(row.name, MARKS[row.passed], row.reason)
    sheet.add(table)
    return sheet
