"""What the store holds as text: JSON in which inf, -inf and NaN come back as themselves.

Numbers that JSON lacks are the strings "inf", "-inf" and "nan"; a text that is one of these words
(an agent may be called so) gets a backslash in front, as does one that begins with a backslash.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

WORDS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
LITERALS = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}  # as Python's JSON reads them
_WORD = re.compile(r'(?<!\\)"(-?inf|nan)"(?!\s*:)')  # a whole text that is no key


def encode(value: Any) -> Any:
    r"""Turn a value into what JSON can hold. Raises TypeError for what it cannot.

    >>> encode({"gain": math.inf, "se": math.nan, "name": "inf", "none": None})
    {'gain': 'inf', 'se': 'nan', 'name': '\\inf', 'none': None}
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return f"\\{value}" if value in WORDS or value.startswith("\\") else value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        number = float(value)
        if math.isfinite(number):
            return number
        return "nan" if math.isnan(number) else ("inf" if number > 0 else "-inf")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"keys must be texts to be stored, got {key!r}")
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if hasattr(value, "tolist"):  # arrays and scalars of numpy, which need not be loaded here
        return encode(value.tolist())
    if hasattr(value, "isoformat"):  # dates, which TOML knows
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be stored, got {value!r}")


def decode(value: Any) -> Any:
    """Turn back what `encode` made.

    >>> decode(encode({"gain": -math.inf, "name": "nan"}))
    {'gain': -inf, 'name': 'nan'}
    """
    if isinstance(value, str):
        return value[1:] if value.startswith("\\") else WORDS.get(value, value)
    if isinstance(value, dict):
        return {key: decode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decode(item) for item in value]
    return value


def to_text(value: Any) -> str:
    """One line of JSON; keys keep their order."""
    return json.dumps(encode(value), separators=(",", ":"), allow_nan=False)


def from_text(text: str) -> Any:
    r"""Read what `to_text` wrote.

    >>> from_text('{"a":["inf","-inf"],"inf":"\\\\inf","b":"nan"}')
    {'a': [inf, -inf], 'inf': 'inf', 'b': nan}
    """
    if "\\" in text and '"\\\\' in text:  # a text that begins with a backslash
        return decode(json.loads(text))
    if any(f'"{word}"' in text for word in WORDS):
        text = _WORD.sub(lambda found: LITERALS[found[1]], text)
    return json.loads(text)


def canonical(value: Any) -> str:
    """JSON with sorted keys: equal values give equal texts.

    >>> canonical({"b": 1, "a": [0.1, math.inf]})
    '{"a":[0.1,"inf"],"b":1}'
    """
    return json.dumps(encode(value), separators=(",", ":"), allow_nan=False, sort_keys=True)
