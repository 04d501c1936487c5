"""The search half of a black-box audit: which candidates, where they are worst, what they need.

Everything here is played on search seeds. What comes out is fixed before the fresh seeds are drawn:
the pool, the state at which each candidate is worst, control coefficients, and the look at which
each is expected to be settled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nashbox.experiments.audit.arena import Arena, Cell, paired
from nashbox.experiments.audit.epsilon import Epsilon, least_gain
from nashbox.experiments.audit.pool import CandidatePool, refined
from nashbox.experiments.audit.worst import best_mixture, seek_worst
from nashbox.games.base import Game
from nashbox.measure.controls import coefficients
from nashbox.measure.looks import FIRST, TRUSTED
from nashbox.measure.seeds import Stage, child
from nashbox.measure.tally import TailMoments
from nashbox.problem.arrays import Array

SHARE, FULL = 0.15, 400_000  # of budgets up to FULL; beyond, the search grows with the root
CLOSE = 3.0  # standard errors within which a candidate is looked at again
AGAIN = 10  # times the worlds of the first look, for those
LOOKED_AT = 1 / 6  # of the budget: what the first look at all members of families may cost
TRIED = 3  # candidates around which a search looks on
AT_WORST = 6  # candidates for which worse states of nature are sought
MIXED = 0.5  # of epsilon: what a mixture has to be paid more than its parts


@dataclass(eq=False)
class Outlook:
    """What the search knows of one candidate against the audited strategy.

    place, own: states of nature where either is worst. taken: coefficients of the controls of the
    audited strategy and of hers. gain: estimate and spread (of one world) of the controlled gain.
    """

    place: int
    own: int
    payoff: float
    gain: float
    spread: float
    worlds: int
    taken: Array

    @property
    def se(self) -> float:
        """Standard error of the estimate."""
        return self.spread / math.sqrt(self.worlds) if self.worlds else math.inf


@dataclass(eq=False)
class Screened:
    """The search's result. outlooks: by strategy, None for the audited one.

    ceiling: a payoff that nothing the audit is about exceeds, where one is known. means: what a
    strategy was paid at a state when it was looked at.
    """

    arena: Arena
    pool: CandidatePool
    payoff: float
    worst: int
    ceiling: float | None = None
    outlooks: list[Outlook | None] = field(default_factory=list)
    means: dict[Cell, float] = field(default_factory=dict)

    def gain(self, j: int) -> float:
        """Estimated gain of a candidate."""
        outlook = self.outlooks[j]
        return -math.inf if outlook is None else outlook.gain

    def level(self, epsilon: Epsilon) -> float:
        """The least gain that counts, as far as the search knows what is at stake."""
        reached = [self.payoff, *(o.payoff for o in self.outlooks if o is not None)]
        scale = self.arena.game.stake(self.arena.player, reached)
        return least_gain(epsilon, scale, self.payoff)


def screen(
    game: Game, player: int, epsilon: Epsilon, seed: int, budget: int, *, in_box: bool = False
) -> Screened:
    """Search with a share of the budget; see the module."""
    room = max(2, int(SHARE * budget * min(1.0, math.sqrt(FULL / budget))))
    ceiling: float | None = None
    if in_box:
        pool = CandidatePool([game.strategy(player)], [], [])
        pool.add_recommended(game, player)
        found, spent, best = game.box(player, room // 6, seed)
        ceiling = game.pays.sign * best
    else:
        pool = CandidatePool.of(game, player, max(8, int(budget * LOOKED_AT / FIRST)), seed)
        found, spent = game.searched(player, int(SHARE * budget) // 6, seed)
    for deviation in found:
        pool.add(deviation)
    arena = Arena(game, player, pool.strategies[:1], seed, spent=spent)
    for strategy in pool.strategies[1:]:
        arena.add(strategy)
    cells = arena.price((j, at) for j, places in enumerate(arena.places) for at in places)
    if cells * TRUSTED > budget // 2 and not any(pool.origins):  # nothing to search, much to verify
        room //= 2
    worlds = max(1, min(game.room, 1000, room // 3 // cells))
    out = Screened(arena, pool, 0.0, 0, ceiling)
    _look(out, range(1, len(pool.strategies)), worlds)
    _search_on(out, epsilon, worlds, room)
    _look_again(out, worlds, room - arena.spent)
    if _look_for_worse_states(out, worlds, room // 4):
        _look_again(out, worlds, room // 2)
    _mix(out, epsilon, worlds, room // 4)
    return out


def _look(out: Screened, js: Sequence[int], worlds: int) -> None:
    """Play candidates at every state, and find where each is worst."""
    arena = out.arena
    cells = [(j, place) for j in (0, *js) for place in arena.places[j]]
    played = arena.play(cells, worlds, Stage.SCREEN, 0)
    means = {cell: float(found.paid.mean()) for cell, found in played.items()}
    out.means.update(means)
    out.worst = min(arena.places[0], key=lambda place: means[0, place])
    out.payoff = means[0, out.worst]
    while len(out.outlooks) < len(arena.strategies):
        out.outlooks.append(None)
    for j in js:
        place = min(arena.places[j], key=lambda place: means[j, place])
        pair = paired(played[j, place], played[0, out.worst])
        out.outlooks[j] = _outlook(place, out.worst, means[j, place], *pair)


def _outlook(
    place: int, own: int, payoff: float, gains: Array, controls: Array, usual: Array
) -> Outlook:
    taken = coefficients(gains, controls, usual)
    tally = TailMoments()
    tally.add(gains - controls @ taken if taken.any() else gains)
    spread = math.sqrt(tally.variance) if math.isfinite(tally.mean) and tally.count > 1 else 0.0
    return Outlook(place, own, payoff, tally.mean, spread, tally.count, taken)


def _search_on(out: Screened, epsilon: Epsilon, worlds: int, room: int) -> None:
    """Look for better members of families around the best ones, and let them in."""
    arena, pool = out.arena, out.pool
    order = sorted(range(1, len(arena.strategies)), key=out.gain, reverse=True)
    leading = [j for j in order if pool.origins[j - 1] is not None][:TRIED]
    stage = (child(arena.seed, Stage.SEARCH, arena.player, 99), Stage.SEARCH)
    new = []
    for j in leading:
        each = min(worlds, max(1, room // (3 * TRIED) // 60))
        found, games = refined(arena.game, arena.player, pool, j, each, stage)
        arena.spent += games
        if found is None:
            continue
        before = len(pool.strategies)
        pool.add(found)
        if len(pool.strategies) > before:
            arena.add(found.strategy)
            new.append(len(arena.strategies) - 1)
    if new:
        _look(out, new, worlds)
        _drop(out, [j for j in new if out.gain(j) <= out.level(epsilon)])


def _look_for_worse_states(out: Screened, worlds: int, room: int) -> bool:
    """Where the audited strategy and the best others suffer more than at the states of the list.

    Whether there are such states; all are looked at anew then.
    """
    arena = out.arena
    order = sorted(range(1, len(arena.strategies)), key=out.gain, reverse=True)
    leading = [j for j in order if len(arena.places[j]) > 1 and _may_gain(out, j)][:AT_WORST]
    several = [0, *leading] if len(arena.places[0]) > 1 else leading
    found = []
    for j in several:
        outlook = out.outlooks[j]
        worst = out.worst if outlook is None else outlook.place
        found.append(seek_worst(arena, j, worst, room // len(several)))
    new = [place for place in found if place is not None]
    if new:
        for place in new:
            arena.keep(place)
        _look(out, order if len(arena.places[0]) > 1 else leading, worlds)
    return bool(new)


def _may_gain(out: Screened, j: int) -> bool:
    """Whether a candidate may gain at the states that are known; at worse ones she gains less."""
    o = out.outlooks[j]
    return o is not None and o.gain + CLOSE * o.se > 0


def _mix(out: Screened, epsilon: Epsilon, worlds: int, room: int) -> None:
    """Let the mixture in that suffers least where it is worst, if it gains."""
    arena, pool = out.arena, out.pool
    least = MIXED * out.level(epsilon)
    found = best_mixture(arena, pool.deviations, out.means, least, room)
    if found is None:
        return
    pool.add(found)
    arena.add(found.strategy)
    last = len(arena.strategies) - 1
    _look(out, [last], worlds)
    if out.gain(last) <= out.level(epsilon):
        _drop(out, [last])


def _drop(out: Screened, js: list[int]) -> None:
    """Leave out what the search found in vain; the last to come are the first to go."""
    for j in reversed(js):
        out.arena.drop(j)
        for kept in (out.outlooks, out.pool.strategies):
            del kept[j]
        del out.pool.deviations[j - 1], out.pool.origins[j - 1]


def _look_again(out: Screened, worlds: int, left: int) -> None:
    """Play those that may gain, or nearly do, longer: better coefficients, better forecasts."""
    arena = out.arena
    scale = abs(out.payoff) if math.isfinite(out.payoff) else 0.0
    close = [
        j
        for j, outlook in enumerate(out.outlooks)
        if outlook is not None
        and outlook.spread > 0
        and math.isfinite(outlook.gain)
        and outlook.gain + CLOSE * outlook.se > -1e-3 * scale
    ]
    close = sorted(close, key=out.gain, reverse=True)[:30]
    if not close or left < worlds * (len(close) + 1):
        return
    blocks = min(AGAIN, left // (worlds * (len(close) + 4)))
    rows: dict[int, list[tuple[Array, Array, Array]]] = {j: [] for j in close}
    theory: dict[int, Array] = {}
    for block in range(1, blocks + 1):
        cells = dict.fromkeys(
            cell for j in close if (o := out.outlooks[j]) for cell in ((0, o.own), (j, o.place))
        )
        played = arena.play(list(cells), worlds, Stage.SCREEN, block)
        for j in close:
            outlook = out.outlooks[j]
            assert outlook is not None  # noqa: S101 - chosen for having one
            mine = played[j, outlook.place]
            gains, controls, usual = paired(mine, played[0, outlook.own])
            rows[j].append((gains, controls, mine.paid))
            theory[j] = usual
    for j, parts in rows.items():
        outlook = out.outlooks[j]
        if not parts or outlook is None:
            continue
        gains, controls, paid = (np.concatenate(column) for column in zip(*parts, strict=True))
        payoff = float(paid.mean())
        place, own = outlook.place, outlook.own
        out.outlooks[j] = _outlook(place, own, payoff, gains, controls, theory[j])
