"""`audit`: choose the strongest method that applies, ask about every agent, report."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from nashbox.experiments.audit.base import Candidate, Progress, check_audit_options
from nashbox.experiments.audit.epsilon import Epsilon, absolute, epsilon_of
from nashbox.experiments.audit.promises import hold, hold_formulas
from nashbox.experiments.audit.result import AgentAudit, Audit, Deviation
from nashbox.experiments.audit.verdict import no_worse, noiseless_gain, tail, verdict
from nashbox.games.estimation import EstimationGame, exact, exhaustive, prepare, solved_plan
from nashbox.mechanisms.plans import compliant_penalties
from nashbox.problem.channel import Play
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.strategies import Truthful
from nashbox.strategies.response import risks_along

EXACT_CLASS = (
    "all strategies of one agent: any counts, any submission, any estimator, against the others' "
    "honest points (exact formulas)"
)


def audit(
    problem: EstimationProblem,
    *,
    method: str = "auto",
    recommended: bool = False,
    epsilon: Epsilon = None,
    delta: float = 0.01,
    seed: int = 0,
    budget: int = 400_000,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Audit every agent of a problem.

    method: "auto" takes the strongest that applies. recommended: ignore the problem's strategies.
    epsilon: absolute, in units of the penalty, or a share like "0.5%" of each agent's penalty; None
    is 0.1%. delta: the chance that any verdict is wrong. budget: worlds simulated per agent at
    most. workers: processes of the black box (the result does not depend on them). Raises
    InputError if the method does not apply, with the reason.
    """
    check_audit_options(method, epsilon, delta, seed, budget)
    game = prepare(problem, recommended=recommended)
    hold(game, seed)
    chosen = _choose(game, method)
    simulated_box = chosen == "exhaustive" and exact.unavailable(game) is not None
    if chosen != "black_box" and not simulated_box:
        rows = [_noiseless(game, i, chosen, epsilon) for i in range(problem.m)]
        covered = EXACT_CLASS if chosen == "exact" else exhaustive.CLASS
        seeds: dict[str, object] = {}
    else:
        from nashbox.experiments.audit.fan_out import black_box_rows, described_class

        rows, over_mu = black_box_rows(
            game, epsilon, delta, seed, budget, workers, progress, simulated_box
        )
        covered, seeds = described_class(over_mu, simulated_box), {"seed": seed, "budget": budget}
    best = best_social_penalty(problem, game)
    z = tail(delta, problem.m, 1)
    rows = [
        replace(
            row,
            individually_rational=no_worse(-row.penalty, row.penalty_se, -row.outside, z),
        )
        for row in rows
    ]
    return Audit(
        mechanism=problem.mechanism.name,
        plan=problem.plan_name,
        method=chosen,
        class_=covered,
        epsilon=absolute(epsilon),
        delta=delta,
        seeds=seeds,
        problem=problem.to_json(),
        agents=rows,
        efficiency_ratio=None if best is None else sum(row.penalty for row in rows) / best,
        condition_8=game.condition_8,
        notes=notes(game)
        + ([] if best is not None else ["no plan meets all outside options: no efficiency ratio"]),
    )


def _choose(game: EstimationGame, method: str) -> str:
    if not game.problem.integer and method in ("exhaustive", "black_box"):
        raise InputError(
            f'{game.problem.shown}: counts = "real" has no points to draw; method {method!r} '
            'needs counts = "integer" (exact works)'
        )
    why_not_exact = exact.unavailable(game)
    if method == "auto":
        chosen = "black_box" if why_not_exact else "exact"
        if chosen == "black_box" and not game.problem.integer:
            raise InputError(
                f'{game.problem.shown}: counts = "real" needs the exact method, and {why_not_exact}'
            )
        return chosen
    if method == "exact" and why_not_exact:
        raise InputError(f"method 'exact' does not apply: {why_not_exact}")
    if method == "exhaustive":
        why_not = exhaustive.refuse(game)
        if why_not:
            raise InputError(f"method 'exhaustive' does not apply: {why_not}")
    return method


def best_social_penalty(problem: EstimationProblem, game: EstimationGame) -> float | None:
    """Social penalty of the real-valued ir_optimal plan under compliance; None without one."""
    if problem.plan_name == "ir_optimal":
        plan = game.plan
    else:
        try:
            plan, _ = solved_plan(replace(problem, plan="ir_optimal"))
        except InputError:
            return None
    return float(compliant_penalties(plan, problem.costs, problem.sigma).sum())


def _as_deviation(plays: tuple[Play, ...], penalty: float) -> Deviation:
    whole = all(float(x).is_integer() for p in plays for x in (p.n, p.s))
    number: type[int] | type[float] = int if whole else float
    return Deviation(
        "equivariant",
        {
            "collect": [number(p.n) for p in plays],
            "submit": [number(p.s) for p in plays],
            "shift": [float(p.shift) for p in plays],
            "estimator": "pitman",
        },
        penalty,
    )


def _noiseless(game: EstimationGame, i: int, method: str, epsilon: Epsilon) -> AgentAudit:
    penalty, error, best, best_penalty, best_error, bound, examined, shown = _answer(
        game, i, method
    )
    gain = noiseless_gain(penalty, error, best_penalty, best_error, bound)
    mine = epsilon_of(epsilon, penalty)
    name = game.problem.names[i]
    over = None
    if name in game.strategies:
        honest = exact.exact_answer(game.with_strategies({name: Truthful()}), i)
        over = noiseless_gain(honest.penalty, honest.penalty_error, penalty, error, penalty)
    return AgentAudit(
        name=name,
        strategy=game.strategy(i).label,
        recommended=game.terms.counts[i].tolist(),
        penalty=penalty,
        penalty_se=0.0,
        penalty_alone=float(game.penalties_alone[i]),
        outside=float(game.options[i]),
        epsilon=mine,
        verdict=verdict(gain, mine),
        gain=gain,
        candidates=examined,
        best_deviation=_as_deviation(best, best_penalty),
        damage=exact.damage(game, i, best),
        gain_over_recommended=over,
        landscape=shown,
    )


def _answer(
    game: EstimationGame, i: int, method: str
) -> tuple[float, float, tuple[Play, ...], float, float, float, int | None, tuple[Candidate, ...]]:
    if method == "exact":
        e = exact.exact_answer(game, i)
        hold_formulas(game, i, e)
        shown = _landscape(game, i, e.penalty)
        return (
            e.penalty,
            e.penalty_error,
            e.best,
            e.best_penalty,
            e.best_error,
            e.best_penalty,
            None,
            shown,
        )
    penalty, error, boxes = exhaustive.exhaustive_answer(game, i)
    found = {k: play for box in boxes for k, play in zip(box.members, box.best, strict=True)}
    best = tuple(found[k] for k in sorted(found))
    price = sum(box.price for box in boxes)
    bound = sum(box.bound for box in boxes)
    shown = tuple(
        Candidate(
            f"{game.problem.distributions[box.members[0]]}: s={p.s:g} shift={p.shift:.3g}",
            box.price - value,
            0.0,
            (p.n,),
        )
        for box in boxes
        for p, value in box.points
        if math.isfinite(value)
    )
    examined = sum(box.examined for box in boxes)
    return penalty, error, best, price, sum(b.error for b in boxes), bound, examined, shown


def _landscape(game: EstimationGame, i: int, penalty: float) -> tuple[Candidate, ...]:
    """Gains of collecting n honestly, one distribution at a time, for the figure."""
    costs, owed = game.problem.costs[i], game.terms.counts[i]
    if not math.isfinite(penalty):
        return ()
    view = game.view(i)
    rows = []
    for k in range(costs.size):
        if math.isinf(costs[k]):
            continue
        reach = max(2.0 * owed[k], 2.0 * float(game.problem.sigma[k] / np.sqrt(costs[k])), 4.0)
        counts = (
            np.unique(np.rint(np.linspace(0, reach, 41)))
            if game.problem.integer
            else (np.linspace(0, reach, 41))
        )
        values = risks_along(view, k, counts) + costs[k] * counts
        here = float(risks_along(view, k, owed[k : k + 1])[0] + costs[k] * owed[k])
        rows += [
            Candidate(game.problem.distributions[k], here - float(value), 0.0, (float(n),))
            for n, value in zip(counts, values, strict=True)
            if math.isfinite(value) and math.isfinite(here)
        ]
    return tuple(rows)


def notes(game: EstimationGame) -> list[str]:
    """What a user should know before believing in the mechanism."""
    from nashbox.mechanisms import CblTerms, ThresholdTerms

    found = []
    terms = game.terms
    if not game.mechanism.enforced:
        found.append(
            "baseline assumes compliance; gains are what an agent would win if it were not enforced"
        )
    if isinstance(terms, CblTerms):
        if not terms.leverage:
            found.append(
                "condition (8) fails for this plan: the cheapest agents work alone and the others "
                "receive their mean and owe nothing"
            )
        elif terms.alone.all():
            found.append(
                "CBL sends every agent home to work alone: Algorithm 1 asks for a factor of 4 over "
                "working alone, and this plan does not reach it for anybody"
            )
    if isinstance(terms, ThresholdTerms) and terms.sent_home:
        pairs = [f"{terms.names[i]}, {terms.distributions[k]}" for i, k in terms.sent_home]
        more = f" and {len(pairs) - 5} more" if len(pairs) > 5 else ""
        found.append(
            "no rule makes this plan optimal for some, who work alone for that distribution: "
            + "; ".join(pairs[:5])
            + more
        )
    found += source_notes(game)
    return found


def source_notes(game: EstimationGame) -> list[str]:
    """Warn where the measurements' spread is not the sigma that the rules believe."""
    from nashbox.problem.source import CsvSource

    source = game.problem.source
    if not isinstance(source, CsvSource):
        return []
    found = ["measurements are real ones: mu is each column's mean, and the rules believe sigma"]
    for name, column, sigma in zip(
        game.problem.distributions, source.columns, game.problem.sigma, strict=True
    ):
        spread = float(column.std())
        if abs(spread / sigma - 1) > 0.1:
            found.append(
                f"sigma of {name} is {sigma:g} in the rules and {spread:.4g} in the measurements"
            )
    return found
