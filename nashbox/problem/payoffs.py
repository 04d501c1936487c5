"""What a testing agent is paid, higher is better; tau counts its own iterations.

A payoff is a frozen dataclass with a method `pay`; a user's own is a subclass of `Payoff`, or a
plain function of an `Outcome`, in a file of his.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Mask
from nashbox.problem.errors import (
    MOST_PAID,
    ContractError,
    InputError,
    require,
    told,
    too_much,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What happened to one agent in R games; all arrays are (R,).

    tau: iterations it took part in. wrong: its declaration is not theta. qualified: it stopped with
    own error probability <= beta (6b). share: of the prize, 1 for the first qualified stop, 1/k if
    k agents share it. theta, declared: 0 or 1. finished: it stopped before the cap.
    """

    tau: NDArray[np.int64]
    wrong: Mask
    qualified: Mask
    share: Floats
    theta: NDArray[np.int8]
    declared: NDArray[np.int8]
    finished: Mask


class Payoff(ABC):
    """Turns an outcome into what an agent is paid; parameters are dataclass fields."""

    @abstractmethod
    def pay(self, outcome: Outcome) -> Floats:
        """What the agent gets in each game, (R,)."""

    def costs(self, outcome: Outcome) -> Floats:
        """What it paid for observations, (R,): 0 unless the payoff knows a price."""
        return np.zeros(outcome.tau.size)

    @property
    def label(self) -> str:
        """Name with parameters, for tables."""
        inside = ", ".join(f"{key}={value:g}" for key, value in vars(self).items())
        return f"{type(self).__name__.lower()}({inside})"


@dataclass(frozen=True)
class Contest(Payoff):
    """`prize` to the first stop with own error probability <= beta (6b), minus `cost` tau.

    Stops in the same iteration split the prize; a stop that fails (6b) leaves it where it is.
    """

    prize: float = 1.0
    cost: float = 0.01

    def __post_init__(self) -> None:
        require("contest.prize", self.prize, low=0.0)
        require("contest.cost", self.cost, low=0.0)

    def pay(self, outcome: Outcome) -> Floats:
        """Prize times share, minus the price of the observations."""
        return np.asarray(self.prize * outcome.share - self.costs(outcome))

    def costs(self, outcome: Outcome) -> Floats:
        """Cost times tau."""
        return np.asarray(self.cost * outcome.tau)


@dataclass(frozen=True)
class Cost(Payoff):
    """Minus the cost (4): -(c tau + chat 1{wrong declaration}); no prize."""

    c: float = 0.01
    chat: float = 1.0

    def __post_init__(self) -> None:
        require("cost.c", self.c, low=0.0)
        require("cost.chat", self.chat, low=0.0)

    def pay(self, outcome: Outcome) -> Floats:
        """Minus cost (4)."""
        return np.asarray(-(self.costs(outcome) + self.chat * outcome.wrong))

    def costs(self, outcome: Outcome) -> Floats:
        """Price c times tau."""
        return np.asarray(self.c * outcome.tau)


def win() -> Contest:
    """Make the payoff `win`: 1 for winning, 1/2 for a tie, no costs."""
    return Contest(1.0, 0.0)


BuiltinPayoff = Contest | Cost


@dataclass(frozen=True)
class FunctionPayoff(Payoff):
    """A user's function of an `Outcome` that returns payoffs (R,)."""

    function: Callable[[Outcome], Any]

    def pay(self, outcome: Outcome) -> Floats:
        """Ask the function."""
        return np.asarray(self.function(outcome), dtype=float)

    @property
    def label(self) -> str:
        """The function's name."""
        return getattr(self.function, "__name__", "function")


def paid(payoff: Payoff, outcome: Outcome) -> Floats:
    """Ask a payoff, and hold it to its contract: R finite numbers."""
    try:
        values = np.asarray(payoff.pay(outcome), dtype=float)
    except InputError:
        raise
    except Exception as error:
        raise ContractError(f"payoff {payoff.label} raised {told(error)}") from error
    if values.shape != outcome.tau.shape or not np.isfinite(values).all():
        raise ContractError(
            f"payoff {payoff.label}: must return {outcome.tau.size} finite numbers, one a game, "
            f"got shape {values.shape}"
        )
    if np.abs(values).max(initial=0.0) > MOST_PAID:
        raise ContractError(too_much(f"payoff {payoff.label}: what is paid"))
    return values
