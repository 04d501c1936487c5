"""The law of one agent that tests alone: when it stops, what it declares, where it leans.

The agent stops at the first n >= 1 at which its posterior error is <= beta (eq. 3 with w = 1 and
T = beta; the inequality is weak). Everything is given theta, so that laws of several agents, which
are independent given theta, can be combined (`race`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from nashbox.problem.lattice import Floats
from nashbox.problem.odds import OddsLattice

UNIT = 2.0**-53
FAR, MESH = 6, 300  # largest steps from a threshold where times are worked out, and points there
Watch = Callable[[float], None]  # is told the mass still alive, now and then


def unwatched(alive: float) -> None:
    """Nobody looks."""


@dataclass(frozen=True, eq=False)
class StoppingLaw:
    """Masses given theta, axis 0 = theta; the last axis is n - 1 for n = 1..N.

    stop: (2, 2, N), P(tau = n, declares d | theta), axis 1 = d.
    lean: (2, 3, N), P(tau > n, n-th posterior | theta), axis 1: more likely 0, more likely 1, even.
    slip: (2,), bound of P(these masses and the truth put a history into different events | theta).
    delay: (2,), bound of E|difference of the two stopping times| given theta, in iterations.
    lean_slip: (2, N), mass whose leaning is not certain.
    rounding: relative error of the masses from floating point.
    """

    stop: Floats
    lean: Floats
    slip: Floats
    delay: Floats
    lean_slip: Floats
    rounding: float
    arithmetic: str

    @property
    def horizon(self) -> int:
        """Number N of iterations followed."""
        return int(self.stop.shape[2])

    @property
    def alive(self) -> Floats:
        """P(tau > n | theta) for n = 0..N, shape (2, N + 1)."""
        return np.concatenate([np.ones((2, 1)), self.lean.sum(axis=1)], axis=1)

    @property
    def tail(self) -> Floats:
        """P(tau > N | theta), (2,)."""
        return np.asarray(self.lean[:, :, -1].sum(axis=1))

    @property
    def expected_time(self) -> Floats:
        """E[tau | theta], (2,), in iterations."""
        return np.asarray(self.alive.sum(axis=1))

    @property
    def error(self) -> Floats:
        """P(wrong declaration | theta), (2,)."""
        return np.asarray(self.stop_wrong.sum(axis=1))

    @property
    def stop_wrong(self) -> Floats:
        """P(tau = n, wrong declaration | theta), (2, N)."""
        return np.stack([self.stop[0, 1], self.stop[1, 0]])

    @property
    def lean_wrong(self) -> Floats:
        """P(tau > n, a declaration now is wrong | theta), (2, N); even beliefs toss a fair coin."""
        return np.stack([self.lean[0, 1], self.lean[1, 0]]) + self.lean[:, 2] / 2


@dataclass(frozen=True)
class Bounds:
    """The thresholds of a test: odds >= upper declares 1, odds <= 1/upper declares 0."""

    beta: Fraction

    @property
    def upper(self) -> Fraction:
        """(1 - beta)/beta."""
        return (1 - self.beta) / self.beta

    @property
    def lower(self) -> Fraction:
        """beta/(1 - beta)."""
        return 1 / self.upper


def remaining_time(lattice: OddsLattice, beta: Fraction, slack: float = 0.0) -> Floats:
    """Bound E[further iterations | theta, posterior at], (2 thetas, 2 places).

    Place 0 is anywhere at or above the lower threshold, place 1 anywhere at or below the upper
    one; thresholds may be off by `slack` nats. By Wald's identity (drift) E[time] = E[S_tau - S_0],
    and S cannot overshoot by more than one iteration's largest step. So given theta = 1
    the way up from place 1 costs at most overshoot/drift, from place 0 the width more. A symbol
    that proves theta ends the test by itself, at rate `certain`.
    """
    symbols = lattice.symbols
    logs = symbols.logs
    bounds = Bounds(beta)
    width = 2 * float(np.log(float(bounds.upper))) + slack
    out = np.empty((2, 2))
    for theta, sign in ((0, -1), (1, 1)):
        if symbols.certain[theta] > 0:
            out[theta] = 1 / symbols.certain[theta]
            continue
        drift = sign * float(symbols.p[theta] @ logs)
        step = float(np.max(sign * logs, initial=0.0)) + slack
        if drift <= 0:  # only by rounding, or without any information
            out[theta] = np.inf
            continue
        near, far = step / drift, (width + step) / drift
        out[theta] = (far, near) if theta else (near, far)
    return out


def crossing_time(lattice: OddsLattice, theta: int, slack: float, mesh: int = MESH) -> float:
    """Bound E[further iterations | theta] of a test within `slack` nats of its right threshold.

    Without the other threshold she takes longer. The expected time T to climb the last y nats rises
    in y and is 1 + sum_s p_s T(y - x_s): distances are rounded up to a mesh, and beyond it stands
    Wald's bound, so the solution of the linear system is no less than T.
    """
    symbols, sign = lattice.symbols, 1 if theta else -1
    climbs, p = sign * symbols.logs, symbols.p[theta]
    top, drift, proof = float(climbs.max()), float(p @ climbs), float(symbols.certain[theta])
    if proof == 0 and drift <= 0:
        return float(np.inf)
    width = (FAR * top + slack) / mesh
    moves = np.floor(climbs / width - 1e-9).astype(np.int64)  # towards the threshold
    most = int(np.abs(moves).max())
    chance = np.bincount(most - moves, p, minlength=2 * most + 1)  # by distance gained, from -most
    distance = np.arange(1, mesh + 1 + most) * width
    late = np.full(distance.size, 1 / proof) if proof > 0 else (distance + top) / drift
    after = np.arange(mesh + most) - np.arange(mesh)[:, None] + most  # index into chance
    inside = (after >= 0) & (after < chance.size)
    chances = np.where(inside, chance[np.where(inside, after, 0)], 0.0)
    known = 1 + chances[:, mesh:] @ late[mesh:]
    times = np.linalg.solve(np.eye(mesh) - chances[:, :mesh], known)
    return float(times[max(int(np.ceil(slack / width + 1e-9)), 1) - 1])


@dataclass(eq=False)
class Trace:
    """What has been recorded so far: one (2, 2) `stop` and one (2, 3) `lean` per iteration.

    lost: (2,) mass that was too faint to follow. watch: is told what is alive, as it is recorded.
    """

    stop: list[Floats]
    lean: list[Floats]
    lost: Floats = field(default_factory=lambda: np.zeros(2))
    watch: Watch = unwatched

    def record(self, stop: Sequence[Floats], lean: Sequence[Floats]) -> float:
        """Write iterations down; return the larger mass given theta alive after the last."""
        self.stop += stop
        self.lean += lean
        alive = float(self.lean[-1].sum(axis=1).max())
        self.watch(alive)
        return alive

    def law(self, lattice: OddsLattice, beta: Fraction) -> StoppingLaw:
        """Close the books; the alive mass of the last iteration becomes the tail.

        What the tail and the lost mass would have done is not known, so both bound the error.
        """
        stop, lean = np.stack(self.stop, axis=2), np.stack(self.lean, axis=2)
        unknown = lean[:, :, -1].sum(axis=1) + self.lost
        rounding = (len(self.stop) + 1) * (lattice.symbols.p.shape[1] + 3) * UNIT
        late = remaining_time(lattice, beta).max(axis=1)
        delay = np.where(unknown > 0, unknown * late, 0.0)
        return StoppingLaw(stop, lean, unknown, delay, np.zeros_like(lean[:, 0]), rounding, "exact")
