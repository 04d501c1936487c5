"""The one error a user sees for bad input, and the one helper that raises it."""

from __future__ import annotations

import math


class InputError(ValueError):
    """Bad input: the message names file, key, what is allowed and what came."""


class ContractError(InputError):
    """A strategy or mechanism broke the contract of its class."""


def require(
    name: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
    integer: bool = False,
) -> None:
    """Raise InputError unless `value` is a finite number within [low, high].

    `open_low` excludes the lower end; `integer` asks for a whole number.

    >>> require("Shrink.weight", 2.0, low=0.0, high=1.0)
    Traceback (most recent call last):
    ...
    nashbox.problem.errors.InputError: Shrink.weight must be a number in [0.0, 1.0], got 2.0
    """
    kind = "a whole number" if integer else "a number"
    ok = isinstance(value, (int, float)) and not isinstance(value, bool)
    if ok:
        number = float(value)  # type: ignore[arg-type]
        ok = math.isfinite(number) and low <= number <= high
        ok = ok and not (open_low and number == low)
        ok = ok and not (integer and number != round(number))
    if not ok:
        left = "(" if open_low or math.isinf(low) else "["
        right = ")" if math.isinf(high) else "]"
        allowed = f"{kind} in {left}{low}, {high}{right}"
        raise InputError(f"{name} must be {allowed}, got {value!r}")
