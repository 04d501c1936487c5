"""Values as TOML writes them."""

from __future__ import annotations

import json
import math
from typing import Any


def toml_value(value: Any) -> str:
    """A text, number, truth or list; None is nan.

    >>> toml_value(["Łódź 🧪", 3.0, 0.1, float("inf"), None, True])
    '["Łódź 🧪", 3, 0.1, inf, nan, true]'
    """
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nan"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # TOML has no pairs of surrogates
    number = float(value)
    if math.isnan(number) or math.isinf(number):
        return "nan" if math.isnan(number) else "inf"
    return repr(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def toml_table(rows: Any) -> str:
    """Lists, one a line."""
    return "[\n" + "".join(f"    {toml_value(list(row))},\n" for row in rows) + "]"
