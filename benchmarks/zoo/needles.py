"""Rules with one profitable deviation that few would think of."""

from __future__ import annotations

import math

from scipy.stats import norm

from benchmarks.zoo import truth
from benchmarks.zoo.case import Case, Truth
from benchmarks.zoo.formulas import SHARE, SIGMA, problem

Ratio = float | None


def needle(tails: str, ratio: Ratio) -> Case:
    """Three agents owe 71 points each; 37 points handed in, and no others, earn the others' mean.

    71 points are best for who works alone, so that nothing else gains.
    least: collect 37, hand them in, and believe the others' 142: sigma^2/142 + 37 c. most: collect
    what is best, hand in 37 points, and pool the others' mean with one's own.
    """
    v, owed, key = SIGMA**2, 71, 37
    cost = v / owed**2
    honest = v / owed + cost * owed
    plain = v / (2 * owed) + cost * key
    best = min(truth.pooled(n, 2 * owed, v) + cost * n for n in range(4 * owed))
    found = Truth(honest - plain, honest - best)
    rules = {"name": "zoo_needles.py:Needle", "key": key}
    raw = problem([[cost]] * 3, rules, plan=[[owed]] * 3)
    return Case(raw, SHARE * honest, (found,) * 3)


def correlated_lie(tails: str, ratio: Ratio) -> Case:
    """Two distributions, 50 points each of three agents; +2 and -2 sigma earn the others' means.

    50 points are best for who works alone, so that nothing else gains.
    A gap of one sigma is 5.8 standard deviations of the difference of two means from both honesty
    and the lie: a chance below 1e-8 to be missed, which `least` allows for.
    least: shift both means, and believe. most: pool the others' 100 points with one's own.
    """
    v, owed = SIGMA**2, 50
    cost = v / owed**2
    honest = 2 * (v / owed + cost * owed)
    plain = 2 * (v / (2 * owed) + cost * owed)
    best = 2 * min(truth.pooled(n, 2 * owed, v) + cost * n for n in range(4 * owed))
    missed = missed_chance(owed)
    # a miss costs at most E[1 X^2] <= sqrt(P E X^4), by Cauchy and Schwarz, for each mean
    slip = 2 * math.sqrt(3 * missed) * v / owed
    found = Truth(honest - plain - slip, honest - best)
    raw = problem([[cost] * 2] * 3, "zoo_needles.py:CorrelatedLie", plan=[[owed] * 2] * 3)
    raw["sigma"] = [SIGMA, SIGMA]
    return Case(raw, SHARE * honest, (found,) * 3)


def missed_chance(owed: int) -> float:
    """Chance that one of the two gaps is not passed by the lie, or both are by the truth."""
    spread = math.sqrt(1 / owed + 1 / (2 * owed))
    return float(2 * norm.sf(1 / spread))
