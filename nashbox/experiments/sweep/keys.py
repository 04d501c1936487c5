"""Keys of cells by the hundred thousand: SHA-256 as 32 bytes each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.sweep.parts import Places

Keys = NDArray[np.bytes_]


def as_bytes(keys: Sequence[str]) -> Keys:
    """Keys in hexadecimal digits, (cells,)."""
    return np.frombuffer(bytes.fromhex("".join(keys)), "S32")


class Wanted:
    """Cells that are looked for, by their keys, of which some may be the same."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Look for these, nothing found yet."""
        self.keys, self.count = keys, 0
        self._known, self._places = np.unique(as_bytes(keys), return_inverse=True)
        self._number = np.full(len(self._known), -1)

    def find(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of these are looked for; they are found now, and numbered in this order."""
        order = np.argsort(keys)  # neighbours are looked up faster
        at = np.empty(len(keys), dtype=np.intp)
        at[order] = np.searchsorted(self._known[:-1], keys[order])
        there: NDArray[Any] = self._known[at] == keys
        self._number[at[there]] = np.arange(self.count, self.count + there.sum())
        self.count += int(there.sum())
        return there

    @property
    def cells(self) -> Places:
        """The numbers of the cells that were found, by `keys`; -1 of the others."""
        return self._number[self._places]

    @property
    def missing(self) -> set[str]:
        """What is not found."""
        return {self.keys[place] for place in np.flatnonzero(self.cells < 0).tolist()}
