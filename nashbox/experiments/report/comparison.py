"""The report of a comparison, as its game declares it."""

from __future__ import annotations

from pathlib import Path

from nashbox.experiments.report.contract import Contract
from nashbox.experiments.report.frame import write_report
from nashbox.experiments.report.origin import Origin
from nashbox.games.compared import Compared
from nashbox.games.registry import declared, engine


def write_comparison_report(
    comparison: Compared,
    path: str | Path,
    origin: Origin | None = None,
    contract: Contract | None = None,
) -> None:
    """Write the report whole. Raises InputError where nothing can be written."""
    tell = engine(declared(comparison.problem["game"]), "comparison_told")
    write_report(comparison, tell, path, origin, contract)
