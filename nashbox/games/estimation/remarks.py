"""What an audit of mean estimation says beside its verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nashbox.games.compared import ENFORCED
from nashbox.games.estimation import exact
from nashbox.games.estimation.named import solved_plan
from nashbox.mechanisms.plans import compliant_penalties
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.source import CsvSource, NormalSource
from nashbox.strategies import Equivariant, Strategy

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame

STAGES = {"gather": "counts", "report": "report", "estimate": "estimate"}


def about(game: EstimationGame) -> Mapping[str, Any]:
    """Keys of an audit that are about the whole problem."""
    return {
        "plan": game.problem.plan_name,
        "condition_8": game.condition_8,
        "least_social_penalty": game.least_social_penalty,
    }


def about_agent(game: EstimationGame, i: int) -> Mapping[str, Any]:
    """Keys of an audit that are about agent i."""
    return {
        "recommended": game.terms.counts[i].tolist(),
        "penalty_alone": float(game.penalties_alone[i]),
        "outside": float(game.options[i]),
        "normal_theory": normal_theory(game, i),
    }


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


def normal_theory(game: EstimationGame, i: int) -> dict[str, float] | None:
    """For real measurements: what the formulas for normal data would say, to print beside."""
    if game.problem.source.normal:
        return None
    problem = replace(game.problem, source=NormalSource(game.problem.sigma))
    ideal = replace(game, problem=problem)
    if ideal.without_formula:
        return None
    found = exact.exact_answer(ideal, i)
    return {"penalty": found.penalty, "gain": found.penalty - found.best_penalty}


def how(game: EstimationGame, i: int, strategy: Strategy) -> str:
    """How a strategy differs from honesty: counts, report, estimate, or several of them."""
    parts = strategy.mixture()
    if len(parts) > 1:
        found = {word for part, _ in parts for word in how(game, i, part).split(" and ")}
        return " and ".join(word for word in STAGES.values() if word in found)
    if isinstance(strategy, Equivariant):
        plays = strategy.plays(game.view(i))
        owed = game.terms.counts[i].tolist()
        said = {
            "counts": [p.n for p in plays] != owed,
            "report": any(p.s != p.n or p.shift for p in plays),
            "estimate": any(p.weight not in (1.0, None) for p in plays),
        }
        return " and ".join(key for key, differs in said.items() if differs) or "estimate"
    changed = {
        word
        for pure, _ in strategy.mixture()
        for method, word in STAGES.items()
        if getattr(type(pure), method) is not getattr(Strategy, method)
    }
    return " and ".join(word for word in STAGES.values() if word in changed) or "counts"


def notes(game: EstimationGame) -> list[str]:
    """What a user should know before believing in the mechanism."""
    found = []
    if not game.mechanism.enforced:
        found.append(ENFORCED)
    found += game.terms.remarks()
    found += source_notes(game)
    if game.least_social_penalty is None:
        found.append("no plan meets all outside options: no efficiency ratio")
    return found


def source_notes(game: EstimationGame) -> list[str]:
    """Warn where the measurements' spread is not the sigma that the rules believe."""
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
    missing = [
        f"{number} of {name}"
        for name, number in zip(game.problem.distributions, source.left_out, strict=False)
        if number
    ]
    if missing:
        found.append(f"cells without a measurement are left out: {', '.join(missing)}")
    return found
