"""The least excess of truthful rules, tabulated: a smooth function to search with.

log f over (logit x/T, log(T - 1)), interpolated linearly, with a margin for what that may add;
beyond f = 1 nothing truthful exists, and what is returned is the excess of who is told nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.rules.bound.pearson import darkness

Array = NDArray[np.float64]

LOGITS = np.linspace(-9.5, 4.0, 46)  # of x/T
LOGS = np.linspace(-6.0, 5.5, 36)  # of T - 1
TINY = 1e-14
MARGIN = 0.013  # relative: largest error seen of the interpolation


@cache
def _table() -> Any:
    from scipy.interpolate import RectBivariateSpline

    share, T = np.meshgrid(1 / (1 + np.exp(-LOGITS)), 1 + np.exp(LOGS), indexing="ij")
    f = darkness((share * T).ravel(), T.ravel()).reshape(T.shape)
    return RectBivariateSpline(LOGITS, LOGS, np.log(np.clip(f, TINY, 1.0)), kx=1, ky=1, s=0)


def surface(x: Array, T: Array) -> Array:
    """E(x, T) for 0 <= x <= T, elementwise; 0 where T <= 1, and where next to nothing is owed."""
    x, T = np.broadcast_arrays(x, T)
    some = (x > 0) & (x < T) & (T > 1)
    out = np.zeros(x.shape)
    x, T = x[some], T[some]
    a = np.log(x / (T - x))
    b = np.clip(np.log(T - 1), LOGS[0], LOGS[-1])
    f = (1 - MARGIN) * np.exp(_table().ev(np.clip(a, LOGITS[0], LOGITS[-1]), b))
    out[some] = np.where(a < LOGITS[0], 0.0, f * (1 / x - 1 / T))
    return out
