"""The comparison of a game with a plan: rules side by side, each by itself, basis, figure."""

from __future__ import annotations

from collections.abc import Sequence

from nashbox.experiments.compare import Comparison
from nashbox.experiments.figures import rendered
from nashbox.experiments.html import Html, element, image, joined, table
from nashbox.experiments.report.body import Printed, errors_told, printed_rows
from nashbox.experiments.report.contract import Contract, signed_part
from nashbox.experiments.report.frame import Told
from nashbox.experiments.report.rule import honesty, rule_part
from nashbox.experiments.report.words import epsilon_in_words
from nashbox.games.compared import ENFORCED
from nashbox.measure.leading import least

EXPLAINED = (
    "honest: everybody does what the rules recommend. from honest, from free riding: where agents "
    "end who give the best response one after the other, beginning with the recommended counts, "
    "and with nobody collecting anything. worst, best: the equilibria with the largest and the "
    "least social penalty of all that were found. equilibrium: all four are one."
)
METHODS = {
    "exact": "closed forms and quadrature; no chance is involved",
    "simulated": "by simulation",
    "enforced": ENFORCED,
}


def plan_comparison_told(comparison: Comparison, result: Printed, contract: Contract) -> Told:
    """The report of such a comparison."""
    return Told(
        "Rules compared",
        _answer(result),
        [
            _side_by_side(comparison, result),
            _parties(result),
            *(rule_part(comparison, result, j) for j in range(len(comparison.contenders))),
            _basis(result),
            _figure(comparison),
            signed_part(contract) if contract.commitment else "",
        ],
    )


def _rows(result: Printed, profile: str) -> list[Printed]:
    """The rows of a profile, a mechanism each, in their order."""
    all_rows = (result.at("rows", i) for i in range(len(result.get("rows"))))
    return [row for row in all_rows if row.get("profile") == profile]


def _answer(result: Printed) -> Html:
    """Which rules hold, and the best of them in two respects, honest play being what they bring."""
    kept, open_ = [], []
    for row in _rows(result, "honest"):
        holds = row.get("honest_is_equilibrium")
        if holds and row.get("individually_rational"):
            kept.append(row)
        if holds is None:
            open_.append(row.get("mechanism"))
    besides = f" Undecided within the budget: {', '.join(open_)}." if open_ else ""
    if result.get("problem", "source") != "normal":
        besides += " Where rules have exact formulas this is said of normal data; see the notes."
    if not kept:
        return element(
            "p",
            "Under none of these rules honest play was found to be an equilibrium in which nobody "
            f"is worse off than outside.{besides}",
        )
    names = joined((element("b", row.get("mechanism")) for row in kept), ", ")
    parts: list[object] = [
        "Honest play is an equilibrium, and nobody is worse off than outside, under: ",
        names,
        ".",
    ]
    if all(row.get("social_penalty") is not None for row in kept):
        parts += _leading(kept)
    return element("p", *parts, besides)


def _leading(kept: Sequence[Printed]) -> list[object]:
    """Who has the least social and the smallest largest penalty, if they are told apart."""
    by_name = {row.get("mechanism"): row for row in kept}
    said: list[object] = []
    for what, place in (
        ("the least social penalty", _social),
        ("the smallest largest penalty", _worst),
    ):
        values, errors = {}, {}
        for name, row in by_name.items():
            value, error, *inside = place(row)
            values[name] = float(row.get(value, *inside))
            errors[name] = float(row.get(error, *inside) or 0.0)
        first = least(values, errors)
        if len(first) == len(by_name) > 1:
            continue
        who = joined((element("b", name) for name in first), " and ")
        said += ["; " if said else " Of these, ", who, " has " if len(first) == 1 else " have "]
        row = by_name[first[0]]
        said += [what, ", ", row.plus_minus(*place(row))]
    return [*said, "."] if said else []


Place = tuple[str, str, *tuple[int, ...]]  # keys of a number and of its error, and where in them


def _social(row: Printed) -> Place:
    return "social_penalty", "social_penalty_se"


def _worst(row: Printed) -> Place:
    penalties = [float(x) for x in row.get("penalties")]
    return "penalties", "penalties_se", penalties.index(max(penalties))


def _side_by_side(comparison: Comparison, result: Printed) -> Html:
    measured = any(row.measured for row in comparison.rows)
    columns = ["rules", "profile", "social penalty", *(["measured"] if measured else [])]
    columns += ["times the best rational", "least favoured", "most favoured"]
    columns += ["nobody worse off than outside", "honesty is an equilibrium"]
    rows = []
    for j, contender in enumerate(comparison.contenders):
        name = contender.mechanism
        for nth, (profiles, row) in enumerate(printed_rows(comparison, result, name)):
            cells: list[object] = ["" if nth else element("b", name), profiles]
            cells.append(row.plus_minus("social_penalty", "social_penalty_se"))
            if measured:
                real = row.at("measured")
                known = real.get() is not None
                cells.append(real.plus_minus("social_penalty", "social_se") if known else "-")
            cells.append(row.plus_minus("efficiency_ratio", "efficiency_ratio_se"))
            cells += [_favour(result, row, key) for key in ("least_favoured", "most_favoured")]
            rational = row.get("individually_rational")
            cells.append({True: "yes", False: "no", None: "-"}[rational])
            cells.append("" if nth else honesty(result.at("mechanisms", j)))
            rows.append(cells)
    shown = table(columns, rows)
    text = (
        "A penalty is better when it is lower; the social penalty is the sum of all. It is put in "
        "relation to that of the best rational plan, if everybody complied with it: "
    )
    favour = (
        "Favour is the penalty over that of working alone: below one an agent is better off. "
        "Where honesty is no equilibrium, it is said who gains most by leaving it, and how much."
    )
    return joined(
        [
            element("h2", "Rules side by side"),
            element("p", text, result.n("best_rational"), ". ", favour),
            shown,
            element("p", EXPLAINED),
            *(element("p", f"{words}.") for words in comparison.by_order()),
            errors_told([shown]),
        ]
    )


def _favour(result: Printed, row: Printed, key: str) -> Html | str:
    if row.get("relative") is None:
        return "-"
    name = row.get(key)
    if name is None:
        return joined(["all alike ", row.plus_minus("relative", "relative_se", 0)])
    i = result.get("agents").index(name)
    return joined([name, " ", row.plus_minus("relative", "relative_se", i)])


def _parties(result: Printed) -> Html:
    """Every agent's penalty under all rules, at honesty and where best responses lead from it."""
    parts: list[object] = [
        element("h2", "What each party pays"),
        element("p", "Her squared error plus what her measurements cost."),
    ]
    for profile, caption in (
        ("honest", "Penalty if everybody is honest"),
        ("from_honest", "Penalty in the equilibrium that best responses lead to from honesty"),
    ):
        found = _rows(result, profile)
        rows = [
            [name, result.n("penalties_alone", i), *(_penalty(row, i) for row in found)]
            for i, name in enumerate(result.get("agents"))
        ]
        columns = ["agent", "working alone", *(row.get("mechanism") for row in found)]
        parts.append(table(columns, rows, caption))
        for row in found:
            if row.get("note") is not None:
                parts.append(element("p", row.get("mechanism"), ": ", row.get("note"), "."))
    return joined(parts)


def _penalty(row: Printed, i: int) -> Html:
    return row.plus_minus("penalties", "penalties_se", i) if row.get("penalties") else Html("-")


def _basis(result: Printed) -> Html:
    rows: list[Sequence[object]] = []
    for j in range(len(result.get("mechanisms"))):
        known = result.at("mechanisms", j)
        method = known.get("method")
        said: list[object] = [element("b", method), f": {METHODS[method]}. Best responses over: "]
        said += [known.get("class"), "."]
        if known.get("starts"):
            said += [" Equilibria found: ", known.n("equilibria"), " on ", known.n("starts")]
            said.append(" paths of best responses")
            values = known.get("social_penalties")
            if values:
                apart = len(values) > 1
                said.append(", social penalties from " if apart else ", social penalty ")
                said.append(known.n("social_penalties", 0))
                said += [" to ", known.n("social_penalties", len(values) - 1)] if apart else []
            said.append("; there may be others.")
        for c in range(len(known.get("cycles") or [])):
            cycle = known.at("cycles", c)
            said += [" A cycle of ", cycle.n("length"), " sweeps without an equilibrium, social "]
            said += ["penalties from ", cycle.n("social_penalty", 0)]
            said += [" to ", cycle.n("social_penalty", 1), "."]
        if known.get("unfinished"):
            said += [" ", known.n("unfinished"), " paths neither ended nor repeated themselves."]
        rows.append((element("b", known.get("mechanism")), joined(said)))
        rows += [("note", note) for note in known.get("notes") or []]
    rows.append((element("b", "epsilon"), epsilon_in_words(result, "penalty")))
    rows += [("note", note) for note in result.get("notes") or []]
    limits = (
        "Equilibria are about one agent leaving alone; about coalitions, and about costs other "
        "than those in the table, they say nothing."
    )
    heading = element("h2", "What the numbers rest on")
    return joined([heading, table(["", ""], rows), element("p", limits)])


def _figure(comparison: Comparison) -> Html:
    text = (
        "Social penalty under each set of rules, honest and at its equilibria, and every agent's "
        "penalty over that of working alone."
    )
    return joined([element("h2", "Figure"), image(rendered(comparison, "svg")[0], text)])
