"""Results as tables that a person likes to read in a terminal."""

from __future__ import annotations

import io
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from nashbox.experiments.audit import Audit
    from nashbox.experiments.check import CheckReport
    from nashbox.experiments.planning import PlanReport
    from nashbox.experiments.run import Run

VERDICT_STYLE = {"profitable": "bold red", "none_above_epsilon": "green", "undecided": "yellow"}


class _Console(Console):
    """A console whose reader may stop reading: the rest is dropped, the exit code stays."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _console() -> Console:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names the terminal cannot show
    terminal = sys.stdout.isatty()
    return _Console(
        width=None if terminal else 120,
        force_terminal=None
        if terminal
        else False,  # no colours in a pipe, whatever the environment
        color_system="auto" if terminal else None,
        highlight=False,
        soft_wrap=False,
        markup=False,  # names come from files: square brackets and colons in them mean nothing
        emoji=False,
    )


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on a terminal (standard error), nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def number(value: float | None, digits: int = 4) -> str:
    """Plain fixed digits for what people compare, scientific where that would say nothing."""
    if value is None:
        return "-"
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if abs(value) < 1e-10:  # rounding noise of exact methods
        value = 0.0
    if value != 0 and (abs(value) < 10**-digits or abs(value) >= 1e6):
        return f"{value:.2e}"
    return f"{value:.{digits}f}"


def counts(values: Any) -> str:
    """Counts of all distributions, whole numbers without a point."""
    return " ".join(f"{v:g}" if float(v).is_integer() else f"{v:.2f}" for v in values)


def _new(*columns: str, title: str = "") -> Table:
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for j, name in enumerate(columns):
        table.add_column(name, justify="left" if j == 0 else "right")
    return table


def audit_table(audit: Audit) -> None:
    """Print verdicts, gains and what they rest on."""
    console = _console()
    table = _new(
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
    console.print(
        Text(
            "honesty "
            + {
                "profitable": "does not pay: at least one agent gains by leaving her strategy",
                "none_above_epsilon": "pays: no deviation of the class gains more than epsilon",
                "undecided": "is undecided: the budget leaves room for a gain above epsilon",
            }[audit.nash],
            style=VERDICT_STYLE[audit.nash],
        )
    )
    console.print(
        f"individually rational: {'yes' if audit.individually_rational else 'no'}"
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


def describe(name: str, parameters: Any) -> str:
    """A strategy with its parameters in a few words.

    >>> describe("equivariant", {"collect": [8], "submit": [10], "estimator": "pitman"})
    'collect 8, submit 10, pitman'
    """
    if name != "equivariant":
        inside = ", ".join(f"{key}={value}" for key, value in parameters.items())
        return f"{name}({inside})" if inside else name
    text = ", ".join(
        f"{k} {counts(parameters[k])}" for k in ("collect", "submit") if k in parameters
    )
    shift = parameters.get("shift", 0.0)
    moved = [shift] if isinstance(shift, (int, float)) else shift
    if any(moved):
        text += f", shift {counts(moved)}"
    estimator = parameters.get("estimator", "pitman")
    if isinstance(estimator, str):
        return text if estimator == "accept" else f"{text}, {estimator}"
    return f"{text}, weight {' '.join(f'{w:.3g}' for w in estimator)}"


def plan_table(plan: PlanReport) -> None:
    """Print counts and penalties, and what CBL makes of them."""
    console = _console()
    table = _new(
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


def run_table(run: Run) -> None:
    """Print the last round, and the data collected round by round if there were several."""
    console = _console()
    table = _new(
        "agent",
        "strategy",
        "collected",
        "submitted",
        "error",
        "cost",
        "penalty",
        "se",
        title=f"round {run.rounds}, {run.replications} worlds, mu: {run.mu}",
    )
    for a in run.agents:
        table.add_row(
            a["name"],
            a["strategy"],
            counts(a["collected"]),
            counts(a["submitted"]),
            number(a["error"]),
            number(a["cost"]),
            number(a["penalty"]),
            number(a["se"]),
        )
    console.print(table)
    if run.rounds > 1:
        steps = _new("round", "data collected", "data submitted", "social penalty")
        for t in range(1, run.rounds + 1):
            rows = [s for s in run.steps if s["Step"] == t]
            steps.add_row(
                str(t),
                f"{sum(sum(r['collected']) for r in rows):.6g}",
                f"{sum(sum(r['submitted']) for r in rows):.6g}",
                number(sum(r["penalty"] for r in rows)),
            )
        console.print(steps)


def check_table(report: CheckReport) -> None:
    """Print every check with its reason."""
    console = _console()
    table = _new("check", "", "reason", title=f"contract of {report.target}")
    table.columns[2].justify = "left"
    for row in report.checks:
        mark = Text("passed", style="green") if row.passed else Text("FAILED", style="bold red")
        table.add_row(row.name, mark, row.reason)
    console.print(table)
