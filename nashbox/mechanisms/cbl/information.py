"""Case C of Algorithm 2 (lines 18 to 23) for R worlds and several agents at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.pool import Pool, even_pools, split_sums
from nashbox.problem.data import Dataset

if TYPE_CHECKING:
    from nashbox.mechanisms.cbl.mechanism import CblTerms

Array = NDArray[np.float64]


def corrupted_information(
    submissions: Sequence[Dataset],
    terms: CblTerms,
    k: int,
    agents: NDArray[np.intp],
    rng: np.random.Generator,
) -> Array:
    """Return I_{i,k} for the agents of case C, (g, R); NaN where there is nothing to draw from."""
    answer = np.empty((agents.size, submissions[0].worlds))
    for rows, pool in even_pools(submissions, k):
        answer[:, rows] = _alike(pool, terms, k, agents, rng)
    return answer


def _alike(
    pool: Pool, terms: CblTerms, k: int, agents: NDArray[np.intp], rng: np.random.Generator
) -> Array:
    """The same for worlds with the same counts; agents with the same sizes are drawn together."""
    answer = np.empty((agents.size, pool.values.shape[0]))
    owed, own = terms.counts[agents, k], pool.counts(agents)
    pairs, where = np.unique(np.stack([owed, own], axis=1), axis=0, return_inverse=True)
    for p in range(pairs.shape[0]):
        group = np.nonzero(where.reshape(-1) == p)[0]
        answer[group] = _corrupt(pool, terms, k, agents[group], rng).T
    return answer


def _corrupt(
    pool: Pool, terms: CblTerms, k: int, agents: NDArray[np.intp], rng: np.random.Generator
) -> Array:
    """Lines 18 to 23 for agents who owe the same and handed in the same number, (R, g)."""
    owed = int(terms.counts[agents[0], k])
    own_count = int(pool.counts(agents)[0])
    others_count = pool.values.shape[1] - own_count
    drawn = min(int(terms.fixed_totals[k]) - owed, others_count)  # |Y'|
    z = min(drawn, owed)
    if z == 0:
        return np.full((pool.values.shape[0], agents.size), np.nan)
    z_sum, rest = split_sums(pool, agents, z, drawn, rng)
    own = pool.sums[:, agents]
    v, alpha = float(terms.sigma[k]) ** 2, terms.alpha[agents, k]
    return blend(own, own_count, z_sum, z, rest, drawn - z, alpha, v, rng)


def blend(
    own: Array,
    own_count: int,
    z_sum: Array,
    z: int,
    rest: Array,
    noisy: int,
    alpha: Array,
    v: float,
    rng: np.random.Generator,
) -> Array:
    """Lines 20 to 23: the own points, z clean ones and `noisy` ones with noise, averaged; (R, g).

    own, z_sum, rest: (R, g) sums, overwritten. alpha: (g,). v: sigma^2.
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
