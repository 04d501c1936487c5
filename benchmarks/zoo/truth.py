"""Risks of the zoo's rules of estimation, in closed form or by quadrature.

All are for one agent who collects n points of a normal distribution with standard deviation sigma,
against others who hand in N points in all; squared errors, without costs.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

Array = NDArray[np.float64]


def pooled(n: float, N: float, v: float, noise: float = 0.0) -> float:
    """Least risk of one's own mean and the others' with independent noise: precisions add up.

    v: sigma^2. noise: its standard deviation. Among estimates that are linear in both it is least
    for noise of any distribution; among all for normal noise, and for none.
    """
    theirs = v / N + noise**2
    return 1 / (n / v + 1 / theirs)


def median_moments(n: float, n_others: float, v: float) -> tuple[float, float]:
    """E M^2 and E X M of the median M of an agent's mean X and two others', all centred at 0.

    Given X = x the median is x cut to [min, max] of the others: P(M > t | x) is 1 - F(t)^2 below x
    and (1 - F(t))^2 above. Trapezoid sums, whose error is below 1e-6 of v/n.
    """
    a, b = math.sqrt(v / n), math.sqrt(v / n_others)
    t = np.linspace(-9, 9, 20_001) * max(a, b)
    step, F = t[1] - t[0], norm.cdf(t / b)

    def given(slope: Array) -> Array:
        """Mean of g(M) - g(t[0]) at every x, slope = g'."""
        below, above = (
            np.concatenate([[0.0], np.cumsum((f[1:] + f[:-1]) / 2) * step])
            for f in (slope * (1 - F**2), slope * (1 - F) ** 2)
        )
        return below + above[-1] - above

    weight = norm.pdf(t / a) / a * step
    square = t[0] ** 2 + given(2 * t)
    return float(weight @ square), float((weight * t) @ given(np.ones_like(t)))


def median(n: float, n_others: float, v: float) -> float:
    """Least risk of (1 - w) X + w M over w."""
    square, cross = median_moments(n, n_others, v)
    own = v / n
    w = (own - cross) / (own - 2 * cross + square)
    return (1 - w) ** 2 * own + 2 * w * (1 - w) * cross + w**2 * square


def cost_for(gain: float, risks: Array, n: int) -> float:
    """Cost per point at which leaving n for the best other count gains `gain`.

    risks: by count 0, 1, ... gain 0 is read as n being best, with room on both sides.
    """
    level = (risks[n - 1] - risks[n + 1]) / 2
    if gain == 0:
        return float(level)
    others = np.delete(np.arange(risks.size), n)

    def excess(c: float) -> float:
        return float((risks[n] - risks[others] + c * (n - others)).max()) - gain

    high = level
    while excess(high) < 0:
        high *= 2
    return float(brentq(excess, level, high, xtol=1e-15))
