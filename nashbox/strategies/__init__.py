"""What agents do: how many points to collect, what to hand in, how to estimate.

`STRATEGIES` maps the built-in names to their classes.
"""

from nashbox.strategies.base import STRATEGIES, Strategy, accept
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
from nashbox.strategies.making import make_strategy
from nashbox.strategies.mixed import Mixed

STRATEGIES |= {
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
