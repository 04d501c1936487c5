"""Which cells a sweep has, in order, and the values of the grid that they belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.experiments.sweep.encoding import canonical, from_text, to_text


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

    @property
    def sweep(self) -> str:
        """A name that another sweep does not have: SHA-256 of everything but the file's name."""
        body = [self.experiment, self.paths, self.points, self.seeds, self.keys]
        return hashlib.sha256(canonical(body).encode()).hexdigest()

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
