"""How much of the others' information a decoy rule lets through; unit standard deviation.

The others' mean differs from what is handed in by e ~ N(l, 1), l the lie. Within the window (-a, a)
e is told; else, unannounced, a number U uniform on the window. The told value M has density

    psi(m) = phi(m - l) + q on (-a, a),   q = Q/(2a),   Q = P(|e| > a),

and F = E Var(e | M) is 1 - J, where J, in [0, 1], is the Fisher information about l in M
(Tweedie's formula: E(e | M) - l is the score). F is a sum of positive terms,

    F = Q Var(e | |e| > a) + integral of (m - E(e | |e| > a))^2 phi q/(phi + q) dm on (-a, a), (D1)

so that nothing is lost by cancellation where J is next to 1. For l = 0, with B = phi(a) + q,

    a dJ/da = 2 a^3 phi(a)^2/B + B K > 0,   K = integral of m^2 phi^2/(phi + q)^2:               (2)

wider windows always let more through.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nashbox.mechanisms.gauss import ROOT_2_PI, legendre, phi
from nashbox.problem.arrays import Array

NODES = 200  # of Gauss-Legendre; 2400 change F by less than 1e-12 for a up to 8, lies up to a + 3
CHUNK = 4096  # windows worked out at once
LEAST, MOST = 1e-6, 35.0  # windows: narrower ones tell nothing, beyond a failure underflows


def tail_moments(u: Array) -> tuple[Array, Array, Array]:
    """P(x > u), and mean and variance of x given that, for x ~ N(0, 1)."""
    from scipy.special import log_ndtr

    log_chance = log_ndtr(-u)
    mills = np.exp(-0.5 * u * u - log_chance) / ROOT_2_PI
    variance = np.clip(1 + u * mills - mills**2, 0.0, 1.0)
    return np.exp(log_chance), mills, variance


def lost(a: ArrayLike, lie: ArrayLike = 0.0) -> Array:
    """F = 1 - J: the share of Var(e) that is left when M is known, elementwise.

    a: half windows > 0, lie: l, both in standard deviations of e.

    >>> lost([0.0001, 3.2727, 9.0]).round(9).tolist()
    [1.0, 0.017123019, 0.0]
    """
    a, lie = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(lie, dtype=float))
    flat = np.clip(a.ravel(), LEAST, MOST), np.abs(lie.ravel())
    parts = [_lost(flat[0][j : j + CHUNK], flat[1][j : j + CHUNK]) for j in range(0, a.size, CHUNK)]
    return np.concatenate(parts).reshape(a.shape) if parts else np.ones(a.shape)


def _lost(a: Array, lie: Array) -> Array:
    above, up, spread_up = tail_moments(a - lie)
    below, down, spread_down = tail_moments(a + lie)
    Q = above + below
    up, down = lie + up, lie - down  # means of e beyond either end
    failed = above * spread_up + below * spread_down + above * below / Q * (up - down) ** 2
    centre = (above * up + below * down) / Q
    x, weights = legendre(NODES)
    m = a[:, None] * x
    p, q = phi(m - lie[:, None]), (Q / (2 * a))[:, None]
    inside = p * q / (p + q) * (m - centre[:, None]) ** 2
    return np.asarray(failed + a * (inside @ weights))


def expected(m: Array, a: float, lie: float) -> Array:
    """E(e | M = m), for a told value within the window."""
    one, two = np.array([a - lie]), np.array([a + lie])
    (above, up, _), (below, down, _) = tail_moments(one), tail_moments(two)
    Q = float((above + below)[0])
    beyond = float(((above * (lie + up) + below * (lie - down)) / Q)[0])
    p, q = phi(m - lie), Q / (2 * a)
    return np.asarray((p * m + q * beyond) / (p + q))


def gain_by_width(half: ArrayLike) -> Array:
    """a dJ/da at l = 0 for half windows a, equation (2), elementwise."""
    from scipy.special import ndtr

    a = np.clip(np.asarray(half, dtype=float), LEAST, MOST)
    x, weights = legendre(NODES)
    q, edge = np.asarray(ndtr(-a) / a), phi(a)
    B = edge + q
    m = a[..., None] * x
    density = phi(m)
    K = a * ((m * density / (density + q[..., None])) ** 2 @ weights)
    return np.asarray(2 * a**3 * edge**2 / B + B * K)
