"""Claim 2, w = 1 and signals only to anticipate: who it holds for, and what it costs to hear."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from nashbox.games.testing import prepare_testing
from nashbox.measure.moments import Moments
from nashbox.model.testing import played
from nashbox.model.well import Well
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.findings import SURE, finding, simulated, table
from nashbox.papers.raghavan2025 import receivers
from nashbox.papers.raghavan2025.games import BETA, BETAS, CASES, COIN, HALF, case_problem, race_of
from nashbox.papers.raghavan2025.simulated import blocks
from nashbox.problem.lattice import Floats, Ints
from nashbox.problem.observations import ObservationModel
from nashbox.problem.payoffs import Cost, win
from nashbox.solver import BestReply, Rival, best_response, signaller_payoff, solve
from nashbox.strategies.testing import RaceBestResponse, Signaller

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 0.9)
ALPHAS = {True: (0.0, 0.5), False: (0.0, 0.5, 1.0)}
DEPTH = {True: 5, False: 6}  # iterations of the exhaustive part: 8^DEPTH games
GAMES = {True: 4_000, False: 1_000_000}
LIVELY = ObservationModel.parse(["3/4", "1/4"], ["1/4", "3/4"])  # crosses 1/5 within a few steps
LOOSE = Fraction(1, 5)
PRICE = 0.005
EXACT = 1e-8  # gains below are numerical noise of the dynamic programme


def check_path(quick: bool, seed: int) -> Finding:
    """Compare the stop of a fuser with the first crossing of the same two paths, game by game."""
    depth = DEPTH[quick]
    rows: list[list[Any]] = []
    numbers: list[Number] = []
    for weight in WEIGHTS:
        early, late, games = exhaustive_stops(weight, depth)
        rows.append([weight, f"all {games} games of {depth} iterations", float(early), float(late)])
        numbers.append(Number(f"w = {weight:g}: earlier stops, exhaustive", early, 0, 0))
        for case in CASES:
            early, late = _played_stops(case, weight, GAMES[quick], seed)
            rows.append([weight, f"case {case}, {GAMES[quick]} games", float(early), float(late)])
            numbers.append(Number(f"w = {weight:g}: earlier stops, case {case}", early, 0, 0))
    later = sum(float(row[3] or 0) for row in rows)
    return finding(
        numbers,
        later > 0,
        "a fused belief w pi + (1 - w) pi~ is below beta only where pi or pi~ is: somebody has "
        "crossed. No fuser stopped before the first crossing, and many later",
        method="exhaustive",
        computed=f"every sequence of symbols and coins of both agents over {depth} iterations "
        "(likelihood ratio 3, beta 1/5), and games of the model at beta 1/10 on the same symbols",
        tables=[
            table(
                "Fusers that stop before, and after, the first crossing of the two own beliefs",
                ["w", "games", "earlier", "later"],
                rows,
            )
        ],
    )


def exhaustive_stops(weight: float, depth: int) -> tuple[int, int, int]:
    """Games in which an agent that fuses stops before and after the first crossing, and all games.

    All own symbols, symbols and coins of the other: 8^depth games. Sums of steps are integers, and
    beliefs computed from them: equal beliefs are equal floats.
    """
    codes = np.arange(8**depth)
    own, other = np.zeros(codes.size, dtype=int), np.zeros(codes.size, dtype=int)
    first, stop = np.full(codes.size, depth + 1), np.full(codes.size, depth + 1)
    ratio = float(LIVELY.p1[1] / LIVELY.p0[1])
    net = 1
    while ratio**net < float((1 - LOOSE) / LOOSE):
        net += 1

    def belief(walk: Ints) -> Floats:
        return np.asarray(1 / (1 + ratio ** (-walk.astype(float))))

    silent = np.zeros(codes.size, dtype=bool)
    for n in range(1, depth + 1):
        bits, codes = codes % 8, codes // 8
        own += 2 * (bits & 1) - 1
        other += np.where(silent, 0, (bits & 2) - 1)
        told = belief(np.where(bits & 4, other, -other))
        fused = np.where(silent, belief(own), weight * belief(own) + (1 - weight) * told)
        crosses = (np.abs(own) >= net) | (~silent & (np.abs(other) >= net))
        first = np.where((first > depth) & crosses, n, first)
        fires = np.minimum(fused, 1 - fused) <= float(LOOSE) + 1e-12
        stop = np.where((stop > depth) & fires, n, stop)
        silent |= np.abs(other) >= net
    return int((stop < first).sum()), int((stop > first).sum()), 8**depth


def _played_stops(case: str, weight: float, games: int, seed: int) -> tuple[int, int]:
    """The same for the model's own fusers: both fuse, against both relying on themselves."""
    problem = case_problem(case, BETA)
    early = late = 0
    for size, number in blocks(games, seed, 6):
        well = Well(problem, size, number)
        tau = []
        for w in (1.0, weight):
            alike = dict.fromkeys(problem.names, Signaller(weight=w, anticipate=False))
            model = played(problem, alike, well, number)
            tau.append(np.stack([o.tau for o in model.outcomes()]))
        first = tau[0].min(axis=0)
        early += int((tau[1] < first).any(axis=0).sum())
        late += int((tau[1] > first).any(axis=0).sum())
    return early, late


def check_6b(quick: bool, seed: int) -> Finding:
    """Best winning probability over all policies and everything that signals may tell."""
    rows: list[list[Any]] = []
    numbers: list[Number] = []
    for case, agents in CASES.items():
        for beta in BETAS[:1] if quick else BETAS:
            race = race_of((agents["A"], agents["B"]), beta, 1e-11)
            for i, name in enumerate("AB"):
                other = "BA"[i]
                played = race.wins(i) + race.tie / 2
                fused = receivers.exact_values(
                    agents[name], agents[other], beta, 1.0, "naive w = 0.5"
                ).values[2]
                for alpha in ALPHAS[quick]:
                    best = best_response(
                        agents[name], Rival(agents[other], alpha), HALF, beta, win()
                    )
                    told = f"case {case}, beta {float(beta):g}, {name}, rival's alpha {alpha:g}"
                    gain = best.upper - played
                    numbers.append(Number(f"{told}: best gain", gain, EXACT))
                    rows.append([told, played, best.upper, fused])
    better = [row for row in rows if float(row[2]) > float(row[1]) + EXACT]
    return finding(
        numbers,
        not better,
        "the prize needs a stop with own error at most beta, whatever has been heard: no policy "
        "wins more often than w = 1, and fusing loses races",
        otherwise="some policy wins more often than w = 1: "
        + "; ".join(f"{row[0]}: {row[2]:.6f} against {row[1]:.6f}" for row in better[:3]),
        method="exact",
        computed="dynamic programme over all stopping policies of a listener that knows model and "
        "alpha of its rival, against the race of the stopping laws",
        tables=[
            table(
                "Probability to win (ties 1/2) under (6b)",
                ["agent", "w = 1", "best of all policies", "w = 1/2, told the truth"],
                rows,
            )
        ],
    )


def _best(
    own: ObservationModel, rival: ObservationModel, alpha: float, knows: str | None
) -> BestReply:
    """Best response under cost (4) at `PRICE`."""
    payoff = Cost(PRICE, 1.0)
    return best_response(own, Rival(rival, alpha), HALF, BETA, payoff, knows=knows)


def check_cost(quick: bool, seed: int) -> Finding:
    """Cost (4): what hearing signals is worth beyond the best use of the own observations."""
    numbers: list[Number] = []
    rows: list[list[Any]] = []
    worth = {}
    payoff = Cost(PRICE, 1.0)
    for case, agents in CASES.items():
        game = solve(agents, HALF, BETA)
        for name, other in (("A", "B"), ("B", "A"))[: len(set(agents.values()))]:
            own, rival = agents[name], agents[other]
            played = signaller_payoff(game, name, payoff, anticipates=True)
            alone = signaller_payoff(game, name, payoff, anticipates=False)
            # a flip-symmetric rival's crossing says nothing about theta: the best use of one's own
            deaf = _best(own, COIN, 0.5, "crossing")
            for alpha in ALPHAS[quick]:
                told = f"case {case}, {name}, rival's alpha {alpha:g}"
                best = _best(own, rival, alpha, None)
                worth[told] = best.lower - deaf.upper
                rows.append([told, -played, -alone, -deaf.lower, -best.lower, worth[told]])
                for words, value in (("w = 1, anticipating", -played), ("best", -best.lower)):
                    numbers.append(Number(f"cost, {told}: {words}", value, EXACT))
    numbers += _replayed(quick, seed)
    silent = [told for told, gain in worth.items() if gain <= EXACT]
    gaining = [told for told, gain in worth.items() if gain > EXACT]
    return finding(
        numbers,
        not gaining,
        "nobody gains by using what it hears",
        condition=f"a stop must satisfy (6b), or the signals say nothing about theta "
        f"({'; '.join(silent)}). An informed Bayesian gains elsewhere: "
        + "; ".join(f"{told}: {worth[told]:.6f}" for told in gaining)
        if silent
        else None,
        otherwise="an informed Bayesian gains in every case examined",
        method="exact and black box",
        computed=f"cost (4) with c = {PRICE:g}, chat = 1: stopping laws for w = 1, dynamic "
        f"programmes for the best policies; the best policy of B in case c also played in "
        f"{GAMES[quick]} games, within {SURE:g} standard errors",
        tables=[
            table(
                "Cost (4) of an agent by what it does",
                [
                    "agent",
                    "w = 1, anticipating",
                    "w = 1, alone",
                    "best with own observations",
                    "best with signals",
                    "signals are worth",
                ],
                rows,
            )
        ],
    )


def _replayed(quick: bool, seed: int) -> list[Number]:
    """Play B's best response in case c through the model, and w = 1 with anticipation."""
    agents = CASES["c"]
    body = {"kind": "cost", "c": PRICE, "chat": 1.0}
    game = prepare_testing(case_problem("c", BETA, body))
    payoff = Cost(PRICE, 1.0)
    best = _best(agents["B"], agents["A"], 0.5, None)
    played = signaller_payoff(solve(agents, HALF, BETA), "B", payoff, anticipates=True)
    out = []
    for told, strategy, value in (
        ("the best policy with signals", RaceBestResponse(horizon=best.policy.horizon), best.lower),
        ("w = 1, anticipating", Signaller(), played),
    ):
        costs = Moments()
        for size, number in blocks(GAMES[quick], seed, 7):
            (payoffs,) = game.trials(1, [strategy], size, number)
            costs.add(-payoffs[1])
        out.append(simulated(f"case c, cost of B, {told}", costs, -value, EXACT))
    return out


OWN_CLAIMS = (
    Claim(
        id="claim2-path",
        source="Abstract (2); equations (2) and (3)",
        statement="no fixed w < 1 stops before the first crossing of the two agents' own beliefs, "
        "in any game",
        check=check_path,
    ),
    Claim(
        id="claim2-6b",
        source="Abstract (2); Proposition 2; constraint (6b)",
        statement="under (6b) an agent maximises its chance to win by relying on its own "
        "observations, w = 1",
        check=check_6b,
    ),
    Claim(
        id="claim2-cost",
        source="Abstract (2); Proposition 2; cost (4)",
        statement="under the cost (4), without (6b), an agent does best by using signals for "
        "nothing but anticipation",
        check=check_cost,
    ),
)
