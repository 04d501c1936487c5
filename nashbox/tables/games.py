"""Results of all games as tables that a person likes to read in a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.experiments.audit.words import verdict_in_words, yes_or_no
from nashbox.tables.console import VERDICT_STYLE, describe, new_console, new_table, number

if TYPE_CHECKING:
    from nashbox.experiments.audit import GameAudit
    from nashbox.experiments.compare.games import GameComparison


def _rules(audit: GameAudit) -> str:
    """Game or mechanism, and the payoff where the game has several."""
    named = audit.game if audit.mechanism is None else audit.mechanism
    return named if audit.payoff is None else f"{named}, payoff {audit.payoff}"


def game_audit_table(audit: GameAudit) -> None:
    """Print verdicts, gains and what they rest on."""
    console = new_console()
    table = new_table(
        "agent",
        "plays",
        "payoff",
        "gain",
        "from",
        "to",
        "verdict",
        "best deviation found",
        title=f"{_rules(audit)}: {audit.method} audit",
    )
    for a in audit.agents:
        table.add_row(
            a.name,
            a.strategy,
            number(a.payoff, 6),
            number(a.gain.estimate, 6),
            number(a.gain.lower, 6),
            number(a.gain.upper, 6),
            Text(a.verdict, style=VERDICT_STYLE[a.verdict]),
            describe(a.best_deviation.strategy, a.best_deviation.parameters),
        )
    console.print(table)
    console.print(Text(verdict_in_words(audit), style=VERDICT_STYLE[audit.nash]))
    for a in audit.agents:
        if a.gain_over_recommended is not None:
            console.print(
                f"{a.name} plays {a.strategy}, which gains it over the recommendation "
                f"{number(a.gain_over_recommended.estimate, 6)}"
            )
        if a.gain_if_belief_known is not None:
            known = a.gain_if_belief_known
            console.print(
                f"{a.name}, shown the rival's signed belief, could gain {number(known.estimate, 6)}"
            )
        if a.budget_needed is not None:
            console.print(f"{a.name}: about --budget {a.budget_needed} would decide")
    if audit.nash_conv is not None:
        console.print(
            f"NashConv (what all could gain, each by herself): {number(audit.nash_conv, 6)}"
        )
    for note in audit.notes:
        console.print(f"note: {note}")
    console.print(f"covered: {audit.class_}")


def game_compare_table(result: GameComparison) -> None:
    """Print the sum of payoffs by mechanism and profile, and who plays what."""
    console = new_console()
    table = new_table(
        "mechanism", "profile", "sum of payoffs", "strategies", "honesty is an equilibrium",
        title=f"{result.game}: at honesty, and where best responses lead",
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
        keeps = yes_or_no(row["honest_is_equilibrium"])
        table.add_row(row["mechanism"], row["profile"].replace("_", " "), shown, plays, keeps)
    console.print(table)
    for note in result.notes:
        console.print(f"note: {note}")
