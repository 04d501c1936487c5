"""Robustness as tables: gains over the interval, agents who drop out, real data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nashbox.experiments.audit.base import VERDICTS, Gain, of_all
from nashbox.experiments.audit.words import ALL, ONE
from nashbox.rules.design.file import is_drawn, is_normal
from nashbox.rules.robust.rules import ROUNDING
from nashbox.tables.console import (
    VERDICT_STYLE,
    amount,
    filled,
    interval,
    number,
    with_error,
)
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.rules.robust import Robust
    from nashbox.rules.robust.dropout import Drop
    from nashbox.rules.robust.robustness import Measured
    from nashbox.rules.robust.rules import AgentRow

SHOWN = 5  # agents who gain most, for each set of rules; sets of agents who drop out


def robust_sheet(result: Robust) -> Sheet:
    """What moves, and whether honesty survives."""
    honest = [r.name for r in result.rules if r.honest]
    normal = all(is_normal(r.problem) for r in result.rules)
    data = "" if normal else " for normal data"
    sheet = Sheet(
        f"honest all over the interval{data}: {', '.join(honest) or 'none of the rules'}",
        "green" if honest else "bold red",
    )
    for words in _on_measurements(result):
        sheet.say(words)
    summary = filled(
        result.rules,
        ("rules", lambda r: r.name),
        ("social penalty", lambda r: amount(r.social_penalty)),
        ("largest penalty", lambda r: amount(max(a.penalty for a in r.agents))),
        ("largest gain", lambda r: number(r.worst.gain.bound, 6, r.worst.epsilon)),
        ("whose", lambda r: r.worst.name if _counts(r.worst) else "-"),
        ("her epsilon", lambda r: amount(r.worst.epsilon, 6) if _counts(r.worst) else "-"),
        ("honest", lambda r: "yes" if r.honest else "no"),
        ("rational", lambda r: "yes" if r.rational else "no"),
        (f"holds to {result.along} +-", lambda r: f"{100 * r.widest:.1f} %"),
        title=f"costs +-{100 * result.costs:g} %, sigma +-{100 * result.sigma:g} %, "
        f"epsilon {_unit(result)}",
    )
    sheet.add(
        summary,
        "honest: nobody gains more than epsilon anywhere in the interval (proven"
        f"{data}: gains are convex in the costs, and of bounded curvature in sigma);",
        "rational: nobody is worse off than outside by more than epsilon",
        f"holds to {result.along} +-: how far all of it may be off before somebody gains more",
        *_kinds(result),
    )
    if not all(a.certified for r in result.rules for a in r.agents):
        sheet.note(
            "not proven: gains under mirrors (honest counts, at some sigmas), under rules of one's "
            "own (at some sigmas) and on many distributions tied together (two corners)"
        )
    if result.reason is not None:
        sheet.note(result.reason, style="green" if result.found else "yellow")
    _drops(sheet, result)
    _data(sheet, result)
    return sheet


def _on_measurements(result: Robust) -> Iterator[str]:
    """What was found on the file's measurements, or that nothing was looked for."""
    if not any(r.measured for r in result.rules):
        if not all(is_normal(r.problem) for r in result.rules):
            whole = all(is_drawn(r.problem) for r in result.rules)
            how = "" if whole else 'with counts = "integer" '
            yield f"measurements are real ones: {how}--data N measures what is gained on these"
        return
    found: dict[str, list[str]] = {}
    for r in result.rules:
        found.setdefault(of_all(x.verdict for x in r.measured), []).append(r.name)
    for verdict in VERDICTS:
        if verdict in found:
            yield f"on the measurements, {ALL[verdict]}: {', '.join(found[verdict])}"


def _unit(result: Robust) -> str:
    """Epsilon, which is the same share of each penalty if it is not one number."""
    if result.epsilon is not None:
        return f"{result.epsilon:g}"
    shares = [a.epsilon / a.penalty for r in result.rules for a in r.agents if a.epsilon > 0]
    return f"{shares[0]:.3g} of each penalty" if shares else "a share of each penalty"


def _counts(agent: AgentRow) -> bool:
    """Whether there is a gain that is more than rounding."""
    return agent.gain.bound > ROUNDING * abs(agent.penalty)


def _kinds(result: Robust) -> list[str]:
    """What the names of rules that are compared with a goal in mind mean."""
    if result.goal is None:
        return []
    words = {
        "cbl": "with the plan for the goal",
        "designed": "the best for the costs as said",
        "robust": "the best that were found to hold over the whole interval",
        "closest": "those found that need the smallest multiple of epsilon",
    }
    return ["; ".join(f"{r.name}: {words[r.name]}" for r in result.rules if r.name in words)]


def _drops(sheet: Sheet, result: Robust) -> None:
    if not result.searched:
        return
    table = filled(
        [(r, d) for r in result.rules for d in sorted(r.drops, key=lambda d: -d.lost)[:SHOWN]],
        ("rules", lambda row: row[0].name),
        ("missing", lambda row: " + ".join(row[1].missing)),
        ("others pay", lambda row: amount(row[1].after)),
        ("before", lambda row: amount(row[1].before)),
        ("hit most", lambda row: row[1].hit if _hit(row[1]) else "-"),
        ("from", lambda row: amount(row[1].hit_before) if _hit(row[1]) else "-"),
        ("to", lambda row: amount(row[1].hit_after) if _hit(row[1]) else "-"),
        ("gain", lambda row: number(row[1].gain, scale=abs(row[1].before))),
        ("whose", lambda row: _gainer(row[1])),
        ("dishonest", lambda row: f"{len(row[1].dishonest)}"),
        title="agents who drop out",
        keys=2,
    )
    left_out = any(len(r.drops) > SHOWN for r in result.rules)
    some = f"; the worst {SHOWN} for the others are shown" if left_out else ""
    sheet.add(
        table,
        "others pay, before: all who stay, in sum; hit most, from, to: whose penalty rises most; "
        "gain, whose: by a deviation, the largest beside her epsilon; dishonest: how many gain "
        "more than epsilon",
        f"examined: {result.searched}{some}",
    )


def _hit(drop: Drop) -> bool:
    """Whether anybody loses more than rounding."""
    return drop.hit_after - drop.hit_before > ROUNDING * abs(drop.hit_before)


def _gainer(drop: Drop) -> str:
    return drop.gainer if drop.gain > ROUNDING * abs(drop.before) else "-"


def _data(sheet: Sheet, result: Robust) -> None:
    if not any(r.measured for r in result.rules):
        return
    table = filled(
        [(r, x) for r in result.rules for x in sorted(r.measured, key=_gained)[:SHOWN]],
        ("rules", lambda row: row[0].name),
        ("agent", lambda row: row[1].name),
        ("penalty", lambda row: with_error(row[1].penalty, row[1].penalty_se)),
        ("normal theory", lambda row: amount(row[1].normal_penalty)),
        ("gain [from, to]", lambda row: _interval(row[1])),
        ("verdict", lambda row: ONE[row[1].verdict]),
        ("by counts", lambda row: with_error(row[1].by_counts, row[1].by_counts_se, 6)),
        ("normal theory", lambda row: number(row[1].normal_gain, 6, row[1].penalty)),
        title="on the problem's measurements (black box)",
        keys=2,
        style=lambda row: VERDICT_STYLE[row[1].verdict],
    )
    undecided = any(x.verdict == "undecided" for r in result.rules for x in r.measured)
    sheet.add(
        table,
        "normal theory: penalty and gain by the formulas for normal data; gain: of the best "
        "deviation that was found by simulation; by counts: what the best other count saves who is "
        "honest otherwise",
        *["open: neither is sure yet, a gain or none; more worlds (--data) tell"] * undecided,
    )


def _interval(x: Measured) -> str:
    return interval(Gain(x.gain, x.lower, x.upper), scale=x.penalty)


def _gained(x: Measured) -> float:
    """Largest first."""
    return -(x.gain if x.by_counts is None else x.by_counts)
