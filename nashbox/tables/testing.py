"""Results of testing games as tables that a person likes to read in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.tables.console import new_console, new_table, number

if TYPE_CHECKING:
    from nashbox.experiments.testing.receivers import ReceiverReport
    from nashbox.experiments.testing.solving import SolveReport


def solve_table(report: SolveReport) -> None:
    """Print the exact numbers of a game."""
    console, s = new_console(), report.solution
    table = new_table(
        "agent",
        "E tau alone",
        "error alone",
        "wins",
        "error in the race",
        "D(P0||P1)",
        "D(P1||P0)",
        title=f"beta = {report.problem.beta}, prior = {report.problem.prior}: {s.arithmetic}",
    )
    for name in report.problem.names:
        table.add_row(
            name,
            number(s.expected_time[name], 6),
            number(s.error[name], 6),
            number(s.wins[name], 6),
            number(s.error_interactive[name], 6),
            number(s.divergence[name][0], 6),
            number(s.divergence[name][1], 6),
        )
    console.print(table)
    console.print(
        f"tie {number(s.tie, 6)}   E min {number(s.expected_min, 6)} (with anticipation)   "
        f"E max {number(s.expected_max, 6)} (without interaction)"
    )
    console.print(
        f"error given a strict win: winner {number(s.error_winner, 6)}, "
        f"loser {number(s.error_loser, 6)}"
    )
    console.print(
        f"pooled test: E tau {number(s.pooled_time, 6)}, error {number(s.pooled_error, 6)}"
    )
    console.print(f"error bound of every number {s.error_bound:.1e}, tail mass {s.tail_mass:.1e}")
    for note in report.notes:
        console.print(f"note: {note}")


def receivers_table(report: ReceiverReport) -> None:
    """Print the value of alpha, receiver by receiver and objective by objective."""
    console = new_console()
    table = new_table(
        "receiver",
        "objective",
        *(f"a={alpha:g}" for alpha in report.alphas),
        "best for sender",
        title=f"what alpha does to the receiver ({report.games} games each, 2 s.e. in the figure)",
    )
    before = ""
    for row in report.rows:
        values = [number(value, 4) for value in row.values]
        shown = "" if row.receiver == before else row.receiver
        table.add_row(shown, row.objective, *values, row.best)
        before = row.receiver
    console.print(table)
    for note in report.notes:
        console.print(f"note: {note}")
