"""Trimmed means and what goes with them, for decoys that are to bear heavy symmetric tails.

Of n points floor(share n) are left out at either end. The variance of what is left is that of the
points with the ends pulled in (winsorised) over (1 - 2 share)^2 n.
"""

from __future__ import annotations

import math

import numpy as np

from nashbox.problem.arrays import Array, Counts

ROUNDING = 1e-9  # so that a tenth of 30 is 3


def cut(n: Counts | int, share: float) -> Counts:
    """Points left out at either end of n."""
    return np.asarray(np.floor(share * n + ROUNDING), dtype=np.int64)


def row_sums(x: Array) -> Array:
    """Sums of rows, NaN counting for nothing; exact for the one world of an exchange."""
    if len(x) == 1:
        return np.array([math.fsum(v for v in x[0].tolist() if v == v)])
    return np.asarray(np.where(np.isnan(x), 0.0, x).sum(axis=1))


def centre_and_spread(points: Array, share: float) -> tuple[Array, Array]:
    """Trimmed means, and the variance per point that they have, (R,); points (R, w), NaN: none.

    The mean is NaN without a point, the variance with fewer than two that are left.
    """
    x = np.sort(points, axis=1)  # NaN last
    counts = (~np.isnan(x)).sum(axis=1)
    mean, variance = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for n in np.unique(counts[counts > 0]):
        rows, g = counts == n, int(cut(n, share))
        kept = x[rows, g : n - g]
        mean[rows] = row_sums(kept) / (n - 2 * g)
        if n - 2 * g > 1:
            ends = kept[:, 0], kept[:, -1]  # g more at either
            centre = (row_sums(kept) + g * (ends[0] + ends[1])) / n
            squares = row_sums((kept - centre[:, None]) ** 2)
            squares += g * ((ends[0] - centre) ** 2 + (ends[1] - centre) ** 2)
            variance[rows] = squares / (n - 1) / (1 - 2 * g / n) ** 2
    return mean, variance


def inflation(n: float, share: float) -> float:
    """Variance of the trimmed mean of n normal points over that of the plain one (large n).

    >>> [round(inflation(n, 0.1), 4) for n in (9, 14, 1000)]
    [1.0, 1.0402, 1.0604]
    """
    from scipy.special import ndtri

    g = float(np.floor(share * n + ROUNDING)) / n
    if g == 0:
        return 1.0
    z = -float(ndtri(g))
    inside = (1 - 2 * g) - 2 * z * float(np.exp(-z * z / 2) / np.sqrt(2 * np.pi))
    return (inside + 2 * g * z * z) / (1 - 2 * g) ** 2


def widening(n: float, others: float, share: float) -> float:
    """How much more the difference of trimmed means of normal points scatters than of plain ones.

    >>> round(9.5861 * widening(14, 98, 0.1), 2)
    9.79
    """
    trimmed = inflation(n, share) / n + inflation(others, share) / others
    return float(np.sqrt(trimmed / (1 / n + 1 / others)))
