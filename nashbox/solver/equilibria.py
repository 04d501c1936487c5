"""All Nash equilibria of a game of two players given by its payoffs.

Payoffs U (row), V (column), both (K, L) and shifted to be > 0. Best-response polytopes
(von Stengel, "Equilibrium computation for two-player games in strategic and extensive form", in
Nisan et al. 2007, section 3.4):

    P = {x >= 0 (K,): V^T x <= 1},   Q = {y >= 0 (L,): U y <= 1}.

A point carries the label k where x_k = 0 (in Q: where row k is a best response) and K + l where
column l is a best response (in Q: where y_l = 0). (x, y) != (0, 0), rescaled to sum to 1, is an
equilibrium exactly if every label is carried by x or y. Pairs of *vertices* with all labels are the
extreme equilibria: all of them in a nondegenerate game, in a degenerate one the corners of the
convex pieces that its equilibria form.

Vertices are visited along edges by integer pivoting (Edmonds; lexicographic where ratios tie), in
exact arithmetic: decimals are whole numbers over one power of ten, so nothing is rounded.

>>> pairs = equilibria([[3, 0], [0, 2]], [[2, 0], [0, 3]]).pairs
>>> [(x.tolist(), y.tolist()) for x, y in pairs]
[([1.0, 0.0], [1.0, 0.0]), ([0.6, 0.4], [0.4, 0.6]), ([0.0, 1.0], [0.0, 1.0])]
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError
from nashbox.problem.payoff_tables import whole_numbers

Rows = list[list[int]]

MOST = 60_000  # vertices of both polytopes together, by the upper bound theorem


@dataclass(frozen=True, eq=False)
class Equilibria:
    """pairs: x (K,), y (L,) of the extreme equilibria, sorted by their supports.

    degenerate: some mixed strategy has more best responses than it uses. piece: for each pair,
    whether it is a corner of a continuum of equilibria.
    """

    pairs: list[tuple[Array, Array]]
    degenerate: bool
    piece: list[bool]


@dataclass(frozen=True)
class _Vertex:
    """values: (size,) whole numbers proportional to the strategy. labels: as bits."""

    values: tuple[int, ...]
    labels: int


def equilibria(U: ArrayLike, V: ArrayLike) -> Equilibria:
    """Return all extreme equilibria. Raises InputError for tables that cannot be solved."""
    A, B = np.asarray(U, dtype=float), np.asarray(V, dtype=float)
    if A.ndim != 2 or A.shape != B.shape or A.size == 0:
        raise InputError(f"tables must have one shape (K, L), got {A.shape} and {B.shape}")
    if not (np.isfinite(A).all() and np.isfinite(B).all()):
        raise InputError("payoffs must be finite for equilibria, got inf or NaN")
    K, L = A.shape
    most = most_vertices(K, K + L) + most_vertices(L, K + L)
    if most > MOST:
        raise InputError(
            f"menus of {K} and {L} entries may have {most:.2g} vertices of best responses to look "
            f"at; at most {MOST} are allowed"
        )
    full = (1 << (K + L)) - 1
    lefts = _vertices(_whole(B.T), [1 << k for k in range(K)], [1 << K + j for j in range(L)])
    rights = _vertices(_whole(A), [1 << K + j for j in range(L)], [1 << k for k in range(K)])
    degenerate = any(
        v.labels.bit_count() > size for vs, size in ((lefts, K), (rights, L)) for v in vs
    )
    found = _matches(lefts, rights, full, degenerate)
    found.sort(key=lambda pair: [-value for v in pair for value in _shares(v)])
    once = [len({v for v in part}) == len(part) for part in zip(*found, strict=True)]
    rows, columns = ([pair[j] for pair in found] for j in (0, 1))
    piece = [not all(once) and (rows.count(x) > 1 or columns.count(y) > 1) for x, y in found]
    pairs = [(np.array(_shares(x)), np.array(_shares(y))) for x, y in found]
    return Equilibria(pairs, degenerate, piece)


def most_vertices(dimension: int, facets: int) -> int:
    """The upper bound theorem (McMullen 1970): vertices of a polytope with so many facets.

    >>> most_vertices(2, 5), most_vertices(3, 6), most_vertices(10, 20)
    (5, 8, 4004)
    """
    low, high = dimension // 2, (dimension + 1) // 2
    return math.comb(facets - high, low) + math.comb(facets - low - 1, high - 1)


def _shares(vertex: _Vertex) -> list[float]:
    total = sum(vertex.values)
    return [value / total for value in vertex.values]


def _whole(table: Array) -> Rows:
    """The table shifted to be > 0, as whole numbers: both leave the equilibria as they are."""
    whole, _ = whole_numbers(table)
    least, most = whole.min(), whole.max()
    shift = (most - least or 1) - least
    return [[int(value + shift) for value in row] for row in whole]


def _matches(
    lefts: list[_Vertex], rights: list[_Vertex], full: int, degenerate: bool
) -> list[tuple[_Vertex, _Vertex]]:
    """Pairs that carry all labels but for (0, 0)."""
    if not degenerate:
        by_labels = {v.labels: v for v in rights}
        pairs = [(x, by_labels.get(full & ~x.labels)) for x in lefts]
        return [(x, y) for x, y in pairs if y is not None and any(x.values) and any(y.values)]
    theirs = np.array([v.labels for v in rights], dtype=object)
    return [
        (x, rights[j])
        for x in lefts
        if any(x.values)
        for j in np.flatnonzero((theirs | x.labels) == full)
        if any(rights[j].values)
    ]


def _vertices(table: Rows, own: list[int], others: list[int]) -> list[_Vertex]:
    """Vertices of {x >= 0: table x <= 1}, entries of table > 0.

    own: labels of x_k = 0, others: labels of the rows being tight, as bits. Columns of a tableau
    are x, then the slacks, then the right side; the lexicographic rule perturbs the right side.
    """
    rows, size = len(table), len(own)
    labels = own + others
    start = [[*row, *(int(i == j) for j in range(rows)), 1] for i, row in enumerate(table)]
    basis = list(range(size, size + rows))
    seen = {frozenset(basis)}
    stack = [(start, basis, 1)]
    found: dict[tuple[Fraction, ...], _Vertex] = {}
    while stack:
        tableau, basis, unit = stack.pop()
        values, tight = [0] * size, sum(labels) - sum(labels[b] for b in basis)
        for b, row in zip(basis, tableau, strict=True):
            if row[-1] == 0:
                tight |= labels[b]
            if b < size:
                values[b] = row[-1]
        key = tuple(Fraction(value, unit) for value in values)
        found.setdefault(key, _Vertex(tuple(values), tight))
        inside = set(basis)
        for column in range(size + rows):
            if column in inside:
                continue
            r = _leaving(tableau, column, size)
            after = [column if j == r else b for j, b in enumerate(basis)]
            if frozenset(after) not in seen:
                seen.add(frozenset(after))
                stack.append((*_pivoted(tableau, r, column, unit, after),))
    return list(found.values())


def _leaving(tableau: Rows, column: int, size: int) -> int:
    """The row of least ratio right side / entry > 0, ties broken by the perturbed right side."""
    rows = [r for r, row in enumerate(tableau) if row[column] > 0]
    for j in _order(tableau, size):
        best = [rows[0]]
        for r in rows[1:]:
            a, b = tableau[r], tableau[best[0]]
            gap = a[j] * b[column] - b[j] * a[column]
            if gap < 0:
                best = [r]
            elif gap == 0:
                best.append(r)
        rows = best
        if len(rows) == 1:
            break
    return rows[0]


def _order(tableau: Rows, size: int) -> Iterator[int]:
    """The right side, and then the columns of the slacks, which hold its perturbation."""
    yield -1
    yield from range(size, len(tableau[0]) - 1)


def _pivoted(
    tableau: Rows, r: int, column: int, unit: int, basis: list[int]
) -> tuple[Rows, list[int], int]:
    """Exchange the basic variable of row r for `column`; all entries are whole over `unit`."""
    pivot = tableau[r]
    p = pivot[column]
    rows = []
    for i, row in enumerate(tableau):
        q = row[column]
        if i == r:
            rows.append(pivot)
        elif q == 0:
            rows.append([a * p // unit for a in row])
        else:
            rows.append([(a * p - q * b) // unit for a, b in zip(row, pivot, strict=True)])
    return rows, basis, p
