"""What the paper prints and what the mathematics gives where these differ, one claim each.

Each statement is what is printed, so that "fails" is a misprint found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nashbox.games.estimation import prepare
from nashbox.mechanisms.cbl.enforceable import compute_n_approx
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.plans import alone_penalties, compliant_penalties, solve_plan
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.clinton2025.corruption import stationary_alpha
from nashbox.papers.clinton2025.instances import (
    FIGURE1,
    SIGMA,
    WORKED,
    Array,
    figure1,
    generator,
    random_problem,
    worked_case,
)
from nashbox.papers.findings import finding, table
from nashbox.problem.data import Dataset
from nashbox.problem.plays import Play

CLOSE = 1e-9
ONE = np.array([SIGMA])
COSTS = np.array(FIGURE1)


def judged(
    printed: float, right: float, tolerance: float, numbers: Sequence[Number], said: str, how: str
) -> Finding:
    """Compare what is printed with what is right; `said` explains the difference."""
    return finding(
        [],
        abs(printed - right) <= tolerance * abs(right),
        "what is printed is right",
        otherwise=said,
        method="exact",
        computed=how,
        shown=numbers,
    )


def check_social_counts(quick: bool, seed: int) -> Finding:
    """Appendix C's count of the social optimum."""
    m, c = COSTS.size, float(COSTS.min())
    printed = 2 * SIGMA * np.sqrt(m * c)
    plan = solve_plan("social", COSTS, ONE).counts
    right = float(plan.max())
    penalty = float(compliant_penalties(plan, COSTS, ONE).sum())
    there = np.array([[printed], [0.0], [0.0]])
    worse = float(compliant_penalties(there, COSTS, ONE).sum())
    return judged(
        float(printed),
        right,
        CLOSE,
        [
            Number("count that minimises the social penalty", right, 1e-6, SIGMA * np.sqrt(m / c)),
            Number("count by the printed formula", float(printed)),
            Number("social penalty at the minimiser", penalty, CLOSE, float(printed)),
            Number("social penalty at the printed count", worse),
        ],
        f"the minimiser is sigma sqrt(m/c) = {right:.4g}, as section 3.2 has it; "
        f"2 sigma sqrt(m c) = {printed:.4g} is the social penalty reached there",
        "The plan of least social penalty for Figure 1's costs, against the printed formula.",
    )


def check_third_penalty(quick: bool, seed: int) -> Finding:
    """Agent 3's penalty alone."""
    right, printed = float(alone_penalties(COSTS, ONE)[2]), 6.23
    return judged(
        printed,
        right,
        0.01 / right,
        [Number("p_IND of agent 3", right, CLOSE), Number("printed", printed)],
        f"2 sigma sqrt(0.1) = {right:.4f}: two digits are transposed",
        "Fact 1 for Figure 1's third agent, against the printed number, to one unit of its last "
        "digit.",
    )


def check_section5(quick: bool, seed: int) -> Finding:
    """Section 5's lower bound for equal agents."""
    c = 0.05
    theorem = float(alone_penalties(np.array([[c]]), ONE)[0]) / 2
    printed = 2 * SIGMA * np.sqrt(c)
    return judged(
        float(printed),
        theorem,
        CLOSE,
        [
            Number("p_IND/2 for c' = 0.05, sigma = 10", theorem, CLOSE, SIGMA * np.sqrt(c)),
            Number("printed bound, 2 sigma sqrt(c')", float(printed)),
        ],
        f"Theorems 2 and 3 give p_IND/2 = sigma sqrt(c') = {theorem:.4g}; the printed bound is "
        f"p_IND itself, {printed / theorem:.3g} times as much",
        "p_IND/2 of an agent with c' = 0.05, against the printed bound.",
    )


def line23(x: Array, owed: float, total: float, alpha: float) -> Array:
    """Weight of mu in the information that line 23 as printed returns; x: N(0, 1) values."""
    eta2 = alpha**2 * SIGMA**2 * (2 / owed) * x**2
    precision = 1 / SIGMA**2, 1 / (SIGMA**2 + eta2)  # of Y u Z and of Z'
    below = 2 * owed * precision[0] + (total - 2 * owed) * precision[1]
    return np.asarray((precision[0] + precision[1]) / below)


def check_line23(quick: bool, seed: int) -> Finding:
    """Weights of Algorithm 2's line 23 as printed, and of what is implemented."""
    rng = generator(seed, 23, 23)
    owed, total, c = WORKED
    alpha = stationary_alpha(owed, total, c)
    weight = float(line23(rng.standard_normal(4000), owed, total, alpha).mean())
    game = prepare(worked_case())
    points = rng.normal(0.0, SIGMA, (20, 50, int(owed)))
    moved = []
    for mu in (0.0, 1000.0):
        handed_in = [Dataset([row + mu]) for row in points]
        answers = game.mechanism.mediate(handed_in, game.terms, np.random.default_rng(seed))
        moved.append(np.array(answers))
    ours = (moved[1] - moved[0]) / 1000.0
    far = float(np.abs(ours - 1).max())
    off = abs(weight - 1)
    ours_too = "" if far <= 1e-9 else f" (but the implementation is off by {far:.3g} |mu| as well)"
    return finding(
        [],
        off <= CLOSE and far <= 1e-9,
        "the printed form is a mean",
        otherwise="the printed form divides each sum by its count once more: its weights sum to "
        f"{weight:.4g}, so that the estimate is off by {off:.4g} |mu|. The proof (H.1) has the "
        f"precision-weighted mean, which is what is implemented{ours_too}",
        method="exact",
        computed="The weight of mu in the printed line 23 with honest points in the worked case (20"
        " agents, 10 points each), a mean over the noise; and how far the implemented mechanism"
        " moves its answers if 1000 is added to every point.",
        shown=[
            Number("sum of the weights as printed", weight, None, 1.0),
            Number("how far answers move over how far points move, largest error", far, 1e-9, 0.0),
        ],
    )


def check_fabricator(quick: bool, seed: int) -> Finding:
    """Section 3.2's estimator of a fabricator, with N as printed and over all agents."""
    game = prepare(figure1(mechanism="counted_mean"))
    counts = game.terms.counts[:, 0]
    fakes, others = float(counts[1]), float(counts.sum() - counts[1])

    def estimate(N: float, mean: float, fake: float) -> float:
        information = (others * mean + fakes * fake) / (others + fakes)
        return float((N * information - fakes * fake) / (N - fakes))

    def weights(N: float) -> tuple[float, float]:
        return estimate(N, 1.0, 0.0), estimate(N, 0.0, 1.0)

    play = Play(0.0, fakes, 0.0, 0.0, None)
    zero, one = np.zeros(1), np.ones(1)
    channel = MeanChannel(SIGMA, others)
    implemented = [
        float(
            channel.estimate(
                play, zero * np.nan, fake, (others * mean + fakes * fake) / (others + fakes)
            )[0]
        )
        for mean, fake in ((one, zero), (zero, one))
    ]
    printed, right = weights(others), weights(others + fakes)
    bias = abs(printed[1])
    clean = max(abs(right[0] - 1), abs(right[1]), abs(implemented[0] - 1), abs(implemented[1]))
    return finding(
        [],
        max(bias, abs(printed[0] - 1)) <= CLOSE,
        "with N as printed the fakes drop out",
        otherwise=f"with N over j != i the others' mean gets the weight {printed[0]:.4g} and the "
        f"fakes keep {printed[1]:.4g}, so that the risk is unbounded; with N over all agents "
        f"the weights are 1 and 0 (to {clean:.1g})",
        method="exact",
        computed=f"Agent 2 of Figure 1 hands in {fakes:g} fakes besides {others:g} honest points; "
        "the weights of the honest mean and of the fakes in h = (N I - sum Y)/(N - |Y|) for both "
        "readings of N, and as implemented.",
        shown=[
            Number("weight of the fakes, N over j != i as printed", printed[1], CLOSE, 0.0),
            Number("weight of the honest mean, N as printed", printed[0], CLOSE, 1.0),
            Number("weight of the fakes, N over all agents", right[1], CLOSE, 0.0),
            Number("weight of the honest mean, N over all agents", right[0], CLOSE, 1.0),
            Number("weight of the fakes as implemented", implemented[1], CLOSE, 0.0),
        ],
    )


def check_nash_product(quick: bool, seed: int) -> Finding:
    """The Nash product as printed has no maximum."""
    plan = solve_plan("nash", COSTS, ONE).counts
    alone = alone_penalties(COSTS, ONE)

    def product(n: Array) -> float:
        return float(np.prod(alone - compliant_penalties(n, COSTS, ONE)))

    best = product(plan)
    rows = []
    for work in (1e2, 1e3, 1e4, 1e5):
        there = product(np.array([[work], [work], [0.0]]))
        rows.append([work, there, there / best])
    largest = max(row[1] for row in rows)
    return finding(
        [],
        largest <= best * (1 + CLOSE),
        "no other counts tried have a larger product",
        condition="Delta_i >= 0 is asked for, which is not printed: where two agents work without "
        f"limit both lose, and the product of their losses grows without bound ({largest:.3g} "
        f"against {best:.4g} at the solution)",
        method="exact",
        computed="prod_i (p_IND_i - p_i) for Figure 1's costs at the Nash solution, and where "
        "agents 1 and 2 collect ever more.",
        shown=[
            Number("product at the Nash solution", best, 1e-6),
            Number("product where two agents work without limit", largest),
        ],
        tables=[
            table(
                "The product where agents 1 and 2 collect n points each",
                ("n", "product", "over that at the solution"),
                rows,
            )
        ],
    )


def check_order(quick: bool, seed: int) -> Finding:
    """Algorithm 1 with agents taken from the first to the last, and from the last to the first."""
    rng = generator(seed, 31)
    differ, trials = 0, 60 if quick else 600
    largest = 0.0
    for trial in range(trials):
        problem = random_problem(
            rng, leverage=bool(trial % 2), d=1, m=int(rng.integers(4, 16)), infinite=0.0
        )
        costs, sigma = problem.costs, problem.sigma
        plan = solve_plan("nash", costs, sigma).counts
        forward = compute_n_approx(plan, costs, sigma, integer=False)
        back = compute_n_approx(plan[::-1], costs[::-1], sigma, integer=False)
        gap = float(np.abs(back.totals / forward.totals - 1).max())
        largest = max(largest, gap)
        differ += gap > CLOSE
    return finding(
        [],
        not differ,
        "both orders gave the same total in all games tried",
        condition="an order of the agents is fixed: line 4 takes any pair that fits, and from the "
        f"last agent to the first T differs in {differ} of {trials} games (by up to {largest:.3g}, "
        "relatively) from the other way round. Here the lowest k and then the lowest i come first",
        method="exact",
        computed=f"T of Algorithm 1 for Nash's plan on {trials} random games (d = 1, 4 to 15 "
        "agents), for the agents as they are and in reverse.",
        shown=[
            Number("games in which T depends on the order", differ),
            Number("largest relative difference of T", largest),
        ],
    )


CLAIMS = (
    Claim(
        "print-social-counts",
        "Appendix C, social penalty minimisation",
        "The social penalty is least if the cheapest agent collects 2 sigma sqrt(m c) points.",
        check_social_counts,
    ),
    Claim(
        "print-third-penalty",
        "Appendix C, working alone",
        "p_IND of agent 3 in Figure 1 is 6.23.",
        check_third_penalty,
    ),
    Claim(
        "print-line23",
        "Algorithm 2, line 23",
        "I = [mean(Y u Z)/sigma^2 + mean(Z')/(sigma^2 + eta^2)] / [|Y u Z|/sigma^2 + "
        "|Z'|/(sigma^2 + eta^2)] is the weighted average of clean and corrupted data.",
        check_line23,
    ),
    Claim(
        "print-fabricator",
        "'From compliant to strategic agents', section 3.2",
        "A fabricator discounts her fakes by h = (N I - sum Y_i)/(N - |Y_i|), N = sum over j != i "
        "of n_j.",
        check_fabricator,
    ),
    Claim(
        "print-section5",
        "Example after Theorem 3, section 5",
        "For equal agents Theorems 2 and 3 give a penalty of at least 2 sigma sqrt(c') per agent.",
        check_section5,
    ),
    Claim(
        "print-nash-product",
        "Appendix C, Nash bargaining",
        "Nash's solution is the argmax over n of prod_i (p_IND_i - p_i(M_SM, s_n)).",
        check_nash_product,
    ),
    Claim(
        "print-order",
        "Algorithm 1, line 4",
        "Algorithm 1 turns a plan into an enforceable one; its result depends on nothing else.",
        check_order,
    ),
)
