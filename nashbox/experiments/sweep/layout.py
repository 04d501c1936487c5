"""Which cells a sweep has, in order, and the values of the grid that they belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
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
        body = [getattr(self, key) for key in KEYS]
        return hashlib.sha256(canonical(body).encode()).hexdigest()

    def is_called(self, sweep: str, text: str) -> bool:
        """Whether `sweep` is its name; text: what `to_text` wrote."""
        return _digest(text) == sweep or self.sweep == sweep

    def rows(self) -> Iterator[tuple[int, int, Sequence[Any], str]]:
        """RunId, seed, values of the grid, key."""
        for run, key in enumerate(self.keys):
            point, seed = divmod(run, len(self.seeds))
            yield run, self.seeds[seed], self.points[point], key

    def to_text(self) -> str:
        """What the store keeps."""
        return to_text({key: getattr(self, key) for key in self.__dataclass_fields__})

    @classmethod
    def from_text(cls, text: str) -> Layout:
        """Read what `to_text` wrote."""
        return cls(**from_text(text))


def _digest(text: str) -> str | None:
    """`Layout.sweep` from what `to_text` wrote, which is canonical but for its own keys.

    Not if a mapping is in it. Its keys cannot stand in a text, where quotes have a backslash.
    """
    if text.count("{") != 1 or not text.isascii():
        return None
    body, start, digest = memoryview(text.encode()), 0, hashlib.sha256()
    for key in KEYS:
        name = f',"{key}":'
        end = text.find(name, start)
        digest.update(body[start:end] if start else b"[")
        digest.update(b"," if start else b"")
        start = end + len(name)
    digest.update(body[start:-1])
    digest.update(b"]")
    return digest.hexdigest()
