"""Forward recursion on a grid of log odds, with a bound on what the grid does to the answer.

Where beliefs are too many to list, they are binned: log odds = s + n a + h K + R with an integer
cell K that moves by k_s at symbol s, and a remainder R that moves by e_s (`rounding`). A cell
keeps its mass given theta = 0 and 1 and, as two more numbers, the hull of the R of all histories
in it. So what a cell may have crossed is known exactly:

* hull beyond the threshold: every history in it stops; hull inside: none does;
* hull astride: the cell is *ambiguous*. Half of its mass m stops, half goes on.

Error bound. Run the true test and this one on the same observations. They part only at an
ambiguous cell, and there one of the two halves does what the truth does. So a probability is off by
at most m/2 at each (`slip`), an expected time by at most m V/2 (`delay`), V the longest expected
way to the end from that threshold (`law.crossing_time` where it is the right one, else Wald,
`law.remaining_time`); what goes on is again compared with the truth, with its halved mass. Sums
over all ambiguous cells and iterations are the bounds; no smoothness is assumed. The alive mass at
the end counts as ambiguous in full.

Cells are many (up to 10^6) and early histories few, so hulls are points for a long time; when they
fill up, little mass is left, and a coarser grid will do for it. That makes the bound some 100
times better than n max|e|. A 64th of the cells is tried first, and is often enough if little is
asked for.

Only cells between the thresholds are kept, and those from which the iteration's other agents can
still bring a history back; the mass of what lands beyond is added up and has stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Mask
from nashbox.problem.lattice import Floats
from nashbox.problem.observations import ObservationModel
from nashbox.problem.odds import OddsLattice, Symbols
from nashbox.solver.exact import STATES, Layer, forward
from nashbox.solver.law import (
    Bounds,
    StoppingLaw,
    Trace,
    Watch,
    crossing_time,
    remaining_time,
    unwatched,
)
from nashbox.solver.rounding import choose_rounding

CELLS = 1_000_000  # between the thresholds, at most
PILOT = 64  # times fewer cells that are tried first
ACCURATE = 1e-5  # slip and delay at which a grid is fine enough
LONGEST = 4096  # iterations
TAIL = 1e-10  # alive mass at which a grid may end: its own error is not below this anyway
COARSENS = 4.0  # times the root of what is alive: the share of the cells that is kept
FEWEST = 2_000  # cells that are not made fewer
CHUNK = 1 << 13


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells first, first + 1, ...: mass (2, C) given theta, and hulls.

    ext: (2, C), (-min R, max R), -inf where a cell is empty; float32 is finer than its slack.
    """

    first: int
    mass: Floats
    ext: NDArray[np.float32]

    @classmethod
    def empty(cls, first: int, size: int) -> Cells:
        """No history anywhere."""
        return cls(first, np.zeros((2, size)), np.full((2, size), -np.inf, dtype=np.float32))

    @property
    def end(self) -> int:
        """The first cell behind."""
        return self.first + int(self.mass.shape[1])


class Grid:
    """Cells between and around the thresholds, and one iteration on them."""

    def __init__(
        self, lattice: OddsLattice, parts: Sequence[Symbols], beta: Fraction, cells: int
    ) -> None:
        """Choose a rounding with about `cells` cells between the thresholds."""
        upper = Bounds(beta).upper
        self.limit = float(np.log(float(upper)))
        self.start = float(np.log(float(lattice.prior_odds)))
        self.lattice, self.parts, self.beta, self.wanted = lattice, parts, beta, cells
        self.rounding = choose_rounding([p.logs for p in parts], 2 * self.limit / cells)
        h = self.rounding.width
        # R may carry a history this many cells away from where its log odds belong
        self.pad = int(np.ceil(LONGEST * self.rounding.spread / h)) + 6
        self.iteration = 0
        self.widest = 0.0  # hull near a threshold so far, in nats
        self.size = int(np.ceil(2 * self.limit / h)) + 2 * self.pad + 2
        self.cells = Cells.empty(self.first(0), self.size)
        most = self.size + sum(2 * int(np.abs(k).max(initial=0)) for k in self.rounding.cells[1:])
        self._rooms = [Cells.empty(0, most), Cells.empty(0, most)]

    def first(self, n: int) -> int:
        """The first cell that matters after n iterations, `pad` cells below the lower threshold."""
        level = -self.limit - self.start - n * self.rounding.offset
        return int(np.floor(level / self.rounding.width)) - self.pad

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
        low, high, full = finer.hull(slice(0, finer.size))
        self.iteration = n = finer.iteration
        self.widest = finer.widest
        low, high = (side[full] - self.start - n * self.rounding.offset for side in (low, high))
        K = np.rint((low + high) / 2 / self.rounding.width)
        self._place(K, low, high, finer.cells.mass[:, full])

    def _place(self, K: Floats, low: Floats, high: Floats, mass: Floats) -> None:
        """Put histories into cells K; low and high are their log odds less start and offset."""
        self.cells = Cells.empty(self.first(self.iteration), self.size)
        place = K.astype(np.int64) - self.cells.first
        for theta in (0, 1):
            self.cells.mass[theta] = np.bincount(place, mass[theta], minlength=self.size)
        for side, far in ((0, self.rounding.width * K - low), (1, high - self.rounding.width * K)):
            np.maximum.at(self.cells.ext[side], place, far.astype(np.float32))

    def _room(self, first: int, size: int) -> Cells:
        """Cells to write to that are not those at hand: two rooms are used in turns."""
        self._rooms = self._rooms[::-1]
        room = self._rooms[0]
        return Cells(first, room.mass[:, :size], room.ext[:, :size])

    def advance(self) -> Floats:
        """One iteration's observations: move every cell by every symbol of every part.

        What lands where the parts to come cannot bring it back from has crossed for sure: its mass
        (2 thetas, 2 thresholds).
        """
        self.iteration += 1
        first, crossed = self.first(self.iteration), np.zeros((2, 2))
        for j, (part, k, e) in enumerate(
            zip(self.parts, self.rounding.cells, self.rounding.errors, strict=True)
        ):
            up = sum(int(c.max(initial=0)) for c in self.rounding.cells[j + 1 :])
            down = sum(int((-c).max(initial=0)) for c in self.rounding.cells[j + 1 :])
            here, there = self.cells, self._room(first - up, self.size + up + down)
            _move(here, there, part.p, k.tolist(), e)
            proves_nothing = np.prod([q.p.sum(axis=1) for q in self.parts[j + 1 :]], axis=0)
            for s, shift in enumerate(k.tolist()):
                below = here.mass[:, : max(there.first - shift - here.first, 0)].sum(axis=1)
                above = here.mass[:, max(there.end - shift - here.first, 0) :].sum(axis=1)
                crossed += (part.p[:, s] * proves_nothing)[:, None] * np.stack([below, above], 1)
            self.cells = there
        return crossed

    def hull(self, zone: slice) -> tuple[Floats, Floats, Mask]:
        """Smallest and largest log odds of the cells in `zone`, and which of them are occupied."""
        K = self.cells.first + np.arange(zone.start, zone.stop)
        rounding, n = self.rounding, self.iteration
        base = self.start + n * rounding.offset + rounding.width * K
        slack = 1e-12 + n * (n * rounding.spread + rounding.width) * 2.0**-22  # float32
        ext = self.cells.ext[:, zone]
        return base - ext[0] - slack, base + ext[1] + slack, ext[1] > -np.inf

    def zone(self, level: float) -> slice:
        """Cells that may hold log odds `level`."""
        level -= self.start + self.iteration * self.rounding.offset
        middle = int(np.floor(level / self.rounding.width)) - self.cells.first
        return slice(max(middle - self.pad - 2, 0), min(middle + self.pad + 3, self.size))

    def cross(self, level: float) -> tuple[Floats, Floats]:
        """Take out what has crossed a threshold; return (2,) stopped and (2,) ambiguous mass."""
        zone = self.zone(level)
        low, high, full = self.hull(zone)
        self.widest = max(self.widest, float(np.max(high - low, where=full, initial=0.0)))
        inward, outward = (low, high) if level > 0 else (-high, -low)
        gone = full & (inward >= abs(level))
        astride = full & ~gone & (outward >= abs(level))
        mass = self.cells.mass[:, zone]
        unsure = mass[:, astride].sum(axis=1)
        stopped = mass[:, gone].sum(axis=1) + unsure / 2
        mass[:, astride] /= 2
        mass[:, gone] = 0.0
        self.cells.ext[:, zone][:, gone] = -np.inf
        return stopped, unsure

    def lean(self) -> tuple[Floats, Floats]:
        """Weigh by leaning: (2, 3) masses alive, and the (2,) mass whose leaning is uncertain."""
        zone = self.zone(0.0)
        low, high, full = self.hull(zone)
        everything = self.cells.mass
        mass = everything[:, zone]
        parts = [mass[:, full & (high < 0)], mass[:, full & (low > 0)]]
        lean = np.stack([part.sum(axis=1) for part in parts], axis=1)
        lean[:, 0] += everything[:, : zone.start].sum(axis=1)
        lean[:, 1] += everything[:, zone.stop :].sum(axis=1)
        even = mass.sum(axis=1) - mass[:, full & ((high < 0) | (low > 0))].sum(axis=1)
        return np.column_stack([lean, even]), even


def _move(here: Cells, there: Cells, p: Floats, shifts: Sequence[int], errors: Floats) -> None:
    """Add what lands in `there` if symbol s moves `here` by shifts[s] cells, R by errors[s]."""
    further = np.array([-errors, errors], dtype=np.float32)
    mass, ext = np.empty((2, CHUNK)), np.empty((2, CHUNK), dtype=np.float32)
    size = there.mass.shape[1]
    for start in range(0, size, CHUNK):  # chunks stay in the processor's cache
        end = min(start + CHUNK, size)
        there.mass[:, start:end] = 0.0
        there.ext[:, start:end] = -np.inf
        for s, shift in enumerate(shifts):
            back = there.first - shift - here.first
            source = slice(max(start + back, 0), min(end + back, here.mass.shape[1]))
            if source.stop <= source.start:
                continue
            target = slice(source.start - back, source.stop - back)
            room = slice(0, source.stop - source.start)
            np.multiply(here.mass[:, source], p[:, s, None], out=mass[:, room])
            np.add(here.ext[:, source], further[:, s, None], out=ext[:, room])
            there.mass[:, target] += mass[:, room]
            hull = there.ext[:, target]
            np.maximum(hull, ext[:, room], out=hull)


def grid_law(
    models: Sequence[ObservationModel],
    prior: Fraction,
    beta: Fraction,
    tolerance: float = 1e-12,
    cells: int | None = None,
    states: int = STATES,
    watch: Watch = unwatched,
) -> StoppingLaw:
    """Law of one agent alone, or of several that pool: lists of beliefs first, then the grid.

    The grid takes over at the first layer with more than `states` beliefs (a rank-1 model never
    needs it). Iterations continue until the alive mass is <= tolerance given either theta, on the
    grid max(tolerance, 1e-10); `watch` is told what is alive. Without `cells`, as many as slip and
    delay below `ACCURATE` take, at most `CELLS`: a bound falls at least as fast as cells get finer.
    """
    lattice, trace, layer = forward(models, prior, beta, tolerance, states, watch)
    if layer is None:
        return trace.law(lattice, beta)
    parts = [Symbols.of([m]) for m in models]
    end = max(tolerance, TAIL)

    def follow(cells: int, watch: Watch = watch) -> StoppingLaw:
        copy = replace(trace, stop=list(trace.stop), lean=list(trace.lean), watch=watch)
        return _follow(copy, layer, Grid(lattice, parts, beta, cells), end)

    if cells is not None:
        return follow(cells)
    law = follow(CELLS // PILOT, unwatched)  # progress does not go back
    off = float(max(law.slip.max(), law.delay.max())) / ACCURATE
    return law if off <= 1 else follow(int(CELLS * min(off ** (1 / 1.3) / PILOT, 1.0)))


def _follow(trace: Trace, layer: Layer, grid: Grid, end: float) -> StoppingLaw:
    """Go on from a layer until the alive mass is <= end."""
    lattice, beta, most = grid.lattice, grid.beta, grid.wanted
    grid.load(lattice, layer)
    unsure, uncertain = np.zeros((2, 2)), [np.zeros(2)] * layer.iteration
    while grid.iteration < LONGEST and (alive := trace.lean[-1].sum(axis=1)).max() > end:
        certain = np.diag(alive * lattice.symbols.certain)
        grid = _coarser(grid, most, float(alive.max()))
        gone = grid.advance()
        (down, unsure_down), (up, unsure_up) = grid.cross(-grid.limit), grid.cross(grid.limit)
        unsure += np.column_stack([unsure_down, unsure_up])
        lean, even = grid.lean()
        trace.record([certain + gone + np.column_stack([down, up])], [lean])
        uncertain.append(even / 2)
    law = trace.law(lattice, beta)
    ways = ways_on(lattice, beta, grid.widest)  # a hull beyond a threshold stops for sure
    return replace(
        law,
        slip=law.slip + unsure.sum(axis=1) / 2,
        delay=law.delay + (unsure * ways).sum(axis=1) / 2,
        lean_slip=np.stack(uncertain, axis=1),
        arithmetic="grid",
    )


def ways_on(lattice: OddsLattice, beta: Fraction, slack: float) -> Floats:
    """`remaining_time` near the thresholds: (2 thetas, 2 thresholds) expected iterations."""
    ways = remaining_time(lattice, beta, slack)
    for theta in (0, 1):
        ways[theta, theta] = min(ways[theta, theta], crossing_time(lattice, theta, slack))
    return ways


def _coarser(grid: Grid, most: int, alive: float) -> Grid:
    """A grid of fewer cells where little is alive, else the same.

    Errors weigh as much as what is alive, and cells cost the same: their sum is least for a given
    cost if cells are as the root of what is alive.
    """
    cells = max(FEWEST, int(most * COARSENS * alive**0.5))
    if 2 * cells > grid.wanted:
        return grid
    coarse = Grid(grid.lattice, grid.parts, grid.beta, cells)
    coarse.take_over(grid)
    return coarse
