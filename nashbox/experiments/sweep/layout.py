"""Which cells a sweep has, in order, and the values of the grid that they belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nashbox.experiments.sweep.encoding import canonical, from_text, to_text

KEYS = ("experiment", "paths", "points", "seeds", "keys")


@dataclass(frozen=True)
class Layout:
    """The product of points and seeds; RunId is the position in it, the seed fastest.

    file: the sweep file's name, without its folder. paths: dotted paths of the grid. points: one
    list of values per point, in the order of `paths`. keys: the cells' keys by RunId.
    """

    file: str
    experiment: str
    paths: Sequence[str]
    points: Sequence[Sequence[Any]]
    seeds: Sequence[int]
    keys: Sequence[str]

    @cached_property
    def sweep(self) -> str:
        """A name that another sweep does not have: SHA-256 of everything but the file's name."""
        return _digest(canonical([getattr(self, key) for key in KEYS]))

    def to_text(self) -> str:
        """What the store keeps."""
        return to_text({key: getattr(self, key) for key in ("file", *KEYS)})

    @classmethod
    def read(cls, sweep: str, text: str) -> Layout:
        """The layout of which `to_text` made this. Raises ValueError if it is not called so."""
        layout = cls(**from_text(text))
        values = text[:-1].partition(f',"{KEYS[0]}":')[2]
        for key in KEYS[1:]:
            values = values.replace(f',"{key}":', ",", 1)
        if _digest(f"[{values}]") != sweep != layout.sweep:  # if there is no table in it, the same
            raise ValueError(f"must be the layout of the sweep {sweep}, got that of {layout.sweep}")
        return layout


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
