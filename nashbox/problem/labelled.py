"""Observation models estimated from labelled data: a CSV file with a label and a symbol a row.

P(symbol | label) = (count + s) / (rows with that label + s K) with additive smoothing s (0 takes
the bare frequencies) and K symbols; exact rationals, as all probabilities of a testing game.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from nashbox.problem.errors import InputError, brief
from nashbox.problem.observations import ObservationModel
from nashbox.problem.tables import place_of, read_rows


def estimate_model(
    pairs: Sequence[tuple[int, str]], smoothing: Fraction
) -> tuple[tuple[str, ...], ObservationModel]:
    """Alphabet (sorted as text) and pmfs of (label, symbol) pairs, both labels present.

    >>> symbols, model = estimate_model([(0, "a"), (0, "b"), (1, "b")], Fraction(1))
    >>> symbols, model.p0, model.p1
    (('a', 'b'), (Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 3), Fraction(2, 3)))
    """
    symbols = tuple(sorted({symbol for _, symbol in pairs}))
    counts = Counter(pairs)
    pmfs = []
    for theta in (0, 1):
        total = sum(counts[theta, s] for s in symbols) + smoothing * len(symbols)
        pmfs.append(tuple((counts[theta, s] + smoothing) / Fraction(total) for s in symbols))
    return symbols, ObservationModel(pmfs[0], pmfs[1])


def read_labelled(path: Path, shown: str, label: str, symbol: str) -> list[tuple[int, str]]:
    """Read the two named columns; labels are 0 or 1. Raises InputError naming row and column."""
    (_, header), *body = read_rows(path, shown)
    at, on = (place_of(column, header, shown) for column in (label, symbol))
    pairs = []
    for line, row in body:
        if row[at] not in ("0", "1"):
            raise InputError(
                f"{shown}: row {line}, column {label}: label must be 0 or 1, got {brief(row[at])}"
            )
        if not row[on]:
            raise InputError(f"{shown}: row {line}, column {symbol}: the symbol is missing")
        pairs.append((int(row[at]), row[on]))
    for theta in (0, 1):
        if all(t != theta for t, _ in pairs):
            raise InputError(f"{shown}: column {label}: at least one row must be {theta}, got none")
    return pairs
