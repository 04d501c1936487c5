"""The black box: any mechanism and strategies, by simulation through the Mesa model.

The search has its own seeds. K and the number of worlds of every candidate are fixed before the
fresh seeds are drawn; the winner's lower bound and all candidates' upper bounds come from paired
differences on fresh seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nashbox.experiments.audit.base import Candidate, Gain
from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of
from nashbox.experiments.audit.result import Deviation
from nashbox.experiments.audit.verdict import tail, verdict
from nashbox.experiments.moments import Moments
from nashbox.experiments.seeds import Stage
from nashbox.games.estimation import EstimationGame
from nashbox.games.estimation.bench import (
    BLOCK,
    Cell,
    Pair,
    Paired,
    all_equivariant,
    mu_grid,
    paired,
)
from nashbox.games.estimation.catalogue import (
    agent_is_named,
    box,
    catalogue,
    named,
    searched,
)
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.problem.source import MOST_POINTS
from nashbox.problem.spec import Spec
from nashbox.strategies.best_count import best_count

SEARCH_SHARE = 0.3  # of the budget
LEAST = 2000  # fresh worlds of any candidate, where the budget allows
TRUSTED = 1000  # worlds from which the normal limit of squared errors is believed


@dataclass(frozen=True)
class BlackBox:
    """The answer for one agent."""

    penalty: float
    penalty_se: float
    epsilon: float
    verdict: str
    gain: Gain
    candidates: int
    best: Deviation
    gain_over_recommended: Gain | None
    budget_needed: int | None
    landscape: tuple[Candidate, ...]
    worlds: int
    over_mu: bool


@dataclass(frozen=True)
class _Screen:
    """What the search learnt: by candidate its gain, spread and worst mu; the audited one's too."""

    gains: list[float]
    spreads: list[float]
    worst: list[int]
    level: float
    audited_worst: int
    worlds: int
    each: list[int]


class _Task:
    """One agent's black-box audit: the candidates, and where mu has to be searched."""

    def __init__(
        self, game: EstimationGame, agent: int, seed: int, budget: int, in_box: bool
    ) -> None:
        self.game, self.agent, self.seed = game, agent, seed
        self.audited = game.strategy(agent)
        share = int(budget * SEARCH_SHARE * 0.5)
        found, self.used = (box if in_box else searched)(game, agent, seed, share)
        everything = found if in_box else catalogue(game, agent) + found
        if in_box and agent_is_named(game, agent):
            everything = [named(Spec("truthful")), *everything]
        pool = {(c.spec.name, repr(c.spec.parameters)): c for c in everything}
        self.pool = [c for c in pool.values() if c.strategy != self.audited]
        self.strategies = [self.audited, *(c.strategy for c in self.pool)]
        self.grid = mu_grid(game.terms, agent)
        everywhere = list(range(len(self.grid)))
        self.places = [
            [0] if all_equivariant(game, agent, s) else everywhere for s in self.strategies
        ]
        played = sum(len(places) for places in self.places)
        share = int(budget * SEARCH_SHARE * 0.5)
        room = max(1, int(MOST_POINTS / 4 / max(1.0, 2.0 * float(game.terms.counts.sum()))))
        self.budget, self.block = budget, min(block_size(budget), max(1, share // played), room)

    def play(self, cells: list[Cell], pairs: list[Pair], worlds: list[int], stage: Stage) -> Paired:
        """Play cells on the seeds of one stage."""
        return paired(
            self.game,
            self.agent,
            self.strategies,
            self.grid,
            cells,
            pairs,
            worlds,
            stage,
            self.seed,
            self.block,
        )

    def own_place(self, g: int) -> int:
        """Where the audited strategy is played when another one is played at place g of mu."""
        return g if g in self.places[0] else 0

    def screen(self, epsilon: Epsilon) -> _Screen:
        """Compare all candidates on search seeds: roughly at every mu, the closest ones again."""
        everybody = range(len(self.strategies))
        cells = [(j, g) for j in everybody for g in self.places[j]]
        rough = self.compare(cells, [self.block] * len(self.strategies), Stage.SCREEN)

        def worst_of(j: int) -> int:
            return max(self.places[j], key=lambda g: rough.penalties[j, g].mean)

        worst = [worst_of(j) for j in everybody]
        level = rough.penalties[0, worst[0]].mean
        gains, spreads = [], []
        for j in everybody[1:]:
            theirs = rough.penalties[j, worst[j]].mean
            gains.append(level - theirs if math.isfinite(level) else -theirs)
            spreads.append(self.spread(rough, j, worst[j]))
        counts = [self.block] * len(gains)
        target = epsilon_of(epsilon, level)
        close = [
            j
            for j, (gain, spread) in enumerate(zip(gains, spreads, strict=True))
            if gain + 4 * spread / math.sqrt(self.block) > target and spread > 0
        ]
        left = int(self.budget * SEARCH_SHARE * 0.5) - rough.worlds
        again = max(0, left // (self.block * (len(close) + 1)))
        used = rough.worlds
        if close and again and math.isfinite(level):
            cells = [(0, self.own_place(worst[j + 1])) for j in close]
            cells += [(j + 1, worst[j + 1]) for j in close]
            worlds = [again * self.block] * len(self.strategies)
            fine = self.compare(list(dict.fromkeys(cells)), worlds, Stage.SEARCH)
            used += fine.worlds
            for j in close:
                place = worst[j + 1]
                gains[j] = fine.gains[self.own_place(place), j + 1, place].mean
                spreads[j] = self.spread(fine, j + 1, place)
                counts[j] = again * self.block
        return _Screen(gains, spreads, worst[1:], level, worst[0], used, counts)

    def compare(self, cells: list[Cell], worlds: list[int], stage: Stage) -> Paired:
        """Play cells and pair every other strategy with the audited one."""
        pairs = [(self.own_place(g), j, g) for j, g in cells if j > 0]
        return self.play(cells, pairs, worlds, stage)

    def spread(self, outcome: Paired, j: int, place: int) -> float:
        """Standard deviation of strategy j's paired gain."""
        moments = outcome.gains[self.own_place(place), j, place]
        return math.sqrt(moments.variance) if math.isfinite(moments.mean) else 0.0


def audit_agent(
    game: EstimationGame,
    agent: int,
    *,
    epsilon: Epsilon,
    delta: float,
    seed: int,
    budget: int,
    in_box: bool = False,
) -> BlackBox:
    """Search, then verify on fresh seeds. budget: worlds simulated at most, search included.

    in_box: search the exhaustive box instead of the catalogue, and close it from below by the
    penalty that all data of everybody together would allow.
    """
    task = _Task(game, agent, seed, budget, in_box)
    screen = task.screen(epsilon)
    m, K = game.problem.m, len(task.pool)
    close = max(screen.gains) - 1e-6 * abs(screen.level if math.isfinite(screen.level) else 1.0)
    winner = next(j for j in range(K) if screen.gains[j] >= close)  # of equals, the plainest
    own_places, winner_places = task.places[0], task.places[winner + 1]
    z_low = tail(delta, m, len(winner_places))
    z_up = tail(delta, m, K * len(own_places))
    guess = epsilon_of(epsilon, screen.level)
    left = budget - task.used - screen.worlds

    cells = [(0, g) for g in own_places]
    cells += [(j + 1, screen.worst[j]) for j in range(K)]
    cells += [(winner + 1, g) for g in winner_places if g != screen.worst[winner]]
    if len(own_places) == len(winner_places) == 1:
        worlds = _allocate(screen, winner, guess, z_up, z_low, left, task.block)
    else:
        worlds = [max(1, left // (len(cells) * task.block)) * task.block] * K
    ups = [(g, j + 1, screen.worst[j]) for g in own_places for j in range(K)]
    lows = [(screen.audited_worst, winner + 1, g) for g in winner_places]
    pairs = list(dict.fromkeys(ups + lows))
    fresh = task.play(cells, pairs, [max(worlds), *worlds], Stage.VERIFY)

    penalty = fresh.penalties[0, screen.audited_worst]
    for g in own_places:
        if fresh.penalties[0, g].mean > penalty.mean:
            penalty = fresh.penalties[0, g]
    final = epsilon_of(epsilon, penalty.mean)
    theirs = [fresh.penalties[j + 1, screen.worst[j]] for j in range(K)]
    shown = [fresh.gains[screen.audited_worst, j + 1, screen.worst[j]] for j in range(K)]
    best = winner
    if math.isinf(penalty.mean):
        best = min(range(K), key=lambda j: theirs[j].mean)
        value = math.inf if math.isfinite(theirs[best].mean) else 0.0
        gain = Gain(value, value, value)
    else:
        gain = Gain(
            shown[winner].mean,
            min(_bound(fresh.gains[p], -z_low) for p in lows),
            max(_bound(fresh.gains[p], z_up) for p in ups),
        )
        if in_box:
            z = tail(delta, m, len(own_places))
            highest = max(_bound(fresh.penalties[0, g], z) for g in own_places)
            gain = Gain(gain.estimate, gain.lower, highest - least_penalty(game, agent))
    answer = verdict(gain, final)
    if math.isfinite(penalty.mean):  # bounds that rest on few worlds decide nothing: trivial ones
        if answer == "profitable" and worlds[winner] < TRUSTED:
            gain, answer = Gain(gain.estimate, min(gain.lower, 0.0), gain.upper), "undecided"
        if answer == "none_above_epsilon" and min(worlds) < TRUSTED:
            gain, answer = Gain(gain.estimate, gain.lower, penalty.mean), "undecided"
    spec, simulated = task.pool[best].spec, task.used + screen.worlds + fresh.worlds
    return BlackBox(
        penalty=penalty.mean,
        penalty_se=penalty.se,
        epsilon=final,
        verdict=answer,
        gain=gain,
        candidates=K,
        best=Deviation(spec.name, dict(spec.parameters), theirs[best].mean, theirs[best].se),
        gain_over_recommended=_over_recommended(task, shown, tail(delta, m, 1)),
        budget_needed=_needed(gain, final, simulated) if answer == "undecided" else None,
        landscape=tuple(
            Candidate(c.label, moments.mean, moments.se)
            for c, moments in zip(task.pool, shown, strict=True)
        ),
        worlds=simulated,
        over_mu=len(cells) > K + 1 or any(screen.worst) or any(len(p) > 1 for p in task.places),
    )


def least_penalty(game: EstimationGame, agent: int) -> float:
    """Penalty of who could use every point that anybody measured: no mechanism gives more."""
    model = game.model(100, 0, what_if=True)
    for player in model.players:
        player.act()
    others = [p.collected.max(axis=0) for p in model.players if p.index != agent]
    pooled = np.sum(others, axis=0) if others else np.zeros(game.problem.d)
    return sum(
        best_count(MeanChannel(float(v), float(N)), float(c), integer=True)[1]
        for v, N, c in zip(game.problem.sigma, pooled, game.problem.costs[agent], strict=True)
    )


def _bound(moments: Moments, z: float) -> float:
    if not math.isfinite(moments.mean):
        return moments.mean
    return moments.mean + z * moments.se


def block_size(budget: int) -> int:
    """Worlds played at once: a small budget is cut into small blocks."""
    return min(BLOCK, max(1, budget // 400))


def _blocks(worlds: float, block: int) -> int:
    """Whole blocks, at least one."""
    return max(1, int(worlds // block)) * block


def _allocate(
    screen: _Screen,
    winner: int,
    epsilon: float,
    z_up: float,
    z_low: float,
    budget: int,
    block: int,
) -> list[int]:
    """Fresh worlds of every candidate: what its verdict seems to need, doubled, scaled to fit.

    Decided on search seeds alone, so that nothing is stopped by looking at the fresh ones.
    """
    least = min(LEAST, budget / (len(screen.gains) + 2))
    wanted = []
    for j, (gain, spread) in enumerate(zip(screen.gains, screen.spreads, strict=True)):
        doubt = 2 * spread / math.sqrt(screen.each[j])  # of the search's own estimate
        room = max(abs(epsilon - gain) - doubt, 0.2 * abs(epsilon - gain), 1e-300)
        z = max(z_up, z_low) if j == winner else z_up
        ratio = z * spread / room
        need = 2 * ratio * ratio  # a power would overflow
        wanted.append(min(need, float(budget)) if math.isfinite(need) else least)
    wanted[winner] = max(wanted)  # the number everybody will quote

    def whole(worlds: float) -> int:
        return _blocks(max(worlds, least), block)

    def spent(cap: float) -> float:
        counts = [whole(min(n, cap)) for n in wanted]
        return sum(counts) + max(counts)

    low, high = least, float(budget)
    while high - low > block:
        middle = (low + high) / 2
        low, high = (middle, high) if spent(middle) <= budget else (low, middle)
    counts = [whole(min(n, low)) for n in wanted]
    spare = max(1.0, budget / spent(low))  # what is left sharpens every bound
    return [whole(n * spare) for n in counts]


def _over_recommended(task: _Task, shown: Sequence[Moments], z: float) -> Gain | None:
    """For an agent with a strategy of her own: what it gains over the recommendation."""
    if not agent_is_named(task.game, task.agent):
        return None
    for candidate, moments in zip(task.pool, shown, strict=True):
        if candidate.spec.name == "truthful":
            return Gain(-moments.mean, -_bound(moments, z), -_bound(moments, -z))
    return Gain(0.0, 0.0, 0.0)  # what she plays is the recommendation


def _needed(gain: Gain, epsilon: float, simulated: int) -> int:
    """Budget at which the bound would clear epsilon if the estimate stood: widths go as 1/sqrt."""
    if gain.estimate > epsilon:
        width, room = gain.estimate - gain.lower, gain.estimate - epsilon
    else:
        width, room = gain.upper - gain.estimate, epsilon - gain.estimate
    ratio = width / max(room, 1e-3 * width, 1e-300)
    return math.ceil(simulated * max(1.5, ratio**2))
