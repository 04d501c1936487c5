"""The black box's class: the paper's grid at threshold beta, plug-ins, and bluffs if allowed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from importlib.metadata import entry_points
from itertools import product
from typing import TYPE_CHECKING, Any

from nashbox.games.deviations import Deviation
from nashbox.problem.payoffs import Cost
from nashbox.problem.spec import Spec
from nashbox.strategies.testing import (
    Bluffer,
    OptimalStopper,
    Quitter,
    RaceStrategy,
    Signaller,
    make_testing_strategy,
)

if TYPE_CHECKING:
    from nashbox.games.testing.race import RaceGame

ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
WEIGHTS = (1.0, 0.9, 0.7, 0.5)
BLUFFS = (1, 2, 4, 8, 16)
THRESHOLDS = (Fraction(1, 4), Fraction(1, 2), Fraction(2), Fraction(4))  # times beta
PATIENCE = (1, 2, 4, 8, 16, 32)  # iterations after which a quitter leaves


def described_class(signals: str) -> str:
    """The class in words."""
    words = (
        "signaller with alpha in {0, .25, .5, .75, 1}, w in {1, .9, .7, .5}, anticipating or not, "
        "at threshold beta (all one for who hears nobody); thresholds of 1/4, 1/2, 2, 4 beta; "
        "quitters after 1, 2, 4, 8, 16, 32 iterations; optimal_stopper where the payoff has "
        "prices; and plug-ins of this problem and this installation"
    )
    if signals == "any":
        words += f"; bluffers from iteration {', '.join(map(str, BLUFFS))} on"
    return words


def catalogue(
    game: RaceGame, *, otherwise_stopping: bool = True, alone: bool = False
) -> list[Deviation]:
    """All candidates, whoever deviates; plug-ins that need parameters or break are left out.

    alone: she hears nobody and nobody hears her, so what she reveals and how she listens is all
    one: a single member stands for the grid.
    """
    signals = game.signals
    trials = []
    grid = [(0.5, 1.0, True)] if alone else product(ALPHAS, WEIGHTS, (True, False))
    for alpha, weight, anticipate in grid:
        parameters = {"alpha": alpha, "weight": weight, "anticipate": anticipate}
        trials.append(
            Deviation(Spec("signaller", parameters), Signaller(alpha, weight, anticipate))
        )
    if otherwise_stopping:
        trials += _otherwise_stopping(game, (True,) if alone else (True, False))
    if signals == "any":
        for start in BLUFFS:
            trials.append(Deviation(Spec("bluffer", {"start": start}), Bluffer(start=start)))
    for spec, strategy in zip(game.problem.specs, game.strategies.values(), strict=True):
        if ":" in spec.name:
            trials.append(Deviation(spec, strategy))
    for point in entry_points(group="nashbox.strategies"):
        found = point.load()
        if isinstance(found, type) and issubclass(found, RaceStrategy):
            trials.append(Deviation(Spec(point.name), make_testing_strategy(point.name, "audit")))
    allowed = [t for t in trials if signals == "any" or t.strategy.paper_signals]
    return list({(t.spec.name, repr(t.spec.parameters)): t for t in allowed}.values())


def _otherwise_stopping(game: RaceGame, anticipating: Sequence[bool]) -> list[Deviation]:
    """Other thresholds, quitters, and optimal stopping where samples and errors have prices."""
    found = []
    for times, anticipate in product(THRESHOLDS, anticipating):
        if times * game.problem.beta < Fraction(1, 2):
            threshold = str(times * game.problem.beta)
            own: dict[str, Any] = {"threshold": threshold, "anticipate": anticipate}
            found.append(Deviation(Spec("signaller", own), Signaller(**own)))
    for after in PATIENCE:
        found.append(Deviation(Spec("quitter", {"after": after}), Quitter(after=after)))
    payoff = game.problem.payoff
    if isinstance(payoff, Cost) and payoff.c > 0 and payoff.chat > 0:
        found.append(Deviation(Spec("optimal_stopper"), OptimalStopper()))
    return found
