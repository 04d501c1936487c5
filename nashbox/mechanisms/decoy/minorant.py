"""A function below F_k at every lie, of which the mean over normal lies is known in closed form.

Let F_k(mu) belong to u ~ N(mu, I). With t = |mu|^2 and s_i = 1 for rates K_i <= K, -1 above,

    A(t) = a_0 + sum of a_i s_i (1 - exp(-K_i t/2)),     B(t) = sum of b_i s_i (1 - exp(-K_i t/2)),

a, b >= 0, are found by linear programming: both nondecreasing, A below F across the lie and A + B
below F along it, so that sum_k w_k F_k(mu) >= A sum_k w_k + B min_k w_k for all weights w_k > 0.
If mu ~ N(nu, W), W = diag(w_k), both means are least at nu = 0 (Anderson), where the mean of
exp(-K_i t/2) is the product of (1 + K_i w_k)^(-1/2). With y_k = log(1 + K w_k), log(1 + K_i w_k) is
convex in y_k for K_i <= K and concave above: at a given mean of the y_k both means are least where
all are equal. That is what the signs are for.

The programme looks at a grid of lies. Between its points F is concave in the law of u and
dN(mu, v)/dN(mu_0, v_0) >= (v_0/v)^(d/2) exp(-|mu - mu_0|^2/(2 (v - v_0))), v_0 < v, as for one
distribution in `harnack`: halved intervals of |mu| are done where that is above A and B at the far
ends. Proven inequalities, evaluated in floating point. Who lies by END more than the radius passes
with less than 1e-15.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nashbox.mechanisms.decoy.ball import lost
from nashbox.problem.arrays import Array

END = 8.0  # standard deviations beyond the radius
LIES = 500  # of the programme's grid
RATES = 12  # on either side of K
SPAN = 30.0  # largest ratio of a rate to K, and of K to a rate
SLACK = 4e-4  # relative, of F: what the intervals have to be proven
ASIDE = np.array([0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8])  # variances at which the means count
DEEPEST = 40
MOST_INTERVALS = 30_000


@dataclass(frozen=True, eq=False)
class Minorant:
    """K, rates (R,) and coefficients; a_0 = `least`. d: the number of distributions."""

    d: int
    pivot: float
    rates: Array
    signs: Array
    least: float
    a: Array
    b: Array

    def at(self, t: Array) -> tuple[Array, Array]:
        """A and B, elementwise."""
        rows = (1 - np.exp(-0.5 * self.rates * t[..., None])) * self.signs
        return self.least + rows @ self.a, rows @ self.b

    def means(self, y: Array) -> tuple[Array, Array]:
        """Means of A and B over lies of variance (e^y - 1)/K in every coordinate, elementwise."""
        w = np.expm1(y)[..., None] / self.pivot
        rows = (1 - (1 + self.rates * w) ** (-0.5 * self.d)) * self.signs
        return self.least + rows @ self.a, rows @ self.b


@lru_cache(maxsize=512)
def minorant(d: int, r: float, pivot: float) -> Minorant | None:
    """The best such functions for a ball, or None where none could be proven."""
    found = _programme(d, r, pivot)
    return found if found is not None and _below(found, r) else None


def _programme(d: int, r: float, pivot: float) -> Minorant | None:
    from scipy.optimize import linprog

    lie = np.linspace(0.0, r + END, LIES)
    across, along = lost(d, r, np.ones(LIES), lie)
    low, high = np.geomspace(pivot / SPAN, pivot, RATES), np.geomspace(pivot, pivot * SPAN, RATES)
    rates = np.concatenate([low, high])
    signs = np.repeat([1.0, -1.0], RATES)
    fall = np.exp(-0.5 * rates * lie[:, None] ** 2)
    value, slope = (1 - fall) * signs, 0.5 * rates * fall * signs
    one, none = np.ones((LIES, 1)), np.zeros((LIES, 1))
    keep = 1 - SLACK
    below = np.vstack(
        [
            np.hstack([one, value, 0 * value]) / (keep * across)[:, None],
            np.hstack([one, value, value]) / (keep * along)[:, None],
            np.hstack([none, -slope, 0 * slope]),
            np.hstack([none, 0 * slope, -slope]),
        ]
    )
    limit = np.repeat([1.0, 0.0], 2 * LIES)
    rows = (1 - (1 + rates * ASIDE[:, None]) ** (-0.5 * d)) * signs
    true = lost(d, r, 1 + ASIDE)[0]
    counted = np.hstack([np.ones((ASIDE.size, 1)), rows, rows / d]) / true[:, None]
    solved = linprog(-counted.sum(axis=0), A_ub=below, b_ub=limit, method="highs")
    if solved.x is None:
        return None
    least, a, b = float(solved.x[0]), solved.x[1 : 1 + rates.size], solved.x[1 + rates.size :]
    return Minorant(d, pivot, rates, signs, least, a, b)


def _below(found: Minorant, r: float) -> bool:
    """Whether A <= F across and A + B <= F along every lie, by intervals; both nondecreasing."""
    d, edges = found.d, np.linspace(0.0, r + END, 400)
    t = np.linspace(0.0, (r + END) ** 2, 4000)
    A, B = found.at(t)
    if (np.diff(A) < -1e-12).any() or (np.diff(B) < -1e-12).any() or B[0] < 0:
        return False
    if max(A[-1], A[-1] + B[-1]) > 1 - 1e-9:
        return False
    low, high = edges[:-1], edges[1:]
    for _ in range(DEEPEST):
        h = 0.5 * (high - low)
        before = 1 / (1 + h / np.sqrt(d))
        factor = np.exp(0.5 * d * np.log(before) - h * h / (2 * (1 - before)))
        across, along = lost(d, r, before, 0.5 * (low + high))
        A, B = found.at(high**2)
        left = (factor * across < A) | (factor * along < A + B)
        if not left.any():
            return True
        if 2 * left.sum() > MOST_INTERVALS or not (np.isfinite(factor).all()):
            return False
        low, high = low[left], high[left]
        middle = 0.5 * (low + high)
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    return False
