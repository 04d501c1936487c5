"""Which sheet shows which result, on a terminal and in a notebook."""

from __future__ import annotations

import importlib
from typing import Any

from nashbox.tables.markdown import as_markdown
from nashbox.tables.sheet import Sheet, as_html, print_sheet

SHEETS = {
    "Adaptation": "dynamics:adaptation_sheet",
    "Audit": "audit:audit_sheet",
    "Beginning": "kit:beginning_sheet",
    "CheckReport": "kit:check_sheet",
    "Coalitions": "coalitions:coalitions_sheet",
    "Comparison": "compare:compare_sheet",
    "CountSurface": "plans:surface_sheet",
    "Design": "design:design_sheet",
    "EmpiricalGame": "dynamics:empirical_sheet",
    "EstimationProblem": "problems:problem_sheet",
    "Exchanged": "exchange:exchange_sheet",
    "GameAudit": "audit:game_audit_sheet",
    "GameComparison": "compare:game_compare_sheet",
    "Listing": "kit:listing_sheet",
    "ParametricProblem": "problems:problem_sheet",
    "PlanReport": "plans:plan_sheet",
    "Proof": "exchange:verification_sheet",
    "RaceProblem": "problems:problem_sheet",
    "ReceiverReport": "solving:receivers_sheet",
    "Rehearsal": "exchange:rehearsal_sheet",
    "Reproduction": "reproduce:reproduction_sheet",
    "Robust": "robust:robust_sheet",
    "Run": "runs:run_sheet",
    "Skeleton": "kit:skeleton_sheet",
    "Solution": "solving:solution_sheet",
    "SolveReport": "solving:solve_sheet",
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

    @staticmethod
    def markdown(shown: Any) -> str:
        """The whole sheet."""
        return as_markdown(sheet_of(shown))

    sheet = staticmethod(sheet_of)
