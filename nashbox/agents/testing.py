"""An agent of competitive sequential testing, in many games at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.agents.base import Player
from nashbox.problem.arrays import Mask, Places
from nashbox.problem.draw import Observer
from nashbox.problem.errors import ContractError, InputError, blamed, told
from nashbox.problem.lattice import Floats
from nashbox.problem.lattice_walk import make_walk
from nashbox.problem.mind import Decision, Mind, RaceView
from nashbox.problem.signal import Signal, Word
from nashbox.strategies.testing import RaceStrategy

if TYPE_CHECKING:
    from nashbox.model.testing import RaceModel

REASONS = ("threshold", "anticipation", "quit", "cap")
_EVEN = 1e-12  # log odds (or pi - 1/2) nearer than this to 0 toss a fair coin


class RaceAgent(Player):
    """Observes, updates its belief, signals, fuses and decides; its strategy says how.

    Results by game, (R,): `tau` iterations taken part in (0 while playing), `declared` 0 or 1,
    `reason` index into REASONS, `qualified` (6b). Live games: `mind`, `playing` (L,).
    """

    def __init__(
        self, model: RaceModel, index: int, strategy: RaceStrategy, view: RaceView
    ) -> None:
        super().__init__(model)
        self.index, self.name, self.view = index, view.name, view
        self.observing, self.stream = model.rng.spawn(2)
        self.observer = Observer.of(view.model)
        self.strategy = self._call("prepare", strategy, view)
        games = model.replications
        self.mind = Mind(view, make_walk(view.model, view.prior, games))
        self.playing: Mask = np.ones(games, dtype=np.bool_)
        self.tau = np.zeros(games, dtype=np.int32)
        self.declared = np.zeros(games, dtype=np.int8)
        self.reason = np.full(games, REASONS.index("cap"), dtype=np.int8)
        self.qualified = np.zeros(games, dtype=np.bool_)
        self.signal: Signal | None = None
        self._call("begin", self.strategy, self.mind, self.stream)

    def act(self) -> Signal | None:
        """Observe one symbol a game, update the belief, and say what to reveal."""
        model, mind = self.model, self.mind
        if model.well is None:
            mind.symbols = self.observer.draw(self.observing, model.live.size, model.split)
        else:
            mind.symbols = model.well.symbols(self.index, model.iteration, model.live)
        mind.walk.move(mind.symbols)
        self.signal = self._call("signal", self.strategy, mind, self.stream)
        if self.signal is not None:
            if not isinstance(self.signal, Signal):
                raise self._broken("signal", "a Signal or None", type(self.signal).__name__)
            self.signal.present = None if model.all_playing else self.playing
        return self.signal

    def receive(self, words: Sequence[Word]) -> None:
        """Fuse what was heard, and decide where to stop."""
        mind = self.mind
        decision: Decision = self._call("decide", self.strategy, mind, words, self.stream)
        if not isinstance(decision, Decision):
            raise self._broken("decide", "a Decision", type(decision).__name__)
        masks = (decision.threshold, decision.anticipation, decision.quit)
        for mask in masks:
            if mask is not None and (mask.shape != (mind.games,) or mask.dtype != np.bool_):
                raise self._broken(
                    "decide",
                    f"boolean masks of shape ({mind.games},)",
                    f"{mask.dtype} {mask.shape}",
                )
        stop = masks[0]
        for mask in masks[1:]:
            if mask is not None:
                stop = stop | mask
        rows = np.flatnonzero(stop & self.playing)
        if rows.size:
            self._stop(rows, decision)

    def _stop(self, rows: Places, decision: Decision) -> None:
        """Record that these live games end for the agent."""
        games = self.model.live[rows]
        first = decision.threshold[rows]
        reason = np.full(rows.size, 2, dtype=np.int8)
        if decision.anticipation is not None:
            reason[decision.anticipation[rows]] = 1
        reason[first] = 0
        lean: NDArray[Any] = self.mind.walk.side[rows]
        if decision.last_lean is not None:
            lean = np.where(first, lean, decision.last_lean[rows])
        if decision.lean is not None:
            lean = np.where(first, decision.lean[rows], lean)
        self.record(rows, games, lean, reason, self.model.iteration)
        self.playing = self.playing.copy()  # others still look at this iteration's signal
        self.playing[rows] = False

    def record(
        self,
        rows: Places,
        games: Places,
        lean: NDArray[Any],
        reason: NDArray[np.int8] | int,
        tau: int,
    ) -> None:
        """Declare the likelier state, a fair coin where it is even; see whether (6b) holds."""
        declared = lean > _EVEN
        even = np.flatnonzero(np.abs(lean) <= _EVEN)
        if even.size:
            declared[even] = self.coins(games[even])
        walk = self.mind.walk
        crossed = walk.crossed(self.view.beta)[rows]
        self.qualified[games] = crossed & ((walk.side[rows] > 0) == declared)
        self.declared[games] = declared
        self.reason[games] = reason
        self.tau[games] = tau

    def coins(self, games: Places) -> Mask:
        """Fair coins for declarations at even odds, one a game."""
        well = self.model.well
        if well is None:
            return np.asarray(self.stream.random(games.size) < 0.5)
        return np.asarray(well.coins(self.index, games))

    def keep(self, rows: Places) -> None:
        """Drop all live games but these."""
        self.mind.keep(rows)
        self.playing = self.playing[rows]

    def crossing(self, signal: Signal) -> Mask:
        """Where her signal shows that she has crossed, (L,)."""
        wanted = f"log odds of shape ({self.mind.games},)"
        try:
            found = np.asarray(signal.heard(signal.sure(self.view.beta)))
        except (InputError, KeyboardInterrupt):
            raise
        except BaseException as error:  # a plug-in may raise whatever it likes
            raise self._broken("signal", wanted, told(error)) from error
        if found.shape != (self.mind.games,):
            raise self._broken("signal", wanted, f"{found.shape}")
        return found

    def on_record(self, rng: np.random.Generator) -> Floats | None:
        """Log odds revealed in this iteration, (L,), None for silence; see `Signal.on_record`."""
        return None if self.signal is None else self.signal.on_record(rng)

    def _call(self, method: str, strategy: RaceStrategy, *arguments: Any) -> Any:
        where = f"{self.model.problem.shown}: agent {self.name}"
        with blamed(f"{type(strategy).__name__}.{method}", where):
            return getattr(strategy, method)(*arguments)

    def _broken(self, method: str, wanted: str, got: str) -> ContractError:
        name = type(self.strategy).__name__
        return ContractError(f"{self.name}: {name}.{method}: must return {wanted}, got {got}")
