"""The page of the documentation: counts by member, tails and budget."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.calibration.cells import BUDGETS, DELTA, Place, cell
from benchmarks.calibration.judge import Judged, judge
from benchmarks.zoo import MEMBERS, Member
from nashbox.experiments.proportion import proportion_interval
from nashbox.experiments.sweep import Store
from nashbox.results.saving import versions

CONFIDENCE = 0.95
Found = dict[Place, Judged]

INTRODUCTION = """# How often audits are wrong

Black-box audits of games in which every player's gain is known, counted. A *wrong* audit gives
somebody a verdict that the truth does not allow; a *missed* one has a true gain outside of
somebody's bounds. Each is promised with a chance of at most delta = {delta:g} an audit, whatever is
audited. An *excused* one is either, but says that events as rare as those that decide this game are
not seen; it counts as neither. In brackets: {confidence:.0%} Clopper-Pearson limits, in percent.
Audits of a game that differ in epsilon alone play the same worlds, so that their errors come
together: *unlucky worlds* counts the sets of worlds in which any audit was wrong or missed a gain.
The columns of gains, in units of epsilon, hold the percentage of audits with the right verdict:
`none_above_epsilon` up to 1, `profitable` above (the largest gain of all players counts).

`python -m benchmarks.calibration --report` wrote this page on {date}, of {audits} audits with
{versions}. Failed audits: {failed}.
"""
TAILS = """
Noise has mean 0 and variance 1: normal; Student's t with 3 and 2.5 degrees of freedom; lognormal;
`rare` (half of the variance in events of 1e-4); `errs` (all of it: off by 1e4 in one world of
10,000, in units of 1/100).
"""


def share(count: int, total: int, limits: bool = False) -> str:
    """A share in percent, or k/n with its limits.

    >>> share(1, 4), share(0, 0), share(0, 10, limits=True)
    ('25', '', '0/10 [0, 30.8]')
    """
    if not limits:
        return f"{100 * count / total:.0f}" if total else ""
    low, high = (100 * x for x in proportion_interval(count, total, CONFIDENCE))
    return f"{count}/{total} [{low:.3g}, {high:.3g}]"


def read(path: Path) -> tuple[Found, int]:
    """Audits of this zoo by this program in a store, and how many failed."""
    found, failed = {}, 0
    with Store.to_read(path) as store:
        for outcome in store.outcomes():
            if outcome.status != "ok":
                failed += outcome.status == "failed"
                continue
            place = Place(**outcome.payload["place"])
            if place.member in MEMBERS and cell(place).key == outcome.key:
                case = MEMBERS[place.member].case(place.tails, place.ratio)
                found[place] = judge(case, outcome.payload)
    return found, failed


def page(found: Found, failed: int) -> str:
    """The whole page in Markdown."""
    names = [f"{name} {version}" for name, version in versions().items()]
    head = INTRODUCTION.format(
        delta=DELTA,
        confidence=CONFIDENCE,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        audits=f"{len(found):,}",
        versions=", ".join(names),
        failed=failed,
    )
    members = [m for m in MEMBERS.values() if any(p.member == m.name for p in found)]
    return "\n".join(
        [head, TAILS, _overview(members, found), *(_section(m, found) for m in members)]
    )


def _overview(members: Sequence[Member], found: Found) -> str:
    rows = []
    for member in members:
        mine = {p: j for p, j in found.items() if p.member == member.name}
        name = f"[{member.name}](#{_anchor(member)})"
        rows.append([name, member.kind, *_counts([*mine.values()]), _unlucky(mine)])
    return _table(["game", "kind", *COUNTS, "unlucky worlds"], rows)


def _unlucky(found: Found) -> str:
    """Sets of worlds, which audits with other gains share, in which any of them failed."""
    worlds: dict[tuple[str, int, int], bool] = defaultdict(bool)
    for p, judged in found.items():
        worlds[p.tails, p.budget, p.seed] |= judged.wrong or judged.missed
    return share(sum(worlds.values()), len(worlds), limits=True)


def _anchor(member: Member) -> str:
    return member.name.replace(".", "-")


COUNTS = ("wrong", "missed", "excused", "decided, %")


def _counts(judged: Sequence[Judged]) -> list[str]:
    n = len(judged)
    return [
        share(sum(j.wrong for j in judged), n, limits=True),
        share(sum(j.missed for j in judged), n, limits=True),
        str(sum(j.excused for j in judged)),
        share(sum(j.decided for j in judged), n),
    ]


def _section(member: Member, found: Found) -> str:
    """One member: a row for every tails and budget, a column for every gain."""
    groups: dict[tuple[str, int], dict[float | None, list[Judged]]] = defaultdict(dict)
    for place, judged in found.items():
        if place.member == member.name:
            by_ratio = groups[place.tails, place.budget]
            by_ratio.setdefault(place.ratio, []).append(judged)
    rows = []
    for tails in member.tails:
        for budget in BUDGETS:
            by_ratio = groups.get((tails, budget), {})
            everything = [j for some in by_ratio.values() for j in some]
            if everything:
                power = [_right(member, tails, r, by_ratio.get(r, [])) for r in member.ratios]
                rows.append([tails, f"{budget:,}", *_counts(everything), *power])
    gains = [_gain(member, ratio) for ratio in member.ratios]
    title = f"\n## {member.name} {{#{_anchor(member)}}}\n\n{member.kind}: {member.words}.\n"
    return f"{title}\n{_table(['tails', 'budget', *COUNTS, *gains], rows)}"


def _gain(member: Member, ratio: float | None) -> str:
    known = member.case(member.tails[0], None).ratio if ratio is None else ratio
    return f"{known:.3g}"


def _right(member: Member, tails: str, ratio: float | None, judged: Sequence[Judged]) -> str:
    known = member.case(tails, ratio).ratio if ratio is None else ratio
    wanted = "profitable" if known > 1 else "none_above_epsilon"
    return share(sum(j.nash == wanted for j in judged), len(judged))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
