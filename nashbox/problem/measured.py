"""The keys `sigma` and `source` of a problem file: how measurements are spread, and which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.errors import POSITIVE, InputError, brief, positive
from nashbox.problem.source import CsvSource
from nashbox.problem.tables import check_names, read_columns


def sigma_of(value: object, d: int, source: CsvSource | None, shown: str) -> Array:
    """The (d,) standard deviations, which may be those of the measurements. Raises InputError."""
    if value == "source":
        return _spread(source, shown)
    values = value if isinstance(value, list) else [value] * d
    if len(values) != d:
        raise InputError(
            f"{shown}: sigma must be one number, one per distribution ({d}) or 'source', "
            f"got {len(values)}"
        )
    for k, number in enumerate(values):
        if not positive(number):
            place = f"[{k}]" if isinstance(value, list) else ""
            raise InputError(
                f"{shown}: sigma{place} must be finite and > 0 ({POSITIVE}), got {brief(number)}"
            )
    return np.array(values, dtype=float)


def _spread(source: CsvSource | None, shown: str) -> Array:
    if source is None:
        raise InputError(
            f"{shown}: sigma = 'source' asks for measurements, and source is 'normal'; give "
            "source = {csv = ..., columns = [...]}, or numbers"
        )
    sigma = np.sqrt(source.variances)
    for k, spread in enumerate(sigma):
        if not positive(float(spread)):
            raise InputError(
                f"{shown}: sigma = 'source': the measurements of column {k + 1} must differ, got a "
                f"standard deviation of {spread:g}"
            )
    return np.asarray(sigma)


def source_of(
    value: object, distributions: tuple[str, ...], folder: Path, shown: str
) -> CsvSource | None:
    """The measurements that are drawn, None where points are normal. Raises InputError."""
    if value == "normal":
        return None
    where = f"{shown}: source"
    file = value.get("csv") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(file, str) or not file:
        raise InputError(
            f"{where}: must be 'normal' or {{csv = ..., columns = [...]}}, got {brief(value)}"
        )
    for key in value:
        if key not in ("csv", "columns"):
            raise InputError(f"{where}: unknown key {key!r} (allowed: csv, columns)")
    columns = value.get("columns", list(distributions))
    if not isinstance(columns, list) or not all(isinstance(c, str) for c in columns):
        raise InputError(f"{where}: columns must be a list of names, got {brief(columns)}")
    if len(columns) != len(distributions):
        raise InputError(
            f"{where}: columns must name one column per distribution ({len(distributions)}), "
            f"got {len(columns)}"
        )
    check_names(columns, where, "column")
    found, left_out = read_columns(folder / file, file, columns)
    return CsvSource(tuple(found), tuple(left_out))
