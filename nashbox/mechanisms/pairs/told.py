"""What is told of the others, by worlds; everybody's means of one distribution are given.

A pair fails if its mean is farther than pair_t from the mean of the rest. Both are then told, and
not told that it is one, the same falsehood: that everybody's mean lies uniformly where it would let
them pass. So two who compare answers see one consistent world. Who hands in nothing is compared as
if she had handed in her partner's mean: else one report could serve two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nashbox.problem.arrays import Array, Mask

TIE = 1e-9  # relative


@dataclass(frozen=True, eq=False)
class Means:
    """Y: (R, m) means, 0 where nothing was handed in; there: (R, m) whether something was."""

    Y: Array
    there: Mask

    @property
    def p(self) -> Array:
        """How many handed something in, (R, 1)."""
        return np.asarray(self.there.sum(axis=1, keepdims=True, dtype=float))

    @property
    def S(self) -> Array:
        """Sums of the means, (R, 1)."""
        return np.asarray(np.where(self.there, self.Y, 0.0).sum(axis=1, keepdims=True))

    @property
    def rest(self) -> Array:
        """The mean of everybody else's mean, (R, m); her own where nobody else is there."""
        others = self.p - self.there
        sums = self.S - np.where(self.there, self.Y, 0.0)
        return np.where(others > 0, sums / np.maximum(others, 1), self.Y)


def told_to_all(means: Means, t: float, u: Array) -> Array:
    """The others' mean as everybody is told it if all pairs are compared, (R, m).

    u: (R,) uniform on (0, 1). All who fail are told the same: what the worst pair is told.
    """
    Y, there, p = means.Y, means.there, means.p
    high, low = _extremes(Y, there)
    # (rest - pair's mean) falls with the sum of two means: the farthest partner is an extreme one
    enough = p > 2
    part = np.maximum(p - 2, 1)
    slope, level = 1 / part + 0.5, means.S / part
    gap_low, gap_high = level - slope * (Y + high), level - slope * (Y + low)
    missing = (p < Y.shape[1]) & there
    copied = np.where(missing, means.rest - Y, 0.0)
    gaps = np.stack([gap_low, gap_high, copied])
    gaps[:2, ~(enough & there)] = 0.0
    worst = np.take_along_axis(gaps, _size(gaps).argmax(axis=0)[None], axis=0)[0]
    fooled = np.abs(worst) > t
    rows = np.arange(Y.shape[0])
    farthest = _size(worst).argmax(axis=1)
    gap, alone = worst[rows, farthest][:, None], np.abs(gaps[2]) >= np.abs(gaps[:2]).max(axis=0)
    single = alone[rows, farthest][:, None]
    own = Y[rows, farthest][:, None]
    pair = np.where(single, own, (level - gap) / slope / 2)
    share = np.where(single, p - 1, p - 2) / np.maximum(p, 1)
    G = pair + t * share * (2 * u[:, None] - 1)
    return np.where(fooled, (p * G - Y) / np.maximum(p - 1, 1), means.rest)


def _size(gaps: Array) -> Array:
    """How far off they are; of equals, as two of four and the other two, what lies below is worse.

    Without it rounding errors would choose.
    """
    return np.asarray(np.abs(gaps) * (1 + TIE * (gaps > 0)))


def _extremes(Y: Array, there: Mask) -> tuple[Array, Array]:
    """The largest and the least mean of somebody else, (R, m)."""
    out = []
    for sign in (1.0, -1.0):
        x = np.where(there, sign * Y, -np.inf)
        two = np.partition(x, -2, axis=1)[:, -2:]
        first = x == two[:, 1:]
        only = first & (first.sum(axis=1, keepdims=True) == 1)
        best = np.where(only, two[:, :1], two[:, 1:])
        out.append(sign * np.where(np.isfinite(best), best, 0.0))
    return out[0], out[1]


def told_to_partners(
    means: Means,
    couples: Sequence[tuple[int, int]],
    pair_t: float,
    t: Array,
    u: Array,
    own_u: Array,
) -> Array:
    """The same where partners are declared, and everybody is compared by herself too, (R, m).

    t: (m,). u: (R, couples), own_u: (R, m) uniform on (0, 1). A pair's failure goes before hers.
    """
    Y, there, p = means.Y, means.there, means.p
    rest = means.rest
    beyond = np.abs(rest - Y) > t
    out = np.where(beyond, Y + t * (2 * own_u - 1), rest)
    for c, (i, j) in enumerate(couples):
        both = there[:, i] & there[:, j]
        mean_of = np.where(both, (Y[:, i] + Y[:, j]) / 2, np.where(there[:, i], Y[:, i], Y[:, j]))
        here = there[:, i].astype(float) + there[:, j]
        left = p[:, 0] - here
        sums = means.S[:, 0] - np.where(there[:, [i, j]], Y[:, [i, j]], 0.0).sum(axis=1)
        gap = sums / np.maximum(left, 1) - mean_of
        fails = (left > 0) & (here > 0) & (np.abs(gap) > pair_t)
        false = mean_of + pair_t * (2 * u[:, c] - 1)
        G = (here * mean_of + left * false) / np.maximum(p[:, 0], 1)
        for a in (i, j):
            theirs = (p[:, 0] * G - Y[:, a]) / np.maximum(p[:, 0] - 1, 1)
            out[:, a] = np.where(fails, theirs, out[:, a])
    return out
