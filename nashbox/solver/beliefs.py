"""Layers of an agent's own beliefs, with the transitions between them.

Layer n lists the posteriors that n observations can lead to while the agent goes on. Equal
posteriors are one state (`OddsLattice`); states "theta is proved to be 0" and "... 1" come last if
the model has symbols that only one theta can produce.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from nashbox.problem.arrays import Mask
from nashbox.problem.errors import InputError
from nashbox.problem.lattice import Floats, Ints, distinct
from nashbox.problem.observations import ObservationModel
from nashbox.problem.odds import OddsLattice
from nashbox.solver.law import Bounds

MOST = 20_000  # states in one layer


@dataclass(frozen=True, eq=False)
class BeliefLayer:
    """States of one iteration: I of them, the finite ones first.

    coords: (F, rank) of the finite states. log_odds: (I,) in nats, +-inf where theta is proved.
    crossed: (I,), posterior error <= beta. inside: (I,), the agent may go on.
    following: (I, m) index into the next layer by symbol, -1 outside; filled by the next layer.
    """

    coords: Ints
    log_odds: Floats
    crossed: Mask
    inside: Mask
    following: Ints


class BeliefLayers:
    """The layers 0..N of one agent; `grow(N)` adds what is missing.

    p: (2, m) symbol probabilities given theta, proving symbols last. `goes_on` maps log odds of
    uncrossed and crossed states and their crossed flags to `inside`; by default crossed stops.
    """

    def __init__(
        self,
        model: ObservationModel,
        prior: Fraction,
        beta: Fraction,
        goes_on: Callable[[Floats, Mask], Mask] | None = None,
    ) -> None:
        """Start with the prior as layer 0."""
        self.lattice = OddsLattice.of([model], prior)
        self.bounds = Bounds(beta)
        self.prior_log_odds = float(np.log(float(self.lattice.prior_odds)))
        symbols = self.lattice.symbols
        proofs = [t for t in (0, 1) if symbols.certain[t] > 0]
        columns = [symbols.certain * (np.arange(2) == t) for t in proofs]
        self.p = np.column_stack([symbols.p, *columns])
        self.proofs = proofs
        self.symbol_column = _columns(model, self.lattice, proofs)
        self._goes_on = goes_on or (lambda log_odds, crossed: ~crossed)
        zero = np.zeros((1, self.lattice.rank), dtype=np.int64)
        start = np.array([self.prior_log_odds])
        true = np.ones(1, dtype=np.bool_)
        self.layers = [BeliefLayer(zero, start, ~true, true, np.full((1, self.p.shape[1]), -1))]

    def grow(self, horizon: int) -> None:
        """Extend to layers 0..horizon; raise InputError where states get too many."""
        while len(self.layers) <= horizon:
            self.layers.append(self._next(self.layers[-1]))

    def _next(self, layer: BeliefLayer) -> BeliefLayer:
        here = np.flatnonzero(layer.inside[: len(layer.coords)])
        moved = self.lattice.successors(layer.coords[here])
        first, place = distinct(moved)
        coords = moved[first]
        if len(coords) > MOST:
            raise InputError(
                f"an exact best response needs at most {MOST} beliefs per iteration, got "
                f"{len(coords)} in iteration {len(self.layers)}; use the black box method"
            )
        proved = [np.inf if t else -np.inf for t in self.proofs]
        log_odds = np.concatenate([self.lattice.log_odds(coords), proved])
        high = self.lattice.compare(coords, self.bounds.upper) >= 0
        low = self.lattice.compare(coords, self.bounds.lower) <= 0
        crossed = np.concatenate([high | low, np.ones(len(proved), dtype=np.bool_)])
        inside = self._goes_on(log_odds, crossed)
        inside[len(coords) :] = False
        m = len(self.lattice.steps)
        layer.following[here, :m] = place.reshape(len(here), m)
        layer.following[here, m:] = len(coords) + np.arange(len(proved))
        empty = np.full((len(log_odds), self.p.shape[1]), -1, dtype=np.int64)
        return BeliefLayer(coords, log_odds, crossed, inside, empty)


def _columns(model: ObservationModel, lattice: OddsLattice, proofs: list[int]) -> Ints:
    """Column of `p` that each symbol of the model's alphabet belongs to, -1 if it never occurs."""
    ratios, m = lattice.symbols.ratios, len(lattice.symbols.ratios)
    out = []
    for a, b in zip(model.p0, model.p1, strict=True):
        if a and b:
            out.append(ratios.index(b / a))
        else:
            out.append(m + proofs.index(int(b > 0)) if a or b else -1)
    return np.array(out, dtype=np.int64)
