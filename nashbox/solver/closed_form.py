"""Symmetric Bernoulli in closed form: the gambler's ruin, as a check of the recursions.

P(1|1) = q = 1 - P(1|0), prior 1/2. The posterior depends on the difference d of the counts, odds
r^d with r = q/(1-q), and the walk stops at |d| = k, the least k with r^k >= (1 - beta)/beta.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from nashbox.problem.errors import InputError


@dataclass(frozen=True)
class Ruin:
    """k net observations to stop, P(wrong declaration), E[tau] in iterations; all exact."""

    net: int
    error: Fraction
    expected_time: Fraction


def symmetric_bernoulli(q: Fraction, beta: Fraction) -> Ruin:
    """Solve P(1|1) = q > 1/2, P(1|0) = 1 - q at prior 1/2, 0 < beta < 1/2.

    error = 1/(1 + r^k), E[tau] = k/(2q-1) (r^k - 1)/(r^k + 1).

    >>> symmetric_bernoulli(Fraction(2, 3), Fraction(1, 5)).expected_time
    Fraction(18, 5)
    """
    if not Fraction(1, 2) < q < 1:
        raise InputError(f"q must be in (1/2, 1), got {q}")
    if not 0 < beta < Fraction(1, 2):
        raise InputError(f"beta must be in (0, 1/2), got {beta}")
    ratio, k = q / (1 - q), 1
    while ratio**k < (1 - beta) / beta:
        k += 1
    power = ratio**k
    return Ruin(k, 1 / (1 + power), k / (2 * q - 1) * (power - 1) / (power + 1))
