"""One set of rules in a comparison: what everybody owes, how she is checked, who collects what."""

from __future__ import annotations

from collections.abc import Sequence

from nashbox.experiments.compare import Comparison
from nashbox.experiments.html import Html, element, joined, table
from nashbox.experiments.report.body import Printed, printed_rows

KINDS = {
    "alone": "works alone",
    "free": "owes nothing, receives the others' mean",
    "threshold": "compared, passes within t",
    "decoy": "compared with all others, told a falsehood beyond t",
    "mirror": "compared with all others, told a falsehood of the other sign beyond t",
    "noise": "compared, noise grows with the distance",
}
HOW = {
    "threshold": "A mean that is handed in is compared with the mean of z random points of the "
    "others. Within t she receives the mean of everything, else no more than the mean of her own "
    "points and those z.",
    "decoy": "A mean that is handed in is compared with the mean of all points of the others. "
    "Within t she receives the mean of everything, weighted as an honest agent should weight it; "
    "beyond, she is told a plausible falsehood and not that it is one. Who hands in nothing is "
    "told nothing.",
    "mirror": "A mean that is handed in is compared with the mean of all points of the others. "
    "Within t she receives the mean of everything; beyond, she is told a falsehood on the other "
    "side of what she handed in, and not that it is one.",
    "noise": "What she receives of the others beyond z points is made the noisier the farther the "
    "mean that she hands in is from the mean of those z; alpha is the size of that noise.",
    "alone": "Who works alone for a distribution receives the mean of her own points.",
    "free": "Who owes nothing for a distribution receives the mean of the others' points.",
}
JOINT = "Who fails one comparison fails all of hers; free data with a z depend on passing too."


def honesty(known: Printed) -> Html:
    """Whether honesty is an equilibrium, and by how much not."""
    verdict = known.get("honest_is_equilibrium")
    if verdict is None:
        return element("span", "undecided", class_="badge open")
    if verdict:
        return element("span", "yes", class_="badge good")
    badge = element("span", "no", class_="badge bad")
    gain = _bounded(known, "max_gain", "max_gain_bounds")
    return joined([badge, ": ", known.get("max_gain_agent"), " gains ", gain])


def _bounded(known: Printed, key: str, bounds: str, *inside: int) -> Html:
    """A gain with its bounds, where it is simulated; inside: where both stand in their lists."""
    said: list[object] = [known.n(key, *inside)]
    if known.get(bounds) is not None:
        low, high = (known.n(bounds, *inside, k) for k in (0, 1))
        said += [" [", low, ", ", high, "]"]
    return joined(said)


def rule_part(comparison: Comparison, result: Printed, j: int) -> Html:
    """The rules number j, in every profile that came out different."""
    known = result.at("mechanisms", j)
    name = known.get("mechanism")
    parts: list[object] = [element("h2", f"Rules: {name}")]
    parts.append(element("p", "Honesty is an equilibrium: ", honesty(known), "."))
    if known.get("checks") is not None:
        parts.append(
            checks_part(result.get("agents"), result.get("distributions"), known.at("checks"))
        )
    for profiles, row in printed_rows(comparison, result, name):
        if row.get("note") is not None:
            parts.append(element("p", f"{profiles}: ", row.get("note"), "."))
        if row.get("counts") is not None:
            parts.append(_profile(result, known, row, profiles))
    return joined(parts)


def checks_part(agents: Sequence[str], kinds: Sequence[str], checks: Printed) -> Html:
    """What each agent owes, and how she is checked: a table, and sentences below it."""
    used = sorted({kind for row in checks.get("kind") for kind in row}, key=list(KINDS).index)
    tables = [key for key in ("z", "t", "alpha") if _given(checks.get(key))]
    rows = []
    for i, agent in enumerate(agents):
        for k, kind in enumerate(kinds):
            cells: list[object] = ["" if k else agent, kind, KINDS[checks.get("kind", i, k)]]
            rows.append([*cells, *(checks.n(key, i, k) for key in ("n", *tables))])
    columns = ["agent", "quantity", "how she is checked", "n, points owed", *tables]
    how = [HOW[kind] for kind in used] + ([JOINT] if checks.get("joint") else [])
    caption = "What each agent owes, and how she is checked"
    return joined([table(columns, rows, caption), element("p", " ".join(how))])


def _given(rows: list[list[object]]) -> bool:
    return any(cell is not None for row in rows for cell in row)


def _profile(result: Printed, known: Printed, row: Printed, profiles: str) -> Html:
    """Who collects what, hands in what and pays what."""
    kinds, honest = result.get("distributions"), row.get("profile") == "honest"
    padded = row.get("counts") != row.get("submitted")
    columns = ["agent", *(f"points of {kind}" for kind in kinds)]
    columns += [f"hands in of {kind}" for kind in kinds] if padded else []
    columns += ["penalty", "working alone", "over working alone"]
    measured, deceived = row.get("measured") is not None, row.get("unsuspecting") is not None
    gains = honest and known.get("gains") is not None
    columns += ["measured penalty"] if measured else []
    columns += ["penalty if made-up points are believed"] if deceived else []
    columns += ["gains by leaving honesty"] if gains else []
    rows = []
    for i, agent in enumerate(result.get("agents")):
        cells: list[object] = [agent, *(row.n("counts", i, k) for k in range(len(kinds)))]
        if padded:
            cells += [row.n("submitted", i, k) for k in range(len(kinds))]
        cells.append(row.plus_minus("penalties", "penalties_se", i))
        cells.append(result.n("penalties_alone", i))
        cells.append(row.plus_minus("relative", "relative_se", i))
        if measured:
            cells.append(row.at("measured").plus_minus("penalties", "se", i))
        if deceived:
            cells.append(row.n("unsuspecting", i))
        if gains:
            cells.append(_bounded(known, "gains", "gains_bounds", i))
        rows.append(cells)
    social: list[object] = [
        "Social penalty ",
        row.plus_minus("social_penalty", "social_penalty_se"),
        ", times the best rational ",
        row.plus_minus("efficiency_ratio", "efficiency_ratio_se"),
        ".",
    ]
    caption = f"Who collects what: {profiles}"
    return joined([table(columns, rows, caption), element("p", *social)])
