"""Small races in which a strategy of testing games is watched, and what it must keep to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.games.checking import (
    BrokenError,
    SkippedError,
    deterministic,
    promised,
    repeated,
    same_arrays,
)
from nashbox.model.testing import played
from nashbox.model.well import Well
from nashbox.problem.files import from_mapping
from nashbox.problem.lattice import Floats
from nashbox.problem.mind import Decision, Mind
from nashbox.problem.signal import Signal, Word
from nashbox.problem.testing import RaceProblem
from nashbox.strategies.testing import RaceStrategy, Signaller

GAMES = 300
SMALL = 100


def small_races() -> list[RaceProblem]:
    """Races of two agents with two and three symbols, either of them first."""
    models = [
        (["0.6", "0.4"], ["0.4", "0.6"]),
        (["0.5", "0.3", "0.2"], ["0.2", "0.3", "0.5"]),
    ]
    pairs = [(models[0], models[1]), (models[1], models[0])]
    return [
        from_mapping(
            {
                "game": "testing",
                "beta": "1/10",
                "cap": 2000,
                "payoff": {"kind": "cost", "c": 0.01, "chat": 1.0},
                "agents": [
                    {"name": n, "p0": p0, "p1": p1} for n, (p0, p1) in zip("AB", pair, strict=True)
                ],
            }
        )
        for pair in pairs
    ]


@dataclass(frozen=True)
class _Guard(RaceStrategy):
    """Plays `inner` and looks whether it keeps its contract; `seen` collects what it broke."""

    inner: RaceStrategy = field(default_factory=Signaller)
    seen: list[str] = field(default_factory=list, compare=False)

    def prepare(self, view: Any) -> RaceStrategy:
        return replace(self, inner=self.inner.prepare(view))

    def begin(self, mind: Mind, rng: np.random.Generator) -> None:
        self.inner.begin(mind, rng)
        self._memory(mind)

    def signal(self, mind: Mind, rng: np.random.Generator) -> Signal | None:
        signal = self.inner.signal(mind, rng)
        if isinstance(signal, Signal):
            revealed, own = np.asarray(signal.log_odds), mind.log_odds
            if revealed.shape != (mind.games,):
                self.seen.append(
                    f"shapes: signal must reveal shape ({mind.games},), got {revealed.shape}"
                )
            elif self.inner.paper_signals and not _same(np.abs(revealed), np.abs(own)):
                self.seen.append(
                    "paper: promises paper_signals and reveals neither its belief nor the inverse; "
                    "set paper_signals = False"
                )
        return signal

    def decide(self, mind: Mind, words: Sequence[Word], rng: np.random.Generator) -> Decision:
        own = mind.walk.log_odds.copy()
        said = [word.signal.log_odds.copy() for word in words]
        decision = self.inner.decide(mind, words, rng)
        if not same_arrays(said, [word.signal.log_odds for word in words]):
            self.seen.append("inputs: decide writes into the signals it heard")
        mind.walk._cache.clear()
        if not np.array_equal(own, mind.walk.log_odds):
            self.seen.append("inputs: decide changes the own observations' belief")
        self._memory(mind)
        return decision

    def _memory(self, mind: Mind) -> None:
        for key, value in mind.memory.items():
            if not isinstance(value, np.ndarray) or value.shape[:1] != (mind.games,):
                self.seen.append(
                    f"shapes: memory[{key!r}] must be an array whose first axis is the live games"
                )


def _same(a: Floats, b: Floats) -> bool:
    with np.errstate(invalid="ignore"):
        close = (a == b) | (np.abs(a - b) < 1e-9) | np.isnan(a)
    return bool(close.all())


@dataclass(frozen=True, eq=False)
class StrategyBench:
    """Games of one problem with a strategy in one agent's place, on given observations."""

    strategy: RaceStrategy
    problems: list[RaceProblem] = field(default_factory=small_races)

    def play(
        self,
        problem: RaceProblem,
        seed: int,
        well: Well,
        strategy: RaceStrategy | None = None,
    ) -> NDArray[np.float64]:
        """Stop times, declarations and payoffs of the strategy's agent, (3, R)."""
        everybody = dict.fromkeys(problem.names, Signaller())
        model = played(
            problem, {**everybody, problem.names[0]: strategy or self.strategy}, well, seed
        )
        outcome = model.outcomes()[0]
        return np.stack([outcome.tau, outcome.declared, model.payoffs()[0]])

    def guarded(self, about: str) -> list[str]:
        """What a guard saw about one subject."""
        seen: list[str] = []
        for problem in self.problems:
            guard = _Guard(inner=self.strategy, seen=seen)
            self.play(problem, 1, Well(problem, GAMES, 1), guard)
        return [text for text in dict.fromkeys(seen) if text.startswith(about)]

    def plays(self) -> str:
        """Signals and decisions of the right kind, in games of two and three symbols."""
        for problem in self.problems:
            self.play(problem, 1, Well(problem, GAMES, 1))
        return self.clean("shapes", "signals, masks and memory have one entry per live game")

    def clean(self, about: str, good: str) -> str:
        """Raise what a guard saw, or say what is good."""
        for text in self.guarded(about):
            raise BrokenError(text.removeprefix(f"{about}: "))
        return good

    def paper(self) -> str:
        """The promise paper_signals."""
        promised(self.strategy, "paper_signals")
        return self.clean("paper", "reveals its belief, the inverse, or nothing")

    def own_randomness(self) -> str:
        """Same generator, same result; no global state."""
        for problem in self.problems:
            well = Well(problem, GAMES, 2)
            repeated(
                partial(self.play, problem, 3, well),
                partial(self.play, problem, 4, well),
                np.array_equal,
                "gives another result for the same observations and generator; use the "
                "generator passed in and keep nothing outside `mind.memory`",
            )
        return "the same generator gives the same result"

    def deterministic(self) -> str:
        """The promise deterministic: stop times do not depend on the generator."""
        deterministic(self.strategy, self._stops_alike, "stops elsewhere")
        return "another generator gives the same stop times"

    def _stops_alike(self) -> bool:
        """Whether stop times are the same with another generator, in every problem."""
        wells = ((problem, Well(problem, GAMES, 2)) for problem in self.problems)
        return all(
            np.array_equal(self.play(problem, 3, well)[0], self.play(problem, 4, well)[0])
            for problem, well in wells
        )

    def games_apart(self) -> str:
        """What happens in a game does not depend on the games beside it."""
        for problem in self.problems:
            well = Well(problem, GAMES, 2)
            whole = self.play(problem, 3, well)
            if not np.array_equal(whole[0], self.play(problem, 5, well)[0]):
                raise SkippedError("not tested: coins decide its stop times")
            part = self.play(problem, 3, _Part(problem, well, SMALL))
            if not np.array_equal(whole[0, :SMALL], part[0]):
                raise BrokenError(
                    "stops elsewhere when other games are played beside: decide game by game"
                )
        return "the first games go the same way whatever is played beside them"


class _Part(Well):
    """The first games of a well."""

    def __init__(self, problem: RaceProblem, well: Well, games: int) -> None:
        super().__init__(problem, games, 0)
        self.whole, self.theta = well, well.theta[:games]

    def symbols(self, agent: int, iteration: int, live: NDArray[np.intp]) -> NDArray[np.uint8]:
        return self.whole.symbols(agent, iteration, live)
