"""Which sheet shows which result, on a terminal and in a notebook."""

from __future__ import annotations

import importlib
from typing import Any

from nashbox.tables.sheet import Sheet, as_html, print_sheet

SHEETS = {
    "Adaptation": "dynamics:adaptation_sheet",
    "Audit": "estimation:audit_sheet",
    "Beginning": "kit:beginning_sheet",
    "CheckReport": "estimation:check_sheet",
    "Coalitions": "coalitions:coalitions_sheet",
    "Comparison": "compare:compare_sheet",
    "CountSurface": "estimation:surface_sheet",
    "Design": "design:design_sheet",
    "EmpiricalGame": "dynamics:empirical_sheet",
    "EstimationProblem": "problems:problem_sheet",
    "Exchanged": "exchange:exchange_sheet",
    "GameAudit": "games:game_audit_sheet",
    "GameComparison": "games:game_compare_sheet",
    "Listing": "kit:listing_sheet",
    "ParametricProblem": "problems:problem_sheet",
    "PlanReport": "estimation:plan_sheet",
    "Proof": "exchange:verification_sheet",
    "RaceProblem": "problems:problem_sheet",
    "ReceiverReport": "testing:receivers_sheet",
    "Rehearsal": "exchange:rehearsal_sheet",
    "Reproduction": "reproduce:reproduction_sheet",
    "Robust": "robust:robust_sheet",
    "Run": "runs:run_sheet",
    "Skeleton": "kit:skeleton_sheet",
    "Solution": "testing:solution_sheet",
    "SolveReport": "testing:solve_sheet",
    "Survival": "dynamics:survival_sheet",
    "SweepReport": "sweep:sweep_sheet",
}


def sheet_of(result: Any) -> Sheet:
    """The sheet of a result or problem. Raises KeyError for classes that have none."""
    kinds = (kind.__name__ for kind in type(result).__mro__ if kind.__name__ in SHEETS)
    module, _, name = SHEETS[next(kinds, type(result).__name__)].partition(":")
    made: Sheet = getattr(importlib.import_module(f"nashbox.tables.{module}"), name)(result)
    return made


def print_result(result: Any, verbose: bool = True) -> None:
    """Print the sheet of a result."""
    print_sheet(sheet_of(result), verbose)


class NOTEBOOK:
    """What `nashbox.problem.notebook` asks for."""

    @staticmethod
    def headline(shown: Any) -> str:
        """The first line."""
        return sheet_of(shown).headline

    @staticmethod
    def html(shown: Any) -> str:
        """The whole sheet."""
        return as_html(sheet_of(shown))
