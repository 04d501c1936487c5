"""What is exact about races, and what alpha is worth, as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.tables.console import filled, new_table, number, with_error
from nashbox.tables.sheet import Sheet

ALONE = "E tau alone: tests until she stops, on average; error: chance of a wrong answer"
ENDLESS = "inf: there are symbols that never come if Q is true: one of them settles it"
UNTOLD = ("irrelevant", "not resolved")
RECEIVERS = (
    "a = alpha: the sender says what it believes with this chance, else the opposite; receiver: a "
    "naive one mixes what it hears with its own belief, of which w is the weight; an informed "
    "Bayesian knows the sender's model and alpha",
    "E tau: tests until the receiver stops, on average; error: chance of a wrong answer; win "
    "probability: chance to be the first who is sure by its own tests (rule (6b) of the paper); "
    "entropy (nats): how open the truth is to who knows all that the receiver has seen by then",
    "best for sender: alphas that harm the receiver most, as far as these games tell; irrelevant: "
    "all alphas give the same in every game; not resolved: the games tell none apart",
)

if TYPE_CHECKING:
    from nashbox.games.testing.receivers import ReceiverReport
    from nashbox.games.testing.solving import SolveReport
    from nashbox.solver.solution import Solution


def solve_sheet(report: SolveReport) -> Sheet:
    """The exact numbers of a game."""
    problem = report.problem
    sheet = solution_sheet(report.solution, f"beta = {problem.beta}, prior = {problem.prior}: ")
    if report.others:  # the file is about another profile
        sheet.headline += ", if all played what is recommended"
    sheet.remark(*report.notes)
    return sheet


def solution_sheet(s: Solution, what: str = "") -> Sheet:
    """A solution, with or without the problem it belongs to."""
    wins = ", ".join(f"{name} wins {number(p, 4)}" for name, p in s.wins.items())
    sheet = Sheet(f"{wins}, tie {number(s.tie, 4)}")
    table = filled(
        s.wins,
        ("agent", str),
        ("E tau alone", lambda name: number(s.expected_time[name], 6)),
        ("error alone", lambda name: number(s.error[name], 6)),
        ("wins", lambda name: number(s.wins[name], 6)),
        ("error in the race", lambda name: number(s.error_interactive[name], 6)),
        ("D(P0||P1)", lambda name: number(s.divergence[name][0], 6)),
        ("D(P1||P0)", lambda name: number(s.divergence[name][1], 6)),
        title=f"{what}{s.arithmetic}",
    )
    endless = [ENDLESS] * any(np.isinf(pair).any() for pair in s.divergence.values())
    sheet.add(
        table, f"{ALONE}; D(P||Q): information a test gives, if P is true, against Q", *endless
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
    sheet = Sheet(_best_alphas(report))
    table = new_table(
        "receiver",
        "objective",
        *(f"a={alpha:g}" for alpha in report.alphas),
        "best for sender",
        title=f"what alpha does to the receiver, in {report.games} games each",
        keys=2,
    )
    before = ""
    for row in report.rows:
        values = [with_error(v, e) for v, e in zip(row.values, row.errors, strict=True)]
        shown = "" if row.receiver == before else row.receiver
        table.add_row(shown, row.objective, *values, row.best)
        before = row.receiver
    sheet.add(table, *RECEIVERS)
    sheet.remark(*report.notes)
    return sheet


def _best_alphas(report: ReceiverReport) -> str:
    """The alpha that serves the sender most often, or everywhere."""
    told = [row for row in report.rows if row.best not in UNTOLD]
    if not told:
        return "alpha makes no difference to any receiver that these games would show"
    good = {a: sum(f"{a:g}" in row.best.split(", ") for row in told) for a in report.alphas}
    most = max(good.values())
    names = " or ".join(f"{a:g}" for a, n in good.items() if n == most)
    if most == len(told):
        return f"alpha = {names} serves the sender best, wherever alpha matters"
    return (
        f"no alpha serves the sender best everywhere: {names} does most often, in {most} of the "
        f"{len(told)} rows in which alpha matters"
    )
