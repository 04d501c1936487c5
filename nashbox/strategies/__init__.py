"""What agents do: how many points to collect, what to hand in, how to estimate.

`STRATEGIES` maps the built-in names to their classes.
"""

from pathlib import Path

from nashbox.problem.spec import Spec, build, find_class
from nashbox.strategies.base import Strategy, accept
from nashbox.strategies.best_responder import BestResponder, best_plays
from nashbox.strategies.equivariant import Equivariant
from nashbox.strategies.fabricator import Fabricator
from nashbox.strategies.honest import (
    Collector,
    FreeRider,
    OverCollector,
    Truthful,
    UnderCollector,
    Withholder,
)
from nashbox.strategies.liars import Ignorer, Mixer, Scaler, Shifter, Shrinker
from nashbox.strategies.mixed import Mixed

STRATEGIES: dict[str, type[Strategy]] = {
    "truthful": Truthful,
    "free_rider": FreeRider,
    "withholder": Withholder,
    "collector": Collector,
    "under_collector": UnderCollector,
    "over_collector": OverCollector,
    "fabricator": Fabricator,
    "shifter": Shifter,
    "scaler": Scaler,
    "shrinker": Shrinker,
    "ignorer": Ignorer,
    "mixer": Mixer,
    "equivariant": Equivariant,
    "mixed": Mixed,
    "best_responder": BestResponder,
}


def make_strategy(value: object, where: str, folder: Path | str = ".") -> Strategy:
    """Make a strategy of a name, ``"file.py:Class"`` or a table; `where` names it in errors."""
    if isinstance(value, Strategy):
        return value
    spec = Spec.parse(value, where)
    found = find_class(spec.name, STRATEGIES, Strategy, "nashbox.strategies", Path(folder), where)
    parameters = dict(spec.parameters)
    if found is Mixed and isinstance(parameters.get("strategies"), list):  # files start there too
        parameters["strategies"] = [
            make_strategy(part, f"{where}.strategies", folder) for part in parameters["strategies"]
        ]
    return build(found, parameters, where)


__all__ = [
    "STRATEGIES",
    "BestResponder",
    "Collector",
    "Equivariant",
    "Fabricator",
    "FreeRider",
    "Ignorer",
    "Mixed",
    "Mixer",
    "OverCollector",
    "Scaler",
    "Shifter",
    "Shrinker",
    "Strategy",
    "Truthful",
    "UnderCollector",
    "Withholder",
    "accept",
    "best_plays",
    "make_strategy",
]
