"""The comparison of a game without a plan: problem, mechanisms side by side, everybody, figure."""

from __future__ import annotations

from nashbox.experiments.audit.words import yes_or_no
from nashbox.experiments.compare import GameComparison
from nashbox.experiments.compare.words import RESTS, kept_under, played, profiles_in_words
from nashbox.experiments.figures import rendered
from nashbox.experiments.html import Html, element, image, joined, table
from nashbox.experiments.report.body import Printed, errors_told, printed_rows
from nashbox.experiments.report.contract import Contract
from nashbox.experiments.report.frame import Told
from nashbox.experiments.report.words import epsilon_in_words, sentence
from nashbox.games.pay import keys_of

LIMITS = (
    "Rest points are of the strategies that the game names, and about one player leaving alone; "
    "about coalitions, and other parameters of the game, they say nothing."
)


def game_comparison_told(comparison: GameComparison, result: Printed, contract: Contract) -> Told:
    """The report of such a comparison; none of these games has an exchange to sign."""
    tables = [
        _side_by_side(comparison, result),
        *(_players(comparison, result, mechanism) for mechanism in comparison.kept),
    ]
    return Told(
        f"Mechanisms compared: {comparison.game}",
        element("p", sentence(kept_under(comparison.kept))),
        [
            *tables,
            _basis(comparison, result, errors_told(tables)),
            element("h2", "Figure"),
            image(rendered(comparison, "svg")[0], f"Sum of {keys_of(comparison.pays)[0]}."),
        ],
    )


def _side_by_side(comparison: GameComparison, result: Printed) -> Html:
    paid, _, whole = keys_of(comparison.pays)
    rows: list[list[object]] = []
    for mechanism in comparison.kept:
        for nth, (profiles, row) in enumerate(printed_rows(comparison, result, mechanism)):
            cells: list[object] = ["" if nth else element("b", mechanism), profiles]
            if row.get(whole) is None:
                rows.append([*cells, "none found", "", ""])
                continue
            moving = "" if row.get("converged") else " (still moving)"
            cells.append(joined([row.plus_minus(whole, f"{whole}_se"), moving]))
            rows.append([*cells, played(row.get("strategies")), yes_or_no(row.get("equilibrium"))])
    return joined(
        [
            element("h2", "Mechanisms side by side"),
            table(["mechanism", "profile", f"sum of {paid}", "strategies", "equilibrium"], rows),
            element("p", f"{sentence(profiles_in_words(comparison))} Equilibrium: {RESTS}."),
        ]
    )


def _players(comparison: GameComparison, result: Printed, mechanism: str) -> Html:
    """What everybody is paid under a mechanism, profile by profile."""
    paid, errors, _ = keys_of(comparison.pays)
    rows = [
        (profiles, row)
        for profiles, row in printed_rows(comparison, result, mechanism)
        if row.get(paid) is not None
    ]
    body = [
        [name, *(row.plus_minus(paid, errors, i) for _, row in rows)]
        for i, name in enumerate(comparison.names)
    ]
    return table(["agent", *(profiles for profiles, _ in rows)], body, f"{mechanism}: {paid}")


def _basis(comparison: GameComparison, result: Printed, errors: Html) -> Html:
    rows: list[tuple[object, object]] = [
        (element("b", "epsilon"), epsilon_in_words(result, keys_of(comparison.pays)[0]))
    ]
    rows += [("note", note) for note in comparison.notes]
    return joined(
        [
            element("h2", "What the numbers rest on"),
            table(["", ""], rows),
            errors,
            element("p", LIMITS),
        ]
    )
