"""Verdicts of bounds; how the chance of a wrong one is spent is told in `verify`."""

from __future__ import annotations

import math

from nashbox.experiments.audit.base import Gain


def verdict(gain: Gain, epsilon: float) -> str:
    """profitable, none_above_epsilon or undecided."""
    if gain.lower > epsilon:
        return "profitable"
    return "none_above_epsilon" if gain.upper <= epsilon else "undecided"


def noiseless_gain(
    penalty: float, penalty_error: float, best: float, best_error: float, bound: float
) -> Gain:
    """Gain of a best penalty over the audited one; `bound` is below every attainable penalty.

    Nothing finite to be had leaves 0; a finite penalty instead of inf gains inf.
    """
    if math.isinf(penalty):
        infinite = math.inf if math.isfinite(best) else 0.0
        return Gain(infinite, infinite, infinite)
    error = penalty_error + best_error
    estimate = penalty - best
    return Gain(estimate, estimate - error, max(penalty - bound, estimate) + error)


def no_worse(payoff: float, se: float, outside: float, z: float) -> bool | None:
    """Whether a payoff (minus a penalty) is at least what staying away pays, as bounds decide.

    >>> no_worse(1.0, 0.0, 1.0, 3.0), no_worse(1.0, 0.1, 1.5, 3.0), no_worse(1.0, 0.1, 1.1, 3.0)
    (True, False, None)
    """
    if outside == -math.inf:
        return True
    limit, width = outside - 1e-9 * abs(outside), z * se if se else 0.0
    if payoff - width >= limit:
        return True
    return False if payoff + width < limit else None
