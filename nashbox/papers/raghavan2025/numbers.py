"""The exact numbers of cases a and c, three ways, and the conventions that change them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from nashbox.experiments.run import run
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.findings import SURE, finding, simulated, table
from nashbox.papers.raghavan2025 import drawing
from nashbox.papers.raghavan2025.games import BETA, BETAS, CASES, COIN, HALF, case_problem, walk
from nashbox.papers.raghavan2025.simulated import play_case, race_numbers
from nashbox.problem.observations import ObservationModel
from nashbox.solver import exact_law, symmetric_bernoulli

GAMES = {True: 10_000, False: 1_000_000}
LAW_ROWS = 60  # iterations of the stopping laws that are kept for the figure


def check_table(quick: bool, seed: int) -> Finding:
    """Exact recursion, closed form where there is one, and simulation, for both cases and betas."""
    rows: list[list[Any]] = []
    numbers: list[Number] = []
    for case in CASES:
        for beta in BETAS:
            exact, bound = race_numbers(case, beta)
            played = play_case(case, beta, GAMES[quick], seed)
            closed = _closed(case, beta)
            for name, value in exact.items():
                told = f"case {case}, beta {float(beta):g}: {name}"
                if name in closed:
                    numbers.append(Number(told, value, bound, closed[name]))
                m = played[name]
                numbers.append(simulated(told, m, value, bound))
                rows.append([case, float(beta), name, value, closed.get(name), m.mean, SURE * m.se])
    return finding(
        numbers,
        True,
        "the exact recursion, the closed forms and the simulation agree",
        method="exact and black box",
        computed=f"forward recursion over counts; gambler's ruin for symmetric Bernoulli; "
        f"{GAMES[quick]} games of the model a case, within {SURE:g} standard errors "
        "(false-alarm rate 6.3e-5 a number)",
        tables=[
            table(
                "Numbers of the worked cases (w = 1, prior 1/2)",
                ["case", "beta", "quantity", "exact", "closed form", "simulated", "+-"],
                rows,
            )
        ],
    )


def _closed(case: str, beta: Fraction) -> dict[str, float]:
    """Gambler's ruin, for the agents of a case that it covers."""
    found = {}
    for name, model in CASES[case].items():
        if model == COIN:
            ruin = symmetric_bernoulli(COIN.p1[1], beta)
            found[f"E tau alone, {name}"] = float(ruin.expected_time)
            found[f"error alone, {name}"] = float(ruin.error)
    return found


def check_laws(quick: bool, seed: int) -> Finding:
    """Compare the law of the first stop, cell by cell, with games of the model."""
    from nashbox.experiments.figures.races import first_stop_law
    from nashbox.solver import solve

    rows: list[list[Any]] = []
    numbers: list[Number] = []
    for case in CASES:
        games = GAMES[quick]
        played = run(case_problem(case, BETA), replications=games, seed=seed)
        exact = first_stop_law(solve(CASES[case], HALF, BETA))[:LAW_ROWS]
        counts = np.array(played.extra["laws"]["first"][1 : LAW_ROWS + 1], dtype=float)
        counts = np.pad(counts, (0, exact.size - counts.size)) / games
        for n, (p, f) in enumerate(zip(exact.tolist(), counts.tolist(), strict=True), start=1):
            se = float(np.sqrt(max(p, 0.0) * (1 - p) / games))  # p is a difference of floats
            # rare cells are not normal: a Poisson count of mean < 1 stays below 1 + 4 + 4 root
            error = SURE * se + 5 / games
            rows.append([case, n, p, f, error])
            numbers.append(Number(f"case {case}: P(first stop at {n})", f, error, p))
    return finding(
        numbers,
        True,
        "the simulated law of the first stop is the exact one",
        method="exact and black box",
        computed=f"stopping laws of both agents multiplied; {GAMES[quick]} games of the model a "
        f"case; every iteration within {SURE:g} standard errors and 5 games",
        tables=[
            table(
                f"Law of the first stop, beta {float(BETA):g}",
                ["case", "iteration", "exact", "simulated", "+-"],
                rows,
            )
        ],
    )


def check_conventions(quick: bool, seed: int) -> Finding:
    """E tau for likelihood ratio 2, beta = 1/5, with the weak and the strict inequality in (3)."""
    model = ObservationModel.parse(["2/3", "1/3"], ["1/3", "2/3"])
    beta = Fraction(1, 5)
    below = beta - Fraction(1, 10**9)  # no belief lies between: "<= below" is "< beta"
    rows: list[list[Any]] = []
    numbers: list[Number] = []
    for sign, threshold in (("<=", beta), ("<", below)):
        law = exact_law([model], HALF, threshold)
        time = float(law.expected_time.mean())
        ruin = symmetric_bernoulli(model.p1[1], threshold)
        numbers.append(Number(f"E tau with {sign}", time, 1e-9, float(ruin.expected_time)))
        walk = _walk_time(2, ruin.net)
        numbers.append(Number(f"E tau with {sign}, linear equations", walk, 1e-9, time))
        rows.append([sign, ruin.net, time, float(ruin.error)])
    differ = abs(numbers[0].value - numbers[2].value) > 1
    return finding(
        numbers,
        differ,
        "thresholds are hit exactly, so (3) with <= and with < are different tests",
        otherwise="both inequalities give the same test",
        method="exact",
        computed="forward recursion, closed form, and the linear equations of the walk on net "
        "counts; likelihood ratio 2, beta 1/5",
        tables=[
            table(
                "What the inequality of (3) changes",
                ["inequality", "net observations to stop", "E tau", "error"],
                rows,
            )
        ],
    )


def _walk_time(ratio: int, net: int) -> float:
    """E tau of a walk on -net..net from 0, up with chance ratio/(1 + ratio), by elimination."""
    step = walk(net, ratio / (1 + ratio))
    return float(np.linalg.solve(np.eye(len(step)) - step, np.ones(len(step)))[net - 1])


NUMBER_CLAIMS = (
    Claim(
        id="numbers",
        source="Section II; Section V (numerical simulations)",
        statement="in cases a and c the exact recursion gives the times, errors and winning "
        "probabilities that the closed forms and simulated games give",
        check=check_table,
    ),
    Claim(
        id="stopping-laws",
        source="Section V (numerical simulations)",
        statement="the first agent stops as the product of the two exact stopping laws says",
        check=check_laws,
        draw=drawing.stopping_laws,
    ),
    Claim(
        id="conventions",
        source="equation (3)",
        statement="whether (3) stops at pi <= T or at pi < T changes the test",
        check=check_conventions,
    ),
)
