"""The class of deviations that the black box looks at in mean estimation.

A candidate is a spec, as problem files write it, so that it can be replayed. All honest counts are
in it, one distribution at a time: how well a search works must not decide what is certified. The
search (see `search`) adds equivariant strategies whose counts and weights were fitted together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.mechanisms.rounding import alone_counts
from nashbox.problem.arrays import Array
from nashbox.problem.spec import Spec
from nashbox.strategies import Equivariant, make_strategy

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame


CATALOGUE: tuple[Spec, ...] = (
    Spec("free_rider"),
    Spec("withholder", {"fraction": 0.0}),
    Spec("withholder", {"fraction": 0.5}),
    Spec("under_collector", {"factor": 0.5}),
    Spec("over_collector", {"factor": 1.5}),
    Spec("fabricator", {"kind": "constant"}),
    Spec("fabricator", {"kind": "own_mean", "fraction": 0.5}),
    Spec("fabricator", {"kind": "resample", "fraction": 0.5}),
    Spec("fabricator", {"kind": "pad", "fraction": 0.5}),
    Spec("ignorer"),
    Spec("mixer", {"weight": 0.5}),
)
CLASS = (
    "the named strategies free_rider, withholder, under_collector, over_collector, fabricator "
    "(constant, own_mean, resample, pad), shifter, ignorer, mixer, working alone; all honest "
    "counts of one distribution from 0 to twice the recommended, in geometric steps beyond and "
    "where these are more than {most}; shifts of one distribution by 1/16, 1/4, 1/2, 1, 2 standard "
    "errors and 1, 2 sigma, of two by 1 standard error, 1, 2 sigma; equivariant strategies with "
    "searched counts and fitted weights (honest counts, padding to the recommended count); drawn "
    "and searched shifts within +-3 sigma with weights from 0 to 1"
)
MOST = 250  # honest counts of an agent that are tried one by one
SHIFTS = (0.0625, 0.25, 0.5, 1.0, 2.0)  # standard errors of the own mean
SIGMAS = (1.0, 2.0)  # standard deviations of a point
PAIRED = 6  # distributions up to which all pairs are shifted together
TOGETHER = (3, 5, 6)  # which of the shifts two distributions take together


def equivariant(
    collect: list[int],
    submit: list[int],
    shift: float | list[float] = 0.0,
    estimator: str | float | list[float] = "accept",
) -> Spec:
    """The spec of an equivariant deviation, with every parameter said."""
    return Spec(
        "equivariant",
        {"collect": collect, "submit": submit, "shift": shift, "estimator": estimator},
    )


def named(spec: Spec) -> Deviation:
    """Build a candidate of its spec."""
    return Deviation(spec, make_strategy(spec, "candidate"))


def catalogue(game: EstimationGame, agent: int) -> list[Deviation | Family]:
    """Return the fixed part of the class and its families."""
    sigma, owed = game.terms.sigma, np.maximum(1.0, game.terms.counts[agent])
    shift = float(np.min(sigma / np.sqrt(owed)))
    alone = ints(alone_counts(game.problem.costs[agent : agent + 1], sigma, integer=True)[0])
    specs = [*CATALOGUE, Spec("shifter", {"shift": shift}), Spec("shifter", {"shift": -shift})]
    specs.append(equivariant(alone, alone, estimator="own"))
    if agent_is_named(game, agent):
        specs.insert(0, Spec("truthful"))
    reach = [
        _counts(n, a, MOST // len(alone)) if np.isfinite(cost) else []
        for n, a, cost in zip(
            ints(game.terms.counts[agent]), alone, game.problem.costs[agent], strict=True
        )
    ]
    families = [_honest(game, agent, k, counts) for k, counts in enumerate(reach) if counts]
    return [*map(named, specs), *families, *_shifted(game, agent)]


def _counts(owed: int, alone: int, most: int) -> list[int]:
    """Honest counts, the closest to what is owed first; geometric where they are too many."""
    top = 2 * max(owed, 1)
    near = list(range(min(top, most) + 1))
    if top >= most:
        close = max(2, most // 8)
        steps = np.geomspace(1, top, max(2, most // 2))
        near = sorted({0, *np.rint(steps).astype(int).tolist()})
        near += range(max(0, owed - close), owed + close + 1)
    beyond = [alone, *(round(top * 2 ** (j / 2)) for j in range(1, 5))]
    beyond = [n for n in beyond if n <= max(2 * alone, 2 * top)]
    return sorted({*near, *beyond} - {owed}, key=lambda n: abs(n - owed))


def _honest(game: EstimationGame, agent: int, k: int, counts: list[int]) -> Family:
    """Another honest count of distribution k, all others as recommended."""
    owed = ints(game.terms.counts[agent])

    def written(values: Mapping[str, Any]) -> dict[str, Any]:
        collect = [*owed[:k], values["n"], *owed[k + 1 :]]
        return {"collect": collect, "submit": collect, "shift": 0.0, "estimator": "accept"}

    return Family("equivariant", Equivariant, {"n": counts}, written=written)


def _shifted(game: EstimationGame, agent: int) -> list[Family]:
    """Recommended counts with a shift of the mean that is handed in."""
    owed, sigma = ints(game.terms.counts[agent]), game.terms.sigma
    some = [k for k, n in enumerate(owed) if n]
    if not some:
        return []

    def written(values: Mapping[str, Any]) -> dict[str, Any]:
        shift = [0.0] * len(owed)
        for k in some:
            shift[k] = float(values.get(f"shift {k}", 0.0))
        for k, moved in values.get("shifts", ()):
            shift[k] = moved
        weight = values.get("weight", "accept")
        return {"collect": owed, "submit": owed, "shift": shift, "estimator": weight}

    units = [
        [*(x * s / math.sqrt(max(1, n)) for x in SHIFTS), *(x * s for x in SIGMAS)]
        for s, n in zip(sigma.tolist(), owed, strict=True)
    ]
    alone = [[(k, sign * u)] for k in some for u in units[k] for sign in (1.0, -1.0)]
    both = [
        [(k, sign * units[k][j]), (other, second * units[other][j])]
        for k, other in combinations(some if len(some) <= PAIRED else [], 2)
        for j in TOGETHER
        for sign in (1.0, -1.0)
        for second in (1.0, -1.0)
    ]
    listed = Family("equivariant", Equivariant, {"shifts": alone + both}, written=written)
    ranges: dict[str, tuple[float, float]] = {
        f"shift {k}": (-3.0 * float(sigma[k]), 3.0 * float(sigma[k])) for k in some
    }
    free = Family("equivariant", Equivariant, {**ranges, "weight": (0.0, 1.0)}, written=written)
    return [listed, free]


def agent_is_named(game: EstimationGame, agent: int) -> bool:
    """Whether the audited profile gives the agent a strategy of her own."""
    return game.problem.names[agent] in game.strategies


def ints(counts: Array) -> list[int]:
    """Counts as whole numbers, for specs."""
    return [int(n) for n in counts]
