"""The least gain that counts: absolute, or a share of what the agent has at stake."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from nashbox.problem.errors import InputError, require
from nashbox.problem.options import Real

DEFAULT = 1e-3  # of each agent's scale
ROUNDING = 2.0**-48  # of payoffs: what sums of some numbers may differ by that should be one


@dataclass(frozen=True)
class LeastGain(Real):
    """A number >= 0, or a share that ends in %."""

    low: float = 0.0

    def parsed(self, text: str) -> Any:
        """A number, or the share as it is."""
        return text if text.endswith("%") else super().parsed(text)

    def read(self, where: str, value: Any) -> Any:
        """Refuse what is neither a number >= 0 nor a share."""
        check_epsilon(value, where)
        return value


Epsilon = Annotated[  # absolute, or "0.5%" of each agent's scale; None is DEFAULT
    float | str | None,
    LeastGain(
        "least gain that counts: absolute, or a share like 0.5% of each agent's penalty, or of "
        "the range of payoffs she reaches",
        "X",
        usual=f"{DEFAULT:.1%}",
    ),
]


def epsilon_of(epsilon: Epsilon, scale: float) -> float:
    """Least gain that counts for an agent; no absolute floor, whatever the unit of measurement.

    scale: her penalty in the audited profile, or the range of the payoffs that she reaches. Where
    it is inf every finite penalty is better by inf, and 0 will do.

    >>> epsilon_of(None, -4e-12), epsilon_of("0.5%", 2.0), epsilon_of(0.1, 2.0)
    (4e-15, 0.01, 0.1)
    """
    if isinstance(epsilon, (int, float)):
        return float(epsilon)
    return share_of(epsilon) * abs(scale) if math.isfinite(scale) else 0.0


def least_gain(epsilon: Epsilon, scale: float, paid: float) -> float:
    """`epsilon_of`, where a share is not less than the rounding of what she is paid.

    Who is indifferent reaches payoffs that differ by rounding, and would gain all of their range.
    paid: in the audited profile. What pays far more or far less is told apart however it is
    rounded, so that it has no say: a lie that costs 1e14 must not hide gains of 0.2.

    >>> least_gain(None, 4.4e-16, 2.1) > 4.4e-16, least_gain(None, 2.0, 1.0)
    (True, 0.002)
    """
    level = epsilon_of(epsilon, scale)
    if isinstance(epsilon, (int, float)) or not math.isfinite(paid):
        return level
    return max(level, ROUNDING * abs(paid))


def share_of(epsilon: str | None, where: str = "epsilon") -> float:
    """The share of her scale that a relative epsilon means. Raises InputError naming `where`."""
    if epsilon is None:
        return DEFAULT
    try:
        share = float(epsilon.removesuffix("%")) / 100
    except ValueError:
        share = math.nan
    if not (epsilon.endswith("%") and 0 <= share < math.inf):
        raise InputError(f"{where} must be a number >= 0 or a share like 0.5%, got {epsilon!r}")
    return share


def absolute(epsilon: Epsilon) -> float | None:
    """What results hold of it: the number that was given, None for shares."""
    return None if isinstance(epsilon, str) else epsilon


def check_epsilon(epsilon: Epsilon, where: str = "epsilon") -> None:
    """Refuse what is neither a number >= 0 nor a share. Raises InputError naming `where`."""
    if isinstance(epsilon, str):
        share_of(epsilon, where)
    elif epsilon is not None:
        require(where, epsilon, low=0.0)
