"""Audits as tables that a person likes to read in a terminal."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from nashbox.experiments.audit.base import NOTHING, VERDICTS, AuditResult, Gain
from nashbox.experiments.audit.words import (
    ONE,
    condition_8,
    nothing_better,
    recommended_act,
    verdict_in_words,
    yes_or_no,
)
from nashbox.experiments.digits import TINY
from nashbox.games.registry import declared
from nashbox.problem.counts import counts
from nashbox.problem.spec import Spec
from nashbox.tables.console import (
    VERDICT_STYLE,
    amount,
    errors_told,
    interval,
    new_table,
    number,
    with_error,
)
from nashbox.tables.sheet import ROWS, Sheet
from nashbox.tables.words import meanings, strategies_in_words

if TYPE_CHECKING:
    from nashbox.experiments.audit import Audit, GameAudit

SHORT = 240  # letters of a class that always stands below the table
RATIONAL = "individually rational (nobody is worse off than outside)"
GAIN, BOUNDED = "gain", "gain [from, to]"  # bounds are left out where they are the number itself
Columns = Mapping[str, Callable[[Any], str]]  # of one kind of audit: a heading, an agent's cell


def audit_sheet(audit: Audit) -> Sheet:
    """Penalties beside those of working alone, and who owes what."""
    columns: Columns = {
        "penalty": lambda a: with_error(a.penalty, a.penalty_se),
        "alone": lambda a: amount(a.penalty_alone),
        "owes": lambda a: counts(a.recommended),
    }
    names = audit.problem.get("distributions", [])
    owed = [f"owes: points of {', '.join(names)}"] if len(names) > 1 else []
    sheet = _verdicts(audit, f"{audit.mechanism}, plan {audit.plan}", columns, 5, *owed)
    sheet.note(
        f"{RATIONAL}: {yes_or_no(audit.individually_rational)}"
        "; social penalty (the sum) "
        f"{with_error(audit.social_penalty, audit.social_penalty_se)}, "
        f"{with_error(audit.efficiency_ratio, audit.efficiency_ratio_se)} times that of the best "
        "rational plan"
        f"; {condition_8(audit.condition_8, audit.problem.get('counts') == 'integer')}"
    )
    _damages(sheet, audit)
    _budget(sheet, audit.agents)
    _compliance(sheet, audit, "her", 5)
    normal = [
        f"{a.name} penalty {amount(a.normal_theory['penalty'])}, gain "
        f"{number(a.normal_theory['gain'], 5)}"
        for a in audit.agents
        if a.normal_theory is not None
    ]
    if normal:
        sheet.note(f"if the measurements were normal: {'; '.join(normal)}")
    _long_class(sheet, audit)
    return sheet


def game_audit_sheet(audit: GameAudit) -> Sheet:
    """Payoffs, and who plays what."""
    pays = audit.pays
    columns: Columns = {
        pays: lambda a: with_error(getattr(a, pays), a.payoff_se, 6),
        "plays": lambda a: a.strategy,
    }
    sheet = _verdicts(audit, audit.rules, columns, 6)
    _damages(sheet, audit)
    _budget(sheet, audit.agents)
    if audit.nash_conv is not None:
        conv = number(audit.nash_conv, 6, scale_of(audit))
        sheet.note(f"NashConv (what all could gain, each by herself): {conv}")
    if audit.individually_rational is not None:
        sheet.note(f"{RATIONAL}: {yes_or_no(audit.individually_rational)}")
    for key, value in audit.extra.items():
        sheet.note(f"{key}: {value if isinstance(value, str) else json.dumps(value)}")
    _compliance(sheet, audit, "it", 6)
    _long_class(sheet, audit)
    return sheet


def _compliance(sheet: Sheet, audit: AuditResult, whom: str, digits: int) -> None:
    """What strategies of one's own bring, gains in other conditions, and the audit's notes."""
    scale = scale_of(audit)
    for a in audit.agents:
        _over_recommended(sheet, a, whom, digits, scale)
        for key, given in declared(audit.game).gains_if.items():
            gain = getattr(a, key)
            if gain is not None:
                sheet.note(f"{a.name}, {given}, could gain {number(gain.estimate, digits)}")
    sheet.remark(*audit.notes)


def _damages(sheet: Sheet, audit: AuditResult) -> None:
    """What deviations that gain cost the others, where it is more than epsilon."""
    words = [
        f"{a.name}'s {with_error(a.damage, a.damage_se)}"
        for a in audit.agents
        if a.verdict == "profitable" and a.damage is not None and abs(a.damage) > a.epsilon
    ]
    if len(words) > ROWS:
        words[ROWS:] = [f"and so on, of {len(words)} agents in all"]
    if words:
        sheet.note(f"what a deviation costs the others in sum: {', '.join(words)}")


def _by_gain(agent: Any) -> tuple[int, float]:
    """Who gains comes first, then who may, the more the sooner."""
    return VERDICTS.index(agent.verdict), -agent.gain.estimate


def _verdicts(audit: AuditResult, rules: str, columns: Columns, digits: int, *owed: str) -> Sheet:
    """Verdicts, gains and what they rest on."""
    sheet = Sheet(verdict_in_words(audit), VERDICT_STYLE[audit.nash])
    scale = scale_of(audit)
    many = len(audit.agents) > ROWS
    agents = sorted(audit.agents, key=_by_gain) if many else audit.agents
    gains = [interval(a.gain, digits, scale) for a in agents]
    bounded = any("[" in gain for gain in gains)
    heads = ("agent", "verdict", BOUNDED if bounded else GAIN, *columns, "best deviation found")
    order = ", largest gains first" if many else ""
    table = new_table(*heads, title=f"{rules}: {audit.method} audit{order}")
    found = [deviation_in_words(audit, a, scale) for a in agents]
    paid = [[cell(a) for cell in columns.values()] for a in agents]
    for a, gain, cells, best in zip(agents, gains, paid, found, strict=True):
        table.add_row(
            a.name,
            Text(ONE[a.verdict], style=VERDICT_STYLE[a.verdict]),
            gain,
            *cells,
            best,
        )
    gained, *named = legend(audit, bounded)
    sheet.add(table, gained, *owed, *named, *_reasons(audit, errors_told(paid)))
    return sheet


def legend(audit: AuditResult, bounded: bool) -> list[str]:
    """What gains are, and what the words for what is played mean.

    bounded: whether gains are shown with their bounds.
    """
    scale = scale_of(audit)
    found = [deviation_in_words(audit, a, scale) for a in audit.agents]
    used = {part.split()[0] for text in found for part in text.split(", ") if part}
    own = [a.strategy for a in audit.agents if not declared(audit.game).has_plan]
    return [
        _gain_in_words(audit, bounded),
        *meanings(audit.game, used),
        *strategies_in_words(audit.game, [*own, *found]),
    ]


def _gain_in_words(audit: AuditResult, bounded: bool) -> str:
    """What the column of gains holds."""
    what = "gain: what an agent wins by the best deviation found, the others as they are"
    if not bounded:
        return what
    simulated = audit.resolution is not None
    sure = f", all true with a chance of {100 * (1 - audit.delta):.4g} %" if simulated else ""
    return f"{what}; [from, to]: its bounds{sure}"


def deviation_in_words(audit: AuditResult, agent: Any, scale: float) -> str:
    """The best deviation found for an agent; what is honest, or no better, is none.

    scale: of what gains are differences.
    """
    if not _named(agent, scale):
        certain = agent.verdict == "none_above_epsilon"
        return "none that is better" if certain else "none better as measured"
    return recommended_act(audit.game, agent) or in_short(audit.game, agent.best_deviation)


def _named(agent: Any, scale: float) -> bool:
    """Whether the best deviation found is better than what is played."""
    return not nothing_better(agent.verdict, agent.gain.estimate, TINY * min(1.0, scale))


def scale_of(audit: AuditResult) -> float:
    """What gains are differences of: the largest that an agent is paid, or could gain."""
    pays = audit.pays
    paid = [abs(getattr(a, pays)) for a in audit.agents]
    gains = [abs(a.gain.estimate) for a in audit.agents]
    return max((x for x in [*paid, *gains] if math.isfinite(x)), default=0.0)


def in_short(game: str, best: Any) -> str:
    """An agent's best deviation in a few words."""
    return declared(game).in_short(Spec(best.strategy, best.parameters))


def _least_gain(audit: AuditResult) -> str:
    """Which gains count, from the least to the largest epsilon of the agents."""
    low, high = (amount(f(a.epsilon for a in audit.agents), 6) for f in (min, max))
    return f"epsilon, the least gain that counts: {low if low == high else f'{low} to {high}'}"


def _reasons(audit: AuditResult, errors: list[str]) -> list[str]:
    """Why to believe it: what simulation cannot see, and what was covered, if that is short."""
    covered = [] if len(audit.class_) > SHORT else [f"covered: {audit.class_}"]
    return [
        _least_gain(audit),
        *covered,
        *errors,
        *([audit.resolution] if audit.resolution else []),
    ]


def _long_class(sheet: Sheet, audit: AuditResult) -> None:
    """Which deviations were covered, where that takes many words: the last note."""
    if len(audit.class_) > SHORT:
        sheet.note(f"covered: {audit.class_}")


def _over_recommended(sheet: Sheet, agent: Any, whom: str, digits: int, scale: float) -> None:
    """What an agent gains by a strategy of her own, if she plays one."""
    over = agent.gain_over_recommended
    if over in (None, NOTHING):
        return
    if over.lower < -TINY * scale and over.upper > TINY * scale:
        told = f"of which is not known what it brings {whom}, {interval(over, digits, scale)},"
    else:
        low, high = sorted(abs(x) for x in (over.lower, over.upper))
        size = interval(Gain(abs(over.estimate), low, high), digits, scale)
        size = size if abs(over.estimate) > TINY * scale else "nothing"
        told = f"which {'loses' if over.estimate < 0 else 'gains'} {whom} {size}"
    sheet.note(f"{agent.name} plays {agent.strategy}, {told} against the recommendation")


def _budget(sheet: Sheet, agents: Sequence[Any]) -> None:
    """How much more simulation decides those who are undecided, in one line."""
    open_ = [a for a in agents if a.budget_needed is not None]
    if open_:
        names = ", ".join(a.name for a in open_)
        sheet.note(
            f"about --budget {_rounded(max(a.budget_needed for a in open_))} would decide {names}"
        )


def _rounded(worlds: int) -> int:
    """Up to two digits, as an estimate deserves.

    >>> _rounded(12086), _rounded(4000), _rounded(7)
    (13000, 4000, 7)
    """
    unit = 10 ** max(0, len(str(worlds)) - 2)
    return int(-(-worlds // unit) * unit)
