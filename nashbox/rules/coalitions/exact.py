"""Exact joint penalties of some schemes: no seeds, no noise, an exact lower bound of the gain.

Known without simulation, distribution by distribution, for normal data:

* somebody receives a plain mean (sample mean, free data): the others' mean W can be read off it,
  and the joint estimate has variance v/(C + M), C points of their own, M of the others';
* a reader is compared by a threshold, and everybody hands in copies of the joint mean, h of which
  are in the reader's Z (hypergeometric). With l = z - h and G = X-bar - V, V the mean of the l
  honest points, |Y - Z| = (l/z)|G|. If she passes, the pooled estimate is independent of G. If she
  fails and they believe her reading all the same, the estimate is P + (l/(C + l) - kappa) G with
  P = (C X-bar + l V)/(C + l) independent of G and kappa = count l/((C + M)(s + z)), so that

      risk = P(pass) v/(C + M) + sum_h P(h) [ P(fail|h) v/(C + l)
             + (l/(C + l) - kappa)^2 E[G^2; |G| > t z/l] ];

* nobody believes any answer: v/C.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import hypergeom, norm

from nashbox.games.estimation import EstimationGame
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.problem.terms import View
from nashbox.rules.coalitions.schemes import MULTIPLES, counts_tried
from nashbox.rules.coalitions.search import least_costs


def pass_chances(
    C: int, M: int, friends: int, z: int, t: float, sigma: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chance of every h, and the chance to pass and E[G^2; fail] given it; each (z + 1,).

    friends: copies handed in by the reader's friends, M: points of honest others.
    """
    h = np.arange(z + 1)
    weight = hypergeom(M + friends, friends, z).pmf(h)
    honest = np.maximum(z - h, 1)
    spread = sigma * np.sqrt(1 / C + 1 / honest)
    u = np.where(h == z, np.inf, t * z / honest / spread)
    tail = 2 * norm.sf(u)
    fails = spread**2 * (tail + 2 * np.where(np.isinf(u), 0.0, u) * norm.pdf(u))
    return weight, 1 - tail, np.where(h == z, 0.0, fails)


def believed_risk(C: int, M: int, own: int, friends: int, z: int, t: float, sigma: float) -> float:
    """Risk of always believing one reader's answer, who hands in `own` copies herself.

    >>> round(believed_risk(10, 90, 10, 10, 10, 1e9, 10.0), 9)  # who always passes
    1.0
    """
    v = sigma**2
    weight, passes, squares = pass_chances(C, M, friends, z, t, sigma)
    left = z - np.arange(z + 1)
    kappa = (own + friends + M) * left / ((C + M) * (own + z))
    slope = left / (C + left) - kappa
    risk = passes * v / (C + M) + (1 - passes) * v / (C + left) + slope**2 * squares
    return float(weight @ risk)


def exact_price(game: EstimationGame, members: tuple[int, ...]) -> float | None:
    """The least joint penalty of the schemes above, or None where a distribution has none."""
    counts, sigma, g = game.terms.counts, game.problem.sigma, len(members)
    owed = counts[list(members)].astype(np.int64)
    outside = (counts.sum(axis=0) - owed.sum(axis=0)).astype(np.int64)
    costs = least_costs(game, members)
    tried = counts_tried(owed.sum(axis=0), outside, costs, sigma, g)
    total = 0.0
    for k in range(sigma.size):
        prices = []
        for C in {row[k] for row in tried}:
            risk = _risk(game, members, k, C, int(outside[k]), owed[:, k])
            prices.append(g * risk + (costs[k] * C if C else 0.0))
        if not np.isfinite(min(prices)):
            return None
        total += min(prices)
    return total


def _risk(
    game: EstimationGame, members: tuple[int, ...], k: int, C: int, M: int, owed: np.ndarray
) -> float:
    """The least risk of one distribution after collecting C, inf where none is known."""
    sigma = float(game.problem.sigma[k])
    v = sigma**2
    risks = [v / C if C else np.inf]
    for place, i in enumerate(members):
        view = View(i, game.terms, game.terms.counts)
        joint = view.tied()
        if M == 0 or (joint is not None and k in joint.members):
            continue
        channel = game.mechanism.channel(game.terms, i, k, float(view.pooled[k]))
        if isinstance(channel, MeanChannel) and channel.others > 0 and not channel.required:
            risks.append(v / (C + M))
        if isinstance(channel, ThresholdChannel) and C and owed[place]:
            for many in (1, *MULTIPLES):
                friends = many * int(owed.sum() - owed[place])
                # one size of Z whoever hands in how much
                z = int(min(game.terms.z[i, k], M + friends))  # type: ignore[attr-defined]
                own = many * int(owed[place])
                risks.append(believed_risk(C, M, own, friends, z, channel.t, sigma))
    return min(risks)
