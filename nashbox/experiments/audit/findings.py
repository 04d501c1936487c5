"""What an audit finds about one player, whatever the method; payoffs, higher is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nashbox.experiments.audit.base import Candidate, Gain
from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of, least_gain
from nashbox.experiments.audit.simulated import SimulatedFinding, over_itself
from nashbox.experiments.audit.verdict import no_worse, noiseless_gain, verdict
from nashbox.games.base import Deviation, Exact, Game
from nashbox.problem.parameters import same

BOUNDED = "epsilon lies between the gain that was found and its proven bound"


@dataclass(frozen=True)
class PlayerFinding:
    """The audit of one player.

    damage: what her best deviation takes from the others together, None where it is unknown.
    extra: what only this game has to say of her, by key of the answer.
    """

    payoff: float
    se: float
    epsilon: float
    verdict: str
    gain: Gain
    candidates: int | None
    deviation: Deviation
    deviation_payoff: float
    deviation_se: float
    over_recommended: Gain | None = None
    rational: bool | None = None
    budget_needed: int | None = None
    reason: str | None = None
    landscape: Sequence[Candidate] = ()
    damage: float | None = None
    damage_se: float = 0.0
    extra: Mapping[str, Any] = field(default_factory=dict)


def by_formula(game: Game, i: int, answer: Exact, epsilon: Epsilon) -> PlayerFinding:
    """What a formula says of a player."""
    sign, error = game.pays.sign, answer.error
    paid, best = sign * answer.paid, sign * answer.best
    bound = best if answer.bound is None else sign * answer.bound
    gain = noiseless_gain(-paid, error, -best, 0.0, -bound)
    reached = [paid, best, *(sign * x for x in answer.reached)]
    level = least_gain(epsilon, game.stake(i, reached), paid)
    if answer.gain is not None:  # nothing was rounded
        room = 0.0 if answer.bound is None else bound - best
        gain = Gain(answer.gain, answer.gain, answer.gain + room)
        level = epsilon_of(epsilon, game.stake(i, reached))
    over = None
    if same(game.strategy(i), game.recommended(i)):
        over = over_itself(game, i)
    elif answer.recommended is not None:
        over = noiseless_gain(-sign * answer.recommended, 2 * error, -paid, 0.0, -paid)
    outside = game.alternative(i)
    extra = dict(answer.extra)
    shown = tuple(Candidate(*row) for row in extra.pop("landscape", ()))
    said = verdict(gain, level)
    return PlayerFinding(
        payoff=paid,
        se=0.0,
        epsilon=level,
        verdict=said,
        reason=BOUNDED if said == "undecided" else None,
        gain=gain,
        candidates=extra.pop("candidates", None),
        deviation=answer.deviation,
        deviation_payoff=best,
        deviation_se=0.0,
        over_recommended=over,
        rational=None if outside is None else no_worse(paid, 0.0, sign * outside, 0.0),
        landscape=shown,
        damage=extra.pop("damage", None),
        extra=extra,
    )


def by_simulation(answer: SimulatedFinding, damage: tuple[float, float]) -> PlayerFinding:
    """What the black box says of a player. damage: to the others, and its standard error."""
    return PlayerFinding(
        payoff=answer.payoff.mean,
        se=answer.payoff.se,
        epsilon=answer.epsilon,
        verdict=answer.verdict,
        gain=answer.gain,
        candidates=answer.candidates,
        deviation=answer.best,
        deviation_payoff=answer.best_payoff.mean,
        deviation_se=answer.best_payoff.se,
        over_recommended=answer.over_recommended,
        rational=answer.rational,
        budget_needed=answer.budget_needed,
        reason=answer.reason,
        landscape=answer.landscape,
        damage=damage[0],
        damage_se=damage[1],
        extra={"fewest": answer.fewest, "listed": answer.listed},
    )
