"""How a coalition uses what its members receive, one distribution at a time.

If an answer is the mean of everything handed in, the others' mean W can be read off it,

    W = (count I - sum of what the members handed in)/M,

and likewise if it is the mean of everything but the own points. Two members whose answers agree on
W believe it: then the estimate is (C X-bar + M W)/(C + M), as good as knowing all the points. Where
none agree there are a linear combination of the answers, and the reading of one member, put aside
or moved closer where it is farther from the own mean than four standard deviations. Which of them
is decided on other worlds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.rules.coalitions.worlds import Seen

Array = NDArray[np.float64]

FAR = 4.0  # standard deviations
SAME = 1e-9  # relative to sigma: equal but for rounding


@dataclass(frozen=True, eq=False)
class Use:
    """An estimator of one distribution where no answers agree.

    reader: index into the readings of W, or None for the linear combination with `weights`. clip:
    a reading that is implausible is moved to where it is just plausible, not put aside.
    """

    reader: int | None
    weights: Array
    clip: bool = False


def readings(seen: Seen, k: int) -> Array:
    """W as every answer shows it if it is the mean of all points, or of all but hers; (2g, R)."""
    M = int(seen.outside[k])
    if M == 0:
        return np.full((2 * len(seen.answers), seen.own.shape[0]), np.nan)
    sums, sizes = seen.sums[:, :, k], seen.submitted[:, k]
    total, count = sums.sum(axis=1), int(sizes.sum())
    found = []
    for answer in seen.answers:
        found.append(((count + M) * answer[:, k] - total) / M)
    for j, answer in enumerate(seen.answers):
        rest, left = total - sums[:, j], count - int(sizes[j])
        found.append(((left + M) * answer[:, k] - rest) / M)
    return np.array(found)


def agreed(seen: Seen, k: int, read: Array, sigma: float) -> Array:
    """W where two different members agree on it, else NaN; (R,). The own mean tells nothing."""
    g = len(seen.answers)
    value = np.full(read.shape[1], np.nan)
    scale = SAME * sigma * (1 + seen.submitted[:, k].sum() / max(1, int(seen.outside[k])))
    for a in range(2 * g):
        for b in range(a + 1, 2 * g):
            if a % g != b % g:
                with np.errstate(invalid="ignore"):
                    same = np.abs(read[a] - read[b]) <= scale
                    same &= ~(np.abs(read[a] - seen.own[:, k]) <= scale)
                value = np.where(np.isnan(value) & same, read[a], value)
    return value


def _base(seen: Seen, k: int) -> Array:
    """The own mean, else the first answer there is."""
    base = seen.own[:, k]
    for answer in seen.answers:
        base = np.where(np.isnan(base), answer[:, k], base)
    return base


def _features(seen: Seen, k: int, base: Array) -> Array:
    return np.stack([np.nan_to_num(a[:, k] - base) for a in seen.answers], axis=1)


def learn(seen: Seen, k: int, sigma: float) -> list[Use]:
    """Estimators to choose from, the weights fitted where no answers agree."""
    readers = range(2 * len(seen.answers)) if seen.outside[k] else ()
    # where nothing is implausible in these worlds the first wins, which loses least in others
    uses = [Use(j, np.zeros(0), clip) for clip in (True, False) for j in readers]
    base = _base(seen, k)
    apart = np.isnan(agreed(seen, k, readings(seen, k), sigma)) & np.isfinite(base)
    if apart.sum() < 20:
        return [*uses, Use(None, np.zeros(len(seen.answers)))]
    features = _features(seen, k, base)[apart]
    weights = np.linalg.lstsq(features, seen.truth[k] - base[apart], rcond=1e-10)[0]
    return [*uses, Use(None, weights)]


def estimate(seen: Seen, k: int, sigma: float, use: Use) -> Array:
    """The coalition's estimate of mu_k, (R,); NaN where it knows nothing."""
    C, M = seen.collected[k], int(seen.outside[k])
    base = _base(seen, k)
    read = readings(seen, k)
    sure = agreed(seen, k, read, sigma)
    if use.reader is None:
        moved = _features(seen, k, base) @ use.weights
        if C:  # no data can move the own mean farther than that
            reach = FAR * sigma / np.sqrt(C)
            moved = np.clip(moved, -reach, reach)
        other = base + moved
    elif C and M:
        W = read[use.reader]
        reach = FAR * sigma * np.sqrt(1 / C + 1 / M)
        aside = np.isnan(W) if use.clip else np.isnan(W) | (np.abs(W - base) > reach)
        moved = np.where(aside, 0.0, np.clip(W - base, -reach, reach))
        other = base + M / (C + M) * moved
    else:
        known = np.isnan(read[use.reader]) | (C > 0)
        other = np.where(known, base, read[use.reader])
    pooled = (C * np.nan_to_num(base) + M * sure) / (C + M) if C else sure
    return np.where(np.isnan(sure), other, pooled)


def errors(seen: Seen, k: int, sigma: float, use: Use) -> Array:
    """Squared errors, inf where the coalition knows nothing; (R,)."""
    square = np.square(estimate(seen, k, sigma, use) - seen.truth[k])
    return np.where(np.isnan(square), np.inf, square)
