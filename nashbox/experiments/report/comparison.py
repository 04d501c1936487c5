"""The report of a comparison, as its game declares it."""

from __future__ import annotations

from pathlib import Path

from nashbox.experiments.report.contract import Contract
from nashbox.experiments.report.origin import Origin
from nashbox.games.compared import Compared
from nashbox.games.registry import declared, engine
from nashbox.results.saving import write_whole


def write_comparison_report(
    comparison: Compared,
    path: str | Path,
    origin: Origin | None = None,
    contract: Contract | None = None,
) -> None:
    """Write the report whole. Raises InputError where nothing can be written."""
    write_whole(path, comparison_page(comparison, origin, contract).encode())


def comparison_page(
    comparison: Compared, origin: Origin | None = None, contract: Contract | None = None
) -> str:
    """The report of a comparison; every number in it stands in the JSON it embeds."""
    told = engine(declared(comparison.problem["game"]), "comparison_told")
    page: str = told(comparison, origin or Origin(), contract or Contract())
    return page
