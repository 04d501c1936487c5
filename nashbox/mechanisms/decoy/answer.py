"""The answer of a decoy: what is told, weighted as an honest agent should weight it.

Told M (see `told`; here in units of measurements), who owes n* points and is honest expects

    b(M) = M phi(M/s)/s / (phi(M/s)/s + q),   s = sigma sqrt(1/n* + 1/N),   q = P(|e| > t)/(2t)

of W - Y, and the answer Y + N/(n + N) b(M) is her posterior mean of mu: accepting it is optimal. b
rises on the window, since b' > 0 iff phi/q > x^2 - 1 (x in units of s), phi/q falls, and at the
window's end a it is a phi(a)/Qc(a) > a^2. So b(M) tells exactly as much as M.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nashbox.mechanisms.decoy.told import LEAST, MOST
from nashbox.mechanisms.gauss import ROOT_2_PI
from nashbox.problem.arrays import Array

STEPS = 60  # halvings that invert b


def weighted(m: Array, t: Array | float, s: Array | np.float64 | float) -> Array:
    """b(m), elementwise; s: standard deviations of e for the honest, broadcast to m."""
    from scipy.special import log_ndtr

    a = np.clip(t / s, LEAST, MOST)
    # q s sqrt(2 pi) e^(x^2/2), by logarithms
    odds = log_ndtr(-a) - np.log(a) + np.log(ROOT_2_PI) + 0.5 * (m / s) ** 2
    return np.asarray(m / (1 + np.exp(np.minimum(odds, 700.0))))


def unweighted(b: Array, t: float, answered: Callable[[Array], Array]) -> Array:
    """The told value m within [-t, t] with answered(m) = b, by bisection."""
    low, high = np.full(np.shape(b), -t), np.full(np.shape(b), t)
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        up = answered(middle) < b
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.asarray(0.5 * (low + high))
