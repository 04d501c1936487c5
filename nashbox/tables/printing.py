"""Which table prints which result."""

from __future__ import annotations

import importlib
from typing import Any

TABLES = {
    "Audit": "estimation:audit_table",
    "GameAudit": "games:game_audit_table",
    "Run": "runs:run_table",
    "Comparison": "compare:compare_table",
    "GameComparison": "games:game_compare_table",
}


def print_result(result: Any) -> None:
    """Print a result of an experiment that several kinds of games have."""
    module, _, name = TABLES[type(result).__name__].partition(":")
    getattr(importlib.import_module(f"nashbox.tables.{module}"), name)(result)
