"""Results of estimation games as tables that a person likes to read in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.experiments.audit.words import verdict_in_words, yes_or_no
from nashbox.tables.console import VERDICT_STYLE, counts, describe, new_console, new_table, number

if TYPE_CHECKING:
    from nashbox.experiments.audit import Audit
    from nashbox.experiments.check import CheckReport
    from nashbox.rules.planning import PlanReport


def audit_table(audit: Audit) -> None:
    """Print verdicts, gains and what they rest on."""
    console = new_console()
    table = new_table(
        "agent",
        "owes",
        "penalty",
        "alone",
        "gain",
        "from",
        "to",
        "verdict",
        "best deviation found",
        title=f"{audit.mechanism}, plan {audit.plan}: {audit.method} audit",
    )
    for a in audit.agents:
        table.add_row(
            a.name,
            counts(a.recommended),
            number(a.penalty),
            number(a.penalty_alone),
            number(a.gain.estimate, 5),
            number(a.gain.lower, 5),
            number(a.gain.upper, 5),
            Text(a.verdict, style=VERDICT_STYLE[a.verdict]),
            describe(a.best_deviation.strategy, a.best_deviation.parameters),
        )
    console.print(table)
    console.print(Text(verdict_in_words(audit), style=VERDICT_STYLE[audit.nash]))
    console.print(
        f"individually rational: {yes_or_no(audit.individually_rational)}"
        f"   social penalty {number(audit.social_penalty)}"
        f"   times the best rational one {number(audit.efficiency_ratio)}"
        f"   condition (8): {'yes' if audit.condition_8 else 'no'}"
    )
    for a in audit.agents:
        if a.damage is not None and abs(a.damage) > a.epsilon and a.verdict == "profitable":
            console.print(f"{a.name}'s deviation costs the others {number(a.damage)} in sum")
        if a.gain_over_recommended is not None:
            console.print(
                f"{a.name} plays {a.strategy}, which gains her over the recommendation "
                f"{number(a.gain_over_recommended.estimate, 5)}"
            )
        if a.budget_needed is not None:
            console.print(f"{a.name}: about --budget {a.budget_needed} would decide")
        if a.normal_theory is not None:
            penalty, gain = a.normal_theory["penalty"], a.normal_theory["gain"]
            console.print(
                f"{a.name}: if the measurements were normal, penalty {number(penalty)} and gain "
                f"{number(gain, 5)}"
            )
    for note in audit.notes:
        console.print(f"note: {note}")
    console.print(f"covered: {audit.class_}")


def plan_table(plan: PlanReport) -> None:
    """Print counts and penalties, and what CBL makes of them."""
    console = new_console()
    table = new_table(
        "agent",
        *plan.distributions,
        "penalty",
        "alone",
        *(f"CBL {x}" for x in plan.distributions),
        "CBL penalty",
        title=f"plan {plan.rule}",
    )
    cbl = plan.cbl
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
    console.print(table)
    gap = "given" if plan.certified_gap is None else f"certified gap {plan.certified_gap:.1e}"
    console.print(
        f"social penalty {number(plan.social_penalty)} ({gap}), under CBL "
        f"{number(cbl['social_penalty'])}, alone {number(float(sum(plan.penalties_alone)))}"
    )
    holds = "holds" if plan.condition_8 else "fails: the cheapest work alone, the others receive"
    console.print(f"condition (8) {holds}")
    if plan.condition_8 and all(all(row) for row in cbl["alone"]):
        console.print("note: CBL sends every agent home to work alone with this plan")


MARKS = {
    True: Text("passed", style="green"),
    False: Text("FAILED", style="bold red"),
    None: Text("skipped", style="dim"),
}


def check_table(report: CheckReport) -> None:
    """Print every check with its reason."""
    console = new_console()
    table = new_table("check", "", "reason", title=f"contract of {report.target}")
    table.columns[2].justify = "left"
    for row in report.checks:
        table.add_row(row.name, MARKS[row.passed], row.reason)
    console.print(table)
