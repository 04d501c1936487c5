"""What an agent faces under the joint decoy: all that she owes is compared as one.

Units: u_k = (W_k - Y_k)/sd_k with the posted sd_k; for actual counts u ~ N(mu, diag(v)). What a
vector of honest counts leaves at best is (1) of `ball` with unequal v; where they are equal it is
two integrals, else an average over POINTS points of a fixed Sobol sequence cut to the ball. The
best response is searched over counts scaled by one factor; `ball_certificate` proves a bound where
no count is above what is owed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np

from nashbox.mechanisms.decoy.ball import lost, passes
from nashbox.mechanisms.decoy.ball_accepted import accepted
from nashbox.mechanisms.decoy.ball_certificate import least_penalty
from nashbox.mechanisms.decoy.quadratic import moments
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Joint
from nashbox.problem.plays import Play
from nashbox.problem.responses import Best

RELATIVE_ERROR = 1e-8  # of F where the v are equal
POINTS = 2**12
SAMPLED_ERROR = 4e-3  # of F where they are not, relative; seen: 1.6e-3 for lies of 4.5 sd
FACTORS = np.geomspace(0.02, 8.0, 160)  # of what is owed, tried in a best response
EQUAL = 1e-9  # relative difference of counts that are taken as equal


@dataclass(frozen=True)
class BallJoint(Joint):
    """sigma, owed n*, promised N (sd is made of both); actual N by member; radius of the ball."""

    covers: ClassVar[str] = (
        "all strategies of one agent that collect, of the distributions tied together by a decoy, "
        "at most what is owed of each: any submission, any estimator, against the others' honest "
        "points (a bound in her favour); more than is owed was searched (the same multiple of it "
        "everywhere), but is not proven"
    )

    members: tuple[int, ...]
    sigma: float
    owed: float
    promised: float
    others: tuple[float, ...]
    radius: float

    @property
    def d(self) -> int:
        """How many distributions are tied together."""
        return len(self.members)

    @cached_property
    def sd(self) -> float:
        """Of W - Y, for the honest, in units of measurements."""
        return self.sigma * float(np.sqrt(1 / self.owed + 1 / self.promised))

    def risks(self, counts: Array) -> Array:
        """Risk of honest counts (..., members), used as well as can be; inf where one is 0."""
        counts = np.asarray(counts, dtype=float)
        flat = counts.reshape(-1, self.d)
        return np.array([self.used(row, np.zeros(self.d)) for row in flat]).reshape(
            counts.shape[:-1]
        )

    def used(self, n: Array, lies: Array) -> float:
        """Risk of counts n and lies (members,), in units of measurements, in sum."""
        if not (n > 0).all():
            return float("inf")
        N, v0 = np.array(self.others), self.sd**2
        v = self.sigma**2 * (1 / n + 1 / N) / v0
        left = left_over(self.d, self.radius, v, lies / self.sd)
        return float((self.sigma**2 / (n + N) + (N / (n + N)) ** 2 * v0 * left).sum())

    def risk(self, plays: Sequence[Play]) -> tuple[float, float]:
        """As `used` where the answer is used well, else exactly that of accepting or weighting."""
        n = np.array([p.n for p in plays])
        if any(p.s == 0 for p in plays):  # fails, and is told nothing anywhere
            parts = [MeanChannel(self.sigma, 0.0).risk(p) for p in plays]
            return sum(p[0] for p in parts), sum(p[1] for p in parts)
        if not (n > 0).all():
            return float("inf"), 0.0
        if all(p.weight is None and p.q == p.n for p in plays) or self._as_owed(plays):
            value = self.used(n, np.array([p.shift for p in plays]))
            equal = float(np.ptp(n)) <= EQUAL * n[0] and len(set(self.others)) == 1
            return value, (RELATIVE_ERROR if equal else SAMPLED_ERROR) * value
        return accepted(self, plays)

    def _as_owed(self, plays: Sequence[Play]) -> bool:
        """Whether accepting is the best use: the truth, as many points as are owed."""
        return self.as_promised and all(p.complies and p.s == self.owed for p in plays)

    @property
    def as_promised(self) -> bool:
        """Whether the others hand in what the radius was made for."""
        return all(abs(N - self.promised) <= EQUAL * N for N in self.others)

    def best(self, costs: Array, *, integer: bool) -> Best:
        """The best response found, and a bound for all counts up to what is owed."""
        found = _best(self, tuple(float(c) for c in costs), integer)
        plays = tuple(
            Play(n, n, n, 0.0, 1.0 if all(k == self.owed for k in found[0]) else None)
            for n in found[0]
        )
        return Best(plays, found[1], found[2])


@lru_cache(maxsize=4096)
def _best(
    joint: BallJoint, costs: tuple[float, ...], integer: bool
) -> tuple[tuple[float, ...], float, float]:
    d, c = joint.d, np.array(costs)
    honest = np.full(d, joint.owed)

    def price(n: Array) -> float:
        return joint.used(n, np.zeros(d)) + float((np.where(np.isinf(c), 0.0, c) * n).sum())

    here = price(honest)
    tried = joint.owed * FACTORS
    if integer:
        tried = np.unique(np.maximum(np.rint(tried), 1.0))
    every = [np.full(d, n) for n in tried] if np.isfinite(c).all() else []
    values = [price(n) for n in every]
    j = int(np.argmin(values)) if values else 0
    counts, best = honest, here
    if values and values[j] < here * (1 - 1e-12):
        counts, best = every[j], values[j]
        if not integer:
            counts, best = _refined(price, counts, best)
    bound = _bound(joint, c, here)
    return tuple(float(n) for n in counts), best, min(bound, best)


def _refined(price: object, counts: Array, best: float) -> tuple[Array, float]:
    from scipy.optimize import minimize_scalar

    assert callable(price)  # noqa: S101 - for the type checker
    step = float(FACTORS[1] / FACTORS[0])
    found = minimize_scalar(
        lambda x: price(x * counts),
        bounds=(1 / step, step),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return (found.x * counts, float(found.fun)) if found.fun < best else (counts, best)


def _bound(joint: BallJoint, c: Array, here: float) -> float:
    """By the certificate where others and costs are as promised, else by full information."""
    v = joint.sigma**2
    if joint.as_promised and float(np.ptp(c)) <= EQUAL * float(c[0]):
        low = least_penalty(
            joint.d, joint.radius, joint.owed, joint.promised, float(c[0]) / v, here / v
        )
        if np.isfinite(low):
            return v * low
    N = np.array(joint.others)
    n = np.where(np.isinf(c), 0.0, np.maximum(joint.sigma / np.sqrt(c) - N, 0.0))
    return float((v / (n + N) + np.where(n > 0, c * n, 0.0)).sum())


@lru_cache(maxsize=16)
def _cut(d: int, r: float) -> Array:
    """Points of N(0, I) cut to the ball, (POINTS, d), by a Sobol sequence."""
    from scipy.special import chdtri, ndtri
    from scipy.stats import qmc

    x = qmc.Sobol(d + 1, seed=20240613).random(POINTS)
    z = ndtri(np.clip(x[:, :d], 1e-12, 1 - 1e-12))
    length = np.sqrt(chdtri(d, 1 - passes(d, r) * x[:, d]))
    return np.asarray(z / np.linalg.norm(z, axis=1)[:, None] * length[:, None])


def left_over(d: int, r: float, v: Array, mu: Array) -> Array:
    """F_k for u ~ N(mu, diag(v)), (d,): (1) of `ball`."""
    if float(np.ptp(v)) <= EQUAL * float(v[0]) and not mu.any():
        across, _ = lost(d, r, v[0])
        return np.full(d, float(across))
    chance, first, second, _ = moments(r * r, v, mu)
    Q = max(1 - chance, 1e-300)
    mean = (mu - first) / Q
    beyond = mu**2 + v - second - Q * mean**2
    M = _cut(d, r)
    log_ratio = np.log(passes(d, r)) + 0.5 * (M**2 - (M - mu) ** 2 / v - np.log(v)).sum(axis=1)
    believed = 1 / (1 + np.exp(np.minimum(np.log(Q) - log_ratio, 700.0)))
    return np.asarray(beyond + Q * (believed[:, None] * (M - mean) ** 2).mean(axis=0))
