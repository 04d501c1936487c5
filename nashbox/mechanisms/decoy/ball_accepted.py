"""Risks of weighting a joint decoy's answer as it comes, in closed form; mu = 0.

With X the mean of q own points and g = W - X: Var g = sigma^2 (1/q + 1/N), E[X | g] = -g N/(q + N).
Y = X + Delta is compared by e = g - Delta; told is P e within the ball, P sd M_k of N(0, 1) cut to
it else. Within the ball all is quadratic in e, whose truncated moments `quadratic` has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nashbox.mechanisms.decoy.ball import passes
from nashbox.mechanisms.decoy.quadratic import moments
from nashbox.problem.arrays import Array
from nashbox.problem.plays import Play


class JointDecoyRule(Protocol):
    """sigma, sd, actual N and radius of a joint decoy."""

    @property
    def sigma(self) -> float:
        """Standard deviation of a point."""

    @property
    def sd(self) -> float:
        """Posted standard deviation of W - Y."""

    @property
    def others(self) -> tuple[float, ...]:
        """The others' points, by distribution."""

    @property
    def radius(self) -> float:
        """Of the ball, in posted standard deviations."""


def accepted(rule: JointDecoyRule, plays: Sequence[Play]) -> tuple[float, float]:
    """Sum of E h_k^2 of h = (1 - w) X-bar + w I (n, s, q >= 1, no weight: 1), and an error."""
    v, d, N = rule.sigma**2, len(plays), np.array(rule.others)
    n, s, q, shift = (
        np.array([getattr(p, key) for p in plays], dtype=float) for key in ("n", "s", "q", "shift")
    )
    w = np.array([1.0 if p.weight is None else p.weight for p in plays])
    mine = (1 - w) * q / n + w
    rest = ((1 - w) * (n - q) / n) ** 2 * v / np.where(n > q, n - q, np.inf)
    var_e = v * (1 / q + 1 / N) / rule.sd**2
    inside = passes(d, rule.radius)
    chance, first, second, error = moments(rule.radius**2, var_e, -shift / rule.sd)
    share, carried = w * N / (s + N) * inside, -mine * N / (q + N)
    # in units of e: error = w Delta + carried (e + Delta) + share e if told the truth
    constant = w * shift + carried * shift

    def squared(rate: Array, zeroth: float, once: Array, twice: Array) -> Array:
        """E (constant + rate sd u)^2 over an event with these moments of u."""
        slope = rate * rule.sd
        return np.asarray(constant**2 * zeroth + 2 * constant * slope * once + slope**2 * twice)

    mean = -shift / rule.sd
    passed = squared(carried + share, chance, first, second)
    failed = squared(carried, 1 - chance, mean - first, mean**2 + var_e - second)
    told = (share * rule.sd) ** 2 * passes(d + 2, rule.radius) / inside * (1 - chance)
    total = float((passed + failed + told + mine**2 * v / (q + N) + rest).sum())
    return total, 1e-11 * total + error * float((constant**2 + (rule.sd * rule.radius) ** 2).sum())
