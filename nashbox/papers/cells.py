"""The work of a reproduction as cells: an identity, a function to call, JSON in and out.

A claim is one cell, or one for each of its parts. Anything that can call `work` with the cell's
arguments, here or elsewhere, can run them, in any order.
"""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.experiments.processes import answers
from nashbox.papers.claim import Claim, Finding
from nashbox.problem.errors import InputError, told
from nashbox.problem.ticker import Ticker

PAPERS = ("clinton2025", "raghavan2025")


def claims_of(paper: str) -> tuple[Claim, ...]:
    """Claims of one of PAPERS, in the paper's order. Raises InputError for another name."""
    if paper not in PAPERS:
        raise InputError(f"paper must be one of {', '.join(PAPERS)}, got {paper!r}")
    found: tuple[Claim, ...] = importlib.import_module(f"{__package__}.{paper}").CLAIMS
    return found


@dataclass(frozen=True)
class ClaimCell:
    """One piece of work: a claim, or a part of one (`part` is None for a claim as a whole)."""

    paper: str
    claim: str
    part: int | None
    quick: bool
    seed: int

    def identity(self) -> dict[str, Any]:
        """Plain mapping that tells this cell from all others; also the arguments of `work`."""
        return dict(vars(self))


def cells_of(paper: str, *, quick: bool, seed: int) -> list[ClaimCell]:
    """All cells of a paper's claims."""
    found = []
    for claim in claims_of(paper):
        numbers = [None] if claim.parts is None else range(claim.parts.count(quick))
        found += [ClaimCell(paper, claim.id, part, quick, seed) for part in numbers]
    return found


def work(paper: str, claim: str, part: int | None, quick: bool, seed: int) -> Mapping[str, Any]:
    """Do one cell; returns what JSON can hold: a finding, or what its part returns."""
    found = next(c for c in claims_of(paper) if c.id == claim)
    if part is None:
        return found.check(quick, seed).to_json()
    assert found.parts is not None  # noqa: S101 - cells with a part come from claims in parts
    return found.parts.work(quick, seed, part)


def attempt(cell: ClaimCell) -> Mapping[str, Any]:
    """Do one cell; what it raises becomes data: {"error", "traceback"}."""
    try:
        return work(**cell.identity())
    except Exception as error:
        return {"error": told(error), "traceback": traceback.format_exc()}


def evaluate(
    cells: Sequence[ClaimCell], *, workers: int = 1, progress: Ticker | None = None
) -> dict[ClaimCell, Mapping[str, Any]]:
    """Do all cells, in `workers` processes; answers do not depend on their number."""
    done: dict[ClaimCell, Mapping[str, Any]] = {}
    for i, answer in answers(attempt, [(cell,) for cell in cells], workers):
        done[cells[i]] = answer
        if progress is not None:
            progress(len(done), len(cells))
    return done


def finding_of(claim: Claim, cells: Mapping[ClaimCell, Mapping[str, Any]]) -> Finding:
    """Return the finding of a claim from the answers of its cells."""
    parts = [cells[cell] for cell in sorted(cells, key=lambda cell: cell.part or 0)]
    return Finding.from_json(parts[0]) if claim.parts is None else claim.parts.merge(parts)
