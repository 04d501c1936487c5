"""What a design is made for, and what it has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import prepare, solved_plan
from nashbox.mechanisms.plans import compliant_penalties
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.source import NormalSource
from nashbox.problem.spec import Spec
from nashbox.rules.design import starts
from nashbox.rules.design.designed import ComparedRules, Design
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.offered import NAMES, Offered, of_ruled
from nashbox.rules.design.tables import ALONE, FREE, OWES, Draft, World, ruled
from nashbox.rules.planning import plan_report
from nashbox.strategies import Truthful

Array = NDArray[np.float64]

PLAN = {"social": "ir_optimal"}  # the plan whose compliance bounds a goal; else its own name


def for_normal_data(problem: EstimationProblem) -> EstimationProblem:
    """The same costs with normal data and honest agents: what rules are made for."""
    return replace(problem, source=NormalSource(problem.sigma), strategies={})


def aim_of(problem: EstimationProblem, goal: str) -> tuple[Array, Goal]:
    """Penalties of the plan that compliance would allow, and the goal with its options."""
    plan, _ = solved_plan(replace(problem, plan=PLAN.get(goal, goal)))
    bound = compliant_penalties(plan, problem.costs, problem.sigma)
    given = problem.outside
    alone = alone_penalties(problem.costs, problem.sigma, integer=problem.integer)
    outside = np.where(np.isnan(given), alone, given)
    if goal == "kalai_smorodinsky":
        real = alone_penalties(problem.costs, problem.sigma, integer=False)
        gains = np.where(np.isnan(given), real, given) - bound
        scale = np.maximum(gains, 1e-12 * outside)
    else:
        scale = np.ones(problem.m)
    return bound, Goal(goal, outside, scale)


def rivals_of(
    problem: EstimationProblem, world: World, aim: Goal
) -> tuple[list[tuple[str, Offered]], list[Draft]]:
    """What a design has to beat, exactly, and the same as drafts to start from."""
    game = prepare(replace(problem, plan=PLAN.get(aim.name, aim.name), mechanism=Spec("cbl")))
    terms = game.terms
    cbl = np.array(
        [v.risks().price(Truthful().plays(v))[0] for v in map(game.view, range(problem.m))]
    )
    alone = getattr(terms, "alone", np.zeros(terms.counts.shape, dtype=bool))
    kind = np.where(alone & (terms.counts > 0), ALONE, np.where(terms.counts > 0, OWES, FREE))
    held = "thresholds" if world.openly else "decoys"
    drafts = {
        f"{held} at CBL's counts": Draft(kind, terms.counts.astype(float)),
        "no leverage": starts.no_leverage(world),
        "no leverage, in turns": starts.no_leverage(world, in_turns=True),
        "alone": starts.everybody_alone(world),
    }
    offers = []
    for name, draft in drafts.items():
        rules = ruled(world, draft)
        if rules is not None:
            offers.append((name, of_ruled(rules)))
    names = np.vectorize({**NAMES, OWES: "noise"}.__getitem__)(kind)
    z = np.where(kind == OWES, terms.counts, np.nan)
    alpha = np.asarray(getattr(terms, "alpha", np.full(kind.shape, np.nan)))
    offers.append(
        ("CBL", Offered(names, terms.counts, z, np.full(kind.shape, np.nan), alpha, False, cbl))
    )
    return offers, list(drafts.values())


def design_of(
    problem: EstimationProblem,
    designed: EstimationProblem,
    aim: Goal,
    bound: Array,
    rules: Offered,
    compared: Sequence[tuple[str, Array]],
    **more: Any,
) -> Design:
    """A design beside what compliance would allow and what it has beaten, by honest penalties."""
    report = plan_report(problem, PLAN.get(aim.name, aim.name))
    return Design(
        goal=aim.name,
        names=problem.names,
        distributions=problem.distributions,
        counts=rules.counts,
        kind=rules.kind,
        z=rules.z,
        t=rules.t,
        alpha=rules.alpha,
        penalties=rules.penalties,
        penalties_alone=report.penalties_alone,
        outside=aim.outside,
        bound=bound,
        certified_gap=aim.gap(rules.penalties, bound),
        condition_8=report.condition_8,
        cbl=report.cbl,
        candidates=[
            ComparedRules(
                name, paid.tolist(), float(paid.sum()), float(paid.max()), aim.rational(paid)
            )
            for name, paid in compared
        ],
        designed=designed,
        problem=designed.to_json(),
        **more,
    )
