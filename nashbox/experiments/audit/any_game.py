"""`audit` for every game with the protocol: the strongest method that applies, every player."""

from __future__ import annotations

from typing import Any

from nashbox.experiments.audit.base import Gain, Progress, check_audit_options
from nashbox.experiments.audit.epsilon import Epsilon, absolute, epsilon_of, payoff_range
from nashbox.experiments.audit.game_audit import GameAudit, PaidDeviation, PlayerAudit
from nashbox.experiments.audit.players import black_box_rows
from nashbox.experiments.audit.pool import same
from nashbox.experiments.audit.promises import hold, hold_formulas
from nashbox.experiments.audit.verdict import no_worse, verdict
from nashbox.games.base import Exact, Game
from nashbox.games.registry import blaming, prepare_game
from nashbox.problem.errors import InputError


@blaming
def audit_game(
    problem: Any,
    *,
    method: str = "auto",
    recommended: bool = False,
    epsilon: Epsilon = None,
    delta: float = 0.01,
    seed: int = 0,
    budget: int = 400_000,
    workers: int | None = None,
    progress: Progress | None = None,
    **extra: Any,
) -> GameAudit:
    """Audit every player of a game.

    method: "auto" takes the strongest that applies. recommended: everybody plays what the game
    recommends. epsilon: absolute, in units of the payoff, or a share like "0.5%" of the range of
    payoffs that each player reaches; None is 0.1%. delta: the chance that any verdict is wrong.
    budget: games simulated per player at most. workers: processes of the black box (the result does
    not depend on them). extra: options that only this game has (testing games: signals, "paper" or
    "any"). Raises InputError if the method does not apply, with the reason.
    """
    check_audit_options(method, epsilon, delta, seed, budget)
    if method == "exhaustive":
        raise InputError(
            "method 'exhaustive' does not apply: it searches counts, submissions and shifts of "
            "estimation games; for other games use exact or black_box"
        )
    game = prepare_game(problem, recommended=recommended, **extra)
    hold(game, seed)
    notes: list[str] = []
    answers = None if method == "black_box" else _exact(game, method, notes)
    if answers is not None:
        chosen, seeds = "exact", {}
        rows = [exact_row(game, i, answer, epsilon) for i, answer in enumerate(answers)]
        covered = "; ".join(dict.fromkeys(answer.covers for answer in answers))
    else:
        chosen, covered = "black_box", game.described()
        seeds = {"seed": seed, "budget": budget}
        options = (epsilon, delta, seed, budget)
        rows = black_box_rows(problem, game, recommended, extra, options, workers, progress)
    spec = problem.mechanism
    return GameAudit(
        game=problem.game,
        mechanism=None if spec is None else spec.name,
        method=chosen,
        class_=covered,
        epsilon=absolute(epsilon),
        delta=delta,
        seeds=seeds,
        problem=problem.to_json(),
        agents=rows,
        notes=[*game.notes(chosen), *notes],
        **game.extras(),
    )


def _exact(game: Game, method: str, notes: list[str]) -> list[Exact] | None:
    """Best responses of all players; None if `auto` has to do without."""
    found = []
    for i in range(game.m):
        answer = game.formula(i)
        if isinstance(answer, str):
            if method == "exact":
                raise InputError(f"method 'exact' does not apply: {answer}")
            notes.append(f"the exact method does not apply: {answer}")
            return None
        hold_formulas(game, i, answer)
        found.append(answer)
    return found


def exact_row(game: Game, i: int, answer: Exact, epsilon: Epsilon) -> PlayerAudit:
    """What a formula says of a player. Everything is a payoff here: higher is better."""
    sign, error = game.pays.sign, answer.error
    paid, best = sign * answer.paid, sign * answer.best
    bound = best if answer.bound is None else sign * answer.bound
    gain = Gain(best - paid, best - paid - error, max(best, bound) - paid + error)
    reached = [paid, best, *(sign * value for value in answer.reached)]
    threshold = epsilon_of(epsilon, payoff_range(reached))
    over = None
    if answer.recommended is not None and not same(game.strategy(i), game.recommended(i)):
        lost = paid - sign * answer.recommended
        over = Gain(lost, lost - 2 * error, lost + 2 * error)
    outside = game.outside(i)
    known = answer.extra.get("gain_if_belief_known")
    return PlayerAudit(
        name=game.players[i],
        strategy=game.strategy(i).label,
        payoff=paid,
        payoff_se=0.0,
        epsilon=threshold,
        verdict=verdict(gain, threshold),
        gain=gain,
        candidates=None,
        best_deviation=PaidDeviation(
            answer.deviation.spec.name, dict(answer.deviation.spec.parameters), best
        ),
        gain_over_recommended=over,
        individually_rational=None if outside is None else no_worse(paid, 0.0, sign * outside, 0.0),
        gain_if_belief_known=None if known is None else Gain(**known),
    )
