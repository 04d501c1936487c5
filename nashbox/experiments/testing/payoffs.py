"""What a testing agent is paid, higher is better; tau counts its own iterations."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nashbox.problem.errors import InputError


def _check(owner: str, **numbers: float) -> None:
    for name, value in numbers.items():
        if not (math.isfinite(value) and value >= 0):
            raise InputError(f"{owner}.{name} must be a finite number >= 0, got {value}")


@dataclass(frozen=True)
class Contest:
    """`prize` to the first stop with own error probability <= beta (6b), minus `cost` tau.

    Stops in the same iteration split the prize; a stop that fails (6b) leaves it where it is.
    """

    prize: float = 1.0
    cost: float = 0.01

    def __post_init__(self) -> None:
        _check("contest", prize=self.prize, cost=self.cost)


@dataclass(frozen=True)
class Cost:
    """Minus the cost (4): -(c tau + chat 1{wrong declaration}); no prize."""

    c: float = 0.01
    chat: float = 1.0

    def __post_init__(self) -> None:
        _check("cost", c=self.c, chat=self.chat)


def win() -> Contest:
    """Make the payoff `win`: 1 for winning, 1/2 for a tie, no costs."""
    return Contest(1.0, 0.0)


Payoff = Contest | Cost
