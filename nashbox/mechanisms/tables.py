"""Rules that a problem file may state as tables: a row per agent, a column per distribution."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.base import PerReader, problem_counts
from nashbox.mechanisms.rounding import alone_counts
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError, brief, finite
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms

Kinds = NDArray[np.str_]
Cells = tuple[tuple[Any, ...], ...]  # a table as it stands in a file, hashable

NEEDS = {"threshold": ("z", "t"), "noise": ("z", "alpha"), "decoy": ("t",), "mirror": ("t",)}


class Stated(NamedTuple):
    """Rules, all (m, d); sent_home: pairs who work alone as nothing enforces their plan."""

    counts: Array
    kind: Kinds
    z: Array
    t: Array
    alpha: Array
    sent_home: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class RuleTerms(Terms):
    """Terms of rules stated as tables, (m, d), NaN where nothing applies.

    together: the joint form. sent_home: pairs whose plan no rule enforces.
    """

    kind: Kinds
    z: Array
    t: Array
    alpha: Array
    together: bool
    sent_home: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class TableRules(PerReader):
    """Rules stated by a table `kind` of KINDS and by TABLES of numbers.

    Without `kind` the rules are made for the plan. Classes say what each field means to them.
    """

    NAME: ClassVar[str]
    KINDS: ClassVar[tuple[str, ...]]
    TABLES: ClassVar[tuple[str, ...]]
    TERMS: ClassVar[type[RuleTerms]]

    joint: bool = False
    kind: Cells | None = None

    def __post_init__(self) -> None:
        for name in ("kind", *self.TABLES):
            object.__setattr__(self, name, cells(name, getattr(self, name), self.NAME))
        if self.kind is not None:
            return
        for name in self.TABLES:
            if getattr(self, name) is not None:
                *most, last = map(repr, self.KINDS)
                raise InputError(
                    f"{self.NAME}.{name} needs {self.NAME}.kind, a table of "
                    f"{', '.join(most)} and {last}"
                )

    @abstractmethod
    def made(self, problem: EstimationProblem, counts: Array) -> Stated:
        """The best rules for a plan, in the counts of the problem."""

    def terms(self, problem: EstimationProblem, plan: Array) -> RuleTerms:
        """The rules as given, or the best ones for the plan. Raises InputError."""
        counts = problem_counts(problem, plan)
        rules = self.made(problem, counts) if self.kind is None else self._given(problem, counts)
        stated = rules._asdict()
        terms = self.TERMS.of(problem, stated.pop("counts"), self, **stated, together=self.joint)
        hold_together(terms, self.NAME)
        return terms

    def _given(self, problem: EstimationProblem, counts: Array) -> Stated:
        assert self.kind is not None  # noqa: S101 - asked before
        kind = kinds_of(self.kind, counts.shape, self.KINDS, self.NAME)
        n, z, t, alpha = (
            numbers(name, getattr(self, name, None), counts.shape, 0.0, self.NAME)
            for name in ("n", "z", "t", "alpha")
        )
        if getattr(self, "n", None) is None:
            alone = alone_counts(problem.costs, problem.sigma, integer=problem.integer)
            n = np.where(kind == "alone", alone, np.where(kind == "free", 0.0, counts))
        return Stated(np.nan_to_num(n), kind, z, t, alpha)


def cells(name: str, value: object, owner: str) -> Cells | None:
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
    name: str, table: Cells | None, shape: tuple[int, ...], low: float, owner: str
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


def kinds_of(table: Cells, shape: tuple[int, ...], kinds: tuple[str, ...], owner: str) -> Kinds:
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


def hold_together(terms: RuleTerms, owner: str) -> None:
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
