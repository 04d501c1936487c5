"""The black box for every agent, in several processes if that pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nashbox.experiments.audit.black_box import BlackBox, audit_agent
from nashbox.experiments.audit.epsilon import Epsilon
from nashbox.experiments.audit.result import AgentAudit
from nashbox.experiments.damage import simulated_damage
from nashbox.experiments.processes import default_workers, in_order
from nashbox.games.estimation import EstimationGame, exact, prepare
from nashbox.games.estimation.bench import GRID_IN_WORDS
from nashbox.games.estimation.catalogue import BOX_CLASS, CLASS
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.source import NormalSource


def described_class(over_mu: bool, in_box: bool = False) -> str:
    """The class in words; where something is not equivariant, with the grid of mu."""
    words = BOX_CLASS if in_box else CLASS
    return f"{words}; penalties at the worst of {GRID_IN_WORDS}" if over_mu else words


def _work(
    problem: EstimationProblem,
    agent: int,
    epsilon: Epsilon,
    delta: float,
    seed: int,
    budget: int,
    in_box: bool,
) -> tuple[BlackBox, tuple[float, float]]:
    game = prepare(problem)
    found = audit_agent(
        game, agent, epsilon=epsilon, delta=delta, seed=seed, budget=budget, in_box=in_box
    )
    return found, simulated_damage(game, agent, found.best, seed)


def black_box_rows(
    game: EstimationGame,
    epsilon: Epsilon,
    delta: float,
    seed: int,
    budget: int,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
    in_box: bool = False,
) -> tuple[list[AgentAudit], bool]:
    """Audit every agent; rows come in the agents' order whatever the number of workers."""
    # children solve nothing again: they get the plan, and the profile as the game has it
    named = {n: s for n, s in game.problem.strategies.items() if n in game.strategies}
    plan = game.problem.plan if game.problem.plan_name == "alone" else game.plan
    problem = replace(game.problem, plan=plan, strategies=named)
    jobs = [(problem, i, epsilon, delta, seed, budget, in_box) for i in range(game.problem.m)]
    workers = workers or default_workers(len(jobs) * budget, len(jobs))
    found = in_order(_work, jobs, workers, progress)
    normal = _normal_theory(game)
    rows = [_row(game, i, *found[i], normal.get(i)) for i in range(game.problem.m)]
    return rows, any(box.over_mu for box, _ in found)


def _normal_theory(game: EstimationGame) -> dict[int, dict[str, float]]:
    """For real measurements: what the formulas for normal data would say, to print beside."""
    if game.problem.source.normal:
        return {}
    problem = replace(game.problem, source=NormalSource(game.problem.sigma))
    ideal = replace(game, problem=problem)
    if exact.unavailable(ideal):
        return {}
    answers = [exact.exact_answer(ideal, i) for i in range(problem.m)]
    return {
        i: {"penalty": a.penalty, "gain": a.penalty - a.best_penalty} for i, a in enumerate(answers)
    }


def _row(
    game: EstimationGame,
    i: int,
    box: BlackBox,
    damage: tuple[float, float],
    normal: dict[str, float] | None,
) -> AgentAudit:
    return AgentAudit(
        name=game.problem.names[i],
        strategy=game.strategy(i).label,
        recommended=game.terms.counts[i].tolist(),
        penalty=box.penalty,
        penalty_se=box.penalty_se,
        penalty_alone=float(game.penalties_alone[i]),
        outside=float(game.options[i]),
        epsilon=box.epsilon,
        verdict=box.verdict,
        gain=box.gain,
        candidates=box.candidates,
        best_deviation=box.best,
        damage=damage[0],
        damage_se=damage[1],
        gain_over_recommended=box.gain_over_recommended,
        budget_needed=box.budget_needed,
        landscape=box.landscape,
        normal_theory=normal,
    )
