"""What testing agents do: what to reveal, when to stop, what to declare.

`TESTING_STRATEGIES` maps the built-in names to their classes.
"""

from pathlib import Path

from nashbox.problem.spec import Spec, build, find_class
from nashbox.strategies.testing.base import RaceStrategy
from nashbox.strategies.testing.best_response import RaceBestResponse
from nashbox.strategies.testing.bluffer import Bluffer
from nashbox.strategies.testing.informed import InformedBayesian, UnknownModelBayesian
from nashbox.strategies.testing.optimal_stopper import OptimalStopper
from nashbox.strategies.testing.quitter import Quitter
from nashbox.strategies.testing.signaller import (
    Inverter,
    NaiveFuser,
    RaceTruthful,
    Signaller,
    Silent,
)

TESTING_STRATEGIES: dict[str, type[RaceStrategy]] = {
    "signaller": Signaller,
    "truthful": RaceTruthful,
    "inverter": Inverter,
    "silent": Silent,
    "naive_fuser": NaiveFuser,
    "informed_bayesian": InformedBayesian,
    "unknown_model_bayesian": UnknownModelBayesian,
    "optimal_stopper": OptimalStopper,
    "quitter": Quitter,
    "bluffer": Bluffer,
    "best_response": RaceBestResponse,
}


def make_testing_strategy(value: object, where: str, folder: Path | str = ".") -> RaceStrategy:
    """Make a strategy of a name, ``"file.py:Class"`` or a table; `where` names it in errors."""
    spec = Spec.parse(value, where)
    base: type[RaceStrategy] = RaceStrategy  # type: ignore[type-abstract]
    found = find_class(
        spec.name, TESTING_STRATEGIES, base, "nashbox.strategies", Path(folder), where
    )
    return build(found, spec.parameters, where)


__all__ = [
    "TESTING_STRATEGIES",
    "Bluffer",
    "InformedBayesian",
    "Inverter",
    "NaiveFuser",
    "OptimalStopper",
    "Quitter",
    "RaceBestResponse",
    "RaceStrategy",
    "RaceTruthful",
    "Signaller",
    "Silent",
    "UnknownModelBayesian",
    "make_testing_strategy",
]
