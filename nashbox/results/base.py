"""What every result is: a dataclass that says which fields its JSON holds, in which order.

A class lists its keys once; writing, reading, saving and loading follow from the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from nashbox.problem.errors import InputError
from nashbox.problem.notebook import Shown
from nashbox.results.saving import read_json, write_json


class Body:
    """A dataclass that is a JSON mapping.

    KEYS: in the order of the mapping. OPTIONAL: keys that are left out where they are None.
    NAMES: attributes of the keys that are called otherwise. PARTS: makes a field of what was read.
    """

    KEYS: ClassVar[str]
    OPTIONAL: ClassVar[str] = ""
    NAMES: ClassVar[Mapping[str, str]] = {}
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    def to_json(self) -> dict[str, Any]:
        """The keys with plain lists and mappings."""
        found = {key: getattr(self, self.NAMES.get(key, key)) for key in self.KEYS.split()}
        extra = {key: getattr(self, self.NAMES.get(key, key)) for key in self.OPTIONAL.split()}
        found |= {key: value for key, value in extra.items() if value is not None}
        return {key: unwrapped(value) for key, value in found.items()}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild what `to_json` wrote."""
        keys = {attribute: key for key, attribute in cls.NAMES.items()}
        found = {}
        for field in fields(cls):  # type: ignore[arg-type]  # subclasses are dataclasses
            key = keys.get(field.name, field.name)
            if key in body:
                value, make = body[key], cls.PARTS.get(field.name)
                found[field.name] = value if make is None or value is None else make(value)
        return cls(**found)


def unwrapped(value: Any) -> Any:
    """What a JSON file could hold: plain mappings, lists and numbers for parts and arrays."""
    if isinstance(value, Body):
        return value.to_json()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: unwrapped(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: unwrapped(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [unwrapped(item) for item in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


class Result(Body, Shown):
    """A mapping with a format, in a file of its own."""

    FORMAT: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """The mapping of the format; `save` writes infinite numbers as "inf"."""
        return {"format": self.FORMAT, **super().to_json()}

    def save(self, path: str | Path) -> None:
        """Write the JSON to a file."""
        write_json(self.to_json(), path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote. Raises InputError for other files."""
        body = read_json(path, cls.FORMAT)
        try:
            return cls.from_json(body)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}: is no whole {cls.FORMAT} of this kind: {error}") from error


def list_of(make: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """Make a field that holds many parts of one kind."""
    return lambda rows: [make(row) for row in rows]
