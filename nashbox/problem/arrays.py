"""Arrays by what they hold, as signatures name them, and arrays that are only to be read."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
T = TypeVar("T")


def shut(value: T) -> T:
    """The same, not to be written into if it is an array: several plug-ins are given it."""
    if not isinstance(value, np.ndarray):
        return value
    seen = value.view()
    seen.setflags(write=False)
    return seen
