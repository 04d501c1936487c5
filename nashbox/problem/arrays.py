"""Arrays by what they hold, as signatures name them, and arrays that are only to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

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


def in_plain(value: Any) -> Any:
    """What a file would hold: lists and numbers for those of numpy, also within lists and tables.

    >>> in_plain({"a": [np.int64(1), np.arange(2.0)]})
    {'a': [1, [0.0, 1.0]]}
    """
    if isinstance(value, Mapping):
        return {key: in_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_plain(item) for item in value]
    if type(value) is tuple:
        return tuple(in_plain(item) for item in value)
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
