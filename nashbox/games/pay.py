"""What players are paid, and how results call it."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass

from nashbox.problem.errors import InputError

PAYS = ("payoff", "penalty")  # what games pay


@dataclass(frozen=True)
class Pay:
    """What players are paid: its name, and +1 if more is better, -1 if less is."""

    name: str = "payoff"
    sign: int = 1

    def __post_init__(self) -> None:
        """Refuse pay that nothing could tell of."""
        if (self.name, self.sign) not in zip(PAYS, (1, -1), strict=True):
            raise InputError(
                'Pay must be Pay("payoff", 1) or Pay("penalty", -1), got '
                f"Pay({self.name!r}, {self.sign!r})"
            )


def keys_of(pays: str) -> tuple[str, str, str]:
    """What results call what all players are paid: the numbers, their errors, and the sum.

    >>> keys_of("penalty")
    ('penalties', 'penalties_se', 'social_penalty')
    """
    many = f"{pays[:-1]}ies" if pays.endswith("y") else f"{pays}s"
    return many, f"{many}_se", f"social_{pays}"


def told_pay(row: Container[str]) -> str:
    """What a game pays whose sum over all players is among the keys of a row of a result.

    >>> told_pay({"round": 0, "social_penalty": 3.0})
    'penalty'
    """
    return next((pay for pay in PAYS if keys_of(pay)[2] in row), PAYS[0])


def payoff_range(payoffs: Sequence[float]) -> float:
    """Scale of payoffs, which may be near 0 or shifted: the range of the finite ones."""
    finite = [value for value in payoffs if math.isfinite(value)]
    return max(finite) - min(finite) if finite else math.inf
