"""The best response to the joint form, with its proof; `together` says why it is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.threshold.channel import ThresholdChannel, normal_density

Array = NDArray[np.float64]

TOLERANCE = 1e-10  # relative, of a proven minimum over real counts
ROUNDS = 30
MOST_INTERVALS = 600
TILTS = (1.0, 0.9, 1.1, 0.75, 1.35)  # multipliers tried around the middle one, whole numbers
MOST_COUNTS = 4000


class Priced(Protocol):
    """Risk of counts (..., members)."""

    def risks(self, counts: Array) -> Array:
        """Sum over members, (...)."""


@dataclass(frozen=True)
class Costed:
    """A member with what a point of it costs her."""

    channel: ThresholdChannel
    owed: bool
    cost: float


def best_response(
    joint: Priced, members: Sequence[Costed], *, integer: bool
) -> tuple[tuple[float, ...], float, float]:
    """Counts per member, their penalty, and a bound that no counts are below."""
    kinds = list(dict.fromkeys(members))
    size = np.array([members.count(kind) for kind in kinds], dtype=float)
    place = [kinds.index(member) for member in members]
    costs = np.array([member.cost for member in members])
    finite = np.where(np.isinf(costs), 0.0, costs)

    def price(counts: Array) -> Array:
        """Penalty of counts (..., kinds)."""
        spread = counts[..., place]
        return np.asarray(joint.risks(spread) + (finite * spread).sum(axis=-1))

    dual = _Whole(kinds, size) if integer else _Real(kinds, size)
    ends = np.concatenate(
        [[0.0], np.geomspace(1e-6, 0.5, 12), 1 - np.geomspace(0.4, 1e-9, 14), [1]]
    )
    a, b = ends[:-1], ends[1:]
    counts, best = np.zeros(len(kinds)), float(price(np.zeros(len(kinds))))
    proven = np.inf
    for _ in range(ROUNDS):
        bound, tried = dual.bounds(a, b)
        values = price(tried)
        j = int(np.argmin(values))
        if values[j] < best:
            counts, best = tried[j], float(values[j])
        open_ = bound < best * (1 - TOLERANCE)
        proven = min(proven, float(bound[~open_].min(initial=np.inf)))
        if not open_.any():
            break
        if 2 * open_.sum() > MOST_INTERVALS:
            proven = min(proven, float(bound.min()))
            break
        a, b = a[open_], b[open_]
        middle = 0.5 * (a + b)
        a, b = np.concatenate([a, middle]), np.concatenate([middle, b])
    else:
        proven = min(proven, float(bound.min()))
    full = counts[place]
    if integer:
        full, best = _nearby(joint, full, finite, costs, best)
    return tuple(float(n) for n in full), best, min(proven, best)


def _nearby(
    joint: Priced, counts: Array, finite: Array, costs: Array, best: float
) -> tuple[Array, float]:
    """Steps of one point, member by member, as long as they help."""
    for _ in range(200):
        moves = np.concatenate([np.eye(counts.size), -np.eye(counts.size)])
        tried = counts + moves
        allowed = (tried >= 0).all(axis=1) & (tried[:, np.isinf(costs)] == 0).all(axis=1)
        values = np.where(
            allowed, joint.risks(np.maximum(tried, 0)) + (finite * tried).sum(axis=1), np.inf
        )
        j = int(np.argmin(values))
        if not values[j] < best:
            break
        counts, best = tried[j], float(values[j])
    return counts, best


class _Dual:
    """L(alpha, nu) for arrays of both, and bounds of it on intervals of alpha."""

    def __init__(self, kinds: Sequence[Costed], size: Array) -> None:
        self.kinds, self.size = kinds, size

    def least(self, alpha: Array, nu: Array, *, rough: bool = False) -> tuple[Array, Array, Array]:
        """Minimisers (A, kinds), L without nu log alpha (A,), and sum log a (A,)."""
        raise NotImplementedError

    def value(self, alpha: Array, nu: Array) -> Array:
        """L(alpha, nu); at alpha = 0 only nu = 0 says anything."""
        with np.errstate(divide="ignore", invalid="ignore"):
            log_part = np.where(nu > 0, nu * np.log(alpha), 0.0)
        return self.least(alpha, nu)[1] + log_part

    def multiplier(self, alpha: Array) -> Array:
        """nu at which the minimisers pass with chance alpha, roughly: any nu gives a bound."""
        low, high = np.full(alpha.shape, -25.0), np.full(alpha.shape, 25.0)
        target = np.log(np.maximum(alpha, 1e-300))
        for _ in range(24):
            middle = 0.5 * (low + high)
            more = self.least(alpha, np.exp(middle), rough=True)[2] < target
            low, high = np.where(more, middle, low), np.where(more, high, middle)
        free = self.least(alpha, np.zeros(alpha.shape), rough=True)[2] >= target
        return np.where(free, 0.0, np.exp(high))

    tilts: tuple[float, ...] = (1.0,)

    def bounds(self, a: Array, b: Array) -> tuple[Array, Array]:
        """Lower bounds of F on [a, b], and counts (A, kinds) worth trying."""
        middle = np.where(b < 1, 0.5 * (a + b), a)
        nu = self.multiplier(middle)
        best = np.minimum(*(self.value(x, 0.0 * nu) for x in (a, b)))
        for tilt in self.tilts:
            found = np.minimum(*(self.value(x, tilt * nu) for x in (a, b)))
            best = np.fmax(best, np.where(a > 0, found, -np.inf))
        tried = [self.least(middle, tilt * nu)[0] for tilt in self.tilts]
        return best, np.concatenate(tried)


def _log_chance(kind: Costed, n: Array) -> Array:
    """log a(n), 0 for a member that is not owed."""
    from scipy.special import erf

    if not kind.owed:
        return np.zeros(n.shape)
    fails = kind.channel.fails(n)
    with np.errstate(divide="ignore"):
        small = np.log(erf(kind.channel.standardised(n) / np.sqrt(2)))
        return np.where(fails < 0.5, np.log1p(-np.minimum(fails, 0.5)), small)


def _log_slope(kind: Costed, n: Array) -> Array:
    """d log a/dn at n > 0."""
    from scipy.special import erf

    if not kind.owed:
        return np.zeros(n.shape)
    channel, z = kind.channel, kind.channel.clean
    u = channel.standardised(n)
    return np.asarray(normal_density(u) * u * z / (n * (n + z)) / erf(u / np.sqrt(2)))


class _Real(_Dual):
    def least(self, alpha: Array, nu: Array, *, rough: bool = False) -> tuple[Array, Array, Array]:
        """The one root of the derivative of each convex part, by bisection of log n."""
        counts = np.zeros((alpha.size, len(self.kinds)))
        total, log_sum = np.zeros(alpha.size), np.zeros(alpha.size)
        for j, kind in enumerate(self.kinds):
            n = self._root(kind, alpha, nu, 22 if rough else 50)
            v, z, N = kind.channel.sigma**2, kind.channel.clean, kind.channel.others
            logs = _log_chance(kind, n)
            spent = np.where(n > 0, (kind.cost if np.isfinite(kind.cost) else 0.0) * n, 0.0)
            part = (1 - alpha) * v / (n + z) + alpha * v / (n + N) + spent
            with np.errstate(invalid="ignore"):
                part = part - np.where(nu > 0, nu * logs, 0.0)
            counts[:, j] = n
            total += self.size[j] * part
            log_sum += self.size[j] * logs
        return counts, total, log_sum

    @staticmethod
    def _root(kind: Costed, alpha: Array, nu: Array, steps: int) -> Array:
        if np.isinf(kind.cost):
            return np.zeros(alpha.shape)
        channel, c = kind.channel, kind.cost
        v, z, N = channel.sigma**2, channel.clean, channel.others

        def slope(n: Array) -> Array:
            fall = (1 - alpha) * v / (n + z) ** 2 + alpha * v / (n + N) ** 2
            return np.asarray(c - fall - nu * _log_slope(kind, n))

        scale = channel.sigma / np.sqrt(c)
        low, high = np.full(alpha.shape, -23.0), np.full(alpha.shape, 23.0)
        for _ in range(steps):
            middle = 0.5 * (low + high)
            rising = slope(scale * np.exp(middle)) > 0
            low, high = np.where(rising, low, middle), np.where(rising, middle, high)
        n = scale * np.exp(0.5 * (low + high))
        return np.where(low > -22.999, n, 0.0 if not kind.owed else n)


class _Whole(_Dual):
    tilts = TILTS

    def __init__(self, kinds: Sequence[Costed], size: Array) -> None:
        super().__init__(kinds, size)
        self.tables = []
        for kind in kinds:
            v, z, N = kind.channel.sigma**2, kind.channel.clean, kind.channel.others
            top = (
                0
                if np.isinf(kind.cost)
                else int(max(4 * kind.channel.sigma / np.sqrt(kind.cost), v / z / kind.cost)) + 2
            )
            n = np.arange(min(top, MOST_COUNTS) + 1.0)
            spent = n * (kind.cost if np.isfinite(kind.cost) else 0.0)
            self.tables.append((n, v / (n + z), v / (n + N), spent, _log_chance(kind, n)))

    def least(self, alpha: Array, nu: Array, *, rough: bool = False) -> tuple[Array, Array, Array]:
        """The least entry of each table."""
        counts = np.zeros((alpha.size, len(self.kinds)))
        total, log_sum = np.zeros(alpha.size), np.zeros(alpha.size)
        some = nu[:, None] > 0
        for j, (n, part, full, spent, logs) in enumerate(self.tables):
            with np.errstate(invalid="ignore"):
                pull = np.where(some, nu[:, None] * logs, 0.0)
            value = (1 - alpha)[:, None] * part + alpha[:, None] * full + spent - pull
            at = np.argmin(value, axis=1)
            counts[:, j] = n[at]
            total += self.size[j] * value[np.arange(alpha.size), at]
            log_sum += self.size[j] * logs[at]
        return counts, total, log_sum
