"""Decoys whose windows are made of an estimate of sigma: what they leave, and the right windows.

s^2 is the variance of the others' N points, on nu = N - 1 degrees of freedom. It is independent of
their mean, hence of e = W - Y, and not the agent's to move. The window is a s sqrt(1/n* + 1/N), so
that for her the half width, in standard deviations, is a s/sigma in the place of a, and

    F(a) = E F(a s/sigma),   s/sigma = chi_nu/sqrt(nu):

a mixture of decoys. Each is convex in n and honest at every a that is proven of decoys, and so is
their mixture: whoever knew s would not do better by a lie or by another count than in the mean over
s. The answer is weighted with s known, so that the honest attain what F says.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nashbox.mechanisms.decoy import certificate
from nashbox.mechanisms.decoy.terms import DecoyTerms
from nashbox.mechanisms.decoy.told import LEAST, MOST, lost
from nashbox.mechanisms.decoy.tuning import NARROWEST, WIDEST, stationary, whole
from nashbox.mechanisms.gauss import legendre
from nashbox.mechanisms.threshold.tuning import Tuned
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError

LEAST_POINTS = 2  # of the others: fewer show nothing of sigma
NODES = 48  # of Gauss-Legendre over s: 1e-11 for two degrees of freedom and more
TAIL = 1e-17  # chance of s beyond the nodes at either end
KNOTS = 6000  # of log F over log a
SURE = 1e-4  # relative, of a penalty: what the proof may leave where rules are made
CELLS = np.geomspace(1e-6, 1.0, 241)  # of counts, in units of the largest at stake


@cache
def _log_lost() -> Any:
    """Log F of honesty over log a, and where it underflows."""
    from scipy.interpolate import CubicSpline

    log_a = np.linspace(np.log(LEAST), np.log(MOST), KNOTS)
    return CubicSpline(log_a, np.log(lost(np.exp(log_a))))


def degrees(others: float) -> float:
    """Degrees of freedom of s^2."""
    return others - 1


@lru_cache(maxsize=4096)
def spread_of_s(nu: float) -> tuple[Array, Array]:
    """Nodes of s/sigma and their weights, which sum to 1."""
    from scipy.special import chdtri, gammaincinv, gammaln

    low = np.sqrt(2 * gammaincinv(nu / 2, TAIL) / nu)
    high = np.sqrt(chdtri(nu, TAIL) / nu)
    x, w = legendre(NODES)
    s = 0.5 * (low + high) + 0.5 * (high - low) * x
    log_density = (nu - 1) * np.log(s) - 0.5 * nu * s * s
    log_density += np.log(2.0) + 0.5 * nu * np.log(nu / 2) - gammaln(nu / 2)
    weights = 0.5 * (high - low) * w * np.exp(log_density)
    return s, weights / weights.sum()


def chance_below(s: ArrayLike, nu: float) -> Array:
    """P(s/sigma < s)."""
    from scipy.special import gammainc

    return np.asarray(gammainc(nu / 2, 0.5 * nu * np.asarray(s, dtype=float) ** 2))


def kept(a: ArrayLike, nu: float) -> Array:
    """F: the share of Var(e) that honesty leaves, elementwise.

    >>> kept([3.2727, 3.341], 91.0).round(6).tolist()
    [0.021736, 0.018072]
    """
    s, weights = spread_of_s(nu)
    log_a = np.log(np.clip(np.asarray(a, dtype=float)[..., None] * s, LEAST, MOST))
    return np.asarray(np.exp(_log_lost()(log_a)) @ weights)


def gained(a: ArrayLike, nu: float) -> Array:
    """a dJ/da = -a dF/da, elementwise."""
    s, weights = spread_of_s(nu)
    log_a = np.log(np.clip(np.asarray(a, dtype=float)[..., None] * s, LEAST, MOST))
    spline = _log_lost()
    return np.asarray(-(spline(log_a, 1) * np.exp(spline(log_a))) @ weights)


def kept_of_lie(a: Array, lie: Array, nu: float) -> Array:
    """F for lies (in standard deviations of e), elementwise."""
    s, weights = spread_of_s(nu)
    a, lie = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(lie, dtype=float))
    return np.asarray(lost(a[..., None] * s, lie[..., None]) @ weights)


def risk(t: Array | float, n: Array | float, N: float) -> Array:
    """F/n + J/(n + N) for honest counts, elementwise; sigma = 1, t: the window where s = 1."""
    n = np.asarray(n, dtype=float)
    F = kept(t / np.sqrt(1 / n + 1 / N), degrees(N))
    return np.asarray(F / n + (1 - F) / (n + N))


def slope(t: float, n: float, N: float) -> float:
    """Derivative of `risk` by n."""
    a, w, nu = t / np.sqrt(1 / n + 1 / N), 1 / n - 1 / (n + N), degrees(N)
    F = float(kept(a, nu))
    return -(F / n**2 + (1 - F) / (n + N) ** 2 + 0.5 * w * w * float(gained(a, nu)))


@lru_cache(maxsize=200_000)
def tuned(n: float, others: float, cost: float, sigma: float, integer: bool) -> Tuned | None:
    """The best such decoy for n points owed, or None where none makes n the best count.

    t: the window where the estimate is sigma.
    """
    if not (n > 0 and others >= LEAST_POINTS and np.isfinite(cost)):
        return None
    c, unit = cost / sigma**2, float(np.sqrt(1 / n + 1 / others))
    if integer:
        t = whole(n, others, c, risk)
    else:
        a = stationary(lambda a: -slope(a * unit, n, others) - c, NARROWEST, WIDEST)
        t = None if a is None else a * unit
    if t is None:
        return None
    here = float(risk(t, n, others)) + c * n
    if floor(t, others, c, here) < here * (1 - SURE):
        return None
    return Tuned(float("nan"), sigma * t, sigma**2 * (here - c * n - 1 / (n + others)))


def floor(t: float, others: float, cost: float, best: float) -> float:
    """A penalty that no count and no lie is below; sigma = 1.

    best: the least of p(n, 0). With s known the penalty is p_s(n, d). Where a is at least PROVEN[0]
    that is p_s(n, 0) or more; where it is less, J is at most `let_through` there, so that

        p(n, d) >= p(n, 0) - let_through P(a < PROVEN[0])/n,   p(n, d) >= (1 - E let_through)/n + cn

    and the better of both holds on every cell of counts.
    """
    nu = degrees(others)
    s, weights = spread_of_s(nu)
    counts = best / cost * CELLS
    a = t / np.sqrt(1 / counts + 1 / others)
    most = [
        float(weights @ [certificate.let_through(min(float(x), 3.0)) for x in u * s]) for u in a
    ]
    narrow = chance_below(certificate.PROVEN[0] / a, nu)
    left = certificate.let_through(certificate.PROVEN[0]) * narrow + certificate.BEYOND
    near = best - left[:-1] / counts[:-1]
    far = (1 - np.array(most[1:])) / counts[1:] + cost * counts[:-1]
    first = (1 - most[0]) / counts[0]  # falls in n
    last = best - left[-1] / counts[-1]
    return float(min(np.maximum(near, far).min(), first, last, best))


def check_points(terms: DecoyTerms) -> None:
    """Raise InputError where the others owe too few points to show sigma."""
    for i, k in np.argwhere(terms.kind == "decoy"):
        promised = terms.promised(int(i), int(k))
        if promised < LEAST_POINTS:
            raise InputError(
                f"decoy.sigma = 'estimated': {terms.names[i]}, {terms.distributions[k]}: the "
                f"others must owe at least {LEAST_POINTS} points to show sigma, got {promised:g}"
            )
