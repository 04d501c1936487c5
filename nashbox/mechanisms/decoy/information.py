"""What the decoy mechanism answers, for R worlds and several agents at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from nashbox.mechanisms.decoy.answer import weighted
from nashbox.mechanisms.decoy.ball import passes
from nashbox.mechanisms.decoy.estimated import LEAST_POINTS
from nashbox.mechanisms.decoy.mirror import expected_by_mirror
from nashbox.mechanisms.decoy.terms import DecoyTerms
from nashbox.mechanisms.decoy.trimmed import centre_and_spread, inflation, row_sums
from nashbox.mechanisms.means import pooled, ratio
from nashbox.mechanisms.threshold import information as openly
from nashbox.problem.arrays import Array, Counts
from nashbox.problem.data import Dataset

TINY = 1e-300  # a variance: who hands in the same number again and again shows none


@dataclass(frozen=True)
class _Met:
    """A reader's counts and mean, the others' counts and sums, (R, d) or one column or several."""

    s: Counts
    mean: Array
    others: Counts
    sums: Array

    def of(self, k: int | list[int]) -> _Met:
        """Some of the distributions."""
        return _Met(self.s[:, k], self.mean[:, k], self.others[:, k], self.sums[:, k])

    @property
    def W(self) -> Array:
        """Mean of the others' points, NaN without any."""
        return ratio(self.sums, self.others.astype(float))

    def moved(self, b: Array) -> Array:
        """Y + N/(s + N) b: NaN where nothing was handed in, Y where nobody else did."""
        N = np.maximum(self.others, 1)
        return np.asarray(self.mean + np.where(self.others > 0, N / (self.s + N) * b, 0.0))


def inform(
    submissions: Sequence[Dataset], terms: DecoyTerms, rng: Generator, readers: Sequence[int]
) -> list[Array]:
    """Information (R, d) of `readers`; kinds without a secret are answered as thresholds do."""
    answers = openly.inform(submissions, terms, rng, readers)
    total, count = pooled(submissions)
    parts: dict[int, _Parts] = {}
    for place, i in enumerate(readers):
        own, members = submissions[i], terms.tied_decoys(i)
        met = _Met(own.counts, own.mean, count - own.counts, total - own.sum)
        if members:
            answers[place][:, members] = _tied_answer(terms, i, met.of(list(members)), rng)
        for k in np.flatnonzero(np.isin(terms.kind[i], ["decoy", "mirror"])):
            if k not in members:
                scale = _Scale(float(terms.t[i, k]), float(terms.sigma[k]))
                here = met.of(int(k))
                if terms.trim:
                    here, scale = _trimmed(submissions, terms, i, int(k), here)
                elif terms.said is not None:
                    if int(k) not in parts:
                        parts[int(k)] = _Parts.of(submissions, int(k))
                    s = parts[int(k)].spread_without(i, float(terms.sigma[k]))
                    scale = scale._replace(t=scale.t * s / float(terms.said[k]))
                answers[place][:, k] = _answer(terms, i, int(k), here, scale, rng)
    return answers


class _Scale(NamedTuple):
    """Half windows, and standard deviations of a point, for all worlds or world by world (R,)."""

    t: Array | float
    sigma: Array | float


def _answer(terms: DecoyTerms, i: int, k: int, met: _Met, scale: _Scale, rng: Generator) -> Array:
    """Y + N/(s + N) b(M), (R,)."""
    t, owed = scale.t, float(terms.counts[i, k])
    gap = met.W - met.mean
    u, mirror = rng.random(gap.size), terms.kind[i, k] == "mirror"
    falsehood = -np.sign(gap) * t * np.sqrt(u) if mirror else t * (2 * u - 1)
    with np.errstate(invalid="ignore"):
        told = np.where(np.abs(gap) <= t, gap, falsehood)
    sd = scale.sigma * np.sqrt(1 / owed + 1 / np.maximum(met.others, 1))
    return met.moved(_mirrored(told, float(t), sd) if mirror else weighted(told, t, sd))


@dataclass(frozen=True)
class _Parts:
    """Counts, means (0 without a point) and squares about them by agent, (R, m)."""

    n: Counts
    mean: Array
    within: Array

    @classmethod
    def of(cls, submissions: Sequence[Dataset], k: int) -> _Parts:
        """Of distribution k."""
        n = np.stack([data.counts[:, k] for data in submissions], axis=1)
        mean = ratio(np.stack([data.sum[:, k] for data in submissions], axis=1), n.astype(float))
        mean = np.where(n > 0, mean, 0.0)
        within = [
            row_sums((data.points(k) - mean[:, j, None]) ** 2) for j, data in enumerate(submissions)
        ]
        return cls(n, mean, np.stack(within, axis=1))

    def spread_without(self, i: int, published: float) -> Array:
        """Standard deviation of all points but agent i's, (R,); `published` where none shows."""
        n, mean = np.delete(self.n, i, axis=1), np.delete(self.mean, i, axis=1)
        N = n.sum(axis=1)
        centre = (n * mean).sum(axis=1) / np.maximum(N, 1)
        squares = np.delete(self.within, i, axis=1) + n * (mean - centre[:, None]) ** 2
        s = np.sqrt(squares.sum(axis=1) / np.maximum(N - 1, 1))
        return np.asarray(np.where(N >= LEAST_POINTS, s, published))


def _trimmed(
    submissions: Sequence[Dataset], terms: DecoyTerms, i: int, k: int, met: _Met
) -> tuple[_Met, _Scale]:
    """Trimmed means in the place of means, and the scale that the others' points show."""
    sigma, t, share = float(terms.sigma[k]), float(terms.t[i, k]), terms.trim
    mean, _ = centre_and_spread(submissions[i].points(k), share)
    pooled = [data.points(k) for j, data in enumerate(submissions) if j != i]
    W, variance = centre_and_spread(np.concatenate(pooled, axis=1), share)
    shown = np.where(np.isnan(variance), sigma, np.sqrt(np.maximum(variance, TINY)))
    window: Array | float = t
    if terms.said is not None:
        usual = [inflation(float(n), share) ** 0.5 for n in np.maximum(met.others, 1)]
        window = t * shown / (float(terms.said[k]) * np.array(usual))
    sums = np.asarray(np.where(met.others > 0, W, 0.0) * met.others, dtype=float)
    return _Met(met.s, mean, met.others, sums), _Scale(window, shown)


def _mirrored(told: Array, t: float, sd: Array) -> Array:
    """E(e | told) of the honest, (R,); sd: theirs by world."""
    out = np.full(told.shape, np.nan)
    for unit in np.unique(sd):
        here = sd == unit
        out[here] = unit * expected_by_mirror(told[here] / unit, t / unit, 0.0)
    return out


def _tied_answer(terms: DecoyTerms, i: int, met: _Met, rng: Generator) -> Array:
    """Y + N/(s + N) P sd M of all members, (R, members).

    Who hands in nothing of one distribution fails in all of them; where nobody else hands anything
    in there is nothing to compare with, and she gets her own mean back.
    """
    radius = terms.radius(i)
    sd = np.array([terms.unit(i, k) for k in terms.tied_decoys(i)])
    u = np.where(met.others > 0, met.W - met.mean, 0.0) / sd
    with np.errstate(invalid="ignore"):
        passed = (u**2).sum(axis=1) <= radius**2
    told = np.where(passed[:, None], u, cut_normal(len(u), sd.size, radius, rng))
    return met.moved(passes(sd.size, radius) * sd * told)


def cut_normal(worlds: int, d: int, radius: float, rng: Generator) -> Array:
    """N(0, I) cut to the ball, (R, d): a direction and a length by its inverse distribution."""
    from scipy.special import chdtri

    direction = rng.normal(size=(worlds, d))
    length = np.sqrt(chdtri(d, 1 - passes(d, radius) * rng.random(worlds)))
    norms = np.sqrt((direction**2).sum(axis=1))
    return np.asarray(direction / norms[:, None] * length[:, None])
