"""Risks of using a decoy's answer as it comes, by quadrature in one dimension; mu = 0.

With X the mean of q own points and g = W - X, g has variance v (1/q + 1/N) and E[X | g] = -g N/(q +
N). Y = X + Delta is compared by e = g - Delta; M is e within the window, and beyond it
depends on the sign of e at most.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from nashbox.mechanisms.threshold.moments import ORDER, SPAN, MeansRule, density, nodes
from nashbox.problem.arrays import Array
from nashbox.problem.plays import Play


class DecoyRule(MeansRule, Protocol):
    """Also what a decoy tells."""

    def answered(self, m: Array) -> Array:
        """The weighted answer b(m), in units of measurements."""

    def falsehood(self) -> tuple[float, float]:
        """Mean over falsehoods of -sign(e) b, and of b^2."""


def accepted_risk(rule: DecoyRule, play: Play) -> tuple[float, float]:
    """E h^2 of h = (1 - w) X-bar + w I (s, q >= 1, no weight: 1), and a bound of its error."""
    fine, coarse = (_risk(rule, play, order) for order in (ORDER, ORDER // 2))
    return fine, abs(fine - coarse) + 1e-12 * fine


def _risk(rule: DecoyRule, play: Play, order: int) -> float:
    v, N, t = rule.sigma**2, rule.others, rule.t
    n, s, q, shift = play.n, play.s, play.q, play.shift
    w = 1.0 if play.weight is None else play.weight
    # X-bar is (q X + the rest)/n; the rest is independent of everything else
    mine = (1 - w) * q / n + w
    rest = ((1 - w) * (n - q) / n) ** 2 * v / (n - q) if n > q else 0.0
    var_g, share = v * (1 / q + 1 / N), N / (s + N)
    reach = SPAN * float(np.sqrt(var_g))
    ends = [x for x in (shift - t, shift + t) if -reach < x < reach]
    g, weights = nodes(np.unique([-reach, *ends, reach]), order)
    weights = weights * density(g, var_g)
    e = g - shift
    inside, carried = np.abs(e) <= t, -mine * g * N / (q + N)
    told = rule.answered(np.where(inside, e, 0.0))
    error = (w * (shift + share * told) + carried) ** 2
    once, twice = rule.falsehood()
    known = w * shift + carried - w * share * np.sign(e) * once
    failed = known**2 + (w * share) ** 2 * (twice - once**2)
    total = float(weights @ np.where(inside, error, failed))
    return total + mine**2 * v / (q + N) + rest
