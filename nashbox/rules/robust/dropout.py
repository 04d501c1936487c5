"""Agents who drop out after the rules were fixed: what the others pay, and whether honesty lasts.

The rules stay as they are. N falls for everybody who is left; where fewer than z points of others
are there, Z is all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of
from nashbox.games.estimation import EstimationGame
from nashbox.rules.robust.rules import ROUNDING, agent_gain

ALL = 500  # sets of agents up to which every one is examined
KEPT = 20  # sets reported for each number of agents


@dataclass(frozen=True)
class Drop:
    """Who is missing, and what that means for the others.

    before, after: their social penalty. hit: who loses most, with her penalties. gainer: who gains
    most by no longer being honest, how much, against her epsilon. dishonest, irrational: those who
    gain more than epsilon by a deviation, or by working alone.
    """

    missing: Sequence[str]
    before: float
    after: float
    hit: str
    hit_before: float
    hit_after: float
    gainer: str
    gain: float
    epsilon: float
    dishonest: Sequence[str]
    irrational: Sequence[str]

    @property
    def lost(self) -> float:
        """What the others lose in sum; 0 where they paid inf before."""
        return 0.0 if np.isinf(self.before) else self.after - self.before


def without(game: EstimationGame, missing: tuple[int, ...], epsilon: Epsilon) -> Drop:
    """Penalties, gains and outside options of everybody who is left, exactly."""
    counts = game.terms.counts.copy()
    counts[list(missing)] = 0.0
    names, outside = game.problem.names, game.options
    left = [i for i in range(game.problem.m) if i not in missing]
    before = np.array([agent_gain(game.terms, i, game.terms.counts)[0] for i in left])
    pairs = np.array([agent_gain(game.terms, i, counts) for i in left])
    after, gains = pairs[:, 0], pairs[:, 1]
    own = np.array([epsilon_of(epsilon, p) for p in before])
    with np.errstate(invalid="ignore"):
        lost = np.where(np.isinf(before), 0.0, after - before)
    slack = own + ROUNDING * np.where(np.isfinite(after), np.abs(after), 0.0)
    # her epsilon is 0 where she pays inf, and then 0/0 says nothing of what others gain
    beside = np.divide(gains, own, out=np.zeros_like(gains), where=gains != 0)
    worst, most = int(np.argmax(lost)), int(np.argmax(beside))
    with np.errstate(invalid="ignore"):
        worse = after - outside[left] > slack
    return Drop(
        missing=[names[i] for i in missing],
        before=float(before.sum()),
        after=float(after.sum()),
        hit=names[left[worst]],
        hit_before=float(before[worst]),
        hit_after=float(after[worst]),
        gainer=names[left[most]],
        gain=float(gains[most]),
        epsilon=float(own[most]),
        dishonest=[names[i] for i, g, s in zip(left, gains, slack, strict=True) if g > s],
        irrational=[names[i] for i, w in zip(left, worse, strict=True) if w],
    )


def drops(game: EstimationGame, most: int, epsilon: Epsilon) -> tuple[list[Drop], str]:
    """Every agent alone, then sets of 2 .. most agents; and in words how they were chosen.

    Where there are more than 500 sets of a size, those examined are the sets of one agent less that
    cost the others most, with one more agent.
    """
    found: list[Drop] = []
    words = []
    sets: list[tuple[int, ...]] = [()]
    m = game.problem.m
    for size in range(1, min(most, m - 1) + 1):
        if comb(m, size) <= ALL:
            sets = list(combinations(range(m), size))
            words.append(f"all {len(sets)} sets of {size}")
        else:
            grown = {tuple(sorted((*s, i))) for s in sets[:KEPT] for i in range(m) if i not in s}
            sets = sorted(grown)[:ALL]
            words.append(f"{len(sets)} of {comb(m, size)} sets of {size}, grown from the worst")
        results = [(without(game, s, epsilon), s) for s in sets]
        results.sort(key=lambda pair: -pair[0].lost)
        sets = [s for _, s in results]
        # what costs the others most, and what makes them dishonest though it costs less
        found += [drop for drop, _ in results[:KEPT]]
        found += [drop for drop, _ in results[KEPT:] if drop.dishonest][:KEPT]
    return found, "; ".join(words)
