"""The contract checks for exchanges of testing games: named, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from nashbox.games.checking import (
    BrokenError,
    CheckRow,
    left_alone,
    pickles,
    promised,
    repeated,
    run_all,
    same_arrays,
)
from nashbox.mechanisms.exchange import Circle, Exchange
from nashbox.problem.lattice import Floats
from nashbox.problem.signal import Revealed, Signal, Word
from nashbox.problem.ticker import Ticker

CIRCLE = Circle(("A", "B", "C"), ((1,), (0, 2), (1,)))


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
