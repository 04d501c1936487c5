"""What the agents hand in: a folder with a CSV file each, and the points in it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.data import Dataset
from nashbox.problem.dialect import rows_of_text
from nashbox.problem.errors import InputError, brief
from nashbox.problem.reading import read_bytes
from nashbox.problem.spec import suggest
from nashbox.problem.tables import finite_number
from nashbox.rules.exchange.file_names import folded, stems

Array = NDArray[np.float64]

MOST_BYTES = 32 * 2**20  # of one submission


class Handed(Dataset):
    """Points of one world whose sums are exact: they do not depend on the order of the points."""

    def __init__(self, columns: Sequence[Sequence[float]]) -> None:
        super().__init__([np.array([column], dtype=float) for column in columns])
        totals = [math.fsum(column) for column in columns]
        self._sum = np.array([totals])


@dataclass(frozen=True)
class Folder:
    """A folder with one file per agent; `kind` says in messages what the files are."""

    path: Path
    agents: Sequence[str]
    ending: str = ".csv"
    others: Sequence[str] = ()  # files that belong there and are no agent's

    def files(self) -> dict[str, str]:
        """Names of the files that are there, by agent.

        Files whose names begin with a dot are left alone. Raises InputError for what is no folder,
        and for files that are no agent's or the same agent's.
        """
        owners = {folded(stem + self.ending): name for name, stem in stems(self.agents).items()}
        found: dict[str, str] = {}
        for file in self.listing():
            if file.startswith(".") or file in self.others:
                continue
            agent = owners.get(folded(file))
            if agent is None:
                raise InputError(f"{self.shown(file)}: is no agent's file ({self._near(file)})")
            if agent in found:
                raise InputError(
                    f"{self.path}: agent {brief(agent)} has two files, {brief(found[agent])} and "
                    f"{brief(file)}; keep one of them"
                )
            found[agent] = file
        return found

    def listing(self) -> list[str]:
        """Everything that lies in the folder, sorted. Raises InputError for what is none."""
        try:
            return sorted(os.listdir(self.path))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise InputError(f"{str(self.path)!r} cannot be read as a folder: {why}") from error

    def shown(self, file: str) -> str:
        """How messages call a file."""
        return f"{self.path}/{file}"

    def expected(self, agent: str) -> str:
        """The file an agent's is meant to be."""
        return stems(self.agents)[agent] + self.ending

    def read(self, file: str) -> bytes:
        """Contents of a file. Raises InputError if it is none, or too long."""
        try:
            size = os.stat(self.path / file).st_size
        except (OSError, ValueError):
            size = 0  # the reading below says why
        if size > MOST_BYTES:
            raise InputError(
                f"{self.shown(file)}: must be at most {MOST_BYTES >> 20} MiB long, "
                f"got {size / 2**20:.4g} MiB"
            )
        return read_bytes(self.path / file, self.shown(file))

    def _near(self, file: str) -> str:
        return suggest(file, [stem + self.ending for stem in stems(self.agents).values()])


def delivered(folder: Folder, without: Sequence[str]) -> dict[str, bytes]:
    """Contents of everybody's file, in the order of the rules, but for those left out.

    Raises InputError for files that miss, are too many, or cannot be read.
    """
    files = folder.files()
    for name in without:
        if name in files:
            raise InputError(
                f"{folder.shown(files[name])}: is there although --without leaves {brief(name)} "
                "out; take the file out of the folder, or leave the option out"
            )
    missing = [name for name in folder.agents if name not in files and name not in without]
    if missing:
        name = missing[0]
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(
            f"{folder.path}: there is no file {folder.expected(name)!r} of agent {brief(name)}"
            f"{more}; wait for what is late, or go on with --without NAME"
        )
    return {name: folder.read(files[name]) for name in folder.agents if name in files}


def points_of(content: bytes, shown: str, distributions: Sequence[str]) -> Handed:
    """Read a submission: a header of distributions, and below each its points.

    Columns that are not there and cells that are empty hand nothing in. Raises InputError naming
    row and column for unknown or doubled columns, and for what is no finite number.
    """
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise InputError(
            f"{shown}: is empty; a header is needed, which names distributions "
            "(alone it hands nothing in)"
        )
    (_, header), *body = rows_of_text(content, shown)
    _check_header(header, shown, distributions)
    columns: Mapping[str, list[float]] = {name: [] for name in distributions}
    for line, row in body:
        for name, cell in zip(header, row, strict=True):
            if cell:
                columns[name].append(
                    finite_number(cell, f"{shown}: row {line}, column {name}: point")
                )
    return Handed(list(columns.values()))


def _check_header(header: Sequence[str], shown: str, distributions: Sequence[str]) -> None:
    for place, name in enumerate(header):
        if name not in distributions:
            raise InputError(
                f"{shown}: row 1, column {place + 1}: must name a distribution, got {brief(name)} "
                f"({suggest(name, list(distributions))})"
            )
        if name in header[:place]:
            raise InputError(f"{shown}: row 1: column {brief(name)} is there twice")
