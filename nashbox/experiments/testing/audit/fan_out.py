"""The black box for every agent of a testing game, in several processes if that pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nashbox.experiments.audit.epsilon import Epsilon
from nashbox.experiments.processes import default_workers, in_order
from nashbox.experiments.testing.audit.black_box import audit_agent
from nashbox.experiments.testing.audit.result import TestingAgentAudit
from nashbox.experiments.testing.game import prepare_testing
from nashbox.problem.payoffs import Contest, Cost
from nashbox.problem.testing import TestingProblem


def black_box_rows(
    problem: TestingProblem,
    recommended: bool,
    signals: str,
    epsilon: Epsilon,
    delta: float,
    seed: int,
    budget: int,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> list[TestingAgentAudit]:
    """Audit every agent; rows come in the agents' order whatever the number of workers.

    A payoff from a user's file cannot be sent to another process: it keeps the work in this one.
    """
    jobs = [
        (problem, recommended, i, signals, epsilon, delta, seed, budget) for i in range(problem.m)
    ]
    if workers is None:
        workers = default_workers(len(jobs) * budget, len(jobs))
    if not isinstance(problem.payoff, (Contest, Cost)):
        workers = 1
    return in_order(_work, jobs, workers, progress)


def _work(
    problem: TestingProblem, recommended: bool, agent: int, *options: Any
) -> TestingAgentAudit:
    return audit_agent(prepare_testing(problem, recommended=recommended), agent, *options)
