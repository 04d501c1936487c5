"""The contract checks for testing strategies and exchanges: named, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.games.checking import (
    BrokenError,
    CheckRow,
    SkippedError,
    deterministic,
    global_streams_kept,
    left_alone,
    pickles,
    promised,
    repeated,
    run_all,
    same_arrays,
)
from nashbox.mechanisms.exchange import BeliefExchange, Circle, Exchange
from nashbox.model.testing import RaceModel
from nashbox.model.well import Well
from nashbox.problem.errors import ContractError
from nashbox.problem.files import from_mapping
from nashbox.problem.lattice import Floats
from nashbox.problem.mind import Decision, Mind
from nashbox.problem.signal import Revealed, Signal, Word
from nashbox.problem.testing import RaceProblem
from nashbox.problem.ticker import Ticker
from nashbox.strategies.testing import RaceStrategy, Signaller

GAMES = 300
SMALL = 100


def _problems() -> list[RaceProblem]:
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
class _Bench:
    """Games of one problem with a strategy in one agent's place, on given observations."""

    strategy: RaceStrategy
    problems: list[RaceProblem] = field(default_factory=_problems)

    def play(
        self,
        problem: RaceProblem,
        seed: int,
        well: Well,
        strategy: RaceStrategy | None = None,
    ) -> NDArray[np.float64]:
        """Stop times, declarations and payoffs of the strategy's agent, (3, R)."""
        model = RaceModel(
            problem,
            BeliefExchange(),
            {
                **dict.fromkeys(problem.names, Signaller()),
                problem.names[0]: strategy or self.strategy,
            },
            replications=well.games,
            rng=seed,
            record=0,
            well=well,
        ).play()
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


def check_testing(
    made: RaceStrategy | Exchange,
    own: RaceProblem | None = None,
    progress: Ticker | None = None,
) -> list[CheckRow]:
    """Hold a testing strategy or an exchange to its contract; `own`: a problem of the user's."""
    if isinstance(made, Exchange):
        return check_exchange(made, progress)
    return check_testing_strategy(made, own, progress)


def check_testing_strategy(
    strategy: RaceStrategy,
    own: RaceProblem | None = None,
    progress: Ticker | None = None,
) -> list[CheckRow]:
    """Hold a testing strategy to its contract, in the first agent's place."""
    bench = _Bench(strategy, [*_problems(), *([] if own is None else [own])])
    checks: dict[str, Callable[[], str]] = {
        "pickles": partial(pickles, strategy),
        "plays": bench.plays,
        "leaves_inputs_alone": lambda: bench.clean("inputs", "beliefs and signals are as before"),
        "uses_only_its_generator": bench.own_randomness,
        "deterministic": bench.deterministic,
        "paper_signals": bench.paper,
        "games_are_independent": bench.games_apart,
    }
    return run_all(checks, ("plays", "uses_only_its_generator"), progress)


def check_exchange(exchange: Exchange, progress: Ticker | None = None) -> list[CheckRow]:
    """Hold an exchange to its contract."""
    checks: dict[str, Callable[[], str]] = {
        "pickles": partial(pickles, exchange),
        "words": partial(_words, exchange),
        "leaves_inputs_alone": partial(_leaves_signals, exchange),
        "uses_only_its_generator": partial(_exchange_randomness, exchange),
        "faithful": partial(_faithful, exchange),
    }
    return run_all(checks, ("words",), progress)


CIRCLE = Circle(("A", "B", "C"), ((1,), (0, 2), (1,)))


def _said() -> list[Signal | None]:
    rng = np.random.default_rng(0)
    return [Revealed(rng.normal(size=5)), None, Revealed(rng.normal(size=5))]


def _words(exchange: Exchange) -> str:
    for words in _mediated(exchange, _said(), 1):
        for word in words:
            if not (isinstance(word, Word) and isinstance(word.signal, Signal)):
                raise BrokenError(f"mediate must return lists of Word, got {word!r}")
            if word.sender not in CIRCLE.names or word.signal.log_odds.shape != (5,):
                raise BrokenError("mediate must return words of known senders, one entry a game")
    return "a list of words for each agent; silence is passed over"


def _mediated(exchange: Exchange, said: list[Signal | None], seed: int) -> list[list[Word]]:
    heard = exchange.mediate(said, CIRCLE, np.random.default_rng(seed))
    if len(heard) != 3:
        raise BrokenError(f"mediate must return words for 3 agents, got {len(heard)}")
    return [list(words) for words in heard]


def _leaves_signals(exchange: Exchange) -> str:
    said = _said()
    spoken = [signal for signal in said if signal is not None]
    kept = [signal.log_odds.copy() for signal in spoken]
    _mediated(exchange, said, 1)
    now = [signal.log_odds for signal in spoken]
    left_alone(kept, now, "writes into the signals", "make another one with Revealed")
    return "signals are as before"


def _exchange_randomness(exchange: Exchange) -> str:
    def once(seed: int) -> list[Floats]:
        heard = _mediated(exchange, _said(), seed)
        return [word.signal.log_odds for words in heard for word in words]

    repeated(
        partial(once, 1),
        partial(once, 2),
        same_arrays,  # NaN: a word that was not heard
        "gives another result for the same signals and generator",
    )
    return "the same generator gives the same result"


def _faithful(exchange: Exchange) -> str:
    promised(exchange, "faithful")
    said = _said()
    for i, words in enumerate(_mediated(exchange, said, 1)):
        wanted = [j for j in CIRCLE.neighbours[i] if said[j] is not None]
        if [word.signal for word in words] != [said[j] for j in wanted]:
            raise BrokenError(
                "promises faithful = True and does not relay neighbours' signals as they are; set "
                "faithful = False"
            )
    return "every neighbour's signal arrives as it is"


def hold_strategy(strategy: RaceStrategy, problem: RaceProblem, where: str) -> None:
    """Hold a strategy to its promises in the first agent's place. Raises ContractError."""
    bench = _Bench(strategy, [problem])
    trials = (bench.own_randomness, bench.deterministic, bench.paper, bench.games_apart)
    with global_streams_kept():
        for trial in trials:
            try:
                trial()
            except SkippedError:
                continue
            except BrokenError as error:
                raise ContractError(f"{where}{type(strategy).__name__}: {error}") from None
