"""Pieces of Markdown files: texts that are no markup, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MARKS = re.compile(r"([\\`*_\[\]<>|~#])")


def escaped(text: str) -> str:
    r"""The text as Markdown that shows it, on one line.

    >>> print(escaped("a_b* <i>"))
    a\_b\* \<i\>
    """
    return MARKS.sub(r"\\\1", " ".join(text.split()))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A table of texts; right: columns that stand to the right.

    >>> print(table(["agent", "gain"], [["a0", "0.5"]], right=[1]))
    | agent | gain |
    | --- | --: |
    | a0 | 0.5 |
    """
    rules = ["--:" if j in right else "---" for j in range(len(columns))]
    cells = [map(cell, columns), rules, *(map(cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def cell(text: str) -> str:
    """A text without what would end a cell."""
    return re.sub(r"(?<!\\)\|", r"\\|", text)
