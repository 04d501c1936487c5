"""What a truthful rule costs at least for one agent and one distribution (Neyman and Pearson).

Units: sigma = c = 1. An agent owes x points out of T; the others' N = T - x points have the mean W.
Whatever a translation-equivariant mechanism tells her of W - Y, let M be what she then expects of
it, f = E Var(W - Y | M)/v with v = 1/x + 1/N her share left in the dark, h = 1/x - 1/T. Her penalty
is 1/T + x + h f. If she collects n < x points, hands in their mean with made-up residuals and
believes M clipped to [-r, r] (W - Y in units where v = 1), her loss l satisfies

    0 <= l(e) <= (|e| + r)^2,   E_1 l <= f + tau,   tau = E (|e| - r)_+^2,                    (i)

the last by Jensen. Truth pays only if, with nu = (1/n + 1/N)/v,

    E_nu l >= need = ((n + N)/N)^2 (1/T + h f + x - n - 1/(n + N))/v .                        (ii)

dN(0, nu)/dN(0, 1) rises in |e|, so that under (i) E_nu l is largest for l = (|e| + r)^2 on |e| > s
and 0 else (Neyman, Pearson): f is impossible if that is less than `need`. The largest value is
concave in f, `need` linear, and there are truthful rules for some f: what excludes an f excludes
all smaller ones, so every (n, r) gives a bound, and the best of them is searched.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

SAVED = np.linspace(np.log(1e-6), np.log(0.9), 9)  # log of (x - n)/x
CLIPS = np.linspace(1.0, 8.5, 8)  # r
ZOOMS = (1.0, 0.4, 0.12)  # half widths of later grids, in steps of the first
STEPS = 40  # halvings of s
FARTHEST = 12.0  # s


def _tails(u: Array) -> tuple[Array, Array]:
    """phi(u) and P(x > u)."""
    from scipy.special import ndtr

    return np.exp(-0.5 * u * u) / np.sqrt(2 * np.pi), ndtr(-u)


def largest_loss(s: Array, r: Array, nu: Array | float) -> Array:
    """A = E_nu[(|e| + r)^2; |e| > s]."""
    root = np.sqrt(nu)
    a = s / root
    phi, Q = _tails(a)
    return np.asarray(2 * (nu * (a * phi + Q) + 2 * r * root * phi + r * r * Q))


def excluded(n: Array, r: Array, x: Array, T: Array) -> Array:
    """The f up to which (n, r) excludes every f, elementwise; 0 where it excludes none."""
    N, h = T - x, 1 / x - 1 / T
    v = 1 / x + 1 / N
    nu, scale = (1 / n + 1 / N) / v, ((n + N) / N) ** 2 / v
    saved = 1 / T + x - n - 1 / (n + N)
    phi, Q = _tails(r)
    tau = 2 * ((1 + r * r) * Q - r * phi)

    def spare(s: Array) -> tuple[Array, Array]:
        """The largest loss less what is needed, and f, if l is 0 up to s."""
        f = largest_loss(s, r, 1.0) - tau
        return largest_loss(s, r, nu) - scale * (saved + h * f), f

    low, high = np.zeros(n.shape), np.full(n.shape, FARTHEST)
    for _ in range(STEPS):  # the largest s at which nothing is missing
        middle = 0.5 * (low + high)
        missing = spare(middle)[0] < 0
        low, high = np.where(missing, low, middle), np.where(missing, middle, high)
    return np.maximum(spare(high)[1], 0.0)


def darkness(x: Array, T: Array) -> Array:
    """f that is excluded with all smaller ones, (P,), for 0 < x < T; beyond 1 none is possible."""
    saved, clips = (g[None] for g in np.meshgrid(SAVED, CLIPS, indexing="ij"))
    best, rows = np.zeros(x.shape), np.arange(x.size)
    for zoom in (*ZOOMS, 0.0):
        n = (1 - np.exp(saved)) * x[:, None, None]
        shape = np.broadcast_shapes(n.shape, clips.shape)
        n, r = np.broadcast_to(n, shape), np.broadcast_to(clips, shape)
        found = excluded(n, r, x[:, None, None], T[:, None, None])
        j = found.reshape(x.size, -1).argmax(axis=1)
        best = np.maximum(best, found.reshape(x.size, -1)[rows, j])
        around = zoom * np.linspace(-1, 1, 5)
        centre = [
            np.broadcast_to(g, shape).reshape(x.size, -1)[rows, j, None, None]
            for g in (saved, clips)
        ]
        saved = np.minimum(centre[0] + (SAVED[1] - SAVED[0]) * around[:, None], -0.01)
        clips = np.maximum(centre[1] + (CLIPS[1] - CLIPS[0]) * around, 0.05)
    return best


def least_excess(x: ArrayLike, T: ArrayLike) -> Array:
    """What a truthful rule adds at least to 1/T + x, elementwise; 0 where T <= 1 or x >= T.

    >>> round(float(least_excess(0.1625, 3.25)), 4)
    0.0167
    """
    x, T = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(T, dtype=float))
    some = (x > 0) & (x < T) & (T > 1)
    out = np.zeros(x.shape)
    if some.any():
        f = np.minimum(darkness(x[some], T[some]), 1.0)
        out[some] = f * (1 / x[some] - 1 / T[some])
    return out
