"""The contract checks for testing strategies and exchanges: named, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nashbox.games.checking import (
    BrokenError,
    CheckRow,
    SkippedError,
    global_streams_kept,
    pickles,
    run_all,
)
from nashbox.games.testing.bench import StrategyBench, small_races
from nashbox.games.testing.exchange_checks import check_exchange
from nashbox.mechanisms.exchange import Exchange
from nashbox.problem.errors import ContractError
from nashbox.problem.testing import RaceProblem
from nashbox.problem.ticker import Ticker
from nashbox.strategies.testing import RaceStrategy


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
    bench = StrategyBench(strategy, [*small_races(), *([] if own is None else [own])])
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


def hold_strategy(strategy: RaceStrategy, problem: RaceProblem, where: str) -> None:
    """Hold a strategy to its promises in the first agent's place. Raises ContractError."""
    bench = StrategyBench(strategy, [problem])
    trials = (bench.own_randomness, bench.deterministic, bench.paper, bench.games_apart)
    with global_streams_kept():
        for trial in trials:
            try:
                trial()
            except SkippedError:
                continue
            except BrokenError as error:
                raise ContractError(f"{where}{type(strategy).__name__}: {error}") from None
