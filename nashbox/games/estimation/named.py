"""What a problem names: its mechanism, its plan, which is solved, and strategies."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nashbox.games.estimation.contract import hold_to_contract
from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.mechanisms.plans import PlanError, solve_plan
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.spec import build, find_class
from nashbox.problem.terms import Terms, View
from nashbox.strategies import Strategy, make_strategy


def make_mechanism(problem: EstimationProblem, folder: Path | None = None) -> Mechanism:
    """Build the problem's mechanism; relative plug-in files start at its folder."""
    where = f"{problem.shown}: mechanism"
    spec = problem.mechanism
    cls = find_class(
        spec.name,
        MECHANISMS,
        Mechanism,  # type: ignore[type-abstract]  # only subclasses come back
        "nashbox.mechanisms",
        folder or problem.folder,
        where,
    )
    return build(cls, spec.parameters, where)


def solved_plan(problem: EstimationProblem) -> tuple[Array, float | None]:
    """Return the plan's real-valued counts (m, d) and its certified gap (None if given).

    Raises InputError naming the agents without a finite outside option where a rule needs one.
    """
    if not isinstance(problem.plan, str):
        return problem.plan, None
    outside = problem.outside
    real = alone_penalties(problem.costs, problem.sigma, integer=False)
    options = np.where(np.isnan(outside), real, outside)
    if problem.plan in ("nash", "kalai_smorodinsky") and np.isinf(options).any():
        who = [problem.names[i] for i in np.nonzero(np.isinf(options))[0]]
        shown = ", ".join(who[:5]) + (f" and {len(who) - 5} more" if len(who) > 5 else "")
        raise InputError(
            f"{problem.shown}: outside_option: plan {problem.plan!r} needs a finite one for every "
            f"agent who cannot sample everything, got none for {shown}"
        )
    try:
        plan = solve_plan(problem.plan, problem.costs, problem.sigma, options)
    except PlanError as error:
        raise InputError(f"{problem.shown}: plan {problem.plan!r}: {error}") from error
    return plan.counts, plan.certified_gap


def made_strategies(problem: EstimationProblem, terms: Terms) -> dict[str, Strategy]:
    """The strategies of a problem's agents, held to their contract. Raises InputError."""
    found = {}
    for name, spec in problem.strategies.items():
        where = f"{problem.shown}: strategies.{name}"
        found[name] = make_strategy(spec, where, problem.folder)
        view = View(problem.names.index(name), terms, terms.counts)
        hold_to_contract(found[name], view, where)
    return found


def check_names(problem: EstimationProblem) -> None:
    """Find mechanism and strategies of a problem, the plan unsolved. Raises InputError."""
    make_mechanism(problem)
    for name, spec in problem.strategies.items():
        make_strategy(spec, f"{problem.shown}: strategies.{name}", problem.folder)
