"""What the threshold mechanism answers, for R worlds and several agents at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator

from nashbox.mechanisms.cbl.information import alike, blend
from nashbox.mechanisms.means import pooled, ratio
from nashbox.mechanisms.pool import Pool, even_pools
from nashbox.mechanisms.subsets import split_sums
from nashbox.problem.arrays import Array, Mask, Places
from nashbox.problem.data import Dataset

if TYPE_CHECKING:
    from nashbox.mechanisms.threshold.terms import ThresholdTerms


def inform(
    submissions: Sequence[Dataset], terms: ThresholdTerms, rng: Generator, readers: Sequence[int]
) -> list[Array]:
    """Information (R, d) of `readers`: own means, the others', everything, or own points and Z."""
    asked = np.asarray(readers)
    worlds, d = submissions[0].worlds, terms.sigma.size
    total, count = pooled(submissions)
    everything = ratio(total, count)
    answers, passed = [], np.ones((asked.size, worlds, d), dtype=bool)
    part = np.full((asked.size, worlds, d), np.nan)  # the answer to who fails
    compared = np.zeros((asked.size, d), dtype=bool)
    for place, i in enumerate(asked):
        own, kinds = submissions[i], terms.kind[i]
        others = ratio(total - own.sum, count - own.counts)
        answers.append(np.where(kinds == "alone", own.mean, others))
        compared[place] = kinds == "threshold"
        compared[place, list(terms.members(i))] = True
        answers[-1][:, compared[place]] = everything[:, compared[place]]
    for k in range(d):
        drawing = compared[:, k] | (terms.kind[asked, k] == "noise")
        if not drawing.any():
            continue
        places = np.flatnonzero(drawing)
        for rows, pool in even_pools(submissions, k):
            for group, found in _draw(pool, terms, k, asked, places, rng):
                for j, place in enumerate(group):
                    if compared[place, k]:
                        part[place, rows, k] = found[0][:, j]
                        passed[place, rows, k] = found[1][:, j]
                    else:
                        answers[place][rows, k] = found[0][:, j]
    for place, i in enumerate(asked):
        members = list(terms.members(i))
        if members:
            passed[place][:, members] = passed[place][:, members].all(axis=1, keepdims=True)
        failed = compared[place] & ~passed[place]
        answers[place][failed] = part[place][failed]
    return answers


def _draw(
    pool: Pool, terms: ThresholdTerms, k: int, asked: Places, places: Places, rng: Generator
) -> Iterator[tuple[Places, tuple[Array, Mask]]]:
    """By agents who are alike: their places, what remains to who fails, and who passes; (R, g)."""
    agents = asked[places]
    own = pool.counts(agents)
    left = pool.total - own
    z = np.minimum(terms.z[agents, k], left).astype(np.intp)
    z_sum, rest = split_sums(pool, agents, z, left, rng, apart=pool.worlds == 1)
    noisy = terms.kind[agents, k] == "noise"
    for (_, count, clean, others), same in alike(
        np.stack([noisy, own, z, left - z], axis=1), np.arange(agents.size)
    ):
        sums = pool.sums[:, agents[same]], z_sum[:, same], rest[:, same]
        yield places[same], _answer(*sums, count, clean, others, terms, k, agents[same], rng)


def _answer(
    own: Array,
    z_sum: Array,
    rest: Array,
    own_count: int,
    z: int,
    others: int,
    terms: ThresholdTerms,
    k: int,
    agents: Places,
    rng: Generator,
) -> tuple[Array, Mask]:
    """What remains to who fails (or CBL's answer), and who passes; both (R, g)."""
    kind, everybody = str(terms.kind[agents[0], k]), np.ones(own.shape, dtype=bool)
    if z == 0:  # nothing to compare with
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = own / own_count if kind == "threshold" else np.full(own.shape, np.nan)
        return np.asarray(mean), everybody & (kind != "threshold" or others == 0)
    if kind == "noise":
        v, alpha = float(terms.sigma[k]) ** 2, terms.alpha[agents, k]
        return blend(own, z_sum, rest, own_count, z, others, alpha, v, rng), everybody
    remains = np.asarray((own + z_sum) / (own_count + z))
    if kind == "free":  # owes nothing here; passes or fails elsewhere
        return remains, everybody
    if own_count == 0:
        return remains, ~everybody
    gap = np.abs(own / own_count - z_sum / z)
    return remains, np.asarray(gap <= terms.t[agents, k])
