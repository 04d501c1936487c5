"""Risks of deviations in CBL's corrupted branch, by quadrature over D; mu = 0.

Given D = d the own mean X-bar and the answer I are jointly normal: see `channel`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.problem.arrays import Array
from nashbox.problem.channel import ROUNDING
from nashbox.problem.plays import Play

if TYPE_CHECKING:
    from nashbox.mechanisms.cbl.channel import CorruptChannel


def _nodes(points: int) -> tuple[Array, Array]:
    """Trapezoidal nodes and weights for E[f(x)], x ~ N(0, 1): spectrally accurate for smooth f."""
    x = np.linspace(-9.0, 9.0, points)
    w = np.exp(-0.5 * x * x)
    return x, w / w.sum()


@dataclass(frozen=True, eq=False)
class _GivenD:
    """Moments of (X-bar, I) given D, for every node x; mu = 0."""

    mean_x: Array
    var_x: float
    mean_i: Array
    var_i: Array
    cov: Array
    weights: Array


def _given_discrepancy(channel: CorruptChannel, play: Play, points: int) -> _GivenD:
    v, z = channel.sigma**2, channel.clean
    x, weights = _nodes(points)
    var_d = v / play.q + v / z
    d = play.shift + np.sqrt(var_d) * x
    precision = channel.corrupted / (v + channel.alpha**2 * d**2)  # of Z'
    certain = (play.s + z) / v
    share = certain / (certain + precision)  # of Y u Z in I
    y, zz = play.s / (play.s + z), z / (play.s + z)
    # rows: X-bar, M = mean(Y u Z); X-bar_q is a part of X-bar, so cov(X-bar, X-bar_q) = v/n
    var_x, var_m = v / play.n, y**2 * v / play.q + zz**2 * v / z
    cov_xm = y * v / play.n
    cov_xd, cov_md = v / play.n, y * v / play.q - zz * v / z
    centred = np.sqrt(var_d) * x / var_d
    given_xx = var_x - cov_xd**2 / var_d
    given_mm = var_m - cov_md**2 / var_d
    given_xm = cov_xm - cov_xd * cov_md / var_d
    noise = np.where(precision > 0, (1 - share) ** 2 / np.maximum(precision, 1e-300), 0.0)
    return _GivenD(
        mean_x=cov_xd * centred,
        var_x=given_xx,
        mean_i=share * (y * play.shift + cov_md * centred),
        var_i=share**2 * given_mm + noise,
        cov=share * given_xm,
        weights=weights,
    )


GRIDS = (201, 401, 801, 1601, 3201)


def quadrature_risk(channel: CorruptChannel, play: Play) -> tuple[float, float]:
    """Risk of a play with n, s >= 1 by quadrature, and the change under a coarser channel.

    h = (1 - w) X-bar + w I; Pitman's risk is Var(X-bar) - E[E[X-bar | I - X-bar]^2].
    """
    if play.weight is None:
        return _pitman_risk(channel, play)
    fine, coarse = (_quadrature(channel, play, points) for points in (1201, 601))
    return fine, abs(fine - coarse) + 1e-10 * fine


def _pitman_risk(channel: CorruptChannel, play: Play) -> tuple[float, float]:
    """Var(X-bar) - E[E[X-bar | u]^2] on ever finer grids, until they hold all of the mass of u.

    Where even the finest does not, the risk of the own mean stands, with the whole of it as error.
    """
    own = channel.sigma**2 / play.n
    if channel.corrupted == 0:  # I shows Z exactly
        exact = float(MeanChannel(channel.sigma, channel.clean).best_risk(np.float64(play.n)))
        return exact, ROUNDING * exact
    previous = None
    for points in GRIDS:
        grid, correction, density = _pitman(channel, play, points)
        step = grid[1] - grid[0]
        if abs(float(density.sum() * step) - 1) > 1e-7:
            continue
        risk = float(own - (density * correction**2).sum() * step)
        if previous is not None and abs(risk - previous) < 1e-7 * own and 0 <= risk <= own:
            return risk, abs(risk - previous) + 1e-9 * own
        previous = risk
    return own, own


def _quadrature(channel: CorruptChannel, play: Play, points: int) -> float:
    assert play.weight is not None  # noqa: S101 - Pitman's estimator has its own way
    given, w = _given_discrepancy(channel, play, points), play.weight
    bias = (1 - w) * given.mean_x + w * given.mean_i
    variance = (1 - w) ** 2 * given.var_x + w**2 * given.var_i + 2 * w * (1 - w) * given.cov
    return float(given.weights @ (bias**2 + variance))


def _pitman(channel: CorruptChannel, play: Play, points: int) -> tuple[Array, Array, Array]:
    """Return a grid of u = I - X-bar with E_0[X-bar | u] and the density of u."""
    given = _given_discrepancy(channel, play, points)
    mean_u = given.mean_i - given.mean_x
    var_u = np.maximum(given.var_i + given.var_x - 2 * given.cov, 1e-300)
    cov_xu = given.cov - given.var_x
    sd = np.sqrt(var_u)
    likely = given.weights > 1e-17
    low = float((mean_u - 9 * sd)[likely].min())
    high = float((mean_u + 9 * sd)[likely].max())
    u = np.linspace(low, high, points)[:, None]
    parts = given.weights * np.exp(-0.5 * ((u - mean_u) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
    density = parts.sum(axis=1)
    inner = (parts * (given.mean_x + cov_xu / var_u * (u - mean_u))).sum(axis=1)
    correction = np.where(density > 1e-290, inner / np.maximum(density, 1e-290), 0.0)
    return u[:, 0], correction, density


@lru_cache(maxsize=256)
def pitman_table(
    channel: CorruptChannel, n: float, s: float, q: float, shift: float
) -> tuple[Array, Array]:
    """Grid of u = I - X-bar and E_0[X-bar | u], for n, s >= 1."""
    if channel.corrupted == 0:  # u is linear in Z - X-bar: regress exactly
        v, z = channel.sigma**2, channel.clean
        share = s / (s + z)
        reach = 12 * np.sqrt(v / q + v / n + v / z) + abs(shift)
        u = np.linspace(-reach, reach, 3)
        # I - X-bar = share (Y - X-bar) + (1 - share)(Z - X-bar); exact where Y is X-bar + Delta
        gap = (u - share * shift) / (1 - share)
        return u, -gap * z / (n + z)
    for points in GRIDS[2:]:
        grid, correction, density = _pitman(channel, Play(n, s, q, shift, None), points)
        if abs(float(density.sum() * (grid[1] - grid[0])) - 1) < 1e-7:
            return grid, correction
    return grid, np.zeros(grid.size)  # not resolved: use the own mean
