"""What the threshold mechanism answers, for R worlds and several agents at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.cbl.information import blend
from nashbox.mechanisms.means import ratio
from nashbox.mechanisms.pool import Pool, even_pools, split_sums
from nashbox.problem.data import Dataset

if TYPE_CHECKING:
    from nashbox.mechanisms.threshold.terms import ThresholdTerms

Array = NDArray[np.float64]


def inform(
    submissions: Sequence[Dataset],
    terms: ThresholdTerms,
    rng: np.random.Generator,
    readers: Sequence[int],
) -> list[Array]:
    """Information (R, d) of `readers`: own means, the others', everything, or own points and Z."""
    asked = np.asarray(readers)
    worlds, d = submissions[0].worlds, terms.sigma.size
    total = np.sum([s.sum for s in submissions], axis=0)
    count = np.sum([s.counts for s in submissions], axis=0)
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
            for group, z in _alike(pool, terms, k, asked, places):
                found = _draw(pool, terms, k, asked[group], z, rng)
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


def _alike(
    pool: Pool, terms: ThresholdTerms, k: int, asked: NDArray[np.intp], places: NDArray[np.intp]
) -> list[tuple[NDArray[np.intp], int]]:
    """Places of agents of the same kind, z and number of points handed in, with their z."""
    agents = asked[places]
    own = pool.counts(agents)
    left = pool.values.shape[1] - own
    z = np.minimum(terms.z[agents, k], left).astype(np.int64)
    noisy = terms.kind[agents, k] == "noise"
    keys, where = np.unique(np.stack([noisy, z, own], axis=1), axis=0, return_inverse=True)
    return [
        (places[np.flatnonzero(where.reshape(-1) == g)], int(keys[g, 1]))
        for g in range(keys.shape[0])
    ]


def _draw(
    pool: Pool,
    terms: ThresholdTerms,
    k: int,
    agents: NDArray[np.intp],
    z: int,
    rng: np.random.Generator,
) -> tuple[Array, NDArray[np.bool_]]:
    """What remains to who fails (or CBL's answer), and who passes; both (R, g)."""
    worlds, own_count = pool.values.shape[0], int(pool.counts(agents)[0])
    own, left = pool.sums[:, agents], pool.values.shape[1] - own_count
    kind = str(terms.kind[agents[0], k])
    if z == 0:  # nothing to compare with
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = own / own_count if kind == "threshold" else np.full(own.shape, np.nan)
        return np.asarray(mean), np.full((worlds, agents.size), kind != "threshold" or left == 0)
    z_sum, rest = split_sums(pool, agents, z, left, rng)
    if kind == "noise":
        v, alpha = float(terms.sigma[k]) ** 2, terms.alpha[agents, k]
        return blend(own, own_count, z_sum, z, rest, left - z, alpha, v, rng), np.ones(
            own.shape, dtype=bool
        )
    remains = (own + z_sum) / (own_count + z)
    if kind == "free":  # owes nothing here; passes or fails elsewhere
        return np.asarray(remains), np.ones(own.shape, dtype=bool)
    if own_count == 0:
        return np.asarray(remains), np.zeros(own.shape, dtype=bool)
    gap = np.abs(own / own_count - z_sum / z)
    return np.asarray(remains), np.asarray(gap <= terms.t[agents, k])
