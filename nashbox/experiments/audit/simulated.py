"""The black box: any game, any strategies, by simulation through the game's own model.

A search on search seeds chooses candidates; fresh seeds judge them (see `screen` and `verify`).
"""

from __future__ import annotations

import math

from nashbox.experiments.audit.base import Candidate, Gain
from nashbox.experiments.audit.epsilon import Epsilon
from nashbox.experiments.audit.findings import PlayerFinding, over_itself
from nashbox.experiments.audit.patience import Kept
from nashbox.experiments.audit.pool import CandidatePool
from nashbox.experiments.audit.screen import Screened, screen
from nashbox.experiments.audit.standing import Standing, Verified
from nashbox.experiments.audit.verdict import no_worse
from nashbox.experiments.audit.verify import RATIONAL, VERDICT, verified
from nashbox.games.base import Game
from nashbox.measure.looks import CERTAIN, FIRST, TRUSTED, tail
from nashbox.measure.tally import MANY, TailMoments
from nashbox.problem.errors import InputError

UNSURE = 0.5  # standard errors within which an estimate may lie from epsilon by chance
LATER = 10.0  # times the budget, where single worlds weighed too much
USUAL = 4.0  # standard errors of a bound at the look that decides
MOST = 10**9  # budget beyond which simulation cannot be said to decide
FEW = f"fewer than {TRUSTED} fresh worlds of some candidate: the budget is too small for a verdict"
WIDE = "epsilon lies between the bounds of the gain"
TAILS = "single worlds weigh so much that the normal limit cannot be believed at this budget"
CEILING = "nothing measured gains, but what lies outside of the box is only bounded"
CHANGED = "the audited play varied more than twice as much in worlds that some candidate missed"


def audit_player(
    game: Game,
    player: int,
    epsilon: Epsilon,
    delta: float,
    seed: int,
    budget: int,
    *,
    in_box: bool = False,
    kept: Kept | None = None,
) -> PlayerFinding:
    """Search, then verify on fresh seeds.

    delta: of the whole audit. budget: worlds simulated at most, search included. in_box: search the
    game's box, and close it by what nothing outside of it is paid better than. kept: worlds played
    before; with them the budget is no limit, only what the search is made for.
    """
    screened = screen(game, player, epsilon, seed, budget, in_box=in_box)
    if not screened.pool.deviations:
        raise InputError(f"{game.shown}: {game.players[player]} has nothing else to play")
    mine = delta / game.m
    found = verified(screened, epsilon, mine, budget - screened.arena.spent, kept)
    shown = found.shown
    verdict, reason = _verdict(found)
    gain = _gain(found, shown)
    if screened.ceiling is not None:
        lowest = found.payoff.bound(-tail(VERDICT * mine))
        gain = Gain(gain.estimate, gain.lower, max(gain.estimate, screened.ceiling - lowest))
        if verdict == "none_above_epsilon" and gain.upper > found.epsilon:
            verdict, reason = "undecided", CEILING
    return PlayerFinding(
        payoff=found.payoff.mean,
        se=found.payoff.se,
        epsilon=found.epsilon,
        verdict=verdict,
        reason=reason,
        gain=gain,
        candidates=len(found.standings),
        deviation=screened.pool.deviations[shown.j - 1],
        deviation_payoff=shown.payoff.mean,
        deviation_se=shown.payoff.se,
        over_recommended=_over_recommended(game, player, screened.pool, found, tail(mine / 2)),
        rational=_rational(game, player, found.payoff, tail(RATIONAL * mine)),
        budget_needed=None if reason is None else _needed(found, screened.arena.spent, reason),
        landscape=_landscape(screened, found),
        fewest=min(s.main.count for s in found.standings),
        spent=screened.arena.spent,
        listed=_listed(screened.pool),
    )


def _listed(pool: CandidatePool) -> tuple[int, int] | None:
    thinned = [(tried, size) for _, tried, size in pool.thinned]
    return (sum(n for n, _ in thinned), sum(n for _, n in thinned)) if thinned else None


def _rational(game: Game, player: int, payoff: TailMoments, z: float) -> bool | None:
    """Whether she is paid what staying away pays; None where that is open."""
    outside = game.alternative(player)
    if outside is None:
        return None
    if math.isfinite(payoff.mean) and not (payoff.tame and payoff.count >= TRUSTED):
        if payoff.count < FIRST or not payoff.variance:
            return None
        z = CERTAIN
    return no_worse(payoff.mean, payoff.se, game.pays.sign * outside, payoff.wary(z))


def _verdict(found: Verified) -> tuple[str, str | None]:
    if found.winner is not None:
        return "profitable", None
    if not found.open:
        return "none_above_epsilon", None
    for reason, holds in (
        (CHANGED, any(s.changed for s in found.open)),
        (FEW, any(s.main.count < TRUSTED for s in found.open)),
        (TAILS, all(not s.tame for s in found.open)),
    ):
        if holds:
            return "undecided", reason
    return "undecided", WIDE


def _gain(found: Verified, shown: Standing) -> Gain:
    """The quoted gain; bounds of the most that any candidate may gain."""
    lower = found.winner.lower if found.winner else max(s.lower for s in found.standings)
    upper = max(_upper(s, found.epsilon) for s in found.standings)
    estimate = shown.main.mean
    if not math.isfinite(estimate):
        return Gain(estimate, estimate, estimate)
    if lower == -math.inf:  # no leader was played long enough: the bound that needs no look
        lower = min(shown.main.bound(-CERTAIN), found.epsilon)
    return Gain(estimate, min(lower, estimate), max(upper, estimate))


def _upper(s: Standing, epsilon: float) -> float:
    """A candidate's bound; of one that no look has settled, the one that needs no look."""
    if math.isfinite(s.upper) or not math.isfinite(s.main.mean):
        return min(s.upper, s.main.mean) if s.main.mean == -math.inf else s.upper
    return max(s.main.bound(CERTAIN), math.nextafter(epsilon, math.inf))


def _over_recommended(
    game: Game, player: int, pool: CandidatePool, found: Verified, z: float
) -> Gain | None:
    """For a player with a strategy of her own: what it gains over the recommendation."""
    if pool.recommended is None:
        return over_itself(game, player)
    gain = next(s.main for s in found.standings if s.j == pool.recommended)
    return Gain(-gain.mean, -gain.bound(z), -gain.bound(-z))


def _landscape(screened: Screened, found: Verified) -> tuple[Candidate, ...]:
    named = screened.pool.deviations
    return tuple(Candidate(named[s.j - 1].label, s.main.mean, s.main.se) for s in found.standings)


def _needed(found: Verified, spent: int, reason: str) -> int | None:
    """Budget at which all open bounds would clear epsilon if estimates stood; None if too large."""
    worst = LATER
    if reason in (FEW, WIDE):
        worst = max(_ratio(s, found.epsilon) for s in found.open)
    needed = spent * max(1.5, worst)
    return math.ceil(needed) if needed <= MOST else None


def _ratio(s: Standing, epsilon: float) -> float:
    """How many times its worlds a candidate needs: errors go as 1/sqrt."""
    room = max(abs(epsilon - s.main.mean), UNSURE * s.main.se) or 1e-300
    usual, certain = ((width * s.main.se / room) ** 2 for width in (USUAL, CERTAIN))
    needed = usual if s.main.light else min(certain, max(usual, MANY / s.main.count))
    return max(TRUSTED / s.main.count, min(needed, 1e18))
