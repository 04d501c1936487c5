"""What the decoy mechanism answers, for R worlds and several agents at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.decoy.answer import weighted
from nashbox.mechanisms.decoy.ball import passes
from nashbox.mechanisms.decoy.mirror import expected_by_mirror
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
        own, members = submissions[i], terms.tied_decoys(i)
        if members:
            tied = list(members)
            s, mean = own.counts[:, tied], own.mean[:, tied]
            others = count[:, tied] - s
            W = ratio((total - own.sum)[:, tied], others)
            answers[place][:, tied] = _tied_answer(terms, i, s, mean, others, W, rng)
        for k in np.flatnonzero(np.isin(terms.kind[i], ["decoy", "mirror"])):
            if k in members:
                continue
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
    gap, u, mirror = W - mean, rng.random(mean.size), terms.kind[i, k] == "mirror"
    falsehood = -np.sign(gap) * t * np.sqrt(u) if mirror else t * (2 * u - 1)
    with np.errstate(invalid="ignore"):
        told = np.where(np.abs(gap) <= t, gap, falsehood)
    N = np.maximum(others, 1)
    sd = sigma * np.sqrt(1 / owed + 1 / N)
    b = _mirrored(told, t, sd) if mirror else weighted(told, t, sd)
    moved = N / (s + N) * b
    return np.asarray(mean + np.where(others > 0, moved, 0.0))


def _mirrored(told: Array, t: float, sd: Array) -> Array:
    """E(e | told) of the honest, (R,); sd: theirs by world."""
    out = np.full(told.shape, np.nan)
    for unit in np.unique(sd):
        here = sd == unit
        out[here] = unit * expected_by_mirror(told[here] / unit, t / unit, 0.0)
    return out


def _tied_answer(
    terms: DecoyTerms,
    i: int,
    s: NDArray[np.int64],
    mean: Array,
    others: NDArray[np.int64],
    W: Array,
    rng: np.random.Generator,
) -> Array:
    """Y + N/(s + N) P sd M of all members, (R, members); NaN where nothing was handed in.

    Who hands in nothing of one distribution fails in all of them; where nobody else hands anything
    in there is nothing to compare with, and she gets her own mean back.
    """
    radius = terms.radius(i)
    sd = np.array([terms.unit(i, k) for k in terms.tied_decoys(i)])
    u = np.where(others > 0, W - mean, 0.0) / sd
    with np.errstate(invalid="ignore"):
        passed = (u**2).sum(axis=1) <= radius**2
    told = np.where(passed[:, None], u, cut_normal(len(u), sd.size, radius, rng))
    N = np.maximum(others, 1)
    moved = N / (s + N) * passes(sd.size, radius) * sd * told
    return np.asarray(mean + np.where(others > 0, moved, 0.0))


def cut_normal(worlds: int, d: int, radius: float, rng: np.random.Generator) -> Array:
    """N(0, I) cut to the ball, (R, d): a direction and a length by its inverse distribution."""
    from scipy.special import chdtri

    direction = rng.normal(size=(worlds, d))
    length = np.sqrt(chdtri(d, 1 - passes(d, radius) * rng.random(worlds)))
    norms = np.sqrt((direction**2).sum(axis=1))
    return np.asarray(direction / norms[:, None] * length[:, None])
