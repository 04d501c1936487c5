"""The mirror: who fails is told, in secret, of a difference to the other side; unit deviation.

e ~ N(l, 1). Within (-a, a) it is told; else, unannounced, -sign(e) rho with density 2 rho/a^2 on
(0, a). For either side s = 1, -1 let Q_s, m_s, var_s be mass, mean and variance of s e where it is
above a, p the density of e, g(rho) = 2 rho/a^2. What is left of e when M is known is

    F = sum over s of Q_s var_s + integral of p Q_s g/(p + Q_s g) (rho + m_s)^2 d rho on (0, a),

p at -s rho. By reflection the side -1 at a lie l is the side 1 at -l, and all of it is analytic in
l. Slightly less is left than by a decoy, but honesty is not always best: see `mirror_certificate`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nashbox.mechanisms.decoy.harnack import Complex, tail
from nashbox.mechanisms.decoy.told import CHUNK, LEAST, MOST, NODES, tail_moments
from nashbox.mechanisms.gauss import legendre, phi
from nashbox.problem.arrays import Array


def lost_by_mirror(a: ArrayLike, lie: ArrayLike = 0.0) -> Array:
    """F for half windows a > 0 and lies, elementwise.

    >>> round(float(lost_by_mirror(3.5246)), 6)
    0.015796
    """
    a, lie = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(lie, dtype=float))
    flat = np.clip(a.ravel(), LEAST, MOST), lie.ravel()
    parts = []
    for j in range(0, a.size, CHUNK):
        here, there = flat[0][j : j + CHUNK], flat[1][j : j + CHUNK]
        parts.append(_side(here, there) + _side(here, -there))
    return np.concatenate(parts).reshape(a.shape) if parts else np.ones(a.shape)


def _side(a: Array, lie: Array) -> Array:
    Q, mills, variance = tail_moments(a - lie)
    x, weights = legendre(NODES)
    rho = 0.5 * a[:, None] * (1 + x)
    p, told = phi(rho + lie[:, None]), Q[:, None] * 2 * rho / a[:, None] ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        both = np.where(p + told > 0, p * told / (p + told), 0.0)
    gap = (rho + (lie + mills)[:, None]) ** 2
    return np.asarray(Q * variance + 0.5 * a * ((both * gap) @ weights))


def analytic_mirror(a: float, z: Complex) -> Complex:
    """F for complex lies next to 0."""
    return _complex_side(a, z) + _complex_side(a, -z)


def _complex_side(a: float, z: Complex) -> Complex:
    x = a - z
    Q = tail(x)
    mills = phi(x) / Q
    nodes, weights = legendre(NODES)
    rho = 0.5 * a * (1 + nodes)
    p = phi(rho + z[:, None])
    told = Q[:, None] * 2 * rho / a**2
    gap = (rho + (z + mills)[:, None]) ** 2
    inside = 0.5 * a * ((p * told / (p + told) * gap) @ weights)
    return np.asarray(Q * (1 + x * mills - mills**2) + inside)


def _odds(m: Array, a: float, lie: float) -> tuple[Array, Array]:
    """Chance that a told value is true, and the mean of e if it is not; m within the window."""
    side = np.where(m <= 0, 1.0, -1.0)  # a falsehood below 0 is told to who is above
    ends = np.array([a - lie]), np.array([a + lie])
    (above, up, _), (below, down, _) = tail_moments(ends[0]), tail_moments(ends[1])
    Q = np.where(side > 0, above[0], below[0])
    beyond = np.where(side > 0, lie + up[0], lie - down[0])
    p, told = phi(m - lie), Q * 2 * np.abs(m) / a**2
    return p / np.maximum(p + told, 1e-300), beyond


def expected_by_mirror(m: Array, a: float, lie: float) -> Array:
    """E(e | M = m), for a told value within the window."""
    true, beyond = _odds(m, a, lie)
    return np.asarray(true * m + (1 - true) * beyond)
