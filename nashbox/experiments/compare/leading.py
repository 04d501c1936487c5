"""Who comes out least, where several may: nobody is named best within an error."""

from __future__ import annotations

import math
from collections.abc import Mapping

ROUNDING = 1e-9  # of the least, beyond which exact numbers differ


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

    def beyond(name: str) -> bool:
        both = math.hypot(known.get(name, 0.0), known.get(ordered[0], 0.0))
        gap = values[name] - values[ordered[0]]
        return gap > 2 * both + ROUNDING * abs(values[ordered[0]])

    return [name for name in ordered if not beyond(name)]
