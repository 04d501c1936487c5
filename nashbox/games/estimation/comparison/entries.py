"""Who takes part in a comparison: built-in mechanisms, the file's own, plug-ins, designed rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nashbox.games.estimation.game import EstimationGame
from nashbox.games.estimation.named import solved_plan
from nashbox.games.estimation.ready import prepare
from nashbox.games.registry import perform
from nashbox.mechanisms import MECHANISMS
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.spec import Spec


@dataclass(frozen=True, eq=False)
class ReadyMechanism:
    """A mechanism made ready to play, under the name that tables and JSON give it."""

    label: str
    spec: Spec
    game: EstimationGame


def label_of(spec: Spec) -> str:
    """The name with its parameters.

    >>> label_of(Spec("cbl", {"alpha_factor": 0.5}))
    'cbl(alpha_factor=0.5)'
    """
    inside = ", ".join(f"{key}={value}" for key, value in spec.parameters.items())
    short = inside if len(inside) <= 60 else "..."
    return f"{spec.name}({short})" if inside else spec.name


def entries(
    problem: EstimationProblem,
    plan: Array,
    mechanisms: Sequence[Spec] | None,
    rules: Mapping[str, EstimationProblem],
) -> tuple[list[ReadyMechanism], list[str]]:
    """Prepare everybody who takes part; return notes on built-ins that do not apply.

    plan: (m, d), the problem's, solved. mechanisms: None is the file's own and all usual built-ins.
    rules: label to a problem with the same costs, whose mechanism and plan take part as they are.
    Raises InputError for a named mechanism that cannot be built.
    """
    own = problem.mechanism
    known = [Spec(name) for name, rules in MECHANISMS.items() if rules.usual]
    wanted = list(mechanisms) if mechanisms is not None else [own, *known]
    if mechanisms is None and own in known:
        wanted = known
    found, notes = [], []
    for spec in _once(wanted):
        asked = mechanisms is not None or spec == own
        try:
            game = _prepared(replace(problem, mechanism=spec), plan)
        except InputError as error:
            if asked:
                raise
            notes.append(f"{spec.name} is left out: {error}")
            continue
        found.append(ReadyMechanism(label_of(spec), spec, game))
    for label, other in rules.items():
        _same_costs(problem, other, label)
        solved, _ = solved_plan(other)
        found.append(ReadyMechanism(label, other.mechanism, _prepared(other, solved)))
    return found, notes


def designed(problem: EstimationProblem, goal: str) -> EstimationProblem:
    """The problem under the best rules for a goal. Raises InputError if there are none."""
    rules = perform("design", problem, goal).designed
    assert rules is not None  # noqa: S101 - it was just made
    return replace(problem, plan=rules.plan, mechanism=rules.mechanism)


def _prepared(problem: EstimationProblem, plan: Array) -> EstimationGame:
    """Prepare the recommended profile, without solving the plan again."""
    given = problem.plan if problem.plan_name == "alone" else plan
    return prepare(replace(problem, plan=given), recommended=True)


def _once(specs: Sequence[Spec]) -> list[Spec]:
    kept: list[Spec] = []
    for spec in specs:
        if spec not in kept:
            kept.append(spec)
    return kept


def _same_costs(problem: EstimationProblem, other: EstimationProblem, label: str) -> None:
    """Refuse rules made for another game: penalties would not be comparable."""
    if other.game != problem.game:
        raise InputError(f"{label}: game must be {problem.game!r}, got {other.game!r}")
    for key, mine, theirs in (
        ("agents", problem.names, other.names),
        ("distributions", problem.distributions, other.distributions),
        ("counts", problem.counts, other.counts),
    ):
        if mine != theirs:
            raise InputError(f"{label}: {key} must be those of {problem.shown}, got {theirs!r}")
    for key, a, b in (("costs", problem.costs, other.costs), ("sigma", problem.sigma, other.sigma)):
        if not np.array_equal(a, b):
            raise InputError(f"{label}: {key} must be those of {problem.shown}, got other numbers")
