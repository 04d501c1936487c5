"""Coalitions as a table: who, what they do, what it brings."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from nashbox.experiments.digits import TINY
from nashbox.problem.counts import counts, several
from nashbox.tables.console import ERRORS, amount, filled, number, with_error
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.rules.coalitions import Coalition, Coalitions


FORMS = {
    "own": "own: the measured points, each once, divided as the members' debts are",
    "one": "one: one member all of them, the others nothing",
    "same": "same: every member all of them, the same data several times",
    "copies": "copies: every member what she owes, all of it copies of the joint mean",
    "many": "many k: every member k times what she owes, all of it copies of the joint mean",
    "kept": "kept: nothing",
}  # what schemes of the rules are called, and are
SHOWN = 15  # coalitions with the largest gains


def coalitions_sheet(result: Coalitions) -> Sheet:
    """Gains with their bounds."""
    most = max(result.coalitions, key=lambda c: c.lower)
    gains = most.lower > 0
    sheet = Sheet(
        f"{' + '.join(most.members)} gain at least {amount(most.lower)} together"
        if gains
        else f"no gain of {result.size} together is certain",
        "bold red" if gains else "yellow",
    )
    exact = any(c.upper is not None for c in result.coalitions)
    ordered = sorted(result.coalitions, key=lambda c: -c.gain)
    certain = [
        ("exact scheme", lambda c: number(c.exact, scale=sum(c.penalties))),
        ("at most", lambda c: number(c.upper, scale=sum(c.penalties))),
    ]
    table = filled(
        ordered[:SHOWN],
        ("coalition", lambda c: _who(result, c)),
        ("owe", lambda c: counts(c.owed)),
        ("collect", lambda c: counts(c.collected)),
        ("hand in", lambda c: ", ".join(_forms(c)) or "nothing"),
        ("pay if honest", lambda c: with_error(sum(c.penalties), sum(c.penalties_se))),
        ("gain", lambda c: _measured(c.gain, c.se, sum(c.penalties))),
        ("at least", lambda c: number(c.lower, scale=sum(c.penalties))),
        *(certain if exact else ()),
        ("each, unpaid", lambda c: _measured(c.common, c.common_se, sum(c.penalties))),
        title=f"{result.mechanism}: what {result.size} agents gain who deviate together",
    )
    used = {form for c in ordered[:SHOWN] for form in _forms(c)}
    sheet.add(table, *legend(exact), *forms_legend(used))
    if len(ordered) > SHOWN:
        sheet.note(f"in the JSON only: {several(len(ordered) - SHOWN, 'coalition')} of less gain")
    sheet.note(f"examined: {result.search}; delta {result.delta:g}, {result.worlds} worlds each")
    sheet.note(
        "gains are found by search: lower bounds of what can be gained by this class: "
        f"{result.class_}"
    )
    return sheet


def legend(exact: bool) -> list[str]:
    """What the columns hold."""
    known = (
        "; exact scheme: of the best that formulas know; at most: by all that they could know"
        if exact
        else ""
    )
    return [
        "owe, collect, hand in: points of all members, and what they do with them; gain: what they "
        f"save together by it, as measured; at least: a bound of it{known}; each, unpaid: what "
        "everyone saves if they share the points and nobody pays another, as measured",
        f"{ERRORS}, of what several pay at most",
    ]


def forms_legend(used: Collection[str]) -> list[str]:
    """What the words for handing in mean, those that are used."""
    first = {form.split()[0] for form in used}
    told = [words for name, words in FORMS.items() if name in first]
    return [f"handed in of the points they share: {'; '.join(told)}"] if told else []


def _forms(c: Coalition) -> list[str]:
    """How a coalition hands in, of distributions of which it collects anything."""
    return list(dict.fromkeys(f for f, C in zip(c.forms, c.collected, strict=True) if C))


def _measured(saved: float, se: float, paid: float) -> str:
    """What is saved with its error, without what is the rounding of payments."""
    return number(saved, scale=paid) if se <= TINY * paid else with_error(saved, se)


def _who(result: Coalitions, c: Coalition) -> str:
    """Its members, and how many such coalitions it stands for where not all are shown."""
    alike = c.represents > 1 and not result.search.startswith(("all ", "the only "))
    return " + ".join(c.members) + (f" (1 of {c.represents})" if alike else "")
