"""What no truthful rule gets below, for the goals whose value is a sum or a maximum of penalties.

For rules that judge distributions apart: of one distribution, with total T, agent i pays at least
sigma sqrt(c_i) (1/t + x + E(x, t)), t = T/n_i and x her points in units of n_i = sigma/sqrt(c_i),
E of `pearson`. The sum over agents is least at a price per point (weak duality: no convexity is
needed), the maximum where all may pay the same; T is searched on a grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.estimation import EstimationProblem
from nashbox.rules.bound.pearson import least_excess
from nashbox.rules.bound.surface import surface

Array = NDArray[np.float64]

LEVELS = 400  # of points owed
TOTALS = 80
HALVINGS = 60
ALONE = 2.0  # what working alone costs: who is to be truthful pays no more, and owes no more
CLOSE = 1e-4  # of the excess: what a finer grid of deviations moves it by


@dataclass(frozen=True)
class Floor:
    """value: None where nothing is known. how: "numerical" and in what sense, or why unknown."""

    value: float | None
    how: str


def no_rule_below(problem: EstimationProblem, goal: str) -> Floor:
    """The value of a goal that no truthful rule gets below, which judges distributions apart."""
    if goal not in ("social", "egalitarian"):
        return Floor(None, "known for the goals social and egalitarian only")
    if problem.integer:
        return Floor(None, "known for real counts only: whole numbers deter a little more cheaply")
    if goal == "egalitarian" and problem.d > 1:
        return Floor(None, "the largest penalty is bounded for one distribution only")
    columns = [
        _column(problem.costs[:, k], float(problem.sigma[k]), goal) for k in range(problem.d)
    ]
    apart = ", rules that judge distributions apart" if problem.d > 1 else ""
    return Floor(
        float(sum(columns)),
        "numerical: translation-equivariant rules, normal data, real counts"
        f"{apart}; a total searched on a grid",
    )


def _column(costs: Array, sigma: float, goal: str) -> float:
    able = np.isfinite(costs)
    if able.sum() == 1 and costs.size == 1:
        return float(2 * sigma * np.sqrt(costs[0]))
    kinds, size = np.unique(costs[able], return_counts=True)
    n_ind = sigma / np.sqrt(kinds)
    if goal == "social" and able.all() and kinds.size == 1:
        return float(sigma * np.sqrt(kinds[0])) * _equal(costs.size)
    unit, receivers = sigma * np.sqrt(kinds), int((~able).sum())
    low, high = 0.2 * float(n_ind.max()), 1.5 * float(n_ind @ size) + float(n_ind.max())

    def at(log_total: float) -> float:
        T = float(np.exp(log_total))
        top = np.minimum(ALONE, (1 - 1e-9) * T / n_ind)
        x = top[:, None] * np.concatenate([[0.0], np.geomspace(1e-4, 1.0, LEVELS)])
        reach = np.broadcast_to((T / n_ind)[:, None], x.shape)
        prices = 1 / reach + x + surface(x, reach)
        prices = np.where(prices <= ALONE, prices, np.inf)
        home = np.where(n_ind <= T, ALONE, np.inf)[:, None]  # with one unit, whatever is told
        x = np.concatenate([x, np.ones(home.shape)], axis=1)
        prices = unit[:, None] * np.concatenate([prices, home], axis=1)
        points = n_ind[:, None] * x
        if goal == "social":
            return (
                _least_sum(prices, points, size, T, float(kinds.max())) + receivers * sigma**2 / T
            )
        return max(_least_maximum(prices, points, size, T), sigma**2 / T if receivers else 0.0)

    return _minimum(at, np.linspace(np.log(low), np.log(high), TOTALS))


def _minimum(value: Callable[[float], float], grid: Array) -> float:
    """Over a grid, and between the neighbours of its best point."""
    from scipy.optimize import minimize_scalar

    values = [value(float(g)) for g in grid]
    j = int(np.argmin(values))
    ends = (float(grid[max(j - 1, 0)]), float(grid[min(j + 1, grid.size - 1)]))
    found = minimize_scalar(value, bounds=ends, method="bounded", options={"xatol": 1e-6})
    return float(min(values[j], found.fun))


def _equal(m: int) -> float:
    """m equal agents, who share alike as E is convex in x wherever tried; sigma = c = 1."""

    def at(log_total: float) -> float:
        T = float(np.exp(log_total))
        added = float(least_excess(T / m, T)) if m > 1 else 0.0
        return m / T + T + m * (1 - CLOSE) * added

    return _minimum(at, np.linspace(0.0, 0.5 * np.log(2.0 * m), 24))


def _least_sum(
    prices: Array, points: Array, size: NDArray[np.int64], T: float, steepest: float
) -> float:
    """Largest over price lambda per point of lambda T + sum of min (prices - lambda points)."""
    rows = np.arange(len(prices))
    low, high = 0.0, 4 * steepest
    best = -np.inf
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        reduced = prices - middle * points
        j = reduced.argmin(axis=1)
        best = max(best, middle * T + float(size @ reduced[rows, j]))
        enough = float(size @ points[rows, j]) >= T
        low, high = (low, middle) if enough else (middle, high)
    return best


def _least_maximum(prices: Array, points: Array, size: NDArray[np.int64], T: float) -> float:
    """The least tau at which all can pay tau at most and hand in T in sum."""
    low, high = (
        float(prices.min(axis=1).max()),
        float(np.max(prices[np.isfinite(prices)], initial=0.0)),
    )
    for _ in range(HALVINGS):
        tau = 0.5 * (low + high)
        most = [_most(p, x, tau) for p, x in zip(prices, points, strict=True)]
        enough = float(size @ np.array(most)) >= T
        low, high = (low, tau) if enough else (tau, high)
    return high


def _most(prices: Array, points: Array, tau: float) -> float:
    """Most points that cost tau at most, by interpolation between levels."""
    good = np.flatnonzero(prices <= tau)
    if not good.size:
        return 0.0
    j = int(good[-1])
    if j == prices.size - 1 or not np.isfinite(prices[j + 1]):
        return float(points[good].max())
    share = (tau - prices[j]) / (prices[j + 1] - prices[j])
    return float(points[j] + share * (points[j + 1] - points[j]))
