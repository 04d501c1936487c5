"""The black box's class: the paper's grid at threshold beta, plug-ins, and bluffs if allowed."""

from __future__ import annotations

from importlib.metadata import entry_points
from itertools import product
from typing import TYPE_CHECKING

from nashbox.games.base import Deviation
from nashbox.problem.spec import Spec
from nashbox.strategies.testing import Bluffer, RaceStrategy, Signaller, make_testing_strategy

if TYPE_CHECKING:
    from nashbox.games.testing.race import RaceGame

ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
WEIGHTS = (1.0, 0.9, 0.7, 0.5)
BLUFFS = (1, 2, 4, 8, 16)


def described_class(signals: str) -> str:
    """The class in words."""
    words = (
        "signaller with alpha in {0, .25, .5, .75, 1}, w in {1, .9, .7, .5}, anticipating or not, "
        "at threshold beta, and plug-ins of this problem and this installation"
    )
    if signals == "any":
        words += f"; bluffers from iteration {', '.join(map(str, BLUFFS))} on"
    return words


def catalogue(game: RaceGame) -> list[Deviation]:
    """All candidates, whoever deviates; plug-ins that need parameters or break are left out."""
    signals = game.signals
    trials = []
    for alpha, weight, anticipate in product(ALPHAS, WEIGHTS, (True, False)):
        parameters = {"alpha": alpha, "weight": weight, "anticipate": anticipate}
        trials.append(
            Deviation(Spec("signaller", parameters), Signaller(alpha, weight, anticipate))
        )
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
