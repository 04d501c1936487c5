"""Case C of Algorithm 2 (lines 18 to 23) for R worlds and several agents at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator

from nashbox.mechanisms.pool import Pool, even_pools
from nashbox.mechanisms.subsets import split_sums
from nashbox.problem.arrays import Array, Counts, Places
from nashbox.problem.data import Dataset

if TYPE_CHECKING:
    from nashbox.mechanisms.cbl.mechanism import CblTerms


def corrupted_information(
    submissions: Sequence[Dataset], terms: CblTerms, k: int, agents: Places, rng: Generator
) -> Array:
    """Return I_{i,k} for the agents of case C, (g, R); NaN where there is nothing to draw from."""
    answer = np.empty((agents.size, submissions[0].worlds))
    for rows, pool in even_pools(submissions, k):
        answer[:, rows] = _alike(pool, terms, k, agents, rng)
    return answer


def _alike(pool: Pool, terms: CblTerms, k: int, agents: Places, rng: Generator) -> Array:
    """Lines 18 to 23 for worlds with the same counts; drawn for all agents together."""
    answer = np.full((agents.size, pool.worlds), np.nan)
    owed, own = terms.counts[agents, k].astype(np.intp), pool.counts(agents)
    drawn = np.minimum(int(terms.fixed_totals[k]) - owed, pool.total - own)  # |Y'|
    z = np.minimum(drawn, owed)
    z_sum, rest = split_sums(pool, agents, z, drawn, rng, apart=pool.worlds == 1)
    v, alpha = float(terms.sigma[k]) ** 2, terms.alpha[agents, k]
    sizes = np.stack([own, z, drawn - z], axis=1)
    for (count, clean, noisy), same in alike(sizes[z > 0], np.flatnonzero(z > 0)):
        sums = pool.sums[:, agents[same]], z_sum[:, same], rest[:, same]
        answer[same] = blend(*sums, count, clean, noisy, alpha[same], v, rng).T
    return answer


def alike(sizes: Counts, places: Places) -> Iterator[tuple[list[int], Places]]:
    """Each row of sizes (g, ...) that occurs, with those of the places (g,) that have it."""
    if len(places) == 1:
        yield sizes[0].tolist(), places
        return
    rows, where = np.unique(sizes, axis=0, return_inverse=True)
    for p, row in enumerate(rows):
        yield [int(x) for x in row], places[where.reshape(-1) == p]


def blend(
    own: Array,
    z_sum: Array,
    rest: Array,
    own_count: int,
    z: int,
    noisy: int,
    alpha: Array,
    v: float,
    rng: Generator,
) -> Array:
    """Lines 20 to 23: the own points, z clean ones and `noisy` ones with noise, averaged; (R, g).

    own, z_sum, rest: (R, g) sums of `own_count`, z and `noisy` points, overwritten. alpha: (g,).
    v: sigma^2.
    """
    if own_count == 0:  # no mean to compare: eta is infinite, Z alone is left
        return np.asarray(z_sum / z)
    gap = own / own_count
    clean = np.add(own, z_sum, out=own)  # the sum of Y u Z
    if noisy == 0:
        return np.asarray(clean / (own_count + z))
    z_sum /= z
    gap -= z_sum
    gap *= alpha  # +-eta; the sign does not matter to symmetric noise
    noise = rng.standard_normal(gap.shape)
    noise *= gap
    noise *= np.sqrt(noisy)  # the sum of |Z'| independent N(0, eta^2)
    rest += noise
    trust = np.square(gap, out=gap)  # v/(v + eta^2), the weight of a point of Z'
    trust += v
    np.divide(v, trust, out=trust)
    rest *= trust
    rest += clean
    trust *= noisy
    trust += own_count + z
    rest /= trust
    return np.asarray(rest)
