"""The mirror for one agent and one distribution: the window that makes n points optimal.

The window is the largest at which the penalty of n honest points is stationary in n, one root in
the half window; it is used only where `mirror_certificate` holds for it. Whole numbers take the
same window: n is then best among all real counts.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nashbox.mechanisms.decoy.mirror import lost_by_mirror
from nashbox.mechanisms.decoy.mirror_certificate import holds
from nashbox.mechanisms.threshold.tuning import Tuned

SCAN = np.linspace(9.0, 0.3, 80)  # half windows, in standard deviations
STEP = 1e-5  # relative, of the difference quotient in n


def mirror_window(n: float, N: float, c: float) -> float | None:
    """The largest stationary half window, in standard deviations; sigma = 1.

    >>> x = 2.5284 / 8
    >>> round(mirror_window(x, 7 * x, 1.0), 3)
    3.525
    """
    from scipy.optimize import brentq

    sd = float(np.sqrt(1 / n + 1 / N))

    def slope(a: float) -> float:
        counts = n * np.array([1 - STEP, 1 + STEP])
        F = lost_by_mirror(a * sd / np.sqrt(1 / counts + 1 / N))
        prices = F / counts + (1 - F) / (counts + N) + c * counts
        return float(prices[1] - prices[0])

    values = np.array([slope(float(a)) for a in SCAN])
    down = np.flatnonzero(values < 0)
    if not down.size or down[0] == 0:
        return None
    j = int(down[0])
    return float(brentq(slope, SCAN[j], SCAN[j - 1], xtol=1e-13, rtol=8.9e-16))


@lru_cache(maxsize=20_000)
def tuned_mirror(n: float, others: float, cost: float, sigma: float, integer: bool) -> Tuned | None:
    """The best mirror for n points owed, or None where none is certain."""
    if not (n > 0 and others > 0 and np.isfinite(cost)):
        return None
    c = cost / sigma**2
    a = mirror_window(n, others, c)
    if a is None:
        return None
    t = a * float(np.sqrt(1 / n + 1 / others))
    if not holds(t, n, others, c):
        return None
    excess = float(lost_by_mirror(a)) * (1 / n - 1 / (n + others))
    return Tuned(float("nan"), sigma * t, sigma**2 * excess)
