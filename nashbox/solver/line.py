"""Forward recursion for rank 1: beliefs are the integers of an interval.

If all likelihood ratios are powers of one number (symmetric Bernoulli is the usual case), the layer
of the exact recursion is an array over the coords between the thresholds, and no lists are needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import numpy as np

from nashbox.problem.lattice import Floats
from nashbox.problem.observations import log_of_parts
from nashbox.problem.odds import OddsLattice
from nashbox.solver.law import Bounds, Trace

BLOCK = 256  # iterations between two looks at what is alive
WORK = 400_000_000  # states times symbols times iterations that a solution may cost


def forward_line(lattice: OddsLattice, bounds: Bounds, tolerance: float, trace: Trace) -> None:
    """Follow a rank-1 test: mass (2, size) over the coords between the thresholds, in blocks."""
    shifts = [int(s) for s in lattice.steps[:, 0]]
    p, certain = lattice.symbols.p, lattice.symbols.certain
    low = _first_at_least(lattice, bounds.lower, strict=True)
    high = _first_at_least(lattice, bounds.upper, strict=False)
    even, above = (_first_at_least(lattice, Fraction(1), strict=s) for s in (False, True))
    size = high - low
    cuts = [min(max(c - low, 0), size) for c in (low, even, above, high)]
    jumps = _jumps(p, shifts, size)
    left = max(1, WORK // (size * len(shifts)))
    last = np.zeros((2, size))
    last[:, -low] = 1.0
    while left > 0:
        block = min(BLOCK, left)
        mass = np.empty((block + 1, 2, size))  # before the block and after each iteration
        mass[0] = last
        for n in range(block):
            jumps(mass[n], mass[n + 1])
        before, after = mass[:-1], mass[1:]
        stop = before.sum(axis=2)[:, :, None] * np.diag(certain)
        for s, shift in enumerate(shifts):
            edge = slice(max(size - shift, 0), size) if shift > 0 else slice(0, -shift)
            stop[:, :, int(shift > 0)] += p[:, s] * before[:, :, edge].sum(axis=2)
        lean = np.stack([after[:, :, a:b].sum(axis=2) for a, b in pairwise(cuts)], axis=2)
        done = np.flatnonzero(lean.sum(axis=2).max(axis=1) <= tolerance)
        kept = int(done[0]) + 1 if done.size else block
        trace.record(list(stop[:kept]), list(lean[:kept][:, :, [0, 2, 1]]))
        if done.size:
            return
        last, left = mass[-1], left - block


def _jumps(p: Floats, shifts: list[int], size: int) -> Callable[[Floats, Floats], None]:
    """One iteration without the crossings, as a function (mass before, array for after)."""
    spans = [(s, max(0, d), size + min(0, d), d) for s, d in enumerate(shifts) if abs(d) < size]

    def slices(before: Floats, after: Floats) -> None:
        after[:] = 0.0
        for s, start, end, shift in spans:
            after[:, start:end] += p[:, s, None] * before[:, start - shift : end - shift]

    if size > 128:
        return slices
    matrix = np.zeros((2, size, size))  # (theta, before, after): quicker for short arrays
    for row in range(size):
        unit = np.zeros((2, size))
        unit[:, row] = 1.0
        slices(unit, matrix[:, row])

    def product(before: Floats, after: Floats) -> None:
        np.matmul(before[:, None, :], matrix, out=after[:, None, :])

    return product


def _first_at_least(lattice: OddsLattice, bound: Fraction, *, strict: bool) -> int:
    """Smallest coordinate of a rank-1 lattice with odds >= bound (> bound if strict)."""
    start = float(lattice.log_odds(np.zeros((1, 1), dtype=np.int64))[0])
    unit = float(lattice.log_odds(np.ones((1, 1), dtype=np.int64))[0]) - start
    guess = math.floor((log_of_parts(bound) - start) / unit) - 2
    near = np.arange(guess, guess + 6, dtype=np.int64)[:, None]
    sign = lattice.compare(near, bound)
    return guess + int(np.argmax(sign > 0 if strict else sign >= 0))
