"""Equilibrium: the contest (prize 1 for the first stop under (6b), ties shared) and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nashbox.experiments.audit import audit_game
from nashbox.experiments.paired import paired
from nashbox.games.testing import prepare_testing
from nashbox.measure.seeds import Stage
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.findings import bisect, finding, simulated, table
from nashbox.papers.raghavan2025 import drawing
from nashbox.papers.raghavan2025.games import BETA, CASES, HALF, case_problem
from nashbox.problem.observations import ObservationModel
from nashbox.problem.payoffs import BuiltinPayoff, Contest, Cost
from nashbox.solver import Rival, best_response, signaller_payoff, solve
from nashbox.strategies.testing import Bluffer, Signaller

PRIZE, G1 = 1.0, 0.01  # the contest of the worked cases: cost of an observation
DEAR = 0.03
ALPHAS = {True: (0.0, 0.5), False: (0.0, 0.25, 0.5, 0.75, 1.0)}
COSTS = (0.005, 0.01, 0.015, 0.02, 0.03, 0.05)
GAMES = {True: 4_096, False: 1 << 20}
EXACT = 1e-8


def contest(cost: float) -> dict[str, Any]:
    """The contest as problem files write it."""
    return {"kind": "contest", "prize": PRIZE, "cost": cost}


def gain(
    case: str, name: str, payoff: BuiltinPayoff, alpha: float = 0.5, signals: str = "paper"
) -> float:
    """Best gain of one agent over (alpha, w = 1, anticipate), lower bound.

    By the solver alone: it is asked for often, and an audit finds out more than that.
    """
    agents: Mapping[str, ObservationModel] = CASES[case]
    other = next(n for n in agents if n != name)
    value = signaller_payoff(solve(agents, HALF, BETA), name, payoff, anticipates=True)
    rival = Rival(agents[other], alpha)
    return best_response(agents[name], rival, HALF, BETA, payoff, signals).lower - value


def check_weak(quick: bool, seed: int) -> Finding:
    """Audit every pair of alphas in case a at cost .01, and find the cost where quitting pays."""
    rows, bounds = [], []
    alphas = ALPHAS[quick]
    for alpha in alphas:
        for other in alphas:
            problem = case_problem("a", BETA, contest(G1), alpha=(alpha, other))
            audit = audit_game(problem, method="exact", epsilon=EXACT)
            for agent in audit.agents:
                rows.append([alpha, other, agent.name, agent.payoff, agent.gain.upper])
                bounds.append(agent.gain.upper)
    numbers = _honest_payoff(quick, seed)
    critical = bisect(
        lambda c: gain("a", "A", Contest(PRIZE, c)) > EXACT, G1, DEAR, 1e-3 if quick else 1e-6
    )
    dear = gain("a", "A", Contest(PRIZE, DEAR))
    numbers.append(Number("gain from quitting at cost .03", dear, EXACT))
    numbers.append(Number("cost from which quitting pays", critical, 1e-3 if quick else 1e-6))
    at_g1 = max(bounds) <= EXACT
    return finding(
        numbers,
        at_g1 and dear <= EXACT,
        "no deviation pays at any cost examined",
        condition=f"an observation costs at most about {critical:.4f} of the prize: at {G1:g} no "
        f"policy gains more than {max(0.0, max(bounds)):.1e} against any pair of alphas; at "
        f"{DEAR:g} quitting midway gains {dear:.6f}"
        if at_g1
        else None,
        otherwise=f"at cost {G1:g} a policy gains {max(bounds):.6f}",
        method="exact and black box",
        computed="exact audit (dynamic programme over all stopping policies, quitting included) "
        f"of case a, beta .1, for alphas {', '.join(f'{a:g}' for a in alphas)} of both; honest "
        f"payoff also in {GAMES[quick]} games of the model",
        tables=[
            table(
                f"Contest with prize 1, cost {G1:g}: gains over (alpha, w = 1, anticipate)",
                ["alpha of A", "alpha of B", "agent", "payoff", "gain at most"],
                rows,
            )
        ],
    )


def _honest_payoff(quick: bool, seed: int) -> list[Number]:
    """1/2 - c E min by symmetry, the solver's payoff, and the model's."""
    game = solve(CASES["a"], HALF, BETA)
    value = signaller_payoff(game, "A", Contest(PRIZE, G1), anticipates=True)
    played = prepare_testing(case_problem("a", BETA, contest(G1)))
    found = paired(played, 0, [Signaller()], GAMES[quick], seed, Stage.RUN)
    return [
        Number("payoff in the contest", value, 1e-9, PRIZE / 2 - G1 * game.expected_min),
        simulated("payoff in the contest", found.payoffs[0], value),
    ]


def check_alpha_alone(quick: bool, seed: int) -> Finding:
    """Change alpha alone, in paired games: nothing may change, in any of them."""
    rows: list[list[Any]] = []
    numbers: list[Number] = []
    alphas = (0.0, 0.25, 0.5, 0.75, 1.0)
    for case in CASES:
        game = prepare_testing(case_problem(case, BETA, contest(G1)))
        for i, name in enumerate(game.problem.names):
            tried = [Signaller(), *(Signaller(alpha=a) for a in alphas)]
            found = paired(game, i, tried, GAMES[quick], seed, Stage.SCREEN)
            for alpha, m in zip(alphas, found.gains[1:], strict=True):
                rows.append([case, name, alpha, m.mean, m.variance])
                told = f"case {case}, {name}: paired gain from alpha {alpha:g}"
                numbers.append(Number(told, m.mean, 0.0))
    moved = [row for row in rows if row[3] != 0 or row[4] != 0]
    return finding(
        numbers,
        not moved,
        "the payoff is the same in every single game: rivals with w = 1 look at magnitudes, which "
        "no coin changes",
        otherwise=f"alpha changes payoffs in {len(moved)} of {len(rows)} comparisons",
        method="black box",
        computed=f"{GAMES[quick]} games of the model with the same symbols for every alpha; mean "
        "and variance of the difference, both exactly 0 if nothing changes",
        tables=[
            table(
                "Payoff with another alpha minus payoff with alpha = 1/2, game by game",
                ["case", "agent", "alpha", "mean", "variance"],
                rows,
            )
        ],
    )


def check_bluff(quick: bool, seed: int) -> Finding:
    """Allow any signals: an anticipating rival believes a bluffer."""
    payoff = Contest(PRIZE, G1)
    told = {
        words: gain("a", "A", payoff, signals=signals)
        for words, signals in (("own belief or its inverse", "paper"), ("any signals", "any"))
    }
    bluff = told["any signals"]
    time = solve(CASES["a"], HALF, BETA).expected_time["A"]
    honest = signaller_payoff(solve(CASES["a"], HALF, BETA), "A", payoff, anticipates=True)
    # a bluff at once leaves the bluffer alone with the prize: prize - c E[tau], against honesty
    numbers = [Number("gain from bluffing", bluff, EXACT, PRIZE - G1 * time - honest)]
    game = prepare_testing(case_problem("a", BETA, contest(G1)))
    found = paired(game, 0, [Signaller(), Bluffer()], GAMES[quick], seed, Stage.VERIFY)
    numbers.append(simulated("gain from bluffing", found.gains[1], bluff))
    return finding(
        numbers,
        bluff <= EXACT,
        "bluffing gains nothing",
        condition=f"signals are the belief or its inverse (1): with any signals a bluffer makes an "
        f"anticipating rival stop at once and gains {bluff:.6f}"
        if told["own belief or its inverse"] <= EXACT
        else None,
        otherwise="there is a gain even with the paper's signals",
        method="exact and black box",
        computed="dynamic programme with any signals, against prize - c E[tau] and against "
        f"{GAMES[quick]} paired games",
        tables=[
            table(
                "Best gain in the contest by what may be signalled",
                ["signals", "gain"],
                [[words, value] for words, value in told.items()],
            )
        ],
    )


def check_unequal(quick: bool, seed: int) -> Finding:
    """Find the cost from which giving up pays in case c."""
    rows: list[list[Any]] = []
    for cost in COSTS:
        payoff = Contest(PRIZE, cost)
        rows.append([cost, *(gain("c", name, payoff) for name in "AB")])
    paying = [row for row in rows if max(row[1:]) > EXACT]
    first = paying[0][0] if paying else np.inf
    free = [row[0] for row in rows if row[0] < first]
    numbers: list[Number] = []
    condition = None
    if paying and free:
        width = 5e-4 if quick else 1e-6
        turn = bisect(
            lambda c: max(gain("c", name, Contest(PRIZE, c)) for name in "AB") > EXACT,
            free[-1],
            paying[0][0],
            width,
        )
        numbers.append(Number("cost from which quitting pays in case c", turn, width))
        worst = max(paying, key=lambda row: max(row[1:]))
        condition = (
            f"an observation costs at most about {turn:.4f} of the prize; above, giving up races "
            f"midway pays: at cost {worst[0]:g} the slower agent B gains {worst[2]:.6f}"
        )
    return finding(
        numbers,
        not paying,
        "nobody gains at any cost examined",
        condition=condition,
        otherwise="quitting pays at every cost examined: "
        + "; ".join(f"cost {row[0]:g}: A {row[1]:.2e}, B {row[2]:.2e}" for row in rows),
        method="exact",
        computed=f"dynamic programme over all stopping policies, case c, beta {float(BETA):g}",
        tables=[
            table(
                "gain over (alpha = 1/2, w = 1, anticipate) in case c",
                ["cost of an observation", "A", "B"],
                rows,
            )
        ],
    )


def check_cost(quick: bool, seed: int) -> Finding:
    """Look for gains over (alpha, w = 1, anticipate) under the cost (4), without a prize."""
    rows: list[list[Any]] = []
    prices = (0.005, 0.012, 0.02, 0.05) if quick else tuple(k / 500 for k in range(1, 51))
    for price in prices:
        rows.append([price, *(gain("a", "A", Cost(price, 1.0), alpha) for alpha in (0.5, 1.0))])
    none = [row for row in rows if row[1] <= EXACT]
    return finding(
        [Number(f"gain at c/chat {row[0]:g}", row[1], EXACT) for row in rows],
        len(none) == len(rows),
        "no policy gains at any price examined",
        condition="c/chat is one of " + ", ".join(f"{row[0]:g}" for row in none) if none else None,
        otherwise="another policy gains at every price examined: "
        + "; ".join(f"{row[1]:.6f} at c/chat {row[0]:g}" for row in rows[:4]),
        method="exact",
        computed="dynamic programme over all stopping policies in case a, beta .1, against a rival "
        "that plays (alpha, w = 1, anticipate)",
        tables=[
            table(
                "gain over (alpha, w = 1, anticipate) under cost (4)",
                ["c/chat", "rival's alpha 1/2", "rival's alpha 1"],
                rows,
            )
        ],
    )


CONTEST_CLAIMS = (
    Claim(
        id="equilibrium",
        source="Propositions 1 and 2",
        statement="in a contest of equals (alpha, w = 1, anticipate) is a (weak) equilibrium for "
        "every pair of alphas, over all stopping policies",
        check=check_weak,
    ),
    Claim(
        id="equilibrium-alpha",
        source="Proposition 1",
        statement="between agents with w = 1 that anticipate, changing alpha alone changes nothing",
        check=check_alpha_alone,
    ),
    Claim(
        id="equilibrium-signals",
        source="equation (1)",
        statement="the equilibrium of the contest withstands every signal that an agent could send",
        check=check_bluff,
    ),
    Claim(
        id="equilibrium-unequal",
        source="Propositions 1 and 2",
        statement="in a contest of unequal agents (alpha, w = 1, anticipate) is an equilibrium",
        check=check_unequal,
        draw=drawing.against_cost,
    ),
    Claim(
        id="equilibrium-cost",
        source="Proposition 2; cost (4)",
        statement="under the cost (4), without a prize, (alpha, w = 1, anticipate) is an "
        "equilibrium",
        check=check_cost,
        draw=drawing.against_cost,
    ),
)
