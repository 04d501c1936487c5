"""What an audit finds about one player, whatever the method; payoffs, higher is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nashbox.experiments.audit.base import NOTHING, Candidate, Gain
from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of, least_gain
from nashbox.experiments.audit.verdict import no_worse, noiseless_gain, verdict
from nashbox.games.base import Game
from nashbox.games.deviations import Deviation
from nashbox.games.formulas import Exact
from nashbox.problem.parameters import same

BOUNDED = "epsilon lies between the gain that was found and its proven bound"


@dataclass(frozen=True)
class PlayerFinding:
    """The audit of one player.

    damage: what her best deviation takes from the others together, None where it is unknown. extra:
    what only this game has to say of her, by key of the answer. Of simulations: fewest, fresh
    worlds of the candidate that was played least; spent, worlds played in all; listed, members of
    families that were tried, of how many, where not all were.
    """

    payoff: float
    se: float
    epsilon: float
    verdict: str
    reason: str | None
    gain: Gain
    candidates: int | None
    deviation: Deviation
    deviation_payoff: float
    deviation_se: float
    over_recommended: Gain | None
    rational: bool | None
    landscape: Sequence[Candidate]
    budget_needed: int | None = None
    damage: float | None = None
    damage_se: float = 0.0
    extra: Mapping[str, Any] = field(default_factory=dict)
    fewest: int = 0
    spent: int = 0
    listed: tuple[int, int] | None = None


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


def over_itself(game: Game, player: int) -> Gain | None:
    """What the recommendation gains over itself, for a player who is named with it."""
    return NOTHING if game.players[player] in game.strategies else None
