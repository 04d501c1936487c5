"""The black box: any game, any strategies, by simulation through the game's own model.

All candidates are tried in the same worlds (`Game.trials`), so that gains are paired differences. A
screen on search seeds looks for good parameters within families, picks the winner, and the number
of fresh games of every candidate; the winner's lower bound and all candidates' upper bounds come
from fresh seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.experiments.audit.base import Candidate, Gain
from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of, payoff_range
from nashbox.experiments.audit.game_audit import PaidDeviation, PlayerAudit
from nashbox.experiments.audit.pool import Pool, refined
from nashbox.experiments.audit.verdict import no_worse, tail, verdict
from nashbox.experiments.moments import Moments
from nashbox.experiments.seeds import Stage, child
from nashbox.games.base import Game

SEARCH_SHARE = 0.25  # of the budget
PIECE = 1 << 15  # games played at once at most
TRUSTED = 1000  # fresh games from which the normal limit is believed


@dataclass(eq=False)
class Comparison:
    """Payoffs of all strategies, the audited one first, paired gains over it, others' losses."""

    payoffs: list[Moments]
    gains: list[Moments]
    losses: list[Moments]
    games: int = 0


def compare(
    game: Game,
    player: int,
    strategies: Sequence[Any],
    counts: Sequence[int],
    block: int,
    seed: tuple[int, Stage],
) -> Comparison:
    """Play strategies for one player in the same worlds.

    counts: games of each, `block` times a power of two; they are played in pieces of block, block,
    2 block, 4 block, ..., as a step costs about the same for few games as for many.
    """
    sign = game.pays.sign
    payoffs, gains, losses = ([Moments() for _ in strategies] for _ in range(3))
    out = Comparison(payoffs, gains, losses)
    for b, (start, size) in enumerate(pieces(max(counts), block)):
        number = child(*seed, player, b)
        playing = [j for j, count in enumerate(counts) if not j or count > start]
        base = None
        tried = [strategies[j] for j in playing]
        for j, paid in zip(playing, game.trials(player, tried, size, number), strict=True):
            mine, others = sign * paid[player], sign * (paid.sum(axis=0) - paid[player])
            base = (mine, others) if base is None else base
            out.payoffs[j].add(mine)
            out.gains[j].add(mine - base[0])
            out.losses[j].add(base[1] - others)
            out.games += size
    return out


def pieces(games: int, block: int) -> list[tuple[int, int]]:
    """Start and size of the pieces that `games` are played in; some end at every block 2^k."""
    found: list[tuple[int, int]] = []
    start, end = 0, block
    while start < games:
        size = min(end - start, PIECE)
        found.append((start, size))
        start += size
        end = 2 * end if start == end else end
    return found


def audit_player(
    game: Game, player: int, epsilon: Epsilon, delta: float, seed: int, budget: int
) -> PlayerAudit:
    """Search, then verify on fresh seeds. budget: games simulated at most, search included."""
    name, m = game.players[player], game.m
    audited = game.strategy(player)
    room = max(2, int(budget * SEARCH_SHARE))
    pool = Pool.of(game, player, room // 2)
    K = len(pool.deviations)
    block = max(1, min(PIECE, room // (K + 1)))
    screen = compare(game, player, pool.strategies, [block] * (K + 1), block, (seed, Stage.SCREEN))
    spent = screen.games
    best = max(range(1, K + 1), key=lambda j: screen.gains[j].mean)
    extra, games = refined(game, player, pool, best, min(block, room // 60), (seed, Stage.SEARCH))
    if extra is not None:
        spent += games
        found = compare(
            game, player, [audited, extra.strategy], [block] * 2, block, (seed, Stage.SCREEN)
        )
        spent += found.games
        pool.add(extra)
        K += 1
        for old, new in ((screen.payoffs, found.payoffs), (screen.gains, found.gains)):
            old.append(new[1])
    winner = max(range(1, K + 1), key=lambda j: screen.gains[j].mean)
    z_low, z_up = tail(delta, m, 1), tail(delta, m, K)
    guess = epsilon_of(epsilon, payoff_range([p.mean for p in screen.payoffs]))
    counts = allocate(screen, winner, guess, z_low, z_up, budget - spent, block)
    fresh = compare(game, player, pool.strategies, counts, block, (seed, Stage.VERIFY))
    gains = fresh.gains
    final = epsilon_of(epsilon, payoff_range([p.mean for p in fresh.payoffs]))
    gain = Gain(
        gains[winner].mean,
        gains[winner].mean - z_low * gains[winner].se,
        max(g.mean + z_up * g.se for g in gains[1:]),
    )
    few = min(counts) < TRUSTED
    answer = "undecided" if few else verdict(gain, final)
    spec, pay = pool.deviations[winner - 1].spec, fresh.payoffs[winner]
    undecided = answer == "undecided"
    outside, paid = game.outside(player), fresh.payoffs[0]
    return PlayerAudit(
        name=name,
        strategy=audited.label,
        payoff=fresh.payoffs[0].mean,
        payoff_se=fresh.payoffs[0].se,
        epsilon=final,
        verdict=answer,
        gain=gain,
        candidates=K,
        best_deviation=PaidDeviation(spec.name, dict(spec.parameters), pay.mean, pay.se),
        damage=fresh.losses[winner].mean,
        gain_over_recommended=_over_recommended(pool, gains, tail(delta, m, 1)),
        individually_rational=None
        if outside is None
        else no_worse(paid.mean, paid.se, game.pays.sign * outside, z_low),
        budget_needed=_needed(gain, final, spent + fresh.games, min(counts)) if undecided else None,
        reason=None if not undecided else FEW if few else WIDE,
        landscape=tuple(
            Candidate(d.label, g.mean, g.se)
            for d, g in zip(pool.deviations, gains[1:], strict=True)
        ),
    )


FEW = f"fewer than {TRUSTED} fresh games of some candidate: the budget is too small for a verdict"
WIDE = "epsilon lies between the bounds of the gain"


def allocate(
    screen: Comparison,
    winner: int,
    epsilon: float,
    z_low: float,
    z_up: float,
    budget: int,
    block: int,
) -> list[int]:
    """Fresh games of every strategy, block 2^k: what its verdict seems to need, cut to fit.

    Decided on search seeds alone. The audited strategy (first) plays along with the longest.
    """
    wanted = [0.0]
    for j, gain in enumerate(screen.gains[1:], start=1):
        spread = math.sqrt(gain.variance)
        room = max(abs(epsilon - gain.mean) - 2 * gain.se, 0.2 * abs(epsilon - gain.mean), 1e-300)
        z = max(z_low, z_up) if j == winner else z_up
        need = z * spread / room
        wanted.append(min(float(budget), 2 * need * need))  # a power would overflow
    wanted[winner] = max(wanted)
    least = max(1.0, TRUSTED / block)

    def blocks(cap: float) -> list[int]:
        counts = [_power(max(least, min(w, cap) / block)) for w in wanted]
        counts[0] = max(counts[1:])
        return counts

    low, high = 0.0, float(budget)
    while high - low > block / 2:
        middle = (low + high) / 2
        low, high = (middle, high) if sum(blocks(middle)) * block <= budget else (low, middle)
    counts = blocks(low)
    if sum(counts) * block > budget:  # even the least is too much
        counts = [1] * len(counts)
    while 2 * sum(counts) * block <= budget:  # what is left sharpens every bound
        counts = [2 * count for count in counts]
    return [count * block for count in counts]


def _power(number: float) -> int:
    """Least power of two that is not below a number >= 1."""
    return 1 << max(0, math.ceil(math.log2(number) - 1e-12))


def _over_recommended(pool: Pool, gains: Sequence[Moments], z: float) -> Gain | None:
    """For a player with a strategy of her own: what it gains over the recommendation."""
    if pool.recommended is None:
        return None
    gain = gains[pool.recommended]
    return Gain(-gain.mean, -gain.mean - z * gain.se, -gain.mean + z * gain.se)


def _needed(gain: Gain, epsilon: float, simulated: int, least: int) -> int:
    """Budget at which the bound would clear epsilon if the estimate stood: widths go as 1/sqrt."""
    if gain.estimate > epsilon:
        width, room = gain.estimate - gain.lower, gain.estimate - epsilon
    else:
        width, room = gain.upper - gain.estimate, epsilon - gain.estimate
    ratio = width / max(room, 1e-3 * width, 1e-300)
    return math.ceil(simulated * max(1.5, ratio**2, TRUSTED / least))
