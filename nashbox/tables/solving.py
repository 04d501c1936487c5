"""What is exact about races, and what alpha is worth, as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.tables.console import new_table, number, with_error
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.games.testing.receivers import ReceiverReport
    from nashbox.games.testing.solving import SolveReport
    from nashbox.solver.solution import Solution


def solve_sheet(report: SolveReport) -> Sheet:
    """The exact numbers of a game."""
    problem = report.problem
    sheet = solution_sheet(report.solution, f"beta = {problem.beta}, prior = {problem.prior}: ")
    sheet.remark(*report.notes)
    return sheet


def solution_sheet(s: Solution, what: str = "") -> Sheet:
    """A solution, with or without the problem it belongs to."""
    wins = ", ".join(f"{name} wins {number(p, 4)}" for name, p in s.wins.items())
    sheet = Sheet(f"{wins}, tie {number(s.tie, 4)}")
    table = new_table(
        "agent",
        "E tau alone",
        "error alone",
        "wins",
        "error in the race",
        "D(P0||P1)",
        "D(P1||P0)",
        title=f"{what}{s.arithmetic}",
    )
    for name in s.wins:
        table.add_row(
            name,
            number(s.expected_time[name], 6),
            number(s.error[name], 6),
            number(s.wins[name], 6),
            number(s.error_interactive[name], 6),
            number(s.divergence[name][0], 6),
            number(s.divergence[name][1], 6),
        )
    sheet.add(
        table,
        "E tau alone: tests until she stops, on average; error: chance of a wrong answer; D(P||Q): "
        "information a test gives, if P is true, against Q",
    )
    sheet.note(
        f"tie {number(s.tie, 6)}; tests until the first stops, on average: "
        f"{number(s.expected_min, 6)} (with anticipation), until the last does: "
        f"{number(s.expected_max, 6)} (without interaction)"
    )
    sheet.note(
        f"error given a strict win: winner {number(s.error_winner, 6)}, "
        f"loser {number(s.error_loser, 6)}"
    )
    sheet.note(
        f"if all tests were pooled: {number(s.pooled_time, 6)} rounds on average, error "
        f"{number(s.pooled_error, 6)}"
    )
    sheet.note(
        f"no number is off by more than {s.error_bound:.1e}; games longer than were followed "
        f"have a chance of {s.tail_mass:.1e} (tail mass)"
    )
    return sheet


def receivers_sheet(report: ReceiverReport) -> Sheet:
    """The value of alpha, receiver by receiver and objective by objective."""
    sheet = Sheet(
        f"what alpha does to the receiver ({report.games} games each; \u00b1: a standard error)"
    )
    table = new_table(
        "receiver",
        "objective",
        *(f"a={alpha:g}" for alpha in report.alphas),
        "best for sender",
        keys=2,
    )
    before = ""
    for row in report.rows:
        values = [with_error(v, e) for v, e in zip(row.values, row.errors, strict=True)]
        shown = "" if row.receiver == before else row.receiver
        table.add_row(shown, row.objective, *values, row.best)
        before = row.receiver
    sheet.add(table)
    sheet.remark(*report.notes)
    return sheet
