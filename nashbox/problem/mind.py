"""What an agent of a testing game knows, remembers and decides in L games at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Mask, Places
from nashbox.problem.lattice import Floats, belief_of
from nashbox.problem.observations import ObservationModel
from nashbox.problem.payoffs import Payoff
from nashbox.problem.walk import Walk


@dataclass(frozen=True, eq=False)
class RaceView:
    """What agent `name` may know; only informed strategies look at the models of others."""

    name: str
    model: ObservationModel
    prior: Fraction
    beta: Fraction
    payoff: Payoff
    neighbours: tuple[str, ...]
    models: Mapping[str, ObservationModel]


@dataclass(eq=False)
class Mind:
    """State of one agent in the live games.

    walk: the posterior of its own observations. shift: (L,) log odds added to it by feeding fused
    beliefs back, None without. memory: a strategy's own arrays, first axis L; games that are over
    are dropped from them. symbols: (L,) the observations of this iteration.
    """

    view: RaceView
    walk: Walk
    shift: Floats | None = None
    memory: dict[str, NDArray[Any]] = field(default_factory=dict)
    symbols: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, dtype=np.uint8))

    @property
    def games(self) -> int:
        """Number L of live games."""
        return self.walk.size

    @property
    def iteration(self) -> int:
        """Observations so far, n."""
        return self.walk.iteration

    @property
    def log_odds(self) -> Floats:
        """Log odds of the belief pi, what was fed back included."""
        return self.walk.log_odds if self.shift is None else self.walk.log_odds + self.shift

    @property
    def belief(self) -> Floats:
        """Belief pi that theta = 1."""
        if self.shift is None:
            return self.walk.belief
        return belief_of(self.log_odds)

    def keep(self, rows: Places) -> None:
        """Forget all games but these."""
        self.walk.keep(rows)
        if self.shift is not None:
            self.shift = self.shift[rows]
        for key, value in self.memory.items():
            self.memory[key] = value[rows]


@dataclass(frozen=True, eq=False)
class Decision:
    """Where to stop in this iteration, masks (L,) by reason; the first reason that holds counts.

    lean: log odds whose sign a threshold stop declares (None: the own belief's, exactly).
    last_lean: the same for stops by anticipation and quitting. Even ones toss a fair coin.
    """

    threshold: Mask
    anticipation: Mask | None = None
    quit: Mask | None = None
    lean: Floats | None = None
    last_lean: Floats | None = None
