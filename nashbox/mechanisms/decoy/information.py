"""What the decoy mechanism answers, for R worlds and several agents at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.decoy.answer import weighted
from nashbox.mechanisms.decoy.terms import DecoyTerms
from nashbox.mechanisms.means import ratio
from nashbox.mechanisms.threshold import information as openly
from nashbox.problem.data import Dataset

Array = NDArray[np.float64]


def inform(
    submissions: Sequence[Dataset],
    terms: DecoyTerms,
    rng: np.random.Generator,
    readers: Sequence[int],
) -> list[Array]:
    """Information (R, d) of `readers`; kinds without a secret are answered as thresholds do."""
    answers = openly.inform(submissions, terms, rng, readers)
    total = np.sum([s.sum for s in submissions], axis=0)
    count = np.sum([s.counts for s in submissions], axis=0)
    for place, i in enumerate(readers):
        own = submissions[i]
        for k in np.flatnonzero(terms.kind[i] == "decoy"):
            s, mean = own.counts[:, k], own.mean[:, k]
            others = count[:, k] - s
            W = ratio(total[:, k] - own.sum[:, k], others)
            answers[place][:, k] = _answer(terms, i, int(k), s, mean, others, W, rng)
    return answers


def _answer(
    terms: DecoyTerms,
    i: int,
    k: int,
    s: NDArray[np.int64],
    mean: Array,
    others: NDArray[np.int64],
    W: Array,
    rng: np.random.Generator,
) -> Array:
    """Y + N/(s + N) b(M), (R,); NaN where nothing was handed in, Y where nobody else did."""
    t, sigma, owed = float(terms.t[i, k]), float(terms.sigma[k]), float(terms.counts[i, k])
    falsehood = t * (2 * rng.random(mean.size) - 1)
    gap = W - mean
    with np.errstate(invalid="ignore"):
        told = np.where(np.abs(gap) <= t, gap, falsehood)
    N = np.maximum(others, 1)
    moved = N / (s + N) * weighted(told, t, sigma * np.sqrt(1 / owed + 1 / N))
    return np.asarray(mean + np.where(others > 0, moved, 0.0))
