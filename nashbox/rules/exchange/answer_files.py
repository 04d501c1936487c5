"""An agent's answer as a file: a table that a person and a spreadsheet can read.

One row of the kind ``answer`` per distribution, then notes in words, then what proves the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.errors import InputError
from nashbox.results.saving import harmless
from nashbox.rules.exchange.mediating import fixed

Array = NDArray[np.float64]

HEADER = ("row", "name", "owed", "handed_in", "information", "estimate", "text")
NOTHING, NONE = "nothing", "none"
TAKE = "take the estimate as it is: that is what the rules recommend"
OWN = "the rules return nothing here; the mean of your own points is what you have"
EMPTY = "the rules return nothing here, and you handed nothing in: there is no estimate"
HOW = (
    "While everybody keeps to the rules the estimate is the recommended use of what you get. Do "
    "not average your own points in again: where the rules let them count, they are in it already."
)
NOT_TOLD = (
    "You are not told what the others handed in, which of their points your answer rests on, nor "
    "whether it was compared, made less exact or replaced; the receipt does not say it either."
)
CHECK = (
    "The salt below is yours alone. With it you check that the receipt speaks of this very file "
    "and of what you handed in: nashbox exchange RULES --verify receipt.json --own THIS_FILE "
    "YOUR_SUBMISSION (keep both as they are: a spreadsheet that saves them changes them)."
)


@dataclass(frozen=True, eq=False)
class Reply:
    """What one agent gets. counts, owed, means, information: (d,), NaN where there is none."""

    agent: str
    distributions: Sequence[str]
    sigma: Array
    owed: Array
    counts: Array
    means: Array
    information: Array

    @property
    def estimates(self) -> Array:
        """What the information stands for: itself, else the own mean, (d,)."""
        return np.where(np.isnan(self.information), self.means, self.information)

    def rows(self) -> list[tuple[str, ...]]:
        """A row per distribution, numbers with fixed digits."""
        return [
            (
                "answer",
                name,
                f"{self.owed[k]:.0f}",
                f"{self.counts[k]:.0f}",
                self._number(self.information[k], k, NOTHING),
                self._number(self.estimates[k], k, NONE),
                self._use(k),
            )
            for k, name in enumerate(self.distributions)
        ]

    def _number(self, value: float, k: int, missing: str) -> str:
        return missing if np.isnan(value) else fixed(float(value), float(self.sigma[k]))

    def _use(self, k: int) -> str:
        if not np.isnan(self.information[k]):
            return TAKE
        return OWN if self.counts[k] else EMPTY


def answer_bytes(answer: Reply, without: Sequence[str], proof: Mapping[str, str]) -> bytes:
    """The file of an answer: in UTF-8, with a mark for spreadsheets if it is not plain ASCII."""
    notes = [
        ("how to use it", HOW),
        ("what you are not told", NOT_TOLD),
        ("how to check it", CHECK),
    ]
    if without:
        text = f"The exchange went on without: {', '.join(without)}. The rules are the same."
        notes.insert(0, ("who is missing", text))
    rows = [
        *answer.rows(),
        *(("note", name, "", "", "", "", text) for name, text in notes),
        *(("proof", name, "", "", "", "", text) for name, text in proof.items()),
    ]
    text = csv_text(HEADER, rows)
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells no spreadsheet executes, under a header as it is."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return stream.getvalue()


def proof_of(content: bytes, shown: str) -> dict[str, str]:
    """What proves an answer: agent (as the cell says it), salt, rules and key.

    Raises InputError for other files.
    """
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (ValueError, csv.Error) as error:
        raise InputError(f"{shown}: is no answer of an exchange: {error}") from error
    found = {row[1]: row[-1] for row in rows if row[:1] == ["proof"] and len(row) == len(HEADER)}
    if set(found) != {"agent", "salt", "rules", "key"}:
        raise InputError(
            f"{shown}: is no answer of an exchange, or was changed: it must end with the rows "
            "agent, salt, rules and key"
        )
    return found
