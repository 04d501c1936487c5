"""The channel of CBL's corrupted branch: what noise that grows with the discrepancy is worth.

Points Z (z of them) and Z' (z' of them) come from the others. Y's mean differs from Z's by D;
eta^2 = alpha^2 D^2 is added to every point of Z', and I is the precision-weighted mean of Y u Z
and Z' (Algorithm 2, lines 18-23; the weights as in the proof, appendix H.1).

Given D everything is jointly normal, so every risk is an integral over x = (D - Delta)/sd(D).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.mean_channel import MeanChannel, mean_risk
from nashbox.mechanisms.resampled import compared
from nashbox.problem.arrays import Array
from nashbox.problem.channel import ROUNDING, Channel, columns
from nashbox.problem.plays import Play
from nashbox.problem.responses import STRAIGHT, Bend


@dataclass(frozen=True)
class CorruptChannel(Channel):
    """Case C of Algorithm 2. clean: |Z|. corrupted: |Z'|. alpha: the corruption coefficient."""

    scales: ClassVar[bool] = True

    sigma: float
    clean: float
    corrupted: float
    alpha: float

    def best_risk(self, n: Array | np.float64) -> Array:
        """R(n) of eq. 64: no submission and no estimator does better than honesty after n.

        The full-information bound E[Var(mu | X, Z, Z', eta)] is smallest for an honest submission
        (Hardy-Littlewood, appendix H.1), and accepting I attains it. n = 0: the mean of Z alone.
        """
        n = np.asarray(n, dtype=float)
        collected = np.maximum(n, 1e-30)
        return np.where(
            n > 0, self._honest(collected), mean_risk(self.sigma, np.float64(self.clean))
        )

    def _honest(self, n: Any) -> Any:
        """R(n) in closed form: E[1/(P + Q x^2)] = sqrt(pi/(2 P Q)) erfcx(sqrt(P/(2 Q))).

        >>> channel = CorruptChannel(sigma=10.0, clean=10.0, corrupted=180.0, alpha=3.936428691)
        >>> round(float(channel.best_risk(np.float64(10.0))) + 0.05 * 10, 9)
        1.815832751
        """
        v = self.sigma**2
        if self.regular:
            return _accepted(n, v, self.clean, self.corrupted, self.alpha)
        if self.clean == 0:
            return v / n
        return v / (self.corrupted + n + self.clean)

    @property
    def regular(self) -> bool:
        """Whether noise is added to anything."""
        return self.clean > 0 and self.corrupted > 0 and self.alpha > 0

    @classmethod
    def best_risks(cls, channels: Sequence[CorruptChannel]) -> Callable[[Array], Array]:
        """The same of many."""
        sigma, *rest = columns([(c.sigma, c.clean, c.corrupted, c.alpha) for c in channels])
        nothing = mean_risk(sigma, rest[0])
        return lambda n: np.where(n > 0, _accepted(np.maximum(n, 1e-30), sigma**2, *rest), nothing)

    def slope(self, n: float) -> float:
        """R'(n) by a complex step, exact to machine precision."""
        step = 1e-20 * n
        return float(np.imag(self._honest(np.complex128(complex(n, step)))) / step)

    def best_play(self, n: float) -> Play:
        """Honesty; who has nothing gets the mean of Z."""
        return Play.truthful(n)

    def risk(self, play: Play) -> tuple[float, float]:
        """Closed form for honest submissions, quadrature for the others."""
        if self.clean == 0:
            own = float(mean_risk(self.sigma, np.float64(play.n)))
            return own, 0.0 if np.isinf(own) else ROUNDING * own
        if play.s == 0:  # the mean of Z, with the own mean or without
            z_only = MeanChannel(self.sigma, self.clean)
            return z_only.risk(play)
        if play.n == 0:  # fakes infinitely far from mu: the noise drowns Z', the fakes remain
            if play.weight is None:
                value = float(mean_risk(self.sigma, np.float64(self.clean)))
                return value, ROUNDING * value
            return float("inf"), 0.0
        honest_part = play.honest and play.weight in (1.0, None) and play.s == play.n
        if honest_part:
            value = float(self._honest(np.float64(play.n)))
            return value, ROUNDING * value
        return quadrature_risk(self, play)

    def estimate(self, play: Play, own: Array, submitted: Array, information: Array) -> Array:
        """X-bar - E_0[X-bar | I - X-bar], tabulated by quadrature."""
        if self.clean == 0 and play.n > 0:  # nothing of the others is shown
            return own
        if play.n == 0:
            # what she made up is known to her; far from mu the answer is (s Y + z Z)/(s + z)
            if play.s > 0 and self.clean > 0:
                s, z = play.s, self.clean
                return np.asarray(((s + z) * information - s * submitted) / z)
            return information
        if play.s == 0:
            best = (play.n * own + self.clean * information) / (play.n + self.clean)
        elif play.honest and play.s == play.n:
            best = information
        else:
            grid, correction = pitman_table(self, play.n, play.s, play.q, play.shift)
            best = own - np.interp(information - own, grid, correction)
        return np.where(np.isnan(information), own, best)

    def examined_risk(self, play: Play) -> tuple[float, float]:
        """Quadrature throughout; accepting is a valid use of the truth, and of one dimension."""
        if play.n == 0 or play.s == 0 or self.clean == 0:
            return self.risk(play)
        if play.s == play.n and play.shift == 0.0:
            return quadrature_risk(self, replace(play, weight=1.0))
        return quadrature_risk(self, play)

    def risk_floor(self, n: float) -> float:
        """E[Var(mu | X, Z, Z', eta)], which honesty attains, by quadrature."""
        if n == 0 or self.clean == 0:
            return super().risk_floor(n)
        risk, error = quadrature_risk(self, Play.truthful(n))
        return risk - error

    def bend(self, n: float, cost: float, price: float, *, integer: bool) -> Bend:
        """Risks are linear in v: the noise grows with the discrepancy, and hence with sigma."""
        return STRAIGHT

    def errors(
        self, counts: NDArray[np.int_], values: Array, worlds: int, rng: np.random.Generator
    ) -> Array:
        """(a M)^2 + (1 - a)^2 (v + eta^2)/z', a the weight of what is clean, v of the data."""
        z, rest, n = int(self.clean), self.corrupted, counts[None, :]
        M, gap = compared(values, counts, z, worlds, rng)
        said, v = self.sigma**2, float(np.mean(values**2))
        eta2 = (self.alpha * gap) ** 2
        share = (n + z) / said / ((n + z) / said + rest / (said + eta2))
        kept = (share * M) ** 2 + (1 - share) ** 2 * (v + eta2) / max(rest, 1)
        return np.asarray(np.where(n > 0, kept, M**2))


def _accepted(n: Any, v: Any, clean: Any, corrupted: Any, alpha: Any) -> Any:
    from scipy.special import erfcx

    C = (n + clean) / v
    b = (alpha**2) * v * (1 / n + 1 / clean)  # eta^2 = b x^2
    P, Q = corrupted + C * v, C * b
    expectation = np.sqrt(np.pi / (2 * P * Q)) * erfcx(np.sqrt(P / (2 * Q)))
    return (1 - corrupted * expectation) / C


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
    """Risk of a play with n, s >= 1 by quadrature, and the change under a coarser rule.

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
