"""Facts 1 and 2: what an agent reaches alone, and that nothing beats pooling."""

from __future__ import annotations

import numpy as np

from nashbox.experiments.run import run
from nashbox.games.estimation import prepare
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.plans import alone_penalties, compliant_penalties
from nashbox.mechanisms.rounding import alone_penalties as penalties_alone
from nashbox.mechanisms.rounding import round_plan
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.clinton2025.instances import (
    FIGURE1,
    SIGMA,
    Array,
    figure1,
    generator,
    random_problem,
)
from nashbox.papers.findings import finding, table
from nashbox.strategies.best_count import best_count

FLAT = 1e7  # standard deviation of a normal prior, in units of sigma, that is as good as flat
WHOLE = 1e-9  # relative excess that counts as rounding


def bayes_risk(n: Array, sigma: float, prior: float) -> Array:
    """Bayes risk after n points under mu ~ N(0, prior^2): a lower bound of every maximal risk."""
    return np.asarray(1 / (n / sigma**2 + 1 / prior**2))


def lowest_alone(cost: float, sigma: float) -> float:
    """Lower bound of every strategy's penalty alone: the best Bayes penalty over real n."""
    center = sigma / np.sqrt(cost)
    n = center * np.linspace(0.5, 1.5, 20_001)
    return float((bayes_risk(n, sigma, FLAT * sigma) + cost * n).min())


def check_fact1(quick: bool, seed: int) -> Finding:
    """Best counts, Bayes lower bounds, and whole numbers, over many costs."""
    rng = generator(seed, 1)
    costs = np.concatenate([np.ravel(FIGURE1), np.exp(rng.uniform(-8, 8, 40 if quick else 400))])
    stated = alone_penalties(costs[:, None], np.array([SIGMA]))
    reached = np.array([best_count(MeanChannel(SIGMA, 0.0), c, integer=False)[1] for c in costs])
    below = np.array([lowest_alone(c, SIGMA) for c in costs])
    whole = penalties_alone(costs[:, None], np.array([SIGMA]), integer=True)
    blocked = alone_penalties(np.array([[0.05, np.inf]]), np.array([SIGMA, SIGMA]))
    up, down = float(np.max(reached / stated - 1)), float(np.max(1 - below / stated))
    excess = whole / stated - 1
    numbers = [
        Number("best penalty of a sample mean over the formula, less 1", up, WHOLE, 0.0),
        Number("formula over the lower bound for all strategies, less 1", down, WHOLE, 0.0),
        Number("best penalty in whole counts over the formula, less 1", float(excess.max())),
        Number("penalty alone of who cannot sample everything", float(blocked[0]), None, np.inf),
    ]
    return finding(
        numbers,
        bool((excess <= WHOLE).all()),
        "whole numbers of points reach the formula at all costs tried",
        condition="counts may be real numbers: with whole ones, as in the paper's strategy space, "
        f"sigma/sqrt(c) is seldom to be had and the best penalty is up to {excess[:3].max():.2g}"
        f" (Figure 1) or {excess.max():.2g} (all costs tried) above the formula, relatively",
        method="exact",
        computed=f"For {len(costs)} costs, three of them Figure 1's, the best penalty of the "
        "sample mean over real and over whole counts. Below it the best Bayes penalty under a "
        f"normal prior of standard deviation {FLAT:.0e} sigma, which no strategy of any kind "
        "undercuts, mixed ones included (Bayes risk is convex in n). An agent who cannot sample "
        "one of two distributions has an infinite penalty.",
        tables=[
            table(
                "Figure 1's agents alone",
                ["cost", "formula", "best, real counts", "lower bound", "best, whole counts"],
                np.column_stack([costs, stated, reached, below, whole])[:3].tolist(),
            )
        ],
    )


def check_fact2(quick: bool, seed: int) -> Finding:
    """Formula (5) against lower bounds, other estimators and a simulation."""
    rng = generator(seed, 2)
    gaps, others = [], []
    for _ in range(20 if quick else 200):
        problem = random_problem(rng, leverage=False, counts="real")
        sigma, costs = problem.sigma, problem.costs
        finite = np.where(np.isfinite(costs), 1.0, 0.0)
        n = np.where(finite > 0, rng.uniform(0.1, 30, costs.shape), 0.0)
        total = n.sum(axis=0)
        stated = float(compliant_penalties(n, costs, sigma).sum())
        work = float(np.where(n > 0, np.where(n > 0, costs, 0.0) * n, 0.0).sum())
        best = problem.m * float(
            sum(bayes_risk(total[k], float(s), FLAT * float(s)) for k, s in enumerate(sigma))
        )
        gaps.append(stated / (best + work) - 1)
        for _ in range(20):  # unbiased weights of the agents' own means
            weights = rng.dirichlet(np.ones(problem.m), size=problem.d).T * finite
            weights /= weights.sum(axis=0)
            variance = np.where(n > 0, weights**2 * sigma**2 / np.where(n > 0, n, 1.0), 0.0)
            others.append((problem.m * variance.sum() + work) / stated - 1)
    problem = figure1(mechanism="sample_mean", plan="egalitarian")
    played = run(problem, replications=20_000 if quick else 400_000, seed=seed)
    counts = round_plan(prepare(problem).plan)
    formula = float(compliant_penalties(counts, problem.costs, problem.sigma).sum())
    simulated = sum(agent["penalty"] for agent in played.agents)
    doubt = 5 * sum(agent["se"] for agent in played.agents)  # they share all data: errors add
    gap, least = float(np.max(np.abs(gaps))), float(np.min(others))
    numbers = [
        Number("formula over the lower bound, less 1, worst game", gap, 1e-7, 0.0),
        Number("social penalty of the best other weighting over the formula, less 1", least),
        Number("social penalty of Figure 1, egalitarian, simulated", simulated, doubt, formula),
    ]
    return finding(
        numbers,
        least >= -WHOLE,
        "the formula equals the lower bound, no other weighting comes below it, and the "
        "simulated game agrees with it",
        otherwise=f"another weighting comes {-least:.2g} below the formula, relatively",
        method="exact and black box",
        computed=f"Formula (5) on {len(gaps)} random games with random counts, against the Bayes "
        "risk of everybody's points under a nearly flat normal prior, which bounds every mechanism "
        f"and every estimator from below, and against {len(others)} random unbiased weightings of "
        "the agents' means; and the game of Figure 1 with the egalitarian plan played "
        f"{played.replications} times (error: 5 standard errors).",
    )


CLAIMS = (
    Claim(
        "fact1",
        "Fact 1, eq. 4, section 3.1; appendix A.1",
        "An agent who works alone reaches p_IND = 2 sigma sum_k sqrt(c_k), and no less, if she can "
        "sample all distributions; else her penalty is infinite.",
        check_fact1,
    ),
    Claim(
        "fact2",
        "Fact 2, eq. 5, section 3.2; appendix A.2",
        "For given counts the sample mean mechanism with truthful submissions has the least social "
        "penalty of all mechanisms, submissions and estimators: "
        "sum_k (m sigma^2 / sum_i n_ik + sum_i c_ik n_ik).",
        check_fact2,
    ),
)
