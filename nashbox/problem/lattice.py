"""Exact arithmetic of products of powers: coprime bases, lattices, equal rows.

Rationals over a pairwise coprime base are integer exponent vectors; products of given ones
form a lattice. Nothing here factors a number, all is done by gcds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from nashbox.problem.arrays import Array, Counts

Ints = Counts
Floats = Array


def belief_of(log_odds: Floats) -> Floats:
    """Probability of theta = 1 at these log odds (nats), 0 and 1 where floats know no better.

    >>> belief_of(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-log_odds)))


def coprime_base(numbers: Iterable[int]) -> list[int]:
    """Pairwise coprime integers > 1 of which every given positive integer is a product.

    >>> sorted(coprime_base([12, 18]))
    [2, 3]
    """
    base: list[int] = []
    todo = [n for n in numbers if n > 1]
    while todo:
        n = todo.pop()
        for place, b in enumerate(base):
            shared = math.gcd(n, b)
            if shared > 1:
                del base[place]
                todo += [part for part in (shared, b // shared, n // shared) if part > 1]
                break
        else:
            base.append(n)
    return sorted(base)


def exponents(ratio: Fraction, base: Sequence[int]) -> list[int]:
    """Write a positive rational as a product of powers of a coprime base."""
    out = []
    for b in base:
        power = 0
        for number, sign in ((ratio.numerator, 1), (ratio.denominator, -1)):
            while number % b == 0:
                number //= b
                power += sign
        out.append(power)
    return out


def lattice_basis(vectors: Sequence[Sequence[int]]) -> tuple[list[list[int]], list[list[int]]]:
    """Echelon basis of the lattice spanned by integer vectors, and their coordinates in it."""
    rows = [list(v) for v in vectors if any(v)]
    width = len(vectors[0]) if vectors else 0
    basis: list[list[int]] = []
    pivots: list[int] = []
    for column in range(width):
        while True:
            live = sorted((r for r in rows if r[column]), key=lambda r: abs(r[column]))
            if len(live) < 2:
                break
            for row in live[1:]:  # Euclid on the column
                times = row[column] // live[0][column]
                row[:] = [a - times * b for a, b in zip(row, live[0], strict=True)]
        if live:
            rows = [r for r in rows if r is not live[0]]
            basis.append(live[0])
            pivots.append(column)
    coords = []
    for vector in vectors:
        rest, found = list(vector), []
        for row, column in zip(basis, pivots, strict=True):
            times = rest[column] // row[column]
            rest = [a - times * b for a, b in zip(rest, row, strict=True)]
            found.append(times)
        coords.append(found)
    return basis, coords


def distinct(coords: Ints) -> tuple[Ints, Ints]:
    """Where each distinct row of (K, rank) occurs first, (D,), and which one each row is, (K,)."""
    low = coords.min(axis=0, initial=0)
    span = [int(v) for v in coords.max(axis=0, initial=0) - low + 1]
    if math.prod(span) < 2**62:  # one integer per belief
        key = np.zeros(len(coords), dtype=np.int64)
        for r, width in enumerate(span):
            key = key * width + (coords[:, r] - low[r])
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
    else:
        _, first, place = np.unique(coords, axis=0, return_index=True, return_inverse=True)
    return first.astype(np.int64), place.ravel().astype(np.int64)
