"""The menu of a problem, and its payoff oracle: exact where formulas exist, else simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.experiments.dynamics import estimation_oracle, testing_oracle
from nashbox.experiments.dynamics.menu import shown
from nashbox.experiments.game import prepare
from nashbox.games.testing import prepare_testing
from nashbox.problem.errors import InputError, require
from nashbox.problem.estimation import check_can_draw
from nashbox.problem.payoff_oracle import PayoffOracle
from nashbox.problem.spec import Spec
from nashbox.strategies import Strategy, Truthful, make_strategy
from nashbox.strategies.testing import Signaller, Silent, TestingStrategy, make_testing_strategy

METHODS = ("auto", "exact", "simulated")


@dataclass(frozen=True)
class Menu:
    """Strategies to choose from; honest: places of those that `is_honest` counts."""

    labels: tuple[str, ...]
    strategies: tuple[Any, ...]
    honest: tuple[int, ...]


def read_choices(problem: Any, menu: Sequence[object], where: str = "menu") -> Menu:
    """Make the strategies of a menu: names, tables, ``file.py:Class``, or objects."""
    if len(menu) < 2:
        raise InputError(f"{where}: must have at least two strategies, got {len(menu)}")
    labels, strategies = [], []
    make: Any = make_testing_strategy if problem.game == "testing" else make_strategy
    for entry in menu:
        if isinstance(entry, (Strategy, TestingStrategy)):
            labels.append(entry.label)
            strategies.append(entry)
            continue
        spec = Spec.parse(entry, where)
        labels.append(shown(spec))
        strategies.append(make(spec, f"{where}: {shown(spec)}", problem.folder))
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"{where}: every entry must be named once, got {label} twice")
    honest = tuple(k for k, s in enumerate(strategies) if is_honest(s))
    return Menu(tuple(labels), tuple(strategies), honest)


def is_honest(strategy: Any) -> bool:
    """Whether a strategy is what the mechanism recommends, or reveals what it believes."""
    if isinstance(strategy, Signaller):
        return strategy.alpha == 1 and not isinstance(strategy, Silent)
    return isinstance(strategy, Truthful)


def oracle_for(problem: Any, menu: Menu, method: str, worlds: int, seed: int) -> PayoffOracle:
    """Return who knows what the menu is paid in a problem of either game.

    Raises InputError where method = "exact" has no formula, or counts = "real" would need points.
    """
    if method not in METHODS:
        raise InputError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    require("worlds", worlds, low=2, high=1e9, integer=True)
    testing = problem.game == "testing"
    module: Any = testing_oracle if testing else estimation_oracle
    game = prepare_testing(problem) if testing else prepare(problem)
    reason = module.no_formula(game, menu.strategies, menu.labels)
    if reason is None and method != "simulated":
        kind = module.ExactTesting if testing else module.ExactEstimation
        exact: PayoffOracle = kind(game, menu.strategies, menu.labels)
        return exact
    if method == "exact":
        raise InputError(f"{problem.shown}: method 'exact' does not apply: {reason}")
    if not testing:
        check_can_draw(problem, reason or "")
    kind = module.SimulatedTesting if testing else module.SimulatedEstimation
    measured: PayoffOracle = kind(game, menu.strategies, menu.labels, worlds, seed)
    return measured
