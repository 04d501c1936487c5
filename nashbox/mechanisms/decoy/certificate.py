"""Below what no count and no lie brings an agent's penalty under a decoy.

The penalty of n points and a lie d is p(n, d) = F/n + J/(n+N) + c n (sigma = 1), where F and J
depend on a = t/sd and d/sd, sd^2 = 1/n + 1/N. a grows with n. Three ranges of it make the proof:

* PROVEN[0] <= a <= PROVEN[1]: honesty is best, F(l) >= F(0) for every lie l (computed: proven
  inequalities in floating point on boxes that cover everything, by tests/decoy_boxes.py), and
  p(n, 0) is strictly convex in n, so that its least value is all there is to know.
* a above: F(0) < 3e-36, so that J <= 1 costs no more than 3e-36/n.
* a < NARROW: psi >= q, and the derivative of psi by the lie is z phi(z) less its mean over the
  window, |(z phi)'| <= phi(0): J <= (1/q) phi(0)^2 (2a)^3/12 = 2 a^4/(3 pi Q). Q is least without
  a lie (Anderson). So p >= (1 - J)/n + c n with the bound of J at a = NARROW, wherever a is less.
"""

from __future__ import annotations

import numpy as np

from nashbox.mechanisms.decoy.told import lost

PROVEN = (0.3, 13.19)  # of a: where honesty is known to be the best submission
NARROW, WIDE = 0.5, 13.0  # of a: where the other two arguments take over
BEYOND = 3e-36  # of F(0) at a = WIDE
ROUNDING = 1e-11  # relative, of F


def let_through(a: float) -> float:
    """Most that J can be for any lie: 2 a^4/(3 pi Q).

    >>> round(let_through(0.5), 4)
    0.0215
    """
    from scipy.special import ndtr

    return float(min(1.0, 2 * a**4 / (3 * np.pi * 2 * ndtr(-a))))


def kept_whatever_lie(a: float) -> float:
    """A bound that F = 1 - J is not below at this a, for any lie."""
    if a < PROVEN[0]:
        return 1 - let_through(a)
    return float(lost(a)) * (1 - ROUNDING) if a <= PROVEN[1] else 0.0


def floor(t: float, others: float, cost: float, best: float) -> float:
    """A penalty that no count and no lie is below; sigma = 1.

    best: the least of p(n, 0). t: half window. cost > 0 per point.
    """
    v = (t / NARROW) ** 2  # 1/n + 1/N where a = NARROW
    least = np.inf
    if t > 0 and v > 1 / others:
        least = 1 / (v - 1 / others)
    kept = 1 - let_through(NARROW)
    n = min(least, float(np.sqrt(kept / cost)))  # kept/n + c n falls up to its least value
    narrow = kept / n + cost * n
    return min(best - BEYOND * _widest(t, others), narrow)


def _widest(t: float, others: float) -> float:
    """1/n where a = WIDE, 0 where it is never reached."""
    return max((t / WIDE) ** 2 - 1 / others, 0.0)
