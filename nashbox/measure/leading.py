"""Who comes out least, where several may: nobody is named best within an error."""

from __future__ import annotations

import math
from collections.abc import Mapping

ROUNDING = 1e-9  # of the least, beyond which exact numbers differ


def apart(low: float, high: float, low_error: float = 0.0, high_error: float = 0.0) -> bool:
    """Whether one number is above another beyond two errors of both.

    >>> apart(1.0, 1.1), apart(1.0, 1.1, 0.1, 0.0), apart(math.inf, math.inf)
    (True, False, False)
    """
    both = math.hypot(low_error, high_error)
    return high - low > 2 * both + ROUNDING * abs(low)


def least(values: Mapping[str, float], errors: Mapping[str, float] | None = None) -> list[str]:
    """Names whose value is not above the least one beyond two errors of both, the least first.

    errors: standard errors of values that were simulated.

    >>> least({"a": 2.0, "b": 1.0, "c": 1.0})
    ['b', 'c']
    >>> least({"a": 1.1, "b": 1.0, "c": 1.5}, {"a": 0.1})
    ['b', 'a']
    """
    known = errors or {}
    ordered = sorted(values, key=lambda name: values[name])
    first = ordered[0]

    def alike(name: str) -> bool:
        errors = known.get(first, 0.0), known.get(name, 0.0)
        return not apart(values[first], values[name], *errors)

    return [name for name in ordered if alike(name)]
