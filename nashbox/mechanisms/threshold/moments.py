"""Risks of deviations under the threshold rule, by quadrature in one dimension; mu = 0.

With X the mean of q own points, b = W - X and g = Z - X: b has variance v (1/q + 1/N), and given
b, g is normal with mean b and variance v (1/z - 1/N). Y = X + Delta passes if |Delta - g| <= t.
E[X | b, g] = -b N/(q + N), and if only g is known E[X | g] = -g z/(q + z).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from nashbox.mechanisms.gauss import legendre
from nashbox.problem.arrays import Array
from nashbox.problem.plays import Play

SPAN = 9.5  # standard deviations that hold all of the mass
PANELS, ORDER = 10, 24


class MeansRule(Protocol):
    """sigma, N and t of a rule that compares means."""

    @property
    def sigma(self) -> float:
        """Standard deviation of a point."""

    @property
    def others(self) -> float:
        """The number N of all points of the others."""

    @property
    def t(self) -> float:
        """The largest difference that passes."""


class ThresholdRule(MeansRule, Protocol):
    """Also z of a threshold rule."""

    @property
    def clean(self) -> float:
        """The number z of points compared with."""


@dataclass(frozen=True)
class Reception:
    """What a play meets on one distribution; errors are mean squared ones.

    chance: of passing. passed: E[error of the estimate from the full mean; passed]. failed: E[error
    of the estimate from own points and Z]. failed_if_passed: the part of `failed` on worlds that
    pass. error: a bound of the numerical error of each of these three; chance_error: of the chance.
    """

    chance: float
    passed: float
    failed: float
    failed_if_passed: float
    error: float
    chance_error: float

    def risk(self) -> tuple[float, float]:
        """The error of who passes or fails, and a bound of its numerical error."""
        return self.passed + self.failed - self.failed_if_passed, self.error


def nodes(breaks: Array, order: int = ORDER, panels: int = PANELS) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on every interval between sorted breaks."""
    x, w = legendre(order)
    parts = np.concatenate(
        [np.linspace(lo, hi, panels + 1)[:-1] for lo, hi in pairwise(breaks)] + [breaks[-1:]]
    )
    half, centre = np.diff(parts) / 2, (parts[1:] + parts[:-1]) / 2
    return (centre[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()


def density(x: Array, variance: float) -> Array:
    """Normal density with mean 0."""
    return np.asarray(np.exp(-0.5 * x * x / variance) / np.sqrt(2 * np.pi * variance))


def pass_given_b(rule: ThresholdRule, b: Array, shift: float) -> Array:
    """P(|Delta - g| <= t | b)."""
    from scipy.special import ndtr

    sd = rule.sigma * np.sqrt(max(1 / rule.clean - 1 / rule.others, 1e-300))
    return np.asarray(ndtr((shift + rule.t - b) / sd) - ndtr((shift - rule.t - b) / sd))


def _within(reach: float, *points: float) -> Array:
    inner = [p for p in points if -reach < p < reach]
    return np.unique([-reach, *inner, reach])


def verdict_moments(rule: ThresholdRule, play: Play) -> Reception:
    """Moments of h = (1 - w) X-bar + w I for a play with s, q >= 1 and a weight."""
    fine, coarse = (_moments(rule, play, order) for order in (ORDER, ORDER // 2))
    off, *others = (abs(x - y) for x, y in zip(fine, coarse, strict=True))
    error = max(others) + 1e-12 * (fine[1] + fine[2])
    return Reception(*fine, error=error, chance_error=off + 1e-12)


def _moments(rule: ThresholdRule, play: Play, order: int) -> tuple[float, float, float, float]:
    assert play.weight is not None  # noqa: S101 - Pitman's estimator has its own way
    v, z, N = rule.sigma**2, rule.clean, rule.others
    n, s, q, shift, w = play.n, play.s, play.q, play.shift, play.weight
    # X-bar is (q X + the rest)/n; the rest is independent of everything else
    mine = (1 - w) * q / n + w
    rest = ((1 - w) * (n - q) / n) ** 2 * v / (n - q) if n > q else 0.0
    var_b, var_g = v * (1 / q + 1 / N), v * (1 / q + 1 / z)
    b, weights = nodes(_within(SPAN * np.sqrt(var_b), shift - rule.t, shift + rule.t), order)
    mass = weights * density(b, var_b) * pass_given_b(rule, b, shift)
    u = (s * shift + N * b) / (s + N)
    full = (w * u - mine * b * N / (q + N)) ** 2 + mine**2 * v / (q + N) + rest
    g, weights = nodes(_within(SPAN * np.sqrt(var_g), shift - rule.t, shift + rule.t), order)
    weights = weights * density(g, var_g)
    u = (s * shift + z * g) / (s + z)
    part = (w * u - mine * g * z / (q + z)) ** 2 + mine**2 * v / (q + z) + rest
    inside = np.abs(shift - g) <= rule.t
    return (
        float(mass.sum()),
        float(mass @ full),
        float(weights @ part),
        float(weights[inside] @ part[inside]),
    )


@dataclass(frozen=True, eq=False)
class PitmanCurve:
    """E_0[X-bar | u], u = I - X-bar, for n points collected and s handed in at X-bar + Delta."""

    rule: ThresholdRule
    n: float
    s: float
    shift: float

    def joint(self, u: Array) -> tuple[Array, Array]:
        """Density of u, and density times E_0[X-bar | u]."""
        r, v = self.rule, self.rule.sigma**2
        z, N, n, s, shift = r.clean, r.others, self.n, self.s, self.shift
        b, g = ((s + N) * u - s * shift) / N, ((s + z) * u - s * shift) / z
        passed = density(b, v / n + v / N) * (s + N) / N * pass_given_b(r, b, shift)
        failed = density(g, v / n + v / z) * (s + z) / z * (np.abs(shift - g) > r.t)
        return passed + failed, -(passed * b * N / (n + N) + failed * g * z / (n + z))

    def correction(self, u: Array) -> Array:
        """E_0[X-bar | u]."""
        total, moment = self.joint(u)
        return np.where(total > 1e-290, moment / np.maximum(total, 1e-290), 0.0)

    def risk(self) -> tuple[float, float]:
        """Var(X-bar) - E[E[X-bar | u]^2], and the change under a coarser rule."""
        fine, coarse = (self._risk(order) for order in (ORDER, ORDER // 2))
        return fine, abs(fine - coarse) + 1e-12 * self.rule.sigma**2 / self.n

    def _risk(self, order: int) -> float:
        r, v = self.rule, self.rule.sigma**2
        z, N, n, s, shift = r.clean, r.others, self.n, self.s, self.shift
        from_b = [(s * shift + N * (shift + x)) / (s + N) for x in (-r.t, r.t)]
        from_g = [(s * shift + z * (shift + x)) / (s + z) for x in (-r.t, r.t)]
        reach = SPAN * np.sqrt(v / n + v / z) + abs(shift)
        u, weights = nodes(_within(float(reach), *from_b, *from_g), order, 2 * PANELS)
        total, moment = self.joint(u)
        some = total > 1e-290
        return float(v / n - weights[some] @ (moment[some] ** 2 / total[some]))
