"""The best joint rule for one agent: thresholds for all that she owes, tied together.

For given z_k the first-order conditions at n say how steep each log a_k must be,

    (log a_k)' = [ (c_k - v/(n+z)^2)/A + v/(n+z)^2 - v/(n+N)^2 ] / H,   H = sum over members of h,

and A = prod_k a_k closes the system: its right side rises with A, and the largest fixed point has
the smallest chance to fail. The z_k are searched, and the winner is proven a global optimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.crossing import crossing
from nashbox.mechanisms.threshold.stationary import FARTHEST
from nashbox.mechanisms.threshold.together import Together
from nashbox.problem.arrays import Array

SLACK = 1e-9  # relative gain that counts as rounding
OWED_RATIOS = np.geomspace(0.02, 20.0, 17)  # of z to n
FREE_RATIOS = np.geomspace(0.01, 0.97, 6)  # of z to N
LEAST_FAILS = float(np.log(1e-15))  # log of a chance
CLOSE = 1e-11  # steps in it at which its search ends
STRETCHES = 5  # halvings of what t may exceed its stationary value by, whole numbers


@dataclass(frozen=True)
class Pair:
    """One member: n owed (0 for free data), the others' N points, cost and sigma."""

    n: float
    others: float
    cost: float
    sigma: float


@dataclass(frozen=True)
class Bundle:
    """Rules for the members: z and t (0 where nothing is owed), and the risk added in sum."""

    z: tuple[float, ...]
    t: tuple[float, ...]
    excess: float


def steepness(u: Array) -> Array:
    """d log(2 Phi(u) - 1)/d log u, which falls from 1 to 0."""
    from scipy.special import erf

    u = np.maximum(u, 1e-9)
    return np.asarray(2 * u * np.exp(-0.5 * u * u) / np.sqrt(2 * np.pi) / erf(u / np.sqrt(2)))


_U = np.concatenate([np.linspace(1e-3, 6, 3000), np.linspace(6, FARTHEST, 300)[1:]])
_LEVELS = np.concatenate([1 - np.geomspace(1e-12, 0.1, 9), np.linspace(0.86, 0.05, 16)])  # of A


@cache
def _steep() -> Array:
    """Steepness at _U."""
    return steepness(_U)


def _inverse(target: Array) -> Array:
    """u with steepness(u) = target, NaN where it is too steep, FARTHEST at 0 and below."""
    steep = _steep()
    u = np.interp(-target, -steep, _U)
    for _ in range(2):
        f = steepness(u)
        u = np.clip(u - (f - target) / (f * (1 - u * u - f) / u), 1e-3, FARTHEST)
    return np.where(target >= steep[0], np.nan, np.where(target <= steep[-1], FARTHEST, u))


def stationary(pairs: tuple[Pair, ...], z: Array) -> tuple[Array, Array]:
    """u (R, members) and the excess (1 - A) H (R,) for z (R, members); inf where none exists."""
    from scipy.special import erf

    # equal members with equal z are worked out once
    first = [
        next(j for j in range(k + 1) if pairs[j] == p and (z[:, j] == z[:, k]).all())
        for k, p in enumerate(pairs)
    ]
    kinds = sorted(set(first))
    size = np.array([first.count(k) for k in kinds], dtype=float)
    n, N, c, s = (
        np.array([getattr(pairs[k], name) for k in kinds])
        for name in ("n", "others", "cost", "sigma")
    )
    zs, v, owed = z[:, kinds], s**2, n > 0
    h = v / (n + zs) - v / (n + N)
    H = (size * h).sum(axis=-1)
    rise = np.where(np.isinf(c), 0.0, c) - v / (n + zs) ** 2
    spread = v / (n + zs) ** 2 - v / (n + N) ** 2
    scale = H[:, None] * np.where(owed, zs / (2 * np.where(owed, n, 1.0) * (n + zs)), 1.0)

    def answer(A: Array) -> tuple[Array, Array]:
        """u (..., R, kinds) and the chance to pass (..., R) for A (..., R)."""
        target = (rise / A[..., None] + spread) / scale
        u = np.full(target.shape, FARTHEST)
        u[..., owed] = _inverse(target[..., owed])
        chance = np.where(owed, erf(u / np.sqrt(2)) ** size, 1.0).prod(axis=-1)
        return u, np.where(np.isnan(chance), -1.0, chance)

    def excess(y: Array) -> Array:
        """log of the chance to fail that answers exp(y), less y."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(1 - answer(1 - np.exp(y))[1]) - y)

    levels = np.broadcast_to(_LEVELS[:, None], (_LEVELS.size, len(z)))
    above = answer(levels)[1] >= levels
    found = above.any(axis=0)
    j = np.argmax(above, axis=0)  # the largest level that is answered by no less than itself
    fails = np.log1p(-np.where(found, _LEVELS[j], 0.5))
    fewer = np.where(j > 0, np.log1p(-_LEVELS[j - 1]), LEAST_FAILS)
    fewer = np.where(found, fewer, fails)
    low = 1 - np.exp(crossing(excess, fewer, fails, fails, CLOSE))
    u, A = answer(low)
    good = found & (np.abs(A - low) < 1e-8)
    return u[:, [kinds.index(j) for j in first]], np.where(good, (1 - A) * H, np.inf)


def _rule(pairs: tuple[Pair, ...], z: Array, t: Array) -> Together:
    channels = tuple(
        ThresholdChannel(p.sigma, float(z[k]), p.others, float(t[k])) for k, p in enumerate(pairs)
    )
    return Together(tuple(range(len(pairs))), channels, tuple(p.n > 0 for p in pairs))


def _gain(pairs: tuple[Pair, ...], z: Array, t: Array, *, integer: bool) -> float:
    """Upper bound of what she gains by other counts, relative to her penalty."""
    rule, n = _rule(pairs, z, t), np.array([p.n for p in pairs])
    costs = np.array([p.cost for p in pairs])
    price = float(rule.risks(n)) + float(np.where(n > 0, n * np.where(n > 0, costs, 0), 0).sum())
    return (price - rule.best(costs, integer=integer).bound) / price


@lru_cache(maxsize=20_000)
def bundled(pairs: tuple[Pair, ...], integer: bool) -> Bundle | None:
    """The best joint rule for counts n of all pairs, or None where none was found."""
    if not any(p.n > 0 for p in pairs):
        return None
    n, N = np.array([p.n for p in pairs]), np.array([p.others for p in pairs])
    if ((1 if integer else 0) >= N).any():
        return None
    found = _searched(pairs, n, N, integer)
    if found is None:
        return None
    z, u, _ = found
    sigma = np.array([p.sigma for p in pairs])
    with np.errstate(divide="ignore"):
        t = np.where(n > 0, u * sigma * np.sqrt(1 / np.where(n > 0, n, 1) + 1 / z), 0.0)
    if _gain(pairs, z, t, integer=False) > SLACK and (
        not integer or _gain(pairs, z, t, integer=True) > SLACK
    ):
        return None
    if integer:
        low, high = 0.0, 1.0
        for _ in range(STRETCHES):
            middle = 0.5 * (low + high)
            good = _gain(pairs, z, t * (1 + middle), integer=True) <= SLACK
            low, high = (middle, high) if good else (low, middle)
        t = t * (1 + low)
    rule = _rule(pairs, z, t)
    pooled = float(sum(p.sigma**2 / (p.n + p.others) for p in pairs))
    return Bundle(tuple(z.tolist()), tuple(t.tolist()), float(rule.risks(n)) - pooled)


@lru_cache(maxsize=50_000)
def sketched(pairs: tuple[Pair, ...], integer: bool) -> float:
    """The excess of the best joint rule by the first-order conditions, inf where there is none."""
    n, N = np.array([p.n for p in pairs]), np.array([p.others for p in pairs])
    if ((1 if integer else 0) >= N).any():
        return float("inf")
    found = _searched(pairs, n, N, integer)
    return float("inf") if found is None else found[2]


def _searched(
    pairs: tuple[Pair, ...], n: Array, N: Array, integer: bool
) -> tuple[Array, Array, float] | None:
    """z, u and the least excess: two ratios for all members first, then member by member."""
    owed = n > 0
    free = FREE_RATIOS if (~owed).any() else FREE_RATIOS[:1]

    def lattice(z: Array) -> Array:
        z = np.clip(z, 1e-6 * N, 0.97 * N)
        return np.clip(np.rint(z), 1, N - 1) if integer else z

    scaled = np.where(owed, OWED_RATIOS[:, None, None] * n, free[None, :, None] * N)
    zs = lattice(scaled.reshape(-1, n.size))
    u, added = stationary(pairs, zs)
    j = int(np.argmin(added))
    if not np.isfinite(added[j]):
        return None
    z, best, u_best = zs[j], float(added[j]), u[j]
    groups = [np.array([pairs[k] == p for k in range(n.size)]) for p in dict.fromkeys(pairs)]
    for width in (0.5, 0.15, 0.04):
        for group in groups:
            factors = np.exp(np.linspace(-width, width, 9))
            tried = lattice(np.where(group, z * factors[:, None], z))
            u, added = stationary(pairs, tried)
            j = int(np.argmin(added))
            if added[j] < best:
                z, best, u_best = tried[j], float(added[j]), u[j]
    return z, u_best, best
