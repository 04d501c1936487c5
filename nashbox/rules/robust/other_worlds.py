"""`robust`: rules in a world that differs from the one they were made for."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np

from nashbox.experiments.audit import audit
from nashbox.experiments.audit.epsilon import Epsilon, absolute
from nashbox.games.estimation import prepare
from nashbox.problem.errors import InputError, require, whole
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import of_game
from nashbox.problem.goals import GOALS
from nashbox.problem.options import Choice, Seed, Share, Whole, held
from nashbox.problem.source import CsvSource
from nashbox.problem.spec import Spec
from nashbox.problem.ticker import Ticker
from nashbox.rules.design import design
from nashbox.rules.design.best_rules import OPENLY
from nashbox.rules.design.rivals import PLAN, for_normal_data
from nashbox.rules.robust.designing import RobustDesign, robust_design
from nashbox.rules.robust.dropout import drops
from nashbox.rules.robust.measured import other_counts
from nashbox.rules.robust.pair import Doubt
from nashbox.rules.robust.robustness import Measured, Robust, RulesReport
from nashbox.rules.robust.rules import curve, rows, widest

POINTS = 41  # of the curves
MOST_WORLDS = 400_000  # in which gains by other counts are measured

COSTS = Share("costs are off by up to R", "R", low=0.0, high=0.9, usual="10%")
SIGMA = Share("sigmas are off by up to R", "R", low=0.0, high=0.9, usual="0")
DROP = Whole("up to K agents drop out", "K", low=0)
GOAL = Choice(
    "compare with CBL and with rules designed for social, egalitarian, nash or kalai_smorodinsky, "
    "and with rules that hold over the interval",
    "GOAL",
    usual="with CBL alone",
    words=GOALS,
)
DATA = Whole(
    "measure gains on the file's real measurements, N worlds per agent", "N", low=0, high=1e8
)


@of_game("estimation")
@held
def robust(
    problem: EstimationProblem,
    *,
    costs: Annotated[float, COSTS] = 0.1,
    sigma: Annotated[float, SIGMA] = 0.0,
    drop: Annotated[int, DROP] = 0,
    goal: Annotated[str | None, GOAL] = None,
    epsilon: Epsilon = None,
    data: Annotated[int, DATA] = 0,
    seed: Seed = 0,
    progress: Ticker | None = None,
) -> Robust:
    """Gains, penalties and outside options where costs, sigmas, data or agents are others.

    costs, sigma: relative half-widths of the intervals, in [0, 0.9]. drop: up to how many agents
    drop out. goal: compare the file's rules with CBL for this goal, with the design for it, and
    with a design that keeps every gain below epsilon over the whole interval if one is found;
    without a goal the file's mechanism with CBL. epsilon: absolute, a share such as "0.5%", or None
    for 1e-3 of each penalty. data: worlds per agent in which gains are measured on the problem's
    real measurements (0: not at all). Every agent and distribution may be off by a factor of her
    own; distributions tied together share that of sigma.
    """
    if problem.m == 1 and drop:
        raise InputError(f"drop must be 0 for a single agent, who cannot drop out, got {drop}")
    drop = whole("drop", drop, low=0, high=problem.m - 1)
    if epsilon is not None and not isinstance(epsilon, str):
        require("epsilon", epsilon, low=0.0, open_low=True)
    if data and problem.source.normal:
        raise InputError(
            f"data: needs real measurements in {problem.shown} (source = {{csv = ...}})"
        )
    if data and not problem.integer:
        raise InputError(
            f"data: needs whole numbers of points to draw, got counts = 'real' in {problem.shown}"
        )
    if 0 < data < 1000:
        raise InputError(f"data must be 0 or at least 1000, got {data}")
    doubt = Doubt(costs, sigma)
    tell = progress or (lambda done, total: None)
    entries, made = _entries(problem, goal, doubt, epsilon, tell)
    along = "costs" if costs or not sigma else "sigma"
    width = (costs if along == "costs" else sigma) or 0.1
    factors = np.linspace(1 - width, 1 + width, POINTS)
    reports, words = [], ""
    for j, (name, entry) in enumerate(entries):
        tell(j + 2, len(entries) + 2)
        game = prepare(entry)
        found, words = drops(game, drop, epsilon) if drop else ([], "")
        reports.append(
            RulesReport(
                name=name,
                agents=rows(game, doubt, epsilon),
                curve=curve(game, factors, along),
                widest=widest(game, epsilon, along),
                drops=found,
                measured=_measured(entry, problem, epsilon, data, seed) if data else [],
                problem=entry.to_json(),
            )
        )
    return Robust(
        costs=costs,
        sigma=sigma,
        epsilon=absolute(epsilon),
        goal=goal,
        along=along,
        factors=factors,
        rules=reports,
        found=None if made is None else made.holds,
        reason=None if made is None else made.reason,
        least_epsilon=None if made is None else made.least_epsilon,
        widest=None if made is None else made.widest,
        searched=words,
        seeds={"seed": seed, "data": data},
        designed=made.problem if made is not None and made.holds else None,
    )


def _entries(
    problem: EstimationProblem,
    goal: str | None,
    doubt: Doubt,
    epsilon: Epsilon,
    tell: Ticker,
) -> tuple[list[tuple[str, EstimationProblem]], RobustDesign | None]:
    """The rules to compare, by name, and what the search for a robust design said."""
    plain = for_normal_data(problem)
    if goal is None:
        entries = [(problem.mechanism.name, plain)]
        if problem.mechanism.name != "cbl":
            entries.append(("cbl", replace(plain, mechanism=Spec("cbl"))))
        return entries, None
    tell(0, 5)
    nominal = design(problem, goal, kinds=OPENLY)
    assert nominal.designed is not None  # noqa: S101 - it was just made
    tell(1, 5)
    made = robust_design(problem, nominal, doubt, epsilon)
    cbl = replace(plain, plan=PLAN.get(goal, goal), mechanism=Spec("cbl"))
    entries = [("cbl", cbl), ("designed", nominal.designed)]
    entries.append(("robust" if made.holds else "closest", made.problem))
    return [*_asked(plain, cbl), *entries], made


def _asked(
    problem: EstimationProblem, cbl: EstimationProblem
) -> list[tuple[str, EstimationProblem]]:
    """The problem's own rules by name, if they are others than CBL as it is compared anyway.

    A plan that nobody gave is none of them.
    """
    if problem.mechanism != cbl.mechanism:
        name = problem.mechanism.name
        return [(f"{name} (as given)" if name == cbl.mechanism.name else name, problem)]
    if problem.plan_name in (cbl.plan_name, "ir_optimal") and "plan" not in problem.raw:
        return []
    same = problem.plan_name == cbl.plan_name
    return [] if same else [(f"cbl (plan {problem.plan_name})", problem)]


def _measured(
    rules: EstimationProblem,
    problem: EstimationProblem,
    epsilon: Epsilon,
    budget: int,
    seed: int,
) -> list[Measured]:
    """Gains by the black box on the problem's measurements, beside those of normal theory."""
    answer = audit(
        replace(rules, source=problem.source),
        method="black_box",
        recommended=True,
        epsilon=epsilon,
        budget=budget,
        seed=seed,
    )
    found = []
    game = prepare(rules)
    assert isinstance(problem.source, CsvSource)  # noqa: S101 - refused before
    for i, a in enumerate(answer.agents):
        theory = a.normal_theory or {}
        other = other_counts(game, problem.source, i, min(20 * budget, MOST_WORLDS), seed)
        found.append(
            Measured(
                name=a.name,
                penalty=a.penalty,
                penalty_se=a.penalty_se,
                gain=a.gain.estimate,
                lower=a.gain.lower,
                upper=a.gain.upper,
                verdict=a.verdict,
                normal_penalty=theory.get("penalty"),
                normal_gain=theory.get("gain"),
                by_counts=None if other is None else other.gain,
                by_counts_se=None if other is None else other.se,
            )
        )
    return found
