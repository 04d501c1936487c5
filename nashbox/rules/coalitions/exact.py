"""Exact joint penalties of some schemes: no seeds, no noise, an exact lower bound of the gain.

Known without simulation, distribution by distribution, for normal data:

* somebody is told what gives the coalition's copies away for good (`Channel.copied_risk`): under a
  plain mean the others' mean can be read off it, under a threshold one reader's answer is believed;
* nobody believes any answer: v/C, C points of their own.
"""

from __future__ import annotations

import numpy as np

from nashbox.games.estimation import EstimationGame
from nashbox.problem.terms import View
from nashbox.rules.coalitions.schemes import MULTIPLES, counts_tried
from nashbox.rules.coalitions.search import least_costs


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
    v = float(game.problem.sigma[k]) ** 2
    risks = [v / C if C else np.inf]
    for place, i in enumerate(members):
        if M == 0 or k in View(i, game.terms, game.terms.counts).risks().members:
            continue
        for many in (1, *MULTIPLES):
            friends, own = many * int(owed.sum() - owed[place]), many * int(owed[place])
            channel = game.mechanism.channel(game.terms, i, k, float(M + friends))
            if channel is not None:
                risks.append(channel.copied_risk(C, M, own, friends))
    return min(risks)
