"""Terms of the threshold mechanism: who works alone, who receives, who is compared with what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.errors import InputError, brief, finite
from nashbox.problem.terms import Terms

Array = NDArray[np.float64]
Kinds = NDArray[np.str_]
Cells = tuple[tuple[Any, ...], ...]  # a table as it stands in a file, hashable

KINDS = ("alone", "free", "threshold", "noise")
NEEDS = {"threshold": ("z", "t"), "noise": ("z", "alpha"), "decoy": ("t",), "mirror": ("t",)}


@dataclass(frozen=True, eq=False)
class ThresholdTerms(Terms):
    """Terms of the threshold mechanism; tables are (m, d), NaN where nothing applies.

    kind: "alone" (the mean of her own points), "free" (the others' mean, nothing owed),
    "threshold" (compared with z points, passing within t) or "noise" (compared with z points,
    noise with coefficient alpha, as CBL). together: who fails one threshold fails all of hers; a
    free pair with a z then depends on passing too.
    """

    kind: Kinds
    z: Array
    t: Array
    alpha: Array
    together: bool  # the joint form
    sent_home: tuple[tuple[int, int], ...] = ()  # pairs whose plan no rule enforces

    def members(self, agent: int) -> tuple[int, ...]:
        """Distributions that are passed or failed together, () in the separate form."""
        kinds = self.kind[agent]
        if not self.together or not (kinds == "threshold").any():
            return ()
        bound = (kinds == "threshold") | ((kinds == "free") & np.isfinite(self.z[agent]))
        return tuple(int(k) for k in np.flatnonzero(bound))


def cells(name: str, value: object, owner: str = "threshold") -> Cells | None:
    """A table of a file as tuples, NaN as None. Raises InputError if it is no table."""
    if value is None:
        return None
    rows = value if isinstance(value, (list, tuple)) else None
    if not rows or not all(
        isinstance(row, (list, tuple)) and len(row) == len(rows[0]) for row in rows
    ):
        raise InputError(
            f"{owner}.{name} must be a table with a row per agent and a column per distribution, "
            f"got {brief(value)}"
        )
    return tuple(tuple(None if x != x else x for x in row) for row in rows)


def numbers(
    name: str,
    table: Cells | None,
    shape: tuple[int, ...],
    low: float,
    owner: str = "threshold",
) -> Array:
    """A (m, d) table of numbers >= low or nothing (NaN)."""
    if table is None:
        return np.full(shape, np.nan)
    _shaped(name, table, shape, owner)
    out = np.full(shape, np.nan)
    for i, row in enumerate(table):
        for k, cell in enumerate(row):
            if cell is None:
                continue
            if not finite(cell) or cell < low:
                raise InputError(
                    f"{owner}.{name}: row {i + 1}, column {k + 1}: must be a finite number >= "
                    f"{low:g}, or nan where nothing applies, got {brief(cell)}"
                )
            out[i, k] = float(cell)
    return out


def kinds_of(
    table: Cells,
    shape: tuple[int, ...],
    kinds: tuple[str, ...] = KINDS,
    owner: str = "threshold",
) -> Kinds:
    """A (m, d) table of `kinds`."""
    _shaped("kind", table, shape, owner)
    for i, row in enumerate(table):
        for k, cell in enumerate(row):
            if cell not in kinds:
                raise InputError(
                    f"{owner}.kind: row {i + 1}, column {k + 1}: must be one of "
                    f"{', '.join(kinds)}, got {brief(cell)}"
                )
    return np.array(table, dtype=np.str_)


def _shaped(
    name: str, table: Sequence[Sequence[object]], shape: tuple[int, ...], owner: str
) -> None:
    if (len(table), len(table[0])) != shape:
        raise InputError(
            f"{owner}.{name} must have {shape[0]} rows and {shape[1]} columns, as the costs "
            f"have, got {len(table)} and {len(table[0])}"
        )


def hold_together(terms: ThresholdTerms, owner: str = "threshold") -> None:
    """Raise InputError where a kind misses what it needs."""
    for i, k in np.ndindex(terms.counts.shape):
        kind, n = str(terms.kind[i, k]), terms.counts[i, k]
        where = f"{owner}: {terms.names[i]}, {terms.distributions[k]}"
        needs = NEEDS.get(kind, ())
        for name in needs:
            if not np.isfinite(getattr(terms, name)[i, k]):
                raise InputError(f"{where}: kind {kind!r} needs {name}, got none")
        if needs and not n > 0:
            raise InputError(f"{where}: kind {kind!r} needs a count > 0, got {n:g}")
        if kind == "free" and n:
            raise InputError(f"{where}: kind 'free' owes nothing, got a count of {n:g}")
        z = terms.z[i, k]
        if np.isfinite(z) and not z > 0 and kind != "alone":
            raise InputError(f"{where}: z must be > 0, got {z:g}")
        if terms.integer and np.isfinite(z) and z != np.rint(z):
            raise InputError(f"{where}: z must be a whole number, got {z:g}")
        if n and np.isinf(terms.costs[i, k]):
            raise InputError(f"{where}: the cost is inf, so the count must be 0, got {n:g}")
        if terms.integer and n != np.rint(n):
            raise InputError(f"{where}: the count must be a whole number, got {n:g}")
