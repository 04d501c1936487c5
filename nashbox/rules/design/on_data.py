"""What rules cost where measurements are not normal: the real mechanism, simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import prepare
from nashbox.measure.seeds import Stage, child
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.measured import source_of
from nashbox.problem.source import SHAPES, ShapedSource, Source
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.offered import Offered

Array = NDArray[np.float64]

WORLDS = 200_000
AT_ONCE = 1 << 22  # points of all agents in a batch of worlds
MOST = 1 << 29  # points of all agents in all worlds: with more agents, fewer worlds
NOISE = 4.0  # standard errors by which nobody is called worse off than outside


def source_named(problem: EstimationProblem, name: str) -> Source:
    """One of SHAPES, the problem's own measurements, or those of a file. Raises InputError."""
    if name in SHAPES:
        return ShapedSource(problem.sigma, name)
    if name == "measured":
        if problem.source.normal:
            raise InputError(
                f"data: measured needs real measurements in {problem.shown} "
                "(source = {csv = ...}), got normal ones"
            )
        return problem.source
    if not name.lower().endswith((".csv", ".tsv", ".txt")):
        raise InputError(
            f"data must be {', '.join(SHAPES)}, measured or a CSV file with a column per "
            f"distribution, got {name!r}"
        )
    found = source_of({"csv": name}, problem.distributions, Path(), "data")
    assert found is not None  # noqa: S101 - it is not "normal"
    return found


def simulated(
    rules: EstimationProblem, source: Source, seed: int, worlds: int
) -> tuple[Array, Array]:
    """Mean penalties (m,) of the honest if points come from `source`, with standard errors.

    worlds: about how many, in whole batches that memory holds, two at least.
    """
    game = prepare(replace(rules, source=source))
    points = max(1, int(game.terms.counts.sum()))
    batch = max(200, min(worlds, AT_ONCE // points))
    batches = max(2, min(worlds, MOST // points) // batch)
    total, square = np.zeros(rules.m), np.zeros(rules.m)
    for b in range(batches):
        model = game.model(batch, child(seed, Stage.VERIFY, b))
        model.step()
        paid = np.stack([player.penalty for player in model.players])
        total += paid.mean(axis=1)
        square += (paid**2).mean(axis=1)
    mean = total / batches
    variance = np.maximum(square / batches - mean**2, 0.0)
    return mean, np.sqrt(variance / (batch * batches))


def penalties_on(
    source: Source,
    aim: Goal,
    offers: Sequence[tuple[str, Offered]],
    problems: Mapping[str, EstimationProblem],
    seed: int,
) -> dict[str, Array]:
    """By name the larger of everybody's penalties on normal data and on these.

    Rules that are worse on normal data than others are on these are left out.
    """
    found: dict[str, Array] = {}
    least = np.inf
    for name, rules in sorted(offers, key=lambda offer: aim.value(offer[1].penalties)):
        if aim.value(rules.penalties)[0] > least:
            break
        mean, se = simulated(problems[name], source, seed, WORLDS)
        paid = np.maximum(rules.penalties, mean)
        noise = (paid > aim.outside) & (paid - NOISE * se <= aim.outside)
        found[name] = np.where(noise, aim.outside, paid)
        least = min(least, aim.value(found[name])[0])
    return found
