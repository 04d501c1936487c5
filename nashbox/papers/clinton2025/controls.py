"""What section 3.2 warns of, and controls: mechanisms under which honesty must not pay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nashbox.experiments.audit import audit
from nashbox.experiments.audit.base import AuditResult
from nashbox.experiments.dynamics import best_response_dynamics
from nashbox.games.estimation import prepare
from nashbox.mechanisms.cbl import CblTerms
from nashbox.mechanisms.plans import solve_plan
from nashbox.papers.claim import Claim, ClaimTable, Finding, Number
from nashbox.papers.clinton2025 import drawing
from nashbox.papers.clinton2025.corruption import integral, slope
from nashbox.papers.clinton2025.instances import SIGMA, figure1, worked_case
from nashbox.papers.findings import finding, table

CLOSE = 1e-6
METHODS = ("exact", "exhaustive", "black_box")
GAIN_COLUMNS = ("agent", "method", "gain", "from", "to", "collects", "owes")
FACTORS = (1.0, 0.9, 0.5, 0.25)
LESS_NOISE_COLUMNS = (
    "factor",
    "gain",
    "count",
    "expected gain",
    "expected count",
    "whole counts: exact",
    "exhaustive",
)


def audits(mechanism: str, quick: bool, seed: int) -> dict[str, AuditResult]:
    """Figure 1 with n_opt in whole counts, audited by every method."""
    problem = figure1(mechanism=mechanism)
    budget = 60_000 if quick else 400_000
    return {
        method: audit(problem, method=method, seed=seed, budget=budget, workers=1)
        for method in METHODS
    }


def gains_table(found: dict[str, AuditResult]) -> ClaimTable:
    """Gains of all agents by all methods."""
    rows: list[list[Any]] = []
    for method, result in found.items():
        for i, a in enumerate(result.agents):
            best = a.best_deviation.parameters.get("collect")
            collects = float(best[0]) if isinstance(best, list) else None
            gain = (a.gain.estimate, a.gain.lower, a.gain.upper)
            rows.append([f"agent {i + 1}", method, *gain, collects, a.recommended[0]])
    return table("Gains by the best deviation, whole counts (71, 7, 0)", GAIN_COLUMNS, rows)


def response_gain(n: float, others: float, cost: float) -> tuple[float, float]:
    """Return count and gain of the best response under the mean: max(0, n_IND - N)."""
    best = max(0.0, SIGMA / np.sqrt(cost) - others)
    saved = SIGMA**2 / (n + others) + cost * n - SIGMA**2 / (best + others) - cost * best
    return best, saved


def check_free_riding(quick: bool, seed: int) -> Finding:
    """Gains under the sample mean, against the closed form and by three methods."""
    problem = figure1(mechanism="sample_mean", counts="real")
    plan = solve_plan("ir_optimal", problem.costs, problem.sigma).counts[:, 0]
    result = audit(problem)
    numbers = []
    for i, a in enumerate(result.agents):
        count, gain = response_gain(plan[i], plan.sum() - plan[i], float(problem.costs[i, 0]))
        collected = float(a.best_deviation.parameters["collect"][0])
        numbers.append(Number(f"gain of agent {i + 1}", a.gain.estimate, CLOSE, gain))
        numbers.append(Number(f"count of agent {i + 1}'s deviation", collected, 1e-3, count))
    found = audits("sample_mean", quick, seed)
    agree = all(r.agents[1].verdict == "profitable" for r in found.values())
    second = result.agents[1]
    free = float(second.best_deviation.parameters["collect"][0]) == 0
    return finding(
        [numbers[2], *numbers[:2], *numbers[3:]],
        agree and free and second.gain.lower > 0,
        f"agent 2 saves {second.gain.estimate:.4g} of her {second.penalty:.4g} by collecting "
        "nothing, by every method",
        otherwise=f"agent 2 gains {second.gain.estimate:.4g}, not by every method",
        method="exact and black box",
        computed="Figure 1 with n_opt under the sample mean: exact gains with real counts against "
        "the closed form (best response max(0, n_IND - N_-i)); with whole counts also the "
        "exhaustive box of deviations and simulation through the agent-based model.",
        tables=[gains_table(found)],
    )


def check_fabrication(quick: bool, seed: int) -> Finding:
    """Counting submissions changes nothing: fakes pass, and hurt the others."""
    mean, counted = (audits(name, quick, seed) for name in ("sample_mean", "counted_mean"))
    gaps = [
        abs(a.gain.estimate - b.gain.estimate)
        for method in METHODS[:2]
        for a, b in zip(mean[method].agents, counted[method].agents, strict=True)
    ]
    first, second = counted["exact"].agents[:2]
    simulated = counted["black_box"].agents[1]
    owed, submits = second.recommended[0], second.best_deviation.parameters["submit"][0]
    passes = submits >= owed and second.best_deviation.parameters["collect"][0] == 0
    harmed = (first.damage or 0) > 0 and (second.damage or 0) > 0
    gains = second.gain.lower > 0 and simulated.gain.lower > 0
    uncounted = [a.gain.estimate for a in mean["exact"].agents[:2]]
    played = simulated.gain
    doubt = max(played.upper - played.estimate, played.estimate - played.lower)
    numbers = [
        Number("gain of agent 2 by fakes", second.gain.estimate, CLOSE, uncounted[1]),
        Number("gain of agent 1 by fakes", first.gain.estimate, CLOSE, uncounted[0]),
    ]
    return finding(
        numbers,
        max(gaps) <= CLOSE and passes and harmed and gains,
        f"agent 2 collects nothing, hands in {submits:g} fakes, discounts them, and gains what "
        "she gains where nobody counts; the others lose by it",
        otherwise=f"gains differ by up to {max(gaps):.3g} between the mechanisms, agent 2 hands in "
        f"{submits:g} of {owed:g} points and gains {second.gain.estimate:.4g}",
        method="exact and black box",
        computed="Figure 1 with n_opt in whole counts under the mean that is withheld from those "
        "who hand in too few points; exact and exhaustive audits and simulation. Damage is what "
        "the others lose in sum; it is infinite where all points are made up far from mu.",
        shown=[
            Number("gain of agent 2, simulated", played.estimate, doubt, second.gain.estimate),
            Number("what agent 1's fakes cost the others", first.damage or 0.0),
            Number("what agent 2's fakes cost the others", second.damage or 0.0),
        ],
        tables=[gains_table(counted)],
    )


def check_unravelling(quick: bool, seed: int) -> Finding:
    """All data of 100 equal agents under best responses, one agent at a time."""
    totals = {}
    for mechanism in ("sample_mean", "cbl"):
        game = prepare(worked_case(m=100, mechanism=mechanism, counts="real"))
        totals[mechanism] = best_response_dynamics(game).totals[:, 0]
    c = 0.05
    start, end = SIGMA * np.sqrt(100 / c), SIGMA / np.sqrt(c)
    mean, cbl = totals["sample_mean"], totals["cbl"]
    rows = [
        [t, mean[min(t, mean.size - 1)], cbl[min(t, cbl.size - 1)]]
        for t in range(max(mean.size, cbl.size))
    ]
    numbers = [
        Number("all data under the sample mean, at the end", float(mean[-1]), 1e-4, float(end)),
        Number("all data under the sample mean, at the start", float(mean[0]), 1e-4, float(start)),
        Number("all data under CBL, at the end", float(cbl[-1]), 1e-4, float(cbl[0])),
    ]
    return finding(
        numbers,
        True,
        f"under the sample mean {mean[0]:.4g} points fall to {mean[-1]:.4g}, what one agent "
        f"collects alone; under CBL {cbl[0]:.4g} stay",
        method="exact",
        computed="100 equal agents, c = 0.05, sigma = 10, real counts, n_opt: exact best "
        "responses, one agent at a time in index order, until a sweep changes nothing.",
        tables=[table("All data, sweep by sweep", ("sweep", "sample mean", "CBL"), rows)],
    )


def weaker_noise(factor: float) -> tuple[float, float]:
    """Best honest count and its gain for a multiple of alpha, from eq. 64's integral alone."""
    from scipy.optimize import brentq

    terms = prepare(worked_case(counts="real")).terms
    assert isinstance(terms, CblTerms)  # noqa: S101 - the worked case is about CBL
    owed, total, c = float(terms.counts[0, 0]), float(terms.fixed_totals[0]), 0.05
    alpha = factor * float(terms.alpha[0, 0])
    n = brentq(lambda x: slope(x, owed, total, alpha) + c, 0.05, 40.0, xtol=1e-12)
    gain = integral(owed, owed, total, alpha) - integral(n, owed, total, alpha) + c * (owed - n)
    return float(n), float(gain)


def check_less_noise(quick: bool, seed: int) -> Finding:
    """CBL with alpha multiplied by a factor: only the factor 1 leaves nobody a gain."""
    rows = []
    gains, numbers, off = {}, [], 0.0
    for factor in FACTORS:
        problem = worked_case(mechanism={"name": "cbl", "alpha_factor": factor})
        real = audit(replace(problem, counts="real")).agents[0]
        count, expected = weaker_noise(factor)
        found = float(real.best_deviation.parameters["collect"][0])
        off = max(off, abs(found - count) / 1e3)
        gains[factor] = real.gain.estimate
        numbers.append(Number(f"gain with {factor:g} alpha", real.gain.estimate, CLOSE, expected))
        whole = {m: audit(problem, method=m).agents[0] for m in METHODS[:2]}
        integers = [whole[m].gain.estimate for m in METHODS[:2]]
        off = max(off, abs(integers[0] - integers[1]))
        rows.append([factor, real.gain.estimate, found, expected, count, *integers])
    weaker = all(gains[f] > 1e-3 for f in FACTORS[1:])
    return finding(
        numbers,
        abs(gains[1.0]) <= CLOSE and weaker and off <= CLOSE,
        "with eq. 11's alpha nobody gains; with less noise everybody gains by collecting less",
        otherwise=f"gain with eq. 11's alpha {gains[1.0]:.3g}; methods differ by up to {off:.3g}",
        method="exhaustive",
        computed="The worked case (20 agents, c = 0.05, sigma = 10, 10 points each) with every "
        "alpha multiplied by a factor: exact audits with real counts, whose expected gains come "
        "from eq. 64's integral alone, exact and exhaustive ones with whole counts.",
        tables=[
            table("Gains by the best deviation for multiples of alpha", LESS_NOISE_COLUMNS, rows)
        ],
    )


CLAIMS = (
    Claim(
        "free-riding",
        "'From compliant to strategic agents', section 3.2",
        "(M_SM, n_opt) is not incentive compatible: in Figure 1 (c) agent 2 is better off if she "
        "collects nothing.",
        check_free_riding,
    ),
    Claim(
        "fabrication",
        "'From compliant to strategic agents', section 3.2",
        "Counting submissions does not help: an agent fabricates the points, discounts them in her "
        "estimate, gains as much as before and hurts the others.",
        check_fabrication,
    ),
    Claim(
        "unravelling",
        "Free-riding, sections 1 and 3.2",
        "Pooling and sharing all data leads to free-riding: of many equal agents' data no more is "
        "left than one agent collects alone. Under CBL all of it stays.",
        check_unravelling,
        drawing.unravelling,
    ),
    Claim(
        "less-noise",
        "Eq. 11 and 'Recommended strategies', section 4",
        "The corruption coefficients are what makes n* optimal: with smaller ones agents collect "
        "less.",
        check_less_noise,
        drawing.less_noise,
    ),
)
