"""Whether two samples come from one law: a test that holds for any law and any sample size.

Sample s of one law and sample s of the other are drawn on the same data with independent dice, or
on independent data. If the laws are the same, swapping the two changes nothing, so that every
difference D_s of something computed of them is as likely D_s as -D_s, and

    P(|sum D_s| > x sqrt(sum D_s^2)) <= 2 exp(-x^2/2)

whatever the law of D_s (Hoeffding's inequality for sums of random signs): heavy tails, dice with
few faces and small samples raise no false alarm. It is a test at x standard errors. Three D are
looked at: of the values, of their squares about a centre, and of whether there is a value. The
centre is a third answer on the same data, or the common mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array


def differ(
    one: Array, other: Array, chance: float, tests: int = 1, third: Array | None = None
) -> bool:
    """Whether two arrays (S, columns) of S independent pairs come from different laws.

    chance: of a false alarm, for all columns of `tests` such calls together. third: answers with
    dice of their own on the same data, about which squares are taken.
    """
    seen = strengths(one, other, third)
    return bool((seen > threshold(seen.size * tests, chance)).any())


def threshold(tests: int, chance: float) -> float:
    """Standard errors beyond which one of `tests` differences is no accident.

    >>> round(threshold(1, 1e-6), 2), round(threshold(1000, 1e-6), 2)
    (5.39, 6.54)
    """
    return float(np.sqrt(2.0 * np.log(2.0 * max(tests, 1) / chance)))


def strengths(one: Array, other: Array, third: Array | None = None) -> Array:
    """|sum D|/sqrt(sum D^2), (3, columns): values, squares about a centre, presence."""
    gone = [~np.isfinite(x) for x in (one, other)]
    both = ~(gone[0] | gone[1])
    scale = np.maximum(largest(one, both), largest(other, both))
    scale = np.where(scale > 0, scale, 1.0)
    a, b = (np.where(both, x, 0.0) / scale for x in (one, other))
    mean = (a + b).sum(axis=0) / np.maximum(2 * both.sum(axis=0), 1)
    centre = mean
    if third is not None:
        near = np.isfinite(third) & (np.abs(third) <= 2 * scale)
        centre = np.where(near, third / scale, mean)
    squares = np.where(both, (a - centre) ** 2 - (b - centre) ** 2, 0.0)
    missing = gone[0].astype(float) - gone[1]
    return np.stack([_strength(d) for d in (a - b, squares, missing)])


def largest(values: Array, where: NDArray[np.bool_]) -> Array:
    """Largest size of a column's entries, 0 where there is none."""
    return np.asarray(np.abs(np.where(where, values, 0.0)).max(axis=0, initial=0.0))


def _strength(differences: Array) -> Array:
    rounding = np.abs(differences) < 1e-12  # of numbers that are at most 2
    d = np.where(rounding, 0.0, differences)
    length = np.sqrt((d * d).sum(axis=0))
    return np.asarray(np.abs(d.sum(axis=0)) / np.where(length > 0, length, 1.0))
