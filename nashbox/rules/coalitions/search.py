"""The search for what one coalition gains, and its measurement on fresh seeds.

Screening plays every scheme on the same few worlds, learns estimators on half of them and measures
on the other half; distribution by distribution the best is kept. The best whole schemes are then
learned and measured again, and the winner alone is measured once more on fresh seeds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame
from nashbox.games.joint import JointMoments
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child
from nashbox.measure.tally import TailMoments
from nashbox.mechanisms.rounding import finite_product
from nashbox.rules.coalitions.estimators import Known, Use, errors, learn
from nashbox.rules.coalitions.schemes import Scheme, best_pooled, pooled_price, schemes
from nashbox.rules.coalitions.worlds import Seen, blocks

Array = NDArray[np.float64]

SCREENED = 1200  # worlds a scheme is screened on
FINALISTS = 4


@dataclass(frozen=True, eq=False)
class MeasuredCoalition:
    """What a coalition's winner brought on fresh seeds.

    penalties: (members,) honest; error: (d,) mean squared errors of the joint estimate; covariance:
    (members + 1, members + 1) of the means of penalties and, last, of what the errors sum up to;
    saved: joint penalty. tried: schemes screened.
    """

    members: tuple[int, ...]
    scheme: Scheme
    uses: tuple[Use, ...]
    penalties: Array
    error: Array
    covariance: Array
    saved: TailMoments
    tried: int

    @property
    def gain(self) -> float:
        """Mean of the joint penalty saved."""
        return self.saved.mean


def _seeds(seed: int, stage: Stage, members: tuple[int, ...]) -> Iterator[int]:
    block = 0
    while True:
        yield child(seed, stage, *members, block)
        block += 1


def least_costs(game: EstimationGame, members: Sequence[int]) -> Array:
    """The members' least cost per point, (d,)."""
    return np.asarray(game.problem.costs[list(members)].min(axis=0))


def spent(game: EstimationGame, members: Sequence[int], scheme: Scheme) -> Array:
    """What the scheme's points cost, (d,)."""
    return finite_product(least_costs(game, members), np.array(scheme.collected, dtype=float))


def all_schemes(game: EstimationGame, members: tuple[int, ...]) -> Sequence[Scheme]:
    """The schemes of the class for these members."""
    counts = game.terms.counts.astype(np.int64)
    owed = counts[list(members)]
    outside = counts.sum(axis=0) - owed.sum(axis=0)
    return schemes(owed, outside, least_costs(game, members), game.problem.sigma, len(members))


def bound(game: EstimationGame, members: tuple[int, ...]) -> float:
    """Least joint penalty that these members can reach together, for normal data.

    They cannot know more than their own points and all of the others': sum over distributions of
    min_C g sigma^2/(C + M) + c C.
    """
    outside = game.terms.counts.sum(axis=0) - game.terms.counts[list(members)].sum(axis=0)
    total = 0.0
    for k, (M, c, s) in enumerate(
        zip(outside, least_costs(game, members), game.problem.sigma, strict=True)
    ):
        C = 0 if np.isinf(c) else best_pooled(float(M), float(c), float(s), len(members))
        total += pooled_price(C, float(outside[k]), float(c) if C else 0.0, float(s), len(members))
    return total


def searched(
    game: EstimationGame, members: tuple[int, ...], budget: int, seed: int
) -> MeasuredCoalition:
    """The best scheme found for a coalition, measured on fresh seeds.

    budget: worlds of the verification.
    """
    tried = all_schemes(game, members)
    finalists = _screened(game, members, tried, seed)
    winner, uses = _learned(game, members, finalists, seed)
    return measure(game, members, winner, uses, budget, seed, len(tried))


def measure(
    game: EstimationGame,
    members: tuple[int, ...],
    scheme: Scheme,
    uses: Sequence[Use],
    worlds: int,
    seed: int,
    tried: int = 1,
) -> MeasuredCoalition:
    """Play one scheme and honesty in the same worlds."""
    d, g, sigma = game.problem.d, len(members), game.problem.sigma
    gain, joint = TailMoments(), JointMoments(g + 1)
    error = [Moments() for _ in range(d)]
    cost = float(spent(game, members, scheme).sum())
    for block in blocks(game, members, [scheme], worlds, _seeds(seed, Stage.VERIFY, members)):
        before, seen = block.honest(), block.play(scheme)
        erred = np.zeros(before.shape[1])
        for k in range(d):
            squares = errors(Known.of(seen, k, float(sigma[k])), uses[k])
            error[k].add(squares)
            erred += squares
        after = cost + g * erred
        both = np.isinf(after) & np.isinf(before.sum(axis=0))
        gain.add(np.where(both, 0.0, before.sum(axis=0) - np.where(both, 0.0, after)))
        joint.add(-np.vstack([before, erred]))
    found = joint.answer()
    return MeasuredCoalition(
        members=members,
        scheme=scheme,
        uses=tuple(uses),
        penalties=-found.values[:g],
        error=np.array([e.mean for e in error]),
        covariance=found.covariance,
        saved=gain,
        tried=tried,
    )


def _joined(parts: Sequence[Seen]) -> Seen:
    first = parts[0]
    return Seen(
        collected=first.collected,
        own=np.concatenate([p.own for p in parts]),
        answers=np.concatenate([p.answers for p in parts], axis=1),
        sums=np.concatenate([p.sums for p in parts]),
        submitted=first.submitted,
        outside=first.outside,
        truth=first.truth,
    )


def _best_uses(seen: Seen, sigma: Array) -> tuple[list[Use], Array]:
    """Per distribution the estimator that is best on the second half, and its mean error."""
    half = seen.own.shape[0] // 2
    chosen, values = [], np.empty(sigma.size)
    for k, s in enumerate(sigma):
        known = Known.of(seen, k, float(s))
        uses = learn(known.worlds(slice(0, half)))
        fresh = known.worlds(slice(half, None))
        means = [float(errors(fresh, use).mean()) for use in uses]
        j = int(np.argmin(means))
        chosen.append(uses[j])
        values[k] = means[j]
    return chosen, values


def _play_all(
    game: EstimationGame,
    members: tuple[int, ...],
    tried: Sequence[Scheme],
    worlds: int,
    seeds: Iterator[int],
) -> Iterator[tuple[Scheme, Seen]]:
    drawn = list(blocks(game, members, tried, worlds, seeds))
    for scheme in tried:
        yield scheme, _joined([block.play(scheme) for block in drawn])


def _screened(
    game: EstimationGame, members: tuple[int, ...], tried: Sequence[Scheme], seed: int
) -> list[Scheme]:
    """The best scheme of every distribution put together, and the best whole ones."""
    sigma, g = game.problem.sigma, len(members)
    seeds = _seeds(seed, Stage.SEARCH, members)
    table = np.empty((len(tried), sigma.size))
    for j, (scheme, seen) in enumerate(_play_all(game, members, tried, SCREENED, seeds)):
        table[j] = g * _best_uses(seen, sigma)[1] + spent(game, members, scheme)
    order = np.argsort(table, axis=0, kind="stable")
    mixed = [
        Scheme(
            tuple(tried[order[r, k]].collected[k] for k in range(sigma.size)),
            tuple(tried[order[r, k]].forms[k] for k in range(sigma.size)),
        )
        for r in range(min(FINALISTS, len(tried)))
    ]
    whole = [tried[j] for j in np.argsort(table.sum(axis=1), kind="stable")[:FINALISTS]]
    return list(dict.fromkeys([*mixed, *whole]))


def _learned(
    game: EstimationGame, members: tuple[int, ...], finalists: Sequence[Scheme], seed: int
) -> tuple[Scheme, list[Use]]:
    """The best finalist with its estimators, learned on new worlds."""
    sigma, g = game.problem.sigma, len(members)
    best: tuple[float, Scheme, list[Use]] = (math.inf, finalists[0], [])
    seeds = _seeds(seed, Stage.LEARN, members)
    for scheme, seen in _play_all(game, members, finalists, 4 * SCREENED, seeds):
        uses, values = _best_uses(seen, sigma)
        price = float(g * values.sum() + spent(game, members, scheme).sum())
        if price < best[0] or not best[2]:
            best = (price, scheme, uses)
    return best[1], best[2]
