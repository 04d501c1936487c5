"""Claim 3: the agent that reaches its threshold first leaves the other with a higher error."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from nashbox.experiments.reproduce.claim import Claim, ClaimTable, Finding, Number
from nashbox.experiments.reproduce.raghavan2025 import drawing
from nashbox.experiments.reproduce.raghavan2025.findings import SURE, finding
from nashbox.experiments.reproduce.raghavan2025.games import (
    BETA,
    BETAS,
    CASES,
    Pair,
    race_of,
    random_pairs,
    written,
)
from nashbox.experiments.reproduce.raghavan2025.simulated import play_case
from nashbox.experiments.seeds import Stage, child
from nashbox.solver import Race

RANDOM = {True: 40, False: 1500}
GAMES = {True: 10_000, False: 1_000_000}


def errors_of_a_win(race: Race, winner: int) -> tuple[float, float]:
    """P(wrong | `winner` stops strictly first), of the winner and of the other."""
    wins = race.wins(winner)
    if wins <= 0:
        return np.nan, np.nan
    return race.wins_wrongly(winner) / wins, race.loses_wrongly(1 - winner) / wins


def check(quick: bool, seed: int) -> Finding:
    """Both cases at both betas, and random games at beta = 1/10."""
    numbers, rows = [], []
    broken: list[str] = []
    for case, agents in CASES.items():
        for beta in BETAS:
            race = race_of((agents["A"], agents["B"]), beta)
            played = play_case(case, beta, GAMES[quick], seed) if beta == BETA else None
            wins = [race.wins(i) for i in (0, 1)]
            for who, total in (
                ("winner", sum(race.wins_wrongly(i) for i in (0, 1))),
                ("loser", sum(race.loses_wrongly(i) for i in (0, 1))),
            ):
                value = total / sum(wins)
                if played is not None:
                    m = played[f"error of the {who}"]
                    told = f"case {case}, beta {float(beta):g}: error of the {who}, simulated"
                    numbers.append(Number(told, m.mean, SURE * m.se + 1e-6, value))
            for i, name in enumerate(agents):
                won, lost = errors_of_a_win(race, i)
                rows.append([case, float(beta), name, wins[i], won, lost])
                if not lost > won:
                    broken.append(f"case {case}, beta {float(beta):g}, {name} first")
    rng = np.random.default_rng(child(seed, Stage.SEARCH, 3))
    pairs = random_pairs(RANDOM[quick], rng)
    points, above, reversed_ = _random(pairs, BETA)
    numbers.append(Number("random games in which a loser's error is not above beta", above, 0, 0))
    broken += reversed_
    return finding(
        numbers,
        not broken,
        "whoever has not crossed has, by definition, a posterior error above beta >= the "
        "winner's; and averaged over the games won, the loser errs more often in every game "
        "examined",
        condition="the error is conditional on the agent's own observations (above beta for "
        "whoever has not crossed, at most beta for the winner). Averaged over the games that an "
        f"agent wins, it is reversed in {len(broken)} of {len(points) + len(rows)}: "
        + "; ".join(broken[:3]),
        method="exact and black box",
        computed=f"race of the exact stopping laws, anticipation on; {len(pairs)} random games "
        f"of two or three symbols at beta {float(BETA):g}; cases a and c also by {GAMES[quick]} "
        "games of the model",
        tables=[
            ClaimTable(
                "Errors given that an agent is strictly first",
                ["case", "beta", "first", "probability", "its error", "error of the other"],
                rows,
            ),
            ClaimTable(
                f"Random games, beta {float(BETA):g}: errors given that an agent is first",
                ["game", "first", "its error", "error of the other"],
                points,
            ),
        ],
    )


def _random(
    pairs: list[Pair], beta: Fraction
) -> tuple[list[list[float | str | None]], int, list[str]]:
    """Points of the scatter, losers' posteriors at or below beta, and reversed games."""
    points: list[list[float | str | None]] = []
    reversed_: list[str] = []
    for number, pair in enumerate(pairs):
        race = race_of(pair, beta)
        for i, name in enumerate("AB"):
            won, lost = errors_of_a_win(race, i)
            if np.isnan(won):
                continue
            points.append([float(number), name, won, lost])
            if not lost > won:
                told = f"{name} first, models {written(pair[0])} and {written(pair[1])}"
                reversed_.append(f"{told}: {won:.4f} against {lost:.4f}")
    return points, sum(_below(pair, beta) for pair in pairs), reversed_


def _below(pair: Pair, beta: Fraction) -> int:
    """Whether some iteration's undecided lean, given its own state, errs with P <= beta.

    Given tau_i > n and the side it leans to, its error averages posteriors that are all above
    beta: P(wrong, leaning) > beta P(leaning) in every iteration of its exact law.
    """
    race = race_of(pair, beta)
    for law in race.laws:
        leaning = law.lean.mean(axis=0)  # over theta at prior 1/2, (3, N)
        wrong = np.stack([law.lean[1, 0], law.lean[0, 1]]) / 2
        kept = leaning[:2] > 1e-9
        if np.any(wrong[kept] <= float(beta) * leaning[:2][kept] * (1 - 1e-9)):
            return 1
    return 0


FIRST_CLAIMS = (
    Claim(
        id="claim3",
        source="Abstract (3); Proposition 3",
        statement="the agent that reaches its confidence threshold first leaves the other with a "
        "higher conditional probability of error",
        check=check,
        draw=drawing.errors,
    ),
)
