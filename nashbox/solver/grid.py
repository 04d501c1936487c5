"""Forward recursion on a grid of log odds, with a bound on what the grid does to the answer.

Where beliefs are too many to list, they are binned: log odds = s + n a + h K + R with an integer
cell K that moves by k_s at symbol s, and a remainder R that moves by e_s (`rounding`). A cell
keeps its mass given theta = 0 and 1 and, as two more numbers, the hull of the R of all histories
in it. So what a cell may have crossed is known exactly:

* hull beyond the threshold: every history in it stops; hull inside: none does;
* hull astride: the cell is *ambiguous*. Half of its mass m stops, half goes on.

Error bound. Run the true test and this one on the same observations. They part only at an
ambiguous cell, and there one of the two halves does what the truth does. So a probability is off by
at most m/2 at each (`slip`), an expected time by at most m V/2 (`delay`), V the longest
expected way to the end from that threshold (Wald, `law.remaining_time`); what goes on is again
compared with the truth, with its halved mass. Sums over all ambiguous cells and iterations are
the bounds; no smoothness is assumed. The alive mass at the end counts as ambiguous in full.

Cells are many (10^6) and early histories few, so hulls are points for a long time; when they
fill up, little mass is left (and a coarser grid will do for it). That makes the bound some 100
times better than n max|e|.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.lattice import Floats
from nashbox.problem.observations import ObservationModel
from nashbox.problem.odds import OddsLattice, Symbols
from nashbox.solver.exact import STATES, Layer, forward
from nashbox.solver.law import Bounds, StoppingLaw, Watch, remaining_time, unwatched
from nashbox.solver.rounding import choose_rounding

CELLS = 1_000_000  # between the thresholds
LONGEST = 4096  # iterations
TAIL = 1e-10  # alive mass at which a grid may end: its own error is not below this anyway
COARSER = ((1e-3, 4), (1e-5, 16))  # below this alive mass, that many times fewer cells
CHUNK = 1 << 13


class Grid:
    """Cells between and around the thresholds, and one iteration on them."""

    def __init__(
        self, lattice: OddsLattice, parts: Sequence[Symbols], beta: Fraction, cells: int
    ) -> None:
        """Choose a rounding with about `cells` cells between the thresholds."""
        upper = Bounds(beta).upper
        self.limit = float(np.log(float(upper)))
        self.start = float(np.log(float(lattice.prior_odds)))
        self.parts = parts
        self.rounding = choose_rounding([p.logs for p in parts], 2 * self.limit / cells)
        h = self.rounding.width
        # R and n a may carry a history this many cells away from where its log odds belong
        drift = LONGEST * (abs(self.rounding.offset) + self.rounding.spread)
        self.pad = int(np.ceil(drift / h)) + 6
        self.low = int(np.floor((-self.limit - self.start) / h)) - self.pad
        self.high = int(np.ceil((self.limit - self.start) / h)) + self.pad
        self.margin = 2 * self.rounding.reach  # room to land in, and zeros to read from
        size = self.high - self.low + 2 * self.margin
        # ext = (-min R, max R), -inf where a cell is empty; float32 is finer than its slack
        self.mass: Floats = np.zeros((2, size))
        self.ext: NDArray[np.float32] = np.full((2, size), -np.inf, dtype=np.float32)
        self._mass = np.zeros_like(self.mass)
        self._ext = np.full_like(self.ext, -np.inf)
        self.iteration = 0
        self.widest = 0.0  # hull near a threshold so far, in nats

    def load(self, lattice: OddsLattice, layer: Layer) -> None:
        """Put the beliefs of an exact layer into their cells."""
        n, rounding = layer.iteration, self.rounding
        moves = {  # cells that each pooled symbol moves
            prod((r for r, _ in pick), start=Fraction(1)): float(sum(k for _, k in pick))
            for pick in product(*map(zip, (p.ratios for p in self.parts), rounding.cells))
        }
        # K as a linear function of coords and n makes R what the path would have added up
        steps = np.column_stack([lattice.steps, np.ones(len(lattice.steps))])
        wanted = np.array([moves[r] for r in lattice.symbols.ratios])
        slope = np.linalg.lstsq(steps, wanted, rcond=None)[0]
        K = np.rint(layer.coords @ slope[:-1] + n * slope[-1])
        level = lattice.log_odds(layer.coords) - self.start - n * rounding.offset
        K += np.rint(level / rounding.width - K) * (np.abs(level / rounding.width - K) > 2)
        self.iteration = n
        self._place(K, level, level, layer.mass)

    def take_over(self, finer: Grid) -> None:
        """Go on from another grid's cells."""
        low, high, full = finer.hull(slice(0, finer.mass.shape[1]))
        self.iteration = n = finer.iteration
        self.widest = finer.widest
        low, high = (side[full] - self.start - n * self.rounding.offset for side in (low, high))
        K = np.rint((low + high) / 2 / self.rounding.width)
        self._place(K, low, high, finer.mass[:, full])

    def _place(self, K: Floats, low: Floats, high: Floats, mass: Floats) -> None:
        """Put histories into cells K; low and high are their log odds less start and offset."""
        place = K.astype(np.int64) - self.low + self.margin
        for theta in (0, 1):
            self.mass[theta] = np.bincount(place, mass[theta], minlength=self.mass.shape[1])
        for side, far in ((0, self.rounding.width * K - low), (1, high - self.rounding.width * K)):
            np.maximum.at(self.ext[side], place, far.astype(np.float32))

    def advance(self) -> None:
        """One iteration's observations: move every cell by every symbol of every part."""
        edge = self.margin - self.rounding.reach
        for part, k, e in zip(self.parts, self.rounding.cells, self.rounding.errors, strict=True):
            self._move(part.p, k.tolist(), e, edge)
        self.iteration += 1

    def _move(self, p: Floats, cells: list[int], errors: Floats, edge: int) -> None:
        size = self.mass.shape[1]
        shift = np.array([-errors, errors], dtype=np.float32)
        mass, ext = np.empty((2, CHUNK)), np.empty((2, CHUNK), dtype=np.float32)
        for start in range(edge, size - edge, CHUNK):  # chunks stay in the processor's cache
            end = min(start + CHUNK, size - edge)
            new, hull = self._mass[:, start:end], self._ext[:, start:end]
            room = slice(0, end - start)
            for s, k in enumerate(cells):
                source = slice(start - k, end - k)
                np.multiply(self.mass[:, source], p[:, s, None], out=mass[:, room])
                np.add(self.ext[:, source], shift[:, s, None], out=ext[:, room])
                if s:
                    new += mass[:, room]
                    np.maximum(hull, ext[:, room], out=hull)
                else:
                    new[:], hull[:] = mass[:, room], ext[:, room]
        self.mass, self._mass = self._mass, self.mass
        self.ext, self._ext = self._ext, self.ext

    def hull(self, zone: slice) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Smallest and largest log odds of the cells in `zone`, and which of them are occupied."""
        first = zone.start + self.low - self.margin
        K = np.arange(first, first + zone.stop - zone.start)
        rounding, n = self.rounding, self.iteration
        base = self.start + n * rounding.offset + rounding.width * K
        slack = 1e-12 + n * (n * rounding.spread + rounding.width) * 2.0**-22  # float32
        ext = self.ext[:, zone]
        return base - ext[0] - slack, base + ext[1] + slack, ext[1] > -np.inf

    def zone(self, level: float) -> slice:
        """Cells that may hold log odds `level`, and for a threshold all beyond it."""
        K = (level - self.start) / self.rounding.width
        middle = int(K) - self.low + self.margin
        size = self.mass.shape[1]
        left, right = middle - self.pad - 2, middle + self.pad + 2
        if level >= self.limit:
            right = size
        if level <= -self.limit:
            left = 0
        return slice(max(left, 0), min(right, size))

    def cross(self, level: float) -> tuple[Floats, Floats]:
        """Take out what has crossed a threshold; return (2,) stopped and (2,) ambiguous mass."""
        zone = self.zone(level)
        low, high, full = self.hull(zone)
        self.widest = max(self.widest, float(np.max(high - low, where=full, initial=0.0)))
        inward, outward = (low, high) if level > 0 else (-high, -low)
        gone = full & (inward >= abs(level))
        astride = full & ~gone & (outward >= abs(level))
        mass = self.mass[:, zone]
        unsure = mass[:, astride].sum(axis=1)
        stopped = mass[:, gone].sum(axis=1) + unsure / 2
        mass[:, astride] /= 2
        mass[:, gone] = 0.0
        self.ext[:, zone][:, gone] = -np.inf
        return stopped, unsure

    def lean(self) -> tuple[Floats, Floats]:
        """Weigh by leaning: (2, 3) masses alive, and the (2,) mass whose leaning is uncertain."""
        zone = self.zone(0.0)
        low, high, full = self.hull(zone)
        mass = self.mass[:, zone]
        parts = [mass[:, full & (high < 0)], mass[:, full & (low > 0)]]
        lean = np.stack([part.sum(axis=1) for part in parts], axis=1)
        lean[:, 0] += self.mass[:, : zone.start].sum(axis=1)
        lean[:, 1] += self.mass[:, zone.stop :].sum(axis=1)
        even = mass.sum(axis=1) - mass[:, full & ((high < 0) | (low > 0))].sum(axis=1)
        return np.column_stack([lean, even]), even


def grid_law(
    models: Sequence[ObservationModel],
    prior: Fraction,
    beta: Fraction,
    tolerance: float = 1e-12,
    cells: int = CELLS,
    states: int = STATES,
    watch: Watch = unwatched,
) -> StoppingLaw:
    """Law of one agent alone, or of several that pool: lists of beliefs first, then the grid.

    The grid takes over at the first layer with more than `states` beliefs (a rank-1 model never
    needs it). Iterations continue until the alive mass is <= tolerance given either theta, on the
    grid max(tolerance, 1e-10); `watch` is told what is alive.
    """
    lattice, trace, layer = forward(models, prior, beta, tolerance, states, watch)
    if layer is None:
        return trace.law(lattice, beta)
    parts = [Symbols.of([m]) for m in models]
    grid = Grid(lattice, parts, beta, cells)
    grid.load(lattice, layer)
    coarser = list(COARSER)
    unsure, uncertain = np.zeros((2, 2)), [np.zeros(2)] * layer.iteration
    end = max(tolerance, TAIL)
    while grid.iteration < LONGEST and trace.lean[-1].sum(axis=1).max() > end:
        certain = np.diag(trace.lean[-1].sum(axis=1) * lattice.symbols.certain)
        if coarser and trace.lean[-1].sum(axis=1).max() < coarser[0][0]:
            finer, grid = grid, Grid(lattice, parts, beta, cells // coarser.pop(0)[1])
            grid.take_over(finer)
        grid.advance()
        (down, unsure_down), (up, unsure_up) = grid.cross(-grid.limit), grid.cross(grid.limit)
        unsure += np.column_stack([unsure_down, unsure_up])
        lean, even = grid.lean()
        trace.record([certain + np.column_stack([down, up])], [lean])
        uncertain.append(even)
    law = trace.law(lattice, beta)
    ways = remaining_time(lattice, beta, grid.widest)  # a hull beyond a threshold stops for sure
    return replace(
        law,
        slip=law.slip + unsure.sum(axis=1) / 2,
        delay=law.delay + (unsure * ways).sum(axis=1) / 2,
        lean_slip=np.stack(uncertain, axis=1),
        arithmetic="grid",
    )
