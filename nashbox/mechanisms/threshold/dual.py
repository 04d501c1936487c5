"""The dual of the joint form's best response: bounds of it on intervals of alpha; see `together`.

For alpha and nu every member's part is convex in her count. Over real counts it is least at the
root of its derivative: with fall = (1 - alpha) v/(n + z)^2 + alpha v/(n + N)^2 where

    log(fall + nu (log a)') = log c,

nearly linear in log n, so that Newton steps are few; they are kept inside an interval that holds
the root. Over whole numbers it is least where one point more first adds to it: halvings over
differences, which lie in a table where that is not large.

Who hands in nothing at all pays sum v/z, so that no count is worth more than that: it ends the
search over whole numbers, and is the unit in which nu is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nashbox.mechanisms.gauss import phi
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.crossing import crossing
from nashbox.problem.arrays import Array, Counts

FARTHEST = 23.0  # of log n from that of sigma/sqrt(c)
STEPS = 60  # of the search for a root, at most
FINE, ROUGH = 1e-9, 1e-3  # steps in log n at which it ends; the error is about their square
WIDEST = 25.0  # of log nu, in its unit
HALVINGS = 24
NEAR = 1e-6  # steps in log nu at which its search ends
MOST_COUNTS = 2.0**52  # of a member: floats count beyond that no more
TABLED = 1_000_000  # entries of a table
FLOOR = -1e200  # for the log of no chance: 0 times it is 0, and no multiplier makes it infinite


@dataclass(frozen=True)
class Costed:
    """A member with what a point of it costs her."""

    channel: ThresholdChannel
    owed: bool
    cost: float


class ResponseDual:
    """L(alpha, nu) for arrays of both, and bounds of it on intervals of alpha; real counts.

    kinds: different members. size: (kinds,) how many of each. Counts below are (A, kinds).
    """

    tilts = np.array([0.0, 1.0])[:, None]  # multipliers around the middle one

    def __init__(self, kinds: Sequence[Costed], size: Array) -> None:
        self.size = size
        self.owed = np.array([kind.owed for kind in kinds])
        sigma, self.z, self.N, t = (
            np.array([getattr(kind.channel, name) for kind in kinds])
            for name in ("sigma", "clean", "others", "t")
        )
        costs = np.array([kind.cost for kind in kinds])
        self.free = np.isfinite(costs)
        self.c = np.where(self.free, costs, 1.0)
        self.v, self.scale = sigma**2, sigma / np.sqrt(self.c)
        self.reach = np.where(self.owed, t / sigma, 1.0)
        self.unit = float((self.v / self.z) @ size)

    def least(self, alpha: Array, nu: Array, *, rough: bool = False) -> tuple[Array, Array, Array]:
        """Minimisers (A, kinds), L without nu log alpha (A,), and sum log a (A,)."""
        n = self._roots(alpha, nu, ROUGH if rough else FINE)
        logs = self._log_chance(n)
        with np.errstate(invalid="ignore"):
            return n, self._parts(n, logs, alpha, nu) @ self.size, logs @ self.size

    def _parts(self, n: Array, logs: Array, alpha: Array, nu: Array) -> Array:
        """Each member's part at n."""
        alpha, nu = alpha[:, None], nu[:, None]
        with np.errstate(invalid="ignore"):
            pull = np.where((nu > 0) & self.owed, nu * logs, 0.0)
        risk = (1 - alpha) * self.v / (n + self.z) + alpha * self.v / (n + self.N)
        return np.asarray(risk + self.c * n - pull)

    def _log_chance(self, n: Array) -> Array:
        """log a(n), 0 for a member that is not owed."""
        from scipy.special import erf, ndtr

        u = self.reach * np.sqrt(n * self.z / (n + self.z))
        fails = 2 * ndtr(-u)
        with np.errstate(divide="ignore"):
            small = np.log(erf(u / np.sqrt(2)))
        logs = np.where(fails < 0.5, np.log1p(-np.minimum(fails, 0.5)), small)
        return np.where(self.owed, logs, 0.0)

    def _pulls(self, n: Array, alpha: Array, nu: Array) -> tuple[Array, Array]:
        """fall + nu (log a)' at n > 0, and its derivative by log n."""
        from scipy.special import erf

        part, full = 1 / (n + self.z), 1 / (n + self.N)
        near, far = (1 - alpha) * self.v * part**2, alpha * self.v * full**2
        u = self.reach * np.sqrt(n * self.z * part)
        steep = phi(u) * u * self.z * part / (n * erf(u / np.sqrt(2)))
        # u' = u z/(2 n (n + z)), and (log steep)' = u' (1/u - u) - 1/n - 1/(n + z) - steep
        bend = 0.5 * self.z * part * (1 - u * u) - 1 - n * (part + steep)
        pull = np.where(self.owed, nu * steep, 0.0)
        slope = -2 * n * (near * part + far * full) + np.where(self.owed, pull * bend, 0.0)
        return near + far + pull, slope

    def _roots(self, alpha: Array, nu: Array, within: float) -> Array:
        """Where each member's part is least over real n >= 0."""
        alpha, nu = alpha[:, None], nu[:, None]
        goal = np.log(self.c)

        def newton(x: Array) -> tuple[Array, Array]:
            """log(pull/c), and the step to where it is 0, at log counts x."""
            with np.errstate(all="ignore"):
                pull, slope = self._pulls(self.scale * np.exp(x), alpha, nu)
                excess = np.log(pull) - goal
                return excess, -excess * pull / slope

        low = np.full((alpha.size, self.c.size), -FARTHEST)
        high = np.where(newton(low)[0] < 0, low, FARTHEST)
        x = np.minimum(high, 0.0)
        for _ in range(STEPS):
            excess, step = newton(x)
            below = ~(excess < 0)
            low, high = np.where(below, x, low), np.where(below, high, x)
            inside = (x + step >= low) & (x + step <= high)
            new = np.where(inside, x + step, 0.5 * (low + high))
            moved, x = np.abs(new - x), new
            if (moved <= within).all():
                break
        n = self.scale * np.exp(x)
        at_zero = (x < 1e-3 - FARTHEST) & (~self.owed | (nu == 0))
        return np.where(at_zero | ~self.free, 0.0, n)

    def multiplier(self, alpha: Array) -> Array:
        """nu at which the minimisers pass with chance alpha, roughly: any nu gives a bound.

        log(-sum log a) falls nearly linearly in log nu.
        """
        target = np.log(np.maximum(alpha, 1e-300))
        free = self.least(alpha, np.zeros(alpha.shape), rough=True)[2] >= target

        def miss(y: Array) -> Array:
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = self.least(alpha, self.unit * np.exp(y), rough=True)[2]
                return np.asarray(np.where(free, 0.0, np.log(-logs) - np.log(-target)))

        far = np.full(alpha.shape, WIDEST)
        return np.where(free, 0.0, self.unit * np.exp(crossing(miss, -far, far, 0 * far, NEAR)))

    def bounds(self, a: Array, b: Array) -> tuple[Array, Array]:
        """Lower bounds of F on [a, b], and counts (A, kinds) worth trying."""
        middle = np.where(b < 1, 0.5 * (a + b), a)
        nu = self.multiplier(middle)
        low, high = (self._values(x, self.tilts * nu) for x in (a, b))  # (tilts, A)
        low[1:, a == 0] = -np.inf
        best = np.fmax.reduce(np.minimum(low, high))
        tried = self.tilts[1:] * nu
        return best, self.least(np.tile(middle, len(tried)), tried.ravel())[0]

    def _values(self, alpha: Array, nu: Array) -> Array:
        """L(alpha, nu) for nu (tilts, A); at alpha = 0 only nu = 0 says anything."""
        with np.errstate(divide="ignore", invalid="ignore"):
            log_part = np.where(nu > 0, nu * np.log(alpha), 0.0)
            least = self.least(np.tile(alpha, len(nu)), nu.ravel())[1]
            return least.reshape(nu.shape) + log_part


class WholeDual(ResponseDual):
    """The same for whole numbers."""

    tilts = np.array([0.0, 1.0, 0.9, 1.1, 0.75, 1.35])[:, None]

    def __init__(self, kinds: Sequence[Costed], size: Array) -> None:
        super().__init__(kinds, size)
        worth = np.minimum(self.unit / self.c, MOST_COUNTS)
        self.top = np.where(self.free, worth + 2, 0).astype(np.int64)
        self.tables: tuple[Array, ...] | None = None
        entries = int(self.top.max()) + 1
        if entries * self.top.size <= TABLED:
            self.tables = self._differences(np.arange(float(entries))[:, None])

    def least(self, alpha: Array, nu: Array, *, rough: bool = False) -> tuple[Array, Array, Array]:
        """The first counts at which a point more adds to the member's part."""
        low = np.zeros((alpha.size, self.top.size), dtype=np.int64)
        high = np.broadcast_to(self.top, low.shape)
        for _ in range(int(self.top.max()).bit_length()):
            at = (low + high) >> 1
            saved, more = self._one_more(at, alpha)
            falls = (saved + nu[:, None] * more > self.c) & (at < high)
            low, high = np.where(falls, at + 1, low), np.where(falls, high, at)
        n = low.astype(float)
        logs = self._log_chance(n)
        with np.errstate(invalid="ignore"):
            return n, self._parts(n, logs, alpha, nu) @ self.size, logs @ self.size

    def multiplier(self, alpha: Array) -> Array:
        """The same by halvings: the chance moves in steps, and nu is where it makes one."""
        low, high = np.full(alpha.shape, -WIDEST), np.full(alpha.shape, WIDEST)
        target = np.log(np.maximum(alpha, 1e-300))
        fewest, most = np.zeros((2, alpha.size, self.top.size))
        most += self.top
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            n, _, logs = self.least(alpha, self.unit * np.exp(middle))
            more = logs < target
            low, high = np.where(more, middle, low), np.where(more, high, middle)
            fewest = np.where(more[:, None], n, fewest)
            most = np.where(more[:, None], most, n)
            if ((most - fewest).sum(axis=1) <= 1).all():
                break
        saved, more_log = self._one_more(fewest.astype(np.int64), alpha)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            makes = np.log((self.c - saved) / more_log / self.unit)
            makes = np.where(most > fewest, makes, -np.inf).max(axis=1)
        last = 2 * WIDEST / 2**HALVINGS  # where further halvings would end
        above = last * np.ceil((makes + WIDEST) / last) - WIDEST
        one = ((most - fewest).sum(axis=1) == 1) & np.isfinite(above)
        nu = self.unit * np.exp(np.where(one, above, high))
        free = self.least(alpha, np.zeros(alpha.shape))[2] >= target
        return np.where(free, 0.0, nu)

    def _one_more(self, at: Counts, alpha: Array) -> tuple[Array, Array]:
        """What one point more takes off the risk and adds to log a, at counts (A, kinds)."""
        if self.tables is None:
            clean, full, more = self._differences(at.astype(float))
        else:
            place = at * self.top.size + np.arange(self.top.size)
            clean, full, more = (table.take(place) for table in self.tables)
        return clean + alpha[:, None] * (full - clean), more

    def _differences(self, n: Array) -> tuple[Array, Array, Array]:
        """From n to n + 1, (..., kinds): v/(n + z) and v/(n + N) fall by, log a rises by."""
        before, after = (np.maximum(self._log_chance(k), FLOOR) for k in (n, n + 1))
        z, N = n + self.z, n + self.N
        return self.v / (z * (z + 1)), self.v / (N * (N + 1)), after - before
