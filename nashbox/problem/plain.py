"""Values as files hold them. Commands that only parse load this: it does without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def in_plain(value: Any) -> Any:
    """What a file would hold: lists and numbers for those of numpy, also within lists and tables.

    >>> import numpy as np
    >>> in_plain({"a": [np.int64(1), np.arange(2.0)]})
    {'a': [1, [0.0, 1.0]]}
    """
    if isinstance(value, Mapping):
        return {key: in_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_plain(item) for item in value]
    if type(value) is tuple:
        return tuple(in_plain(item) for item in value)
    listed = getattr(value, "tolist", None)
    return listed() if callable(listed) else value
