"""CSV as spreadsheets write it: commas, semicolons or tabs; decimals by point or by comma."""

from __future__ import annotations

import csv
import io
import re

from nashbox.problem.errors import InputError, brief

MARKS = {",": "commas", ";": "semicolons", "\t": "tabs"}
POINT = re.compile(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?")
COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?")

Rows = list[tuple[int, list[str]]]


def rows_of_text(content: bytes, shown: str) -> Rows:
    """Lines of a CSV text that hold something, each with its number; cells without blanks.

    All have as many cells as the first; decimal commas come as points. Raises InputError naming the
    file for what is no such text, and where marks or decimals cannot be told apart.
    """
    try:
        text = content.decode("utf-8-sig")
    except ValueError as error:
        raise InputError(f"{shown}: is not a CSV file in UTF-8: {error}") from error
    found: dict[str, Rows] = {}
    why = ""
    for mark in MARKS:
        try:
            found[mark] = _parted(text, mark)
        except csv.Error as error:
            why = why or str(error)
    if not found:
        raise InputError(f"{shown}: is not a CSV file in UTF-8: {why}")
    if not all(found.values()):
        raise InputError(f"{shown}: is empty; a header row and at least one row are needed")
    mark = _mark(found, shown)
    rows = found[mark]
    _check_width(rows, mark, shown)
    return rows if mark == "," else _with_points(rows, shown)


def _parted(text: str, mark: str) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    return [(line, row) for line, row in rows if any(row)]


def _mark(found: dict[str, Rows], shown: str) -> str:
    """The mark that parts the cells: it parts the header, and all rows into as many."""
    parting = [mark for mark, rows in found.items() if len(rows[0][1]) > 1]
    fitting = [mark for mark in parting if len({len(row) for _, row in found[mark]}) == 1]
    if len(fitting) > 1:
        raise InputError(
            f"{shown}: the cells may be parted by {' or '.join(MARKS[m] for m in fitting)}; which "
            "it is cannot be told: put what holds one of them without parting into quotes"
        )
    most = max(parting or found, key=lambda mark: len(found[mark][0][1]))
    return fitting[0] if fitting else most


def _check_width(rows: Rows, mark: str, shown: str) -> None:
    width = len(rows[0][1])
    for line, row in rows:
        if len(row) != width:
            who = f" ({row[0]})" if row[0] else ""
            remedy = ""
            if mark == "," and len(row) > width:
                remedy = "; with decimal commas, part the cells by semicolons or tabs"
            raise InputError(
                f"{shown}: row {line}{who}: must have {width} cells as the header has, "
                f"got {len(row)}{remedy}"
            )


def _with_points(rows: Rows, shown: str) -> Rows:
    """Numbers with a decimal point. Raises InputError if some have commas and some points."""
    body = [(line, cell) for line, row in rows[1:] for cell in row]
    commas = [(line, cell) for line, cell in body if COMMA.fullmatch(cell)]
    points = [(line, cell) for line, cell in body if POINT.fullmatch(cell)]
    if commas and points:
        raise InputError(
            f"{shown}: row {commas[0][0]} holds {brief(commas[0][1])} and row {points[0][0]} "
            f"{brief(points[0][1])}; whether the decimals come after the comma or after the point "
            "cannot be told: write all numbers in one way, without marks of thousands"
        )
    if not commas:
        return rows
    return [
        (line, [c.replace(",", ".") if COMMA.fullmatch(c) else c for c in row])
        for line, row in rows
    ]
