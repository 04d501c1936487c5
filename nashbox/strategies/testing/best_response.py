"""Plays the best response of an exact audit: a policy of the dynamic programme, iteration by step.

What an audit finds is written with these parameters, so that a problem file can replay it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from nashbox.problem.errors import InputError, require
from nashbox.problem.lattice import Floats
from nashbox.problem.mind import Decision, Mind, RaceView
from nashbox.problem.observations import parse_probability
from nashbox.problem.own import SIGNALS
from nashbox.problem.payoffs import Contest, Cost
from nashbox.problem.signal import OwnSignal, Revealed, Signal, Word, log_threshold
from nashbox.solver import Policy, Rival, best_response
from nashbox.solver.policy import PolicyRun
from nashbox.strategies.testing.base import RaceStrategy
from nashbox.strategies.testing.signaller import _coin

_solved = lru_cache(maxsize=16)(best_response)  # once for all blocks of games


@dataclass(frozen=True)
class RaceBestResponse(RaceStrategy):
    """Best response to a rival that plays signaller(rival_alpha, anticipate = rival_anticipates).

    signals: "paper" or "any" (bluffs included). knows: "signed", "magnitude" or "crossing", what
    the rival's signals tell; None takes it from its alpha. horizon: iterations covered by the
    tables, None for as many as needed. For two agents.
    """

    rival_alpha: float = 0.5  # probability with which the rival reveals its belief
    rival_anticipates: bool = True  # whether the rival stops when this agent crosses
    signals: str = "paper"  # paper, or any: bluffs included
    knows: str | None = None  # of the rival's belief: signed, magnitude or crossing
    horizon: int | None = None  # iterations of the dynamic programme
    policy: Policy | None = field(default=None, init=False, compare=False, repr=False)
    called: ClassVar[str] = "best_response"
    paper_signals: ClassVar[bool] = False

    def __post_init__(self) -> None:
        parse_probability(self.rival_alpha, "rival_alpha")
        if self.signals not in SIGNALS:
            raise InputError(f"signals must be paper or any, got {self.signals!r}")
        if self.horizon is not None:
            require("horizon", self.horizon, low=1, high=4096, integer=True)

    def prepare(self, view: RaceView) -> RaceBestResponse:
        """Solve the dynamic programme for this game."""
        if len(view.models) != 2 or len(view.neighbours) != 1:
            raise InputError(
                f"best_response needs a game of two agents that hear each other, got "
                f"{len(view.models)} agents and {len(view.neighbours)} neighbours"
            )
        if not isinstance(view.payoff, (Contest, Cost)):
            raise InputError("best_response needs a contest, win or cost payoff")
        rival = Rival(
            view.models[view.neighbours[0]],
            float(parse_probability(self.rival_alpha)),
            self.rival_anticipates,
        )
        rules = view.prior, view.beta, view.payoff, self.signals, self.knows
        policy = _solved(view.model, rival, *rules, horizon=self.horizon).policy
        ready = replace(self)
        object.__setattr__(ready, "policy", policy)
        return ready

    def begin(self, mind: Mind, rng: np.random.Generator) -> None:
        """Put the policy's state into memory."""
        self._store(mind, self._policy.start(mind.games))
        mind.memory["loud"] = np.zeros(mind.games, dtype=np.bool_)

    def signal(self, mind: Mind, rng: np.random.Generator) -> Signal | None:
        """Reveal the own belief, or with any signals allowed what makes the rival stop or go on."""
        loud = np.zeros(mind.games, dtype=np.bool_)
        if mind.iteration <= self._policy.horizon:
            player = self._player(mind, mind.iteration - 1)
            player.observe(mind.symbols.astype(np.int64))
            loud = player.announces()
            self._store(mind, player)
        mind.memory["loud"] = loud
        if self.signals == "paper":
            return OwnSignal(mind.walk, _coin(parse_probability(1)), rng)
        limit, x = log_threshold(mind.view.beta), mind.walk.log_odds
        sign = np.where(x >= 0, 1.0, -1.0)
        return Revealed(sign * np.where(loud, 2 * limit, np.minimum(np.abs(x), 0.9 * limit)))

    def decide(self, mind: Mind, words: Sequence[Word], rng: np.random.Generator) -> Decision:
        """Do what the tables say."""
        crossed = mind.walk.crossed(mind.view.beta)
        if mind.iteration > self._policy.horizon:  # all games are over for this agent
            return Decision(crossed, quit=np.ones(mind.games, dtype=np.bool_))
        player = self._player(mind, mind.iteration)
        if words:
            signal = words[0].signal
            shown: Floats = signal.log_odds
            sure = signal.heard(signal.sure(mind.view.beta))
        else:
            shown, sure = np.zeros(mind.games), np.zeros(mind.games, dtype=np.bool_)
        gone = np.asarray(sure | (mind.memory["loud"] & self.rival_anticipates))
        stop = player.decide(np.where(np.isnan(shown), 0.0, shown), gone)
        known = player.log_odds + player.log_ratio
        self._store(mind, player)
        lean = mind.walk.log_odds if isinstance(mind.view.payoff, Contest) else known
        lean = np.where(np.isnan(lean), 0.0, lean)
        return Decision(
            np.asarray(stop & crossed),
            np.asarray(stop & gone),
            stop,
            lean=lean,
            last_lean=lean,
        )

    @property
    def _policy(self) -> Policy:
        if self.policy is None:
            raise InputError("best_response must be prepared for a game before it plays")
        return self.policy

    def _player(self, mind: Mind, iteration: int) -> PolicyRun:
        player = PolicyRun(self._policy, 0)
        player.iteration = iteration
        for key in ("state", "node", "column"):
            setattr(player, key, mind.memory[key])
        return player

    def _store(self, mind: Mind, player: PolicyRun) -> None:
        memory: dict[str, Any] = mind.memory
        memory["state"], memory["node"], memory["column"] = player.state, player.node, player.column
