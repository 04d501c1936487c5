"""Claim 3: the agent that reaches its threshold first leaves the other with a higher error.

Given its own observations each: by definition, the winner's error is at most beta and that of
whoever has not crossed is above. Averaged over the games that an agent wins, both errors are
those of declarations about one theta. Where they agree they err together; where they disagree, the
odds given both agents' observations are the product of the two posterior odds over the prior odds.
At prior 1/2 the winner's factor, the larger one, decides: its error is never the higher one. At
other priors the product may favour the loser.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from nashbox.measure.seeds import Stage, child
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.findings import SURE, finding, simulated, table
from nashbox.papers.raghavan2025 import drawing
from nashbox.papers.raghavan2025.games import (
    BETA,
    BETAS,
    CASES,
    HALF,
    race_of,
    random_pairs,
    written,
)
from nashbox.papers.raghavan2025.simulated import play_case, play_models
from nashbox.problem.observations import ObservationModel
from nashbox.solver import Race

RANDOM = {True: 25, False: 1000}  # at prior 1/2, and as many at other priors
GAMES = {True: 10_000, False: 1_000_000}
RARE = 1e-3  # wins less probable than this are left out of averages over them
EXACT = 1e-9
Rows = list[list[Any]]
# a game in which the loser is right more often than the winner, at prior 3/4
SKEWED = Fraction(3, 4)
REVERSED = {
    "A": ObservationModel.parse(["0.9", "0.1"], ["0.05", "0.95"]),
    "B": ObservationModel.parse(["0.15", "0.3", "0.55"], ["0.5", "0.15", "0.35"]),
}


def errors_of_a_win(race: Race, winner: int) -> tuple[float, float]:
    """P(wrong | `winner` stops strictly first), of the winner and of the other."""
    wins = race.wins(winner)
    if wins < RARE:
        return np.nan, np.nan
    return race.wins_wrongly(winner) / wins, race.loses_wrongly(1 - winner) / wins


def check(quick: bool, seed: int) -> Finding:
    """Both cases at both betas, random games at prior 1/2 and elsewhere, one reversed game."""
    numbers: list[Number] = []
    rows: Rows = []
    for case, agents in CASES.items():
        for beta in BETAS:
            race = race_of((agents["A"], agents["B"]), beta)
            for i, name in enumerate(agents):
                rows.append(
                    [f"case {case}", float(beta), name, race.wins(i), *errors_of_a_win(race, i)]
                )
            numbers += _played(case, beta, race, quick, seed)
    rng = np.random.default_rng(child(seed, Stage.SEARCH, 3))
    even, below = _random([HALF] * RANDOM[quick], rng)
    priors = [Fraction(int(k), 20) for k in rng.integers(12, 18, RANDOM[quick])]
    skewed, below_skewed = _random(priors, rng)
    skewed += _reversed_game(numbers, quick, seed)
    numbers.append(
        Number("losers whose error given their own observations is at most beta",
               below + below_skewed, 0, 0)
    )  # fmt: skip
    errors = [(row[-2], row[-1]) for row in rows + even]
    equal = sum(abs(lost - won) <= EXACT for won, lost in errors)
    wrong = [row for row in rows + even if row[-1] < row[-2] - EXACT]
    back = [row for row in skewed if row[-1] < row[-2] - EXACT]
    worst = max(back, key=lambda row: row[-2] - row[-1]) if back else None
    words = (
        "the errors are conditional on each agent's own observations (by definition: at most beta "
        "for the winner, above beta for whoever has not crossed), or the prior is 1/2 (averaged "
        f"over an agent's wins the loser's error was never the lower one in {len(errors)} cases, "
        f"equal in {equal}). Averaged at priors from .6 to .85 it is the other way round in "
        f"{len(back)} of {len(skewed)}"
    )
    if worst is not None:
        words += f", e.g. at prior {worst[1]:g} the winner {worst[2]} errs {worst[-2]:.4f}, "
        words += f"the loser {worst[-1]:.4f}"
    return finding(
        numbers,
        not wrong and not back,
        "the loser's error was never the lower one",
        condition=words if not wrong else None,
        otherwise=f"the loser's error is the lower one in {len(wrong)} of {len(errors)} cases at "
        "prior 1/2",
        method="exact and black box",
        computed=f"races of the exact stopping laws, anticipation on, beta {float(BETA):g}; "
        f"{RANDOM[quick]} random games of two or three symbols at prior 1/2 and as many elsewhere; "
        f"cases a and c and the reversed game also by {GAMES[quick]} games of the model, within "
        f"{SURE:g} standard errors",
        tables=[
            table(
                "Worked cases: errors given that an agent is strictly first",
                ["game", "beta", "first", "probability", "its error", "error of the other"],
                rows,
            ),
            table(
                f"Random games, beta {float(BETA):g}: errors given that an agent is strictly first",
                ["models", "prior", "first", "its error", "error of the other"],
                even + skewed,
            ),
        ],
    )


def _played(case: str, beta: Fraction, race: Race, quick: bool, seed: int) -> list[Number]:
    """Errors of winner and loser of a worked case by simulation."""
    found = play_case(case, beta, GAMES[quick], seed)
    wins = race.wins(0) + race.wins(1)
    totals = {
        "winner": race.wins_wrongly(0) + race.wins_wrongly(1),
        "loser": race.loses_wrongly(0) + race.loses_wrongly(1),
    }
    told = f"case {case}, beta {float(beta):g}"
    return [
        simulated(f"{told}: error of the {who}", found[f"error of the {who}"], total / wins, 1e-6)
        for who, total in totals.items()
    ]


def _random(priors: list[Fraction], rng: np.random.Generator) -> tuple[Rows, int]:
    """One random game a prior: its rows, and how many losers know better than they may."""
    rows: Rows = []
    below = 0
    for prior, pair in zip(priors, random_pairs(len(priors), rng), strict=True):
        race = race_of(pair, BETA, prior=prior)
        below += knows_too_much(race, float(BETA))
        for i, name in enumerate("AB"):
            errors = errors_of_a_win(race, i)
            if not np.isnan(errors[0]):
                told = f"A {written(pair[0])}, B {written(pair[1])}"
                rows.append([told, float(prior), name, *errors])
    return rows, below


def knows_too_much(race: Race, beta: float) -> bool:
    """Whether somebody leans to a state, undecided, with P(wrong | iteration, leaning) <= beta.

    That averages posterior errors that should all be above beta.
    """
    for law in race.laws:
        joint = race.weights[:, None, None] * law.lean  # (theta, leaning, n)
        leaning, wrong = joint.sum(axis=0)[:2], np.stack([joint[1, 0], joint[0, 1]])
        seen = leaning > 1e-9
        if np.any(wrong[seen] <= beta * leaning[seen] * (1 - 1e-9)):
            return True
    return False


def _reversed_game(numbers: list[Number], quick: bool, seed: int) -> Rows:
    """The reversed game's rows; its errors by simulation go into `numbers`."""
    race = race_of((REVERSED["A"], REVERSED["B"]), BETA, prior=SKEWED)
    rows: Rows = []
    played = play_models(REVERSED, BETA, GAMES[quick], seed, SKEWED, anticipate=True)
    told = f"A {written(REVERSED['A'])}, B {written(REVERSED['B'])}"
    for i, name in enumerate("AB"):
        errors = errors_of_a_win(race, i)
        rows.append([told, float(SKEWED), name, *errors])
        for who, value in zip(("winner", "loser"), errors, strict=True):
            what = f"error of the {who} if {name} is first"
            numbers.append(simulated(f"prior {float(SKEWED):g}: {what}", played[what], value, 1e-6))
    return rows


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
