"""Control variates: functions of a world whose means are exactly 0, and how much of them to take.

Coefficients are fitted on worlds of the search and applied to fresh ones, so that what is left has
the same mean as before, whatever the coefficients are (Glasserman 2003, section 4.1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WORLDS_EACH = 20  # fitted worlds per coefficient, below which noise would be added


def coefficients(values: Array, controls: Array, usual: Array) -> Array:
    """How much of each control (R, q) to take off values (R,): (q,).

    Least squares where there are WORLDS_EACH worlds for every control that moves; else what theory
    takes (`usual`), or nothing, whichever leaves less.

    >>> x = np.linspace(-1, 1, 101)
    >>> coefficients(3 * x + 7, np.column_stack([x, np.zeros(101)]), np.ones(2)).round(9).tolist()
    [3.0, 0.0]
    """
    nothing = np.zeros(controls.shape[1])
    if not controls.size or not np.isfinite(values).all() or not np.ptp(values):
        return nothing
    spread = controls.std(axis=0)
    moves = np.isfinite(spread) & (spread > 0)
    if values.size < WORLDS_EACH * np.count_nonzero(moves):
        usual = np.where(moves, usual, 0.0)
        return usual if np.std(values - controls @ usual) < np.std(values) else nothing
    kept = controls[:, moves] / spread[moves]
    kept = kept - kept.mean(axis=0)
    nothing[moves] = np.linalg.lstsq(kept, values - values.mean(), rcond=1e-9)[0] / spread[moves]
    return nothing
