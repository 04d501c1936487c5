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

from dataclasses import dataclass, replace

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
    with np.errstate(invalid="ignore"):
        telling = ~(np.abs(read - seen.own[:, k]) <= scale)
        for a in range(2 * g):
            for b in range(a + 1, 2 * g):
                if a % g != b % g:
                    same = (np.abs(read[a] - read[b]) <= scale) & telling[a]
                    value = np.where(np.isnan(value) & same, read[a], value)
    return value


@dataclass(frozen=True, eq=False)
class Known:
    """What a coalition's answers say of one distribution, worked out once for all estimators.

    base: (R,) the own mean, else the first answer there is. read: (2g, R) readings of W. sure: (R,)
    W where two members agree, else NaN. features: (R, g) answers less the base.
    """

    base: Array
    read: Array
    sure: Array
    features: Array
    collected: int
    outside: int
    truth: float
    sigma: float

    @classmethod
    def of(cls, seen: Seen, k: int, sigma: float) -> Known:
        """Read the answers about distribution k."""
        answers, read = np.ascontiguousarray(seen.answers[:, :, k].T), readings(seen, k)
        base = seen.own[:, k]
        for answer in answers.T:
            base = np.where(np.isnan(base), answer, base)
        return cls(
            base=base,
            read=read,
            sure=agreed(seen, k, read, sigma),
            features=np.nan_to_num(answers - base[:, None]),
            collected=seen.collected[k],
            outside=int(seen.outside[k]),
            truth=float(seen.truth[k]),
            sigma=sigma,
        )

    def worlds(self, rows: slice) -> Known:
        """The same for some of the worlds."""
        parts = {key: getattr(self, key)[..., rows] for key in ("base", "read", "sure")}
        return replace(self, features=self.features[rows], **parts)


def learn(known: Known) -> list[Use]:
    """Estimators to choose from, the weights fitted where no answers agree."""
    members = known.features.shape[1]
    readers = range(2 * members) if known.outside else ()
    # where nothing is implausible in these worlds the first wins, which loses least in others
    uses = [Use(j, np.zeros(0), clip) for clip in (True, False) for j in readers]
    apart = np.isnan(known.sure) & np.isfinite(known.base)
    if apart.sum() < 20:
        return [*uses, Use(None, np.zeros(members))]
    errors_of_base = known.truth - known.base[apart]
    weights = np.linalg.lstsq(known.features[apart], errors_of_base, rcond=1e-10)[0]
    return [*uses, Use(None, np.asarray(weights, dtype=float))]


def estimate(known: Known, use: Use) -> Array:
    """The coalition's estimate of mu_k, (R,); NaN where it knows nothing."""
    C, M, base, sure = known.collected, known.outside, known.base, known.sure
    if use.reader is None:
        moved = known.features @ use.weights
        if C:  # no data can move the own mean farther than that
            reach = FAR * known.sigma / np.sqrt(C)
            moved = np.clip(moved, -reach, reach)
        other = base + moved
    elif C and M:
        W = known.read[use.reader]
        reach = FAR * known.sigma * np.sqrt(1 / C + 1 / M)
        aside = np.isnan(W) if use.clip else np.isnan(W) | (np.abs(W - base) > reach)
        moved = np.where(aside, 0.0, np.clip(W - base, -reach, reach))
        other = base + M / (C + M) * moved
    else:
        read = known.read[use.reader]
        other = np.where(np.isnan(read) | (C > 0), base, read)
    pooled = (C * base + M * sure) / (C + M) if C else sure
    return np.where(np.isnan(sure), other, pooled)


def errors(known: Known, use: Use) -> Array:
    """Squared errors, inf where the coalition knows nothing; (R,)."""
    square = np.square(estimate(known, use) - known.truth)
    return np.where(np.isnan(square), np.inf, square)
