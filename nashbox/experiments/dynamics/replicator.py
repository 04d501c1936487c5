"""Replicator dynamics: dx_k/dt = x_k (u_k(x) - sum_l x_l u_l(x)).

Taylor & Jonker, "Evolutionary stable strategies and game dynamics" (1978); Sandholm (2010), chapter
4. One large population per kind of agent (identical agents are one population; agents that differ
are populations of their own, Taylor 1979). Games are played by groups drawn at random, one member
for every agent of the problem, so that with n_s members of kind s in a group

    u_k(x) = sum over compositions c of the others of  prod_s Multinomial(c_s; n_s, x_s) u(k | c),

a sum that is carried out in full. A strategy whose expected payoff is -inf dies at once.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from nashbox.problem.errors import InputError, require
from nashbox.problem.payoff_oracle import PayoffOracle, Profile

Array = NDArray[np.float64]
MOST = 20_000  # compositions summed over


def compositions(n: int, K: int) -> Iterator[tuple[int, ...]]:
    """Ways of dividing n agents among K strategies.

    >>> list(compositions(2, 2))
    [(0, 2), (1, 1), (2, 0)]
    """
    if K == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for rest in compositions(n - first, K - 1):
            yield (first, *rest)


@dataclass(frozen=True, eq=False)
class Replicator:
    """The dynamic of a game; shares are (kinds, K), rows sum to 1.

    accuracy: relative, of the integrator (an explicit Runge-Kutta method of order 8).
    """

    oracle: PayoffOracle
    accuracy: float = 1e-10

    def __post_init__(self) -> None:
        require("replicator.accuracy", self.accuracy, low=1e-13, high=1e-2)
        K = self.oracle.K
        sizes = [self.sizes - (np.arange(self.sizes.size) == t) for t in range(self.sizes.size)]
        count = max(math.prod(math.comb(int(n) + K - 1, K - 1) for n in row) for row in sizes)
        if count > MOST:
            raise InputError(
                f"replicator: the {self.oracle.m} agents, of {self.sizes.size} kinds, can be "
                f"divided among {K} strategies in {count} ways, and at most {MOST} are summed "
                "over; use fewer agents, fewer strategies, or agents that are alike"
            )

    @cached_property
    def sizes(self) -> Profile:
        """Agents of every kind in a group, (kinds,)."""
        return np.bincount(self.oracle.kinds)

    @cached_property
    def _tables(self) -> list[tuple[Array, Array, Array, Array]]:
        """By kind: compositions (C, kinds, K), log multiplicities (C,), payoffs and s.e. (C, K)."""
        tables = []
        for t in range(self.sizes.size):
            rows = self.sizes - (np.arange(self.sizes.size) == t)
            parts = [list(compositions(int(n), self.oracle.K)) for n in rows]
            found = np.array(list(itertools.product(*parts)), dtype=np.int64)
            logs = gammaln(rows + 1.0).sum() - gammaln(found + 1.0).sum(axis=(1, 2))
            answers = [self.oracle.among(t, others) for others in found]
            values = np.array([answer.values for answer in answers])
            errors = np.array([answer.se for answer in answers])
            tables.append((found.astype(float), logs, values, errors))
        return tables

    def payoffs(self, shares: Array) -> tuple[Array, Array]:
        """Expected payoffs u_k(x) and their standard errors, both (kinds, K)."""
        values, errors = np.empty(shares.shape), np.empty(shares.shape)
        for t, (found, logs, table, se) in enumerate(self._tables):
            chance = np.exp(logs + xlogy(found, shares).sum(axis=(1, 2)))
            possible = chance > 0
            values[t] = chance[possible] @ table[possible]
            errors[t] = np.sqrt(chance[possible] ** 2 @ se[possible] ** 2)
        return values, errors

    def velocity(self, shares: Array) -> Array:
        """dx/dt, (kinds, K); strategies that nobody plays stay away."""
        values = np.where(shares > 0, self.payoffs(shares)[0], 0.0)
        mean = (shares * values).sum(axis=1, keepdims=True)
        return np.asarray(shares * (values - mean))

    def survivors(self, shares: Array) -> Array:
        """Shares without strategies whose expected payoff is -inf, unless all are."""
        while True:
            dead = np.isneginf(self.payoffs(shares)[0]) & (shares > 0)
            dead &= ~(dead == (shares > 0)).all(axis=1, keepdims=True)
            if not dead.any():
                return shares
            left = np.where(dead, 0.0, shares)
            shares = left / left.sum(axis=1, keepdims=True)

    def advance(self, shares: Array, time: float = 1.0) -> Array:
        """Solve the equation for a time, in the units of 1/payoff."""
        from scipy.integrate import solve_ivp

        start = self.survivors(np.asarray(shares, dtype=float))
        if np.isneginf(np.where(start > 0, self.payoffs(start)[0], 0.0)).any():
            return start  # everybody is ruined alike: nobody grows at another's cost
        solved = solve_ivp(
            lambda _, x: self.velocity(_simplex(x.reshape(start.shape))).ravel(),
            (0.0, time),
            start.ravel(),
            method="DOP853",
            rtol=self.accuracy,
            atol=self.accuracy * 1e-3,
        )
        if not solved.success:
            raise InputError(f"replicator: the integrator gave up: {solved.message}")
        return _simplex(solved.y[:, -1].reshape(start.shape))


def _simplex(shares: Array) -> Array:
    """Take rounding back: shares >= 0 that sum to 1."""
    positive = np.maximum(shares, 0.0)
    return np.asarray(positive / positive.sum(axis=1, keepdims=True))
