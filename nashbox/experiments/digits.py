"""How many digits of a number say something, for tables and reports alike."""

from __future__ import annotations

import math
from typing import Any

TINY = 1e-10  # of what a difference is taken of: the rounding of exact methods, shown as 0
FINEST = 9  # decimal places; smaller errors are written with an exponent


def places_of(error: Any, value: Any = 0.0) -> int | None:
    """Decimal places that a number with this error is worth; None where it has none but rounding.

    >>> places_of(0.0730379), places_of(12.3), places_of(1234.0), places_of(0.0), places_of("inf")
    (3, 0, 0, None, None)
    >>> places_of(4e-19, 0.08), places_of(4e-13, 1e-12)
    (None, 14)
    """
    if not isinstance(error, (int, float)) or not 0 < error < math.inf:
        return None
    if isinstance(value, (int, float)) and error <= TINY * abs(value):
        return None
    return max(0, 1 - math.floor(math.log10(error)))
