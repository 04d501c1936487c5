"""A decoy over d distributions: what a comparison with a ball lets through.

u in R^d is the difference W - Y, each coordinate in the standard deviation it has for the honest,
so that u ~ N(0, I) for them. Within the ball |u| <= r it is told; else, unannounced, M ~ N(0, I)
cut to the ball, independent of u. For u ~ N(mu, v I), with p its density, g that of M, Q = P(fail)
and e the mean of u given a failure, what is left of coordinate k when the answer is known is

    F_k = Q Var(u_k | fail) + Q E_g[ p/(p + Q g) (M_k - e_k)^2 ] .                              (1)

By rotation F_k depends on |mu| and on whether k lies along mu or across it: with polar coordinates
around mu two integrals are left. For the honest p = g P(pass), so that the weight of a told value
is P(pass) whatever it is: they expect P(pass) M of u, and

    F_k = 1 - P_d P_{d+2} ,      P_j = P(chi^2_j <= r^2).                                       (2)
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from nashbox.mechanisms.gauss import legendre
from nashbox.problem.arrays import Array

NODES = 48  # of both rules; 100 change F by less than 2e-9, relatively, for d = 10
CHUNK = 512  # laws worked out at once
LEAST_CHANCE = 1e-300


def passes(d: int, r: float) -> float:
    """P_d, the chance that N(0, I) in R^d lies in the ball."""
    from scipy.special import chdtr

    return float(chdtr(d, r * r))


def fails(d: int, r: float) -> float:
    """1 - P_d without cancellation."""
    from scipy.special import chdtrc

    return float(chdtrc(d, r * r))


def lost_honestly(d: int, r: float) -> float:
    """F_k of the honest by (2).

    >>> round(lost_honestly(10, 5.16), 5)
    0.0117
    """
    Q, Q2 = fails(d, r), fails(d + 2, r)
    return Q + Q2 - Q * Q2


def rise(d: int, r: float) -> float:
    """d F_k/d v at mu = 0, v = 1, all coordinates spread alike: derivative of (1) under integrals.

    With p = g P the weights are constants, and every integral a moment of chi^2.
    """
    Q, Q2, Q4 = (fails(d + j, r) for j in (0, 2, 4))
    more = 0.5 * d * (Q2 - Q)  # dQ/dv
    beyond = 0.5 * ((d + 2) * Q4 - d * Q2)  # of E[u_k^2; fail]
    inside = 0.5 * ((d + 2) * (1 - Q4) - d * (1 - Q2))
    return beyond + Q * Q * inside + (1 - Q) * (1 - Q2) * more


@lru_cache(maxsize=64)
def _rule(d: int, r: float) -> tuple[Array, Array, Array]:
    """M along a direction, its squared distance from that line, and weights under g; flat."""
    from scipy.special import gammaln, roots_jacobi

    x, weights = legendre(NODES)
    length, cosine_law = 0.5 * r * (x + 1), (d - 3) / 2
    log_density = (
        (d - 1) * np.log(length) - 0.5 * length**2 - (d / 2 - 1) * np.log(2) - gammaln(d / 2)
    )
    radial = 0.5 * r * weights * np.exp(log_density) / passes(d, r)
    cosine, by_cosine = roots_jacobi(NODES, cosine_law, cosine_law)
    along = length[:, None] * cosine
    across = length[:, None] ** 2 * (1 - cosine**2)
    return along.ravel(), across.ravel(), (radial[:, None] * by_cosine / by_cosine.sum()).ravel()


def lost(d: int, r: float, v: ArrayLike, lie: ArrayLike = 0.0) -> tuple[Array, Array]:
    """F_k across and along the lie for u ~ N(mu, v I), |mu| = lie; elementwise. d >= 2.

    >>> [round(float(part), 5) for part in lost(10, 5.16, 1.0)]
    [0.0117, 0.0117]
    """
    v, lie = np.broadcast_arrays(np.asarray(v, dtype=float), np.asarray(lie, dtype=float))
    flat = v.ravel(), lie.ravel()
    parts = [
        _lost(d, r, flat[0][j : j + CHUNK], flat[1][j : j + CHUNK]) for j in range(0, v.size, CHUNK)
    ]
    across, along = (np.concatenate(part).reshape(v.shape) for part in zip(*parts, strict=True))
    return across, along


def _lost(d: int, r: float, v: Array, lie: Array) -> tuple[Array, Array]:
    from scipy.special import chdtrc, chndtr

    x, far = r * r / v, lie**2 / v
    Q, Q2, Q4 = (
        np.where(far < 1e-12, chdtrc(d + j, x), 1 - chndtr(x, d + j, far)) for j in (0, 2, 4)
    )
    Q = np.maximum(Q, LEAST_CHANCE)
    mean = lie * Q2 / Q
    along, across, weights = _rule(d, r)
    log_ratio = (  # of p to g
        np.log(passes(d, r))
        - 0.5 * d * np.log(v)[:, None]
        - ((along - lie[:, None]) ** 2 + across) / (2 * v[:, None])
        + 0.5 * (along**2 + across)
    )
    believed = 1 / (1 + np.exp(np.minimum(np.log(Q)[:, None] - log_ratio, 700.0)))
    F_across = v * Q2 + Q * ((believed * across) @ weights) / (d - 1)
    gaps = (along - mean[:, None]) ** 2
    F_along = v * Q2 + lie**2 * Q4 - Q * mean**2 + Q * ((believed * gaps) @ weights)
    return np.asarray(F_across), np.asarray(F_along)
