"""Rows of cells as the store keeps them, JSON, read into columns: many cells at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from nashbox.experiments.sweep.encoding import from_text
from nashbox.experiments.sweep.parts import Group, Places, grouped

BLOCK = 1 << 21  # characters that are read together
NOTHING = ("[]", "null")


def read(payloads: Sequence[str | None]) -> tuple[list[Group], Places]:
    """All rows, numbered as they come, and how many each cell has."""
    groups: list[Group] = []
    sizes, total = np.zeros(len(payloads), dtype=np.intp), 0
    for cells, pieces in _blocks(payloads):
        rows = from_text(f"[[{'],['.join(pieces)}]]")
        np.add.at(sizes, cells, list(map(len, rows)))
        found = grouped(list(itertools.chain.from_iterable(rows)))
        groups += [Group(group.rows + total, group.columns) for group in found]
        total = int(sizes.sum())
    return groups, sizes


def _blocks(payloads: Sequence[str | None]) -> Iterator[tuple[list[int], list[str]]]:
    """Pieces of JSON that are read together, and the cell of each."""
    cells: list[int] = []
    pieces: list[str] = []
    length = 0
    for cell, payload in enumerate(payloads):
        if payload is None or payload in NOTHING:
            continue
        for piece in _cut(payload) if len(payload) > 2 * BLOCK else (payload[1:-1],):
            cells.append(cell)
            pieces.append(piece)
            length += len(piece)
            if length >= BLOCK:
                yield cells, pieces
                cells, pieces, length = [], [], 0
    if pieces:
        yield cells, pieces


def _cut(payload: str) -> Iterator[str]:
    """Cut between rows that begin with the first key of all.

    Inside a text a quote has a backslash in front, and behind a text no name begins: what looks
    like the beginning of such a row is one.
    """
    key = payload[: payload.find(":") + 1].removeprefix("[")
    plain = key.startswith('{"') and key.endswith('":') and key[2:-2].isidentifier()
    start = 1
    while plain and len(payload) - start > 2 * BLOCK:
        end = payload.find(f"}},{key}", start + BLOCK) + 1
        if not end:
            break
        yield payload[start:end]
        start = end + 1
    yield payload[start:-1]
