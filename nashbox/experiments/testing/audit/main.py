"""`audit` for testing games: choose the strongest method that applies, ask about every agent."""

from __future__ import annotations

from nashbox.experiments.audit.base import Progress, check_audit_options
from nashbox.experiments.audit.epsilon import Epsilon, absolute
from nashbox.experiments.testing.audit import exact
from nashbox.experiments.testing.audit.candidates import described_class
from nashbox.experiments.testing.audit.fan_out import black_box_rows
from nashbox.experiments.testing.audit.result import TestingAgentAudit, TestingAudit
from nashbox.experiments.testing.game import TestingGame, prepare_testing
from nashbox.problem.errors import InputError
from nashbox.problem.testing import TestingProblem


def audit_testing(
    problem: TestingProblem,
    *,
    method: str = "auto",
    signals: str = "paper",
    recommended: bool = False,
    epsilon: Epsilon = None,
    delta: float = 0.01,
    seed: int = 0,
    budget: int = 400_000,
    workers: int | None = None,
    progress: Progress | None = None,
) -> TestingAudit:
    """Audit every agent of a testing game.

    method: "auto" takes the strongest that applies. signals: "paper" or "any" (bluffs included).
    recommended: everybody plays the default signaller. epsilon: absolute, in units of the payoff,
    or a share like "0.5%" of the range of payoffs that each agent reaches; None is 0.1%. delta: the
    chance that any verdict is wrong. budget: games simulated per agent at most. workers: processes
    of the black box (the result does not depend on them). Raises InputError if the method does not
    apply, with the reason.
    """
    if signals not in ("paper", "any"):
        raise InputError(f"signals must be paper or any, got {signals!r}")
    check_audit_options(method, epsilon, delta, seed, budget)
    if method == "exhaustive":
        raise InputError(
            "method 'exhaustive' does not apply: it searches counts, submissions and shifts of "
            "estimation games; for testing games use exact (all stopping policies) or black_box"
        )
    game = prepare_testing(problem, recommended=recommended)
    notes: list[str] = []
    found = None if method == "black_box" else _exact(game, method, signals, epsilon, notes)
    if found is not None:
        rows, covered = found
        chosen, seeds = "exact", {}
    else:
        chosen, covered = "black_box", described_class(signals)
        seeds = {"seed": seed, "budget": budget}
        rows = black_box_rows(
            problem, recommended, signals, epsilon, delta, seed, budget, workers, progress
        )
    return TestingAudit(
        mechanism=problem.mechanism.name,
        payoff=problem.payoff.label,
        method=chosen,
        class_=covered,
        epsilon=absolute(epsilon),
        delta=delta,
        seeds=seeds,
        problem=problem.to_json(),
        agents=rows,
        signals=signals,
        notes=notes,
    )


def _exact(
    game: TestingGame, method: str, signals: str, epsilon: Epsilon, notes: list[str]
) -> tuple[list[TestingAgentAudit], str] | None:
    """Rows and class of the exact method; None if `auto` has to do without it."""
    reason = exact.unavailable(game)
    if reason is None:
        try:
            solution = exact.solved(game)
            found = [
                exact.audit_exactly(game, i, solution, signals, epsilon)
                for i in range(game.problem.m)
            ]
        except InputError as error:
            reason = str(error)
        else:
            notes.append(
                "changing alpha alone changes nothing, exactly: rivals with w = 1 look at "
                "magnitudes, which are the same for every alpha"
            )
            covers = list(dict.fromkeys(one.covers for one in found))
            return [one.row for one in found], "; ".join(covers)
    if method == "exact":
        raise InputError(f"method 'exact' does not apply: {reason}")
    notes.append(f"the exact method does not apply: {reason}")
    return None
