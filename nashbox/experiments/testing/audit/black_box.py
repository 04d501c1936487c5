"""The black box: any strategies and exchanges, by simulation through the Mesa model itself.

All candidates see the same observations (`Well`), so that gains are paired differences. A screen on
search seeds picks the winner and the number of fresh games of every candidate; the winner's lower
bound and all candidates' upper bounds come from fresh seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit.base import Candidate, Gain
from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of, payoff_range
from nashbox.experiments.audit.verdict import tail, verdict
from nashbox.experiments.moments import Moments
from nashbox.experiments.seeds import Stage, child
from nashbox.experiments.testing.audit.candidates import Trial, catalogue
from nashbox.experiments.testing.audit.result import TestingAgentAudit, TestingDeviation
from nashbox.experiments.testing.game import TestingGame
from nashbox.model.testing import TestingModel
from nashbox.model.well import Copies, Well
from nashbox.problem.testing import SIGNALLER
from nashbox.strategies.testing import TestingStrategy, make_testing_strategy
from nashbox.strategies.testing.side_by_side import SideBySide, is_plain

SEARCH_SHARE = 0.25  # of the budget
PIECE = 1 << 15  # games played at once at most
TRUSTED = 1000  # fresh games from which the normal limit is believed


@dataclass(eq=False)
class Comparison:
    """Payoffs of all strategies, the audited one first, and paired gains over it."""

    payoffs: list[Moments]
    gains: list[Moments]
    games: int = 0


def compare(
    game: TestingGame,
    agent: int,
    strategies: Sequence[TestingStrategy],
    counts: Sequence[int],
    block: int,
    seed: tuple[int, Stage],
) -> Comparison:
    """Play strategies for one agent on the same observations.

    counts: games of each, `block` times a power of two; they are played in pieces of block, block,
    2 block, 4 block, ..., as a step costs about the same for few games as for many.
    """
    name = game.problem.names[agent]
    out = Comparison([Moments() for _ in strategies], [Moments() for _ in strategies])
    for b, (start, size) in enumerate(pieces(max(counts), block)):
        number = child(*seed, agent, b)
        well = Well(game.problem, size, number)
        playing = [j for j, count in enumerate(counts) if not j or count > start]
        paid: dict[int, NDArray[np.float64]] = {}
        for group in together(strategies, playing, size):
            mine = strategies[group[0]]
            if len(group) > 1:
                mine = SideBySide(tuple(s for j in group if is_plain(s := strategies[j])))
            model = TestingModel(
                game.problem,
                game.exchange,
                {**game.strategies, name: mine},
                replications=size * len(group),
                rng=number,
                record=0,
                well=well if len(group) == 1 else Copies(well, len(group)),
            ).play()
            paid.update(zip(group, model.payoffs()[agent].reshape(size, len(group)).T, strict=True))
        for j in playing:
            out.payoffs[j].add(paid[j])
            out.gains[j].add(paid[j] - paid[0])
            out.games += size
    return out


def together(
    strategies: Sequence[TestingStrategy], playing: Sequence[int], size: int
) -> list[list[int]]:
    """Groups of strategies that play `size` games each in one run: as many as a run holds."""
    most = max(1, PIECE // size)
    plain = [j for j in playing if is_plain(strategies[j])]
    alone = [[j] for j in playing if not is_plain(strategies[j])]
    return alone + [plain[k : k + most] for k in range(0, len(plain), most)]


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


def audit_agent(
    game: TestingGame,
    agent: int,
    signals: str,
    epsilon: Epsilon,
    delta: float,
    seed: int,
    budget: int,
) -> TestingAgentAudit:
    """Search, then verify on fresh seeds. budget: games simulated at most, search included."""
    name, m = game.problem.names[agent], game.problem.m
    audited = game.strategies[name]
    pool = [t for t in catalogue(game, signals) if t.strategy != audited]
    strategies = [audited, *(t.strategy for t in pool)]
    K = len(pool)
    block = max(50, min(PIECE, int(budget * SEARCH_SHARE) // (K + 1)))
    screen = compare(game, agent, strategies, [block] * (K + 1), block, (seed, Stage.SCREEN))
    winner = max(range(1, K + 1), key=lambda j: screen.gains[j].mean)
    z_low, z_up = tail(delta, m, 1), tail(delta, m, K)
    guess = epsilon_of(epsilon, payoff_range([p.mean for p in screen.payoffs]))
    counts = allocate(screen, winner, guess, z_low, z_up, budget - screen.games, block)
    fresh = compare(game, agent, strategies, counts, block, (seed, Stage.VERIFY))
    gains = fresh.gains
    final = epsilon_of(epsilon, payoff_range([p.mean for p in fresh.payoffs]))
    best = gains[winner]
    gain = Gain(
        best.mean,
        best.mean - z_low * best.se,
        max(g.mean + z_up * g.se for g in gains[1:]),
    )
    answer = verdict(gain, final) if min(counts) >= TRUSTED else "undecided"
    trial, pay = pool[winner - 1], fresh.payoffs[winner]
    return TestingAgentAudit(
        name=name,
        strategy=audited.label,
        payoff=fresh.payoffs[0].mean,
        payoff_se=fresh.payoffs[0].se,
        epsilon=final,
        verdict=answer,
        gain=gain,
        candidates=K,
        best_deviation=TestingDeviation(
            trial.spec.name, dict(trial.spec.parameters), pay.mean, pay.se
        ),
        gain_over_recommended=_over_recommended(game, name, pool, gains[1:], tail(delta, m, 1)),
        budget_needed=_needed(gain, final, screen.games + fresh.games, min(counts))
        if answer == "undecided"
        else None,
        landscape=tuple(
            Candidate(t.label, g.mean, g.se) for t, g in zip(pool, gains[1:], strict=True)
        ),
    )


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


def _over_recommended(
    game: TestingGame, name: str, pool: Sequence[Trial], gains: Sequence[Moments], z: float
) -> Gain | None:
    """For an agent with a strategy of its own: what it gains over the default signaller."""
    recommended = make_testing_strategy(SIGNALLER, "audit")
    if game.strategies[name] == recommended:
        return None
    for trial, gain in zip(pool, gains, strict=True):
        if trial.strategy == recommended:
            return Gain(-gain.mean, -gain.mean - z * gain.se, -gain.mean + z * gain.se)
    return None


def _needed(gain: Gain, epsilon: float, simulated: int, least: int) -> int:
    """Budget at which the bound would clear epsilon if the estimate stood: widths go as 1/sqrt."""
    if gain.estimate > epsilon:
        width, room = gain.estimate - gain.lower, gain.estimate - epsilon
    else:
        width, room = gain.upper - gain.estimate, epsilon - gain.estimate
    ratio = width / max(room, 1e-3 * width, 1e-300)
    return math.ceil(simulated * max(1.5, ratio**2, TRUSTED / least))
