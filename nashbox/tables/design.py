"""A design as tables: who owes what under which rule, and what it was compared with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from nashbox.problem.counts import counts
from nashbox.rules.design.file import is_drawn, is_normal
from nashbox.tables.console import VERDICT_STYLE, amount, filled
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.rules.design import Design

BOUND = {
    **dict.fromkeys(("social", "egalitarian"), "above the least that compliance would allow"),
    "nash": "of the mean gain (geometric) that compliance would allow is lost",
    "kalai_smorodinsky": "of the gains that compliance would allow is lost",
}

COMPARED = {  # words in the names of rules that are compared
    "alone": "everybody works alone who can; the others receive their mean",
    "no leverage": "whoever samples most cheaply works alone, and all others receive her mean",
    "in turns": "those who are equally cheap share the distributions",
    "separate": "comparisons are passed one by one",
    "joint": "who fails one comparison fails all of them",
    "decoys": "who fails is told a falsehood in secret",
    "mirrors": "likewise, with falsehoods on the other side",
}
KINDS = {  # of rules, by what stands in the table
    "threshold": "n, z, t: n points owed, compared with the mean of z others and passed within t",
    "noise": "n, z, alpha: n points owed; what is received beyond z points is blurred by alpha "
    "times their distance from hers",
    "free": "free: receives the others' mean and owes nothing",
    "alone": "n, alone: n points, and nothing received",
}
FALSE = {"decoy": "a falsehood", "mirror": "a falsehood on the other side"}
PASSED = "free if passed: all of the others' points for who passes elsewhere, else z of them"


def design_sheet(design: Design) -> Sheet:
    """Rules, penalties, certificate and rivals."""
    sheet = Sheet(_certain(design), VERDICT_STYLE[design.verdict])
    table = filled(
        range(len(design.names)),
        ("agent", lambda i: design.names[i]),
        *((x, lambda i, k=k: _rule(design, i, k)) for k, x in enumerate(design.distributions)),
        ("penalty", lambda i: amount(float(design.penalties[i]))),
        ("alone", lambda i: amount(float(design.penalties_alone[i]))),
        title=f"rules for the goal {design.goal}: {design.chosen}",
    )
    sheet.add(table, *legend(design))
    rivals = filled(
        design.candidates,
        ("compared", lambda c: c.name + (" (chosen)" if c.name == design.chosen else "")),
        ("social penalty", lambda c: amount(c.social_penalty)),
        ("largest penalty", lambda c: amount(c.largest_penalty)),
        ("individually rational", lambda c: "yes" if c.individually_rational else "no"),
    )
    sheet.add(rivals, *compared(design))
    if not is_normal(design.problem):
        sheet.note(on_measurements(design))
    sheet.note(against_bound(design))
    sheet.note(below(design))
    if design.robust_penalties is not None:
        sheet.note(on_data(design))
    sheet.note(f"search: {design.search}")
    return sheet


def _certain(design: Design) -> str:
    """What is known of honesty, in words; proofs and simulations are of normal data."""
    normal = is_normal(design.problem) and not design.data
    how = f" ({design.audited})" if normal else f" ({design.audited}, for normal data)"
    certain = {
        "none_above_epsilon": f"honesty pays: nobody gains more than {design.gain:.1e}{how}",
        "profitable": f"honesty does not pay: at least one agent gains{how}",
        "undecided": f"undecided: nobody gains more than {design.gain:.1e}{how}",
    }
    if design.audited != "exact":
        certain["undecided"] = f"undecided{how}; nashbox audit of the saved file goes on"
    if not design.audited:
        certain["undecided"] = "not audited: points are drawn in whole numbers only"
    return certain[design.verdict]


def against_bound(design: Design) -> str:
    """What the goal is about, how far it is from what compliance would allow; the sum."""
    gap = f"{100 * design.certified_gap:.2f} % {BOUND[design.goal]}"
    social = f"social penalty {amount(design.social_penalty)}"
    if design.goal == "social":
        return f"{social}, {gap}"
    if design.goal == "egalitarian":
        return f"largest penalty {amount(float(design.penalties.max()))}, {gap}; {social}"
    return f"{social}; {gap}"


def below(design: Design) -> str:
    """What no truthful rule gets below, in words."""
    if design.no_rule_below is None:
        return f"what no truthful rule gets below: {design.no_rule_below_how or 'not known'}"
    return (
        f"no truthful rule gets below {amount(design.no_rule_below)} ({design.no_rule_below_how})"
    )


def on_measurements(design: Design) -> str:
    """What is not known of the file's measurements, and what would tell, in words."""
    told = "measurements are real ones, and what is said of honesty is of normal data"
    if not is_drawn(design.problem):
        return f'{told}; with counts = "integer" --data measured looks at these, too'
    if design.form != "pairs" and design.data != "measured":
        told += "; --data measured chooses rules by what everybody pays on these, too"
    return f"{told}; who gains on these says nashbox audit of the saved file with its line source"


def on_data(design: Design) -> str:
    """How rules were chosen with other data in mind, in words."""
    assert design.robust_penalties is not None  # noqa: S101 - asked before
    told = [
        f"{c.name} {amount(sum(c.robust_penalties))}"
        for c in design.candidates
        if c.robust_penalties is not None
    ]
    return (
        f"chosen by the larger of everybody's penalties on normal data and on data {design.data} "
        f"(simulated): social penalties {', '.join(told)}; what makes honesty pay is proven for "
        "normal data"
    )


def secrets(design: Design, kind: str) -> float:
    """The largest chance that an honest agent is told a falsehood on a distribution."""
    largest = 0.0
    for i, k in np.argwhere(design.kind == kind):
        n, N = design.counts[i, k], design.counts[:, k].sum() - design.counts[i, k]
        sd = design.sigma[k] * np.sqrt(1 / n + 1 / N)
        largest = max(largest, math.erfc(float(design.t[i, k] / sd) / math.sqrt(2)))
    return largest


def compared(design: Design) -> list[str]:
    """What the words mean by which the rules that were compared are called."""
    names = " ".join(c.name for c in design.candidates)
    words = [f"{word}: {meaning}" for word, meaning in COMPARED.items() if word in names]
    return ["; ".join(words)] if words else []


def legend(design: Design) -> list[str]:
    """What the kinds that occur mean."""
    passed = (design.kind == "free") & ~np.isnan(design.z)
    used = set(design.kind[~passed].tolist())
    told = [words for kind, words in KINDS.items() if kind in used] + [PASSED] * bool(passed.any())
    lines = ["; ".join(told)] if told else []
    for kind in ("decoy", "mirror"):
        if kind in used:
            lines.append(
                f"n, {kind}: n points owed, compared with all others; who is beyond is told "
                f"{FALSE[kind]} in secret; an honest agent is told one with a chance of "
                f"{secrets(design, kind):.2g} at most (--kinds alone,free,threshold leaves "
                "falsehoods out)"
            )
    if design.pairs != "none":
        which = "every two agents are" if design.pairs == "all" else "declared partners are"
        lines.append(
            f"n points owed; {which} compared with the rest, and both told in secret the same "
            "falsehood beyond the window"
        )
        if design.copies:
            lines.append(
                "two who hand in one mean twice save at most "
                f"{100 * design.copies:.2g} % of what they pay by the formula"
            )
    return lines


def _rule(design: Design, i: int, k: int) -> str:
    kind, z, t = str(design.kind[i, k]), float(design.z[i, k]), float(design.t[i, k])
    n = counts([design.counts[i, k]])
    if kind == "threshold":
        return f"{n}, z {counts([z])}, t {t:.4g}"
    if kind == "pair" and design.pair_t is not None:
        alone = float(design.t[i, k])
        own = "" if math.isnan(alone) else f", alone beyond {alone:.4g}"
        return f"{n}, pairs beyond {float(design.pair_t[k]):.4g}{own}"
    if kind in FALSE:
        return f"{n}, {kind} beyond {t:.4g}"
    if kind == "noise":
        return f"{n}, z {counts([z])}, alpha {float(design.alpha[i, k]):.4g}"
    if kind == "free":
        return "free" if math.isnan(z) else f"free if passed, else z {counts([z])}"
    return f"{n}, alone"
