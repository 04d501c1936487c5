"""The advantage of a higher divergence, and the system's stopping time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from nashbox.measure.seeds import Stage, child
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.findings import finding, simulated, table
from nashbox.papers.raghavan2025 import drawing
from nashbox.papers.raghavan2025.games import (
    BETA,
    CASES,
    COIN,
    race_of,
    random_pairs,
    walk,
    written,
)
from nashbox.papers.raghavan2025.simulated import play_case
from nashbox.problem.observations import ObservationModel
from nashbox.solver import symmetric_bernoulli

RANDOM = {True: 45, False: 2000}
GAMES = {True: 10_000, False: 1_000_000}
INFORMATIVE = Fraction(1, 50)  # share of symbols that say anything, in the erasure-like models
ODDS = tuple(10**k for k in range(1, 9))  # likelihood ratios of those symbols


def divergence(model: ObservationModel) -> float:
    """D(P(.|0) || P(.|1)), nats."""
    return model.d01


def erasure(odds: int) -> ObservationModel:
    """2 % of the symbols speak, with likelihood ratio `odds` either way; the rest is silence."""
    rare = INFORMATIVE / (1 + odds)
    return ObservationModel(
        (1 - INFORMATIVE, INFORMATIVE - rare, rare), (1 - INFORMATIVE, rare, INFORMATIVE - rare)
    )


def check_divergence(quick: bool, seed: int) -> Finding:
    """Races of random agents, and the erasure-like family against the coin of case a."""
    rng = np.random.default_rng(child(seed, Stage.SEARCH, 4))
    points: list[list[float | str | None]] = []
    losing = 0
    for number, pair in enumerate(random_pairs(RANDOM[quick], rng)):
        d = [divergence(model) for model in pair]
        if d[0] == d[1]:
            continue
        high = int(d[1] > d[0])
        race = race_of(pair, BETA)
        wins, other = race.wins(high), race.wins(1 - high)
        losing += wins < other
        told = f"{written(pair[high])} and {written(pair[1 - high])}"
        points.append([float(number), told, d[high], d[1 - high], wins, other])
    rows: list[list[Any]] = []
    beaten: list[tuple[int, ObservationModel, tuple[float, float]]] = []
    for odds in ODDS:
        model = erasure(odds)
        race = race_of((model, COIN), BETA)
        won = race.wins(0), race.wins(1)
        rows.append([float(odds), divergence(model), divergence(COIN), *won])
        if divergence(model) > divergence(COIN) and won[0] < won[1]:
            beaten.append((odds, model, won))
    numbers = _independent(rows)
    words = f"in {len(points) - losing} of {len(points)} random games the agent with the higher "
    words += "divergence wins more often"
    for odds, model, won in (*beaten[:1], *beaten[1:][-1:]):
        words += (
            f"; not with {float(INFORMATIVE):.0%} informative symbols of likelihood ratio {odds}: "
            f"divergence {divergence(model):.4f} against {divergence(COIN):.4f}, it wins "
            f"{won[0]:.4f} against {won[1]:.4f}"
        )
    most = losing < len(points) / 2
    return finding(
        numbers,
        not losing and not beaten,
        words,
        condition=f"information comes in small portions (usual, not a theorem): {words}"
        if most
        else None,
        otherwise=words,
        method="exact",
        computed=f"races of exact stopping laws at beta {float(BETA):g}; {len(points)} random "
        "games of two or three symbols, and erasure-like agents against the coin of case a "
        "(their winning probability also by a sum over geometric waiting times)",
        tables=[
            table(
                "Random games: the agent with the higher divergence and the other",
                [
                    "game",
                    "models",
                    "higher divergence (nats)",
                    "lower divergence (nats)",
                    "P(higher wins)",
                    "P(lower wins)",
                ],
                points,
            ),
            table(
                f"Erasure-like agents ({float(INFORMATIVE):.0%} informative) against a coin",
                ["likelihood ratio", "divergence", "the coin's", "P(it wins)", "P(the coin wins)"],
                rows,
            ),
        ],
    )


def _independent(rows: list[list[float]]) -> list[Number]:
    """One informative symbol of odds >= 9 ends the erasure's test: a geometric waiting time.

    Against it the coin wins with probability E[(1 - share)^tau], tau the coin's own.
    """
    k = symmetric_bernoulli(COIN.p1[1], BETA).net
    wins = _discounted(k, float(COIN.p1[1]), 1 - float(INFORMATIVE))
    return [
        Number(f"P(the coin wins) against odds {row[0]:g}", row[4], 1e-6, wins)
        for row in rows
        if row[0] >= float((1 - BETA) / BETA)
    ]


def _discounted(net: int, q: float, z: float) -> float:
    """E[z^tau] of the walk on -net..net from 0, by linear equations."""
    step = z * walk(net, q)
    size = len(step)
    ends = np.zeros(size)
    ends[-1], ends[0] = z * q, z * (1 - q) + (z * q if size == 1 else 0.0)
    return float(np.linalg.solve(np.eye(size) - step, ends)[net - 1])


def check_divergence_symmetric(quick: bool, seed: int) -> Finding:
    """All pairs of symmetric Bernoulli agents on a grid of q."""
    grid = [Fraction(k, 40) for k in (*range(22, 37, 2 if quick else 1), 37)]
    rows: list[list[Any]] = []
    losing = even = 0
    for a, q in enumerate(grid):
        for p in grid[:a]:
            pair = [ObservationModel((x, 1 - x), (1 - x, x)) for x in (q, p)]
            d = [divergence(model) for model in pair]
            high = int(d[1] > d[0])
            race = race_of((pair[high], pair[1 - high]), BETA)
            wins = race.wins(0), race.wins(1)
            losing += wins[0] < wins[1] - 1e-9
            even += abs(wins[0] - wins[1]) <= 1e-9
            rows.append([float(q), float(p), d[high], d[1 - high], *wins])
    return finding(
        [Number("pairs in which the higher divergence loses", losing, 0)],
        not losing and not even,
        f"in all {len(rows)} pairs of symmetric coins the higher divergence wins more often",
        condition=f"it is a matter of winning at least as often: the higher divergence loses in "
        f"{losing} and draws in {even} of {len(rows)} pairs of symmetric coins"
        if losing == 0
        else None,
        otherwise=f"the higher divergence loses in {losing} of {len(rows)} pairs",
        method="exact",
        computed=f"races of exact stopping laws at beta {float(BETA):g} for q on a grid",
        tables=[
            table(
                "Symmetric coins",
                [
                    "larger q",
                    "smaller q",
                    "higher divergence",
                    "lower",
                    "P(higher wins)",
                    "P(lower)",
                ],
                rows,
            )
        ],
    )


def check_system(quick: bool, seed: int) -> Finding:
    """E min against E max, what it costs in accuracy, and what one could do alone."""
    rng = np.random.default_rng(child(seed, Stage.SEARCH, 5))
    pairs = [(agents["A"], agents["B"]) for agents in CASES.values()]
    pairs += random_pairs(RANDOM[quick] // 3, rng)
    shorter, costlier = 0, 0
    rows: list[list[Any]] = []
    for number, pair in enumerate(pairs):
        race = race_of(pair, BETA)
        alone = float(np.mean([race.mean(law.error) for law in race.laws]))
        together = float(np.mean([race.interactive_error(i) for i in (0, 1)]))
        shorter += race.expected_min < race.expected_max
        costlier += together > alone
        name = list(CASES)[number] if number < len(CASES) else str(number - len(CASES) + 1)
        rows.append([name, race.expected_max, race.expected_min, alone, together])
    numbers = []
    for case, row in zip(CASES, rows, strict=False):
        played = play_case(case, BETA, GAMES[quick], seed)
        for name, value in (("E max", row[1]), ("E min", row[2])):
            numbers.append(simulated(f"case {case}: {name}", played[name], float(value), 1e-5))
    quicker = _alone_as_quick(float(rows[0][2]), float(rows[0][4]))
    price = f"the average error rises in {costlier} of {len(rows)} games (case a: "
    price += f"{rows[0][3]:.4f} to {rows[0][4]:.4f})"
    tables = [
        table(
            f"System stopping time without and with anticipation, beta {float(BETA):g}",
            ["game", "E max (alone)", "E min (anticipating)", "mean error alone", "with"],
            rows,
        )
    ]
    if quicker is not None:
        net, time, error = quicker
        price += (
            f"; in case a an agent that listens to nobody and stops at {net} net observations is "
            f"quicker ({time:.4f} against {float(rows[0][2]):.4f}) and errs less "
            f"({error:.4f} against {float(rows[0][4]):.4f})"
        )
        tables.append(
            table(
                "Case a: anticipating against a looser threshold of one's own",
                ["rule", "E tau", "error"],
                [["anticipating", rows[0][2], rows[0][4]], [f"alone, {net} net", time, error]],
            )
        )
    return finding(
        numbers,
        shorter == len(rows) and not costlier,
        "E min is below E max in every game, at no cost in accuracy",
        condition="accuracy is not counted: E min is below E max in every game, game by game; "
        + price
        if shorter == len(rows)
        else None,
        otherwise=f"E min is below E max in {shorter} of {len(rows)} games only",
        method="exact and black box",
        computed=f"races of exact stopping laws at beta {float(BETA):g}, cases a and c and "
        f"{len(pairs) - 2} random games; {GAMES[quick]} games of the model a case",
        tables=tables,
    )


def _alone_as_quick(time: float, error: float) -> tuple[int, float, float] | None:
    """A threshold of the coin's own at which both E tau and error are lower, if there is one."""
    for net in range(1, 40):
        power = (COIN.p1[1] / COIN.p1[0]) ** net
        ruin = symmetric_bernoulli(COIN.p1[1], 1 / (1 + power))
        if ruin.expected_time < time and float(ruin.error) < error:
            return net, float(ruin.expected_time), float(ruin.error)
    return None


ADVANTAGE_CLAIMS = (
    Claim(
        id="divergence",
        source="Abstract (numerical simulations)",
        statement="the agent whose observations have the higher divergence D(P(.|0) || P(.|1)) "
        "has the competitive advantage: it wins more often",
        check=check_divergence,
        draw=drawing.divergence,
    ),
    Claim(
        id="divergence-symmetric",
        source="Abstract (numerical simulations)",
        statement="among agents with symmetric binary observations the one with the higher "
        "divergence wins more often",
        check=check_divergence_symmetric,
    ),
    Claim(
        id="system-time",
        source="Abstract (numerical simulations)",
        statement="sharing information, though manipulated, reduces the system's stopping time "
        "compared to no interaction",
        check=check_system,
    ),
)
