"""Results of all games as tables that a person likes to read in a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.experiments.audit.base import NOTHING
from nashbox.experiments.audit.words import verdict_in_words, yes_or_no
from nashbox.tables.console import VERDICT_STYLE, describe, new_table, number
from nashbox.tables.estimation import GAIN, budget_note, gains_told, long_reasons, reasons
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.experiments.audit import GameAudit
    from nashbox.experiments.compare.games import GameComparison


def _rules(audit: GameAudit) -> str:
    """Game or mechanism, and the payoff where the game has several."""
    named = audit.game if audit.mechanism is None else audit.mechanism
    return named if audit.payoff is None else f"{named}, payoff {audit.payoff}"


def game_audit_sheet(audit: GameAudit) -> Sheet:
    """Verdicts, gains and what they rest on."""
    sheet = Sheet(verdict_in_words(audit), VERDICT_STYLE[audit.nash])
    told = gains_told(audit.agents, 6)
    exact = all(len(set(gains)) == 1 for gains in told)
    table = new_table(
        "agent",
        "verdict",
        *GAIN[: 1 if exact else 3],
        "payoff",
        "plays",
        "best deviation found",
        title=f"{_rules(audit)}: {audit.method} audit",
    )
    for a, gains in zip(audit.agents, told, strict=True):
        table.add_row(
            a.name,
            Text(a.verdict, style=VERDICT_STYLE[a.verdict]),
            *(gains[:1] if exact else gains),
            number(a.payoff, 6),
            a.strategy,
            describe(a.best_deviation.strategy, a.best_deviation.parameters),
        )
    sheet.add(table, *reasons(audit))
    budget_note(sheet, audit.agents)
    if audit.nash_conv is not None:
        sheet.note(f"NashConv (what all could gain, each by herself): {number(audit.nash_conv, 6)}")
    for a in audit.agents:
        if a.gain_over_recommended not in (None, NOTHING):
            sheet.note(
                f"{a.name} plays {a.strategy}, which gains it over the recommendation "
                f"{number(a.gain_over_recommended.estimate, 6)}"
            )
        if a.gain_if_belief_known is not None:
            known = a.gain_if_belief_known
            sheet.note(
                f"{a.name}, shown the rival's signed belief, could gain {number(known.estimate, 6)}"
            )
    for note in audit.notes:
        sheet.note(f"note: {note}")
    long_reasons(sheet, audit)
    return sheet


def game_compare_sheet(result: GameComparison) -> Sheet:
    """The sum of payoffs by mechanism and profile, and who plays what."""
    keeps = {row["mechanism"]: row["honest_is_equilibrium"] for row in result.rows}
    said = ", ".join(f"{name} {yes_or_no(answer)}" for name, answer in keeps.items())
    sheet = Sheet(f"honesty is an equilibrium: {said}")
    table = new_table(
        "mechanism", "profile", "sum of payoffs", "strategies", "honesty is an equilibrium",
        title=f"{result.game}: at honesty, and where best responses lead", keys=2,
    )  # fmt: skip
    for row in result.rows:
        social = row["social_payoff"]
        if social is None:
            shown, plays = "none found", ""
        else:
            shown = number(social, 6) + ("" if row["converged"] else " (still moving)")
            plays = "; ".join(
                label if n == 1 else f"{n} x {label}"
                for label, n in Counter(row["strategies"]).items()
            )
        honest = yes_or_no(row["honest_is_equilibrium"])
        table.add_row(row["mechanism"], row["profile"].replace("_", " "), shown, plays, honest)
    sheet.add(table)
    for note in result.notes:
        sheet.note(f"note: {note}")
    return sheet
