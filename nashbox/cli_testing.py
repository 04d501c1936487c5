"""The command line's answers for testing games; `cli` reads the arguments and dispatches."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from nashbox.problem.errors import InputError
from nashbox.problem.testing import TestingProblem

Emit = Callable[[argparse.Namespace, Any, Callable[[Any], None]], None]


def overridden(
    options: argparse.Namespace, problem: TestingProblem, named: Callable[..., Any]
) -> TestingProblem:
    """Apply --mechanism and --everyone; `named` reads an option that names a class."""
    from dataclasses import replace

    from nashbox.mechanisms.exchange import EXCHANGES, Exchange
    from nashbox.strategies.testing import TESTING_STRATEGIES, TestingStrategy

    if getattr(options, "plan", None) is not None:
        raise InputError(f"--plan: testing games have no plan, got {options.plan!r}")
    if getattr(options, "mechanism", None) is not None:
        spec = named(options, "mechanism", EXCHANGES, Exchange, problem.folder)
        problem = replace(problem, mechanism=spec)
    if getattr(options, "everyone", None) is not None:
        spec = named(options, "everyone", TESTING_STRATEGIES, TestingStrategy, problem.folder)
        problem = problem.with_strategies(dict.fromkeys(problem.names, spec))
    return problem


def solve_game(options: argparse.Namespace, problem: object, emit: Emit) -> int:
    """`nashbox solve FILE`, with --receivers the value of alpha."""
    if not isinstance(problem, TestingProblem):
        raise InputError(f"{options.file}: game must be 'testing' for solve, got 'estimation'")
    if options.receivers:
        from nashbox.experiments.testing.receivers import value_of_alpha
        from nashbox.tables import progress_bar
        from nashbox.tables_testing import receivers_table

        with progress_bar("measuring receivers") as progress:
            report = value_of_alpha(problem, progress=progress)
        emit(options, report, receivers_table)
        return 0
    from nashbox.experiments.testing.solving import solve_problem
    from nashbox.tables_testing import solve_table

    emit(options, solve_problem(problem), solve_table)
    return 0


def audit_game(options: argparse.Namespace, problem: TestingProblem, emit: Emit) -> int:
    """`nashbox audit FILE` for a testing game."""
    from nashbox.experiments.testing.audit import audit_testing
    from nashbox.problem.errors import require
    from nashbox.tables import progress_bar
    from nashbox.tables_testing import testing_audit_table

    if options.workers is not None:
        require("--workers", options.workers, low=1, integer=True)
    with progress_bar("auditing agents") as progress:
        result = audit_testing(
            problem,
            method=options.method,
            signals=options.signals,
            recommended=options.profile == "recommended",
            epsilon=options.epsilon,
            delta=options.delta,
            seed=options.seed,
            budget=options.budget,
            workers=options.workers,
            progress=progress,
        )
    emit(options, result, testing_audit_table)
    return 1 if options.strict and result.nash == "profitable" else 0


def run_games(options: argparse.Namespace, problem: TestingProblem, emit: Emit) -> int:
    """`nashbox run FILE` for a testing game."""
    from nashbox.experiments.testing.run import run_testing
    from nashbox.tables import progress_bar
    from nashbox.tables_testing import testing_run_table

    with progress_bar("playing blocks of games") as progress:
        result = run_testing(
            problem,
            rounds=options.rounds,
            replications=options.replications,
            seed=options.seed,
            progress=progress,
        )
    emit(options, result, testing_run_table)
    return 0
