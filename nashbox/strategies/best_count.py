"""The exact best count: the n that minimises best_risk(n) + c n, searched to the end of the box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.channel import Channel

Array = NDArray[np.float64]

ENUMERATED = 200_000  # whole numbers examined one by one; beyond, by bracketing


def best_count(channel: Channel, cost: float, *, integer: bool) -> tuple[float, float]:
    """Return the best n >= 0 and its penalty; (0, inf) if no finite penalty can be had.

    The box is closed: collecting n costs c n, so no n beyond (a penalty that can be had)/c can
    be better. Costs of inf leave n = 0.
    """
    nothing = float(channel.best_risk(np.float64(0.0)))
    if np.isinf(cost):
        return 0.0, nothing

    def price(n: Array) -> Array:
        return channel.best_risk(n) + cost * n

    if integer:
        probe = np.unique(np.rint(np.geomspace(1, 1e12, 121)))
        best_known = min(nothing, float(price(probe).min()))
        top = int(np.floor(best_known / cost)) + 1
        if top <= ENUMERATED:
            grid = np.arange(top + 1.0)
        else:  # bracket on a coarse grid, then look at every number near its best
            coarse = np.unique(np.rint(np.linspace(0, top, 20_001)))
            at, reach = coarse[int(np.argmin(price(coarse)))], np.ceil(top / 20_000) + 1
            grid = np.arange(max(0.0, at - reach), at + reach + 1)
        values = price(grid)
        best = int(np.argmin(values))
        return float(grid[best]), float(values[best])
    return _best_real(channel, cost, nothing)


def _best_real(channel: Channel, cost: float, nothing: float) -> tuple[float, float]:
    """Globally on a fine grid, then to the root of the derivative beside its best point."""
    from scipy.optimize import brentq

    def slope(n: float) -> float:
        return channel.slope(n) + cost

    probe = np.geomspace(1e-9, 1e12, 2101)
    values = channel.best_risk(probe) + cost * probe
    j = int(np.argmin(values))
    n, best = float(probe[j]), float(values[j])
    low, high = float(probe[max(j - 1, 0)]), float(probe[min(j + 1, probe.size - 1)])
    if slope(low) < 0 < slope(high):
        n = float(brentq(slope, low, high, xtol=1e-300, rtol=8.9e-16))
        best = float(channel.best_risk(np.float64(n))) + cost * n
    return (0.0, nothing) if nothing <= best else (n, best)
