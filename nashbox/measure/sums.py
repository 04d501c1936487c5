"""Sums of what players are paid."""

from __future__ import annotations

import math
from collections.abc import Iterable

ROUNDING = 1e-14  # of the parts without their signs: a smaller sum is what rounding left of them


def summed(parts: Iterable[float]) -> float:
    """The sum, 0 where the parts cancel.

    >>> summed([0.1, 0.2, -0.3]), summed([1.0, 1e-9]), summed([1.0, float("-inf")])
    (0.0, 1.000000001, -inf)
    """
    known = list(parts)
    return settled(float(sum(known)), sum(map(abs, known)))


def settled(found: float, size: float) -> float:
    """A sum of parts that are `size` without their signs, 0 if it is but rounding of them."""
    return 0.0 if math.isfinite(size) and abs(found) <= ROUNDING * size else found
