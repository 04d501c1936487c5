"""Robustness as tables: gains over the interval, agents who drop out, real data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.experiments.audit.words import ONE
from nashbox.tables.console import VERDICT_STYLE, amount, new_table, number
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.rules.robust import Robust
    from nashbox.rules.robust.robustness import Measured

SHOWN = 5  # agents who gain most, for each set of rules; sets of agents who drop out


def robust_sheet(result: Robust) -> Sheet:
    """What moves, and whether honesty survives."""
    honest = [r.name for r in result.rules if r.honest]
    sheet = Sheet(
        f"honest all over the interval: {', '.join(honest) or 'none of the rules'}",
        "green" if honest else "bold red",
    )
    unit = "1e-3 of each penalty" if result.epsilon is None else f"{result.epsilon:g}"
    summary = new_table(
        "rules",
        "social penalty",
        "largest penalty",
        "largest gain",
        "whose",
        "her epsilon",
        "honest",
        "rational",
        f"holds to {result.along} +-",
        title=f"costs +-{100 * result.costs:g} %, sigma +-{100 * result.sigma:g} %, epsilon {unit}",
    )
    for r in result.rules:
        worst = r.worst
        summary.add_row(
            r.name,
            amount(r.social_penalty),
            amount(max(a.penalty for a in r.agents)),
            number(worst.gain.bound, 6, worst.epsilon),
            worst.name,
            amount(worst.epsilon, 6),
            "yes" if r.honest else "no",
            "yes" if r.rational else "no",
            f"{100 * r.widest:.1f} %",
        )
    sheet.add(
        summary,
        "honest: nobody gains more than epsilon anywhere in the interval (proven: gains are convex "
        "in the costs, and of bounded curvature in sigma);",
        "rational: nobody is worse off than outside by more than epsilon",
    )
    if not all(a.certified for r in result.rules for a in r.agents):
        sheet.note(
            "not proven: gains under mirrors (honest counts, at some sigmas) and on many "
            "distributions tied together (two corners)"
        )
    if result.reason is not None:
        sheet.note(result.reason, style="green" if result.found else "yellow")
    _drops(sheet, result)
    _data(sheet, result)
    return sheet


def _drops(sheet: Sheet, result: Robust) -> None:
    if not result.searched:
        return
    table = new_table(
        "rules",
        "missing",
        "others pay",
        "before",
        "hit most",
        "from",
        "to",
        "gain",
        "whose",
        "dishonest",
        title="agents who drop out",
        keys=2,
    )
    for r in result.rules:
        for d in sorted(r.drops, key=lambda d: -d.lost)[:SHOWN]:
            table.add_row(
                r.name,
                " + ".join(d.missing),
                amount(d.after),
                amount(d.before),
                d.hit,
                amount(d.hit_before),
                amount(d.hit_after),
                number(d.gain, scale=abs(d.before)),
                d.gainer,
                f"{len(d.dishonest)}",
            )
    sheet.add(table, f"examined: {result.searched}; the worst {SHOWN} for the others are shown")


def _data(sheet: Sheet, result: Robust) -> None:
    if not any(r.measured for r in result.rules):
        return
    table = new_table(
        "rules",
        "agent",
        "penalty",
        "normal theory",
        "gain",
        "at most",
        "verdict",
        "by counts",
        "2 s.e.",
        "normal theory",
        title="on the problem's measurements (black box)",
        keys=2,
    )
    for r in result.rules:
        for x in sorted(r.measured, key=_gained)[:SHOWN]:
            table.add_row(
                r.name,
                x.name,
                amount(x.penalty),
                amount(x.normal_penalty),
                number(x.gain, scale=x.penalty),
                number(x.upper, scale=x.penalty),
                ONE[x.verdict],
                number(x.by_counts, 6, x.penalty),
                number(None if x.by_counts_se is None else 2 * x.by_counts_se, 6, x.penalty),
                number(x.normal_gain, 6, x.penalty),
                style=VERDICT_STYLE[x.verdict],
            )
    sheet.add(table)


def _gained(x: Measured) -> float:
    """Largest first."""
    return -(x.gain if x.by_counts is None else x.by_counts)
