"""Exact forward recursion on beliefs, eqs. (1)-(3) with w = 1.

Histories with equal posterior odds are merged (as exact rationals, `OddsLattice`), so a layer of
the recursion is the set of beliefs that are still between the thresholds after n iterations, with
their probabilities given theta = 0 and 1. Whether a belief has crossed, and where it leans, is
decided in integer arithmetic; only the masses are floats, sums of positive terms with a relative
error below N (m + 3) 2^-53. Beliefs of hardly any mass are let go, and their mass bounds what that
does to the answer.

Rank 1 (all ratios are powers of one number, such as symmetric Bernoulli) needs no lists: the
layer is an array over the whole interval between the thresholds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from nashbox.problem.lattice import Floats, Ints, distinct
from nashbox.problem.observations import ObservationModel
from nashbox.problem.odds import OddsLattice
from nashbox.solver.law import Bounds, StoppingLaw, Trace, Watch, unwatched
from nashbox.solver.line import WORK, forward_line

STATES = 30_000  # beliefs in one layer beyond which the grid takes over (when it may)
FAINT = 1e-24  # mass given either theta that is not followed, and counts as an error
ROOM = 20_000_000  # coordinates of what may arrive in a layer, beyond which it does too


@dataclass(frozen=True, eq=False)
class Layer:
    """Beliefs alive after `iteration` iterations: coords (K, rank), mass (2, K) given theta."""

    iteration: int
    coords: Ints
    mass: Floats


def forward(
    models: Sequence[ObservationModel],
    prior: Fraction,
    beta: Fraction,
    tolerance: float = 1e-12,
    states: int | None = None,
    watch: Watch = unwatched,
) -> tuple[OddsLattice, Trace, Layer | None]:
    """Follow a test of one agent (or of several that pool) until its alive mass is <= tolerance.

    Given `states`, stop as soon as a layer holds more beliefs than that, or before one that takes
    too much memory, and return that layer (else None). A recursion beyond about 4e8 operations
    ends early; what is alive is its tail.
    """
    lattice = OddsLattice.of(models, prior)
    trace = Trace([], [], watch=watch)
    if lattice.rank == 1:
        forward_line(lattice, Bounds(beta), tolerance, trace)
        return lattice, trace, None
    return lattice, trace, _forward_lists(lattice, Bounds(beta), tolerance, states, trace)


def _forward_lists(
    lattice: OddsLattice, bounds: Bounds, tolerance: float, states: int | None, trace: Trace
) -> Layer | None:
    p, certain = lattice.symbols.p, lattice.symbols.certain
    coords = np.zeros((1, lattice.rank), dtype=np.int64)
    mass = np.ones((2, 1))
    work = 0
    while True:
        room = mass.shape[1] * p.shape[1] * lattice.rank
        if states is not None and trace.stop and room > ROOM:
            return Layer(len(trace.stop), coords, mass)
        stop = np.diag(mass.sum(axis=1) * certain)  # proofs of theta
        coords, mass = arrivals(coords, lattice.steps, mass, p)
        high, low, side = lattice.signs(coords, bounds.upper, bounds.lower, Fraction(1))
        stop[:, 0] += mass[:, low <= 0].sum(axis=1)
        stop[:, 1] += mass[:, high >= 0].sum(axis=1)
        inside = (high < 0) & (low > 0)
        alive = inside & (mass > FAINT).any(axis=0)
        trace.lost += mass[:, inside & ~alive].sum(axis=1)
        coords, mass, side = coords[alive], mass[:, alive], side[alive]
        lean = np.stack([mass[:, side == s].sum(axis=1) for s in (-1, 1, 0)], axis=1)
        if trace.record([stop], [lean]) <= tolerance:
            return None
        work += mass.shape[1] * p.shape[1]
        if states is not None and mass.shape[1] > states:
            return Layer(len(trace.stop), coords, mass)
        if work > WORK:
            return None


def arrivals(coords: Ints, steps: Ints, mass: Floats, p: Floats) -> tuple[Ints, Floats]:
    """Beliefs after one more symbol, in order, with masses (2, K) added up where they meet.

    coords: (K, rank), best in order: then what arrives by one symbol is, and sorting is merging.
    """
    if len(steps) == 0:  # every symbol proves theta
        return coords[:0], mass[:, :0]
    arriving = (p[:, :, None] * mass[:, None, :]).reshape(2, -1)  # symbol by symbol
    moved, placed = steps - steps.min(axis=0), coords - coords.min(axis=0)
    span = (moved.max(axis=0) + placed.max(axis=0) + 1).tolist()
    if math.prod(span) < 2**62:  # one integer per belief
        digits = np.array([math.prod(span[r + 1 :]) for r in range(len(span))], dtype=np.int64)
        key = ((moved @ digits)[:, None] + placed @ digits).ravel()
        order = np.argsort(key, kind="stable")
        key = key[order]
        starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        total = np.add.reduceat(arriving[:, order], starts, axis=1)
        symbol, parent = np.divmod(order[starts], len(coords))
        return coords[parent] + steps[symbol], total
    successors = (steps[:, None, :] + coords).reshape(-1, coords.shape[1])
    first, place = distinct(successors)
    total = np.array([np.bincount(place, row, minlength=len(first)) for row in arriving])
    return successors[first], total


def exact_law(
    models: Sequence[ObservationModel],
    prior: Fraction,
    beta: Fraction,
    tolerance: float = 1e-12,
    watch: Watch = unwatched,
) -> StoppingLaw:
    """Law of one agent alone, or of several agents that pool their symbols in one test.

    prior = P(theta = 1); 0 < beta < min(prior, 1 - prior). Iterations continue until the alive
    mass is <= tolerance given either theta; `watch` is told what is alive.
    """
    lattice, trace, _ = forward(models, prior, beta, tolerance, watch=watch)
    return trace.law(lattice, beta)
