"""Gains by other counts on real measurements, with most of the noise taken out.

What channels can average over is not drawn (`Channel.errors`). The best other count is chosen in
one half of the worlds and measured in the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame
from nashbox.measure.seeds import Stage, child
from nashbox.problem.channel import Channel
from nashbox.problem.remembering import remembered
from nashbox.problem.source import CsvSource
from nashbox.rules.robust.pair import least

Array = NDArray[np.float64]

COUNTS = 41  # other counts tried
BLOCK = 2000


@dataclass(frozen=True)
class Other:
    """The gain by the best other count, honest otherwise, with its standard error."""

    gain: float
    se: float


def other_counts(
    game: EstimationGame, source: CsvSource, i: int, worlds: int, seed: int
) -> Other | None:
    """Sum over distributions for agent i; None where rules are tied or only simulation knows."""
    risks = game.view(i).risks()
    if risks.joint is not None or risks.missing is not None:
        return None
    gain = variance = 0.0
    for k, channel in enumerate(risks.known()):
        if np.isinf(risks.costs[k]):
            continue
        found = _pair(
            channel,
            float(risks.counts[k]),
            float(risks.costs[k]),
            tuple(source.columns[k].tolist()),
            worlds,
            child(seed, Stage.VERIFY, k),
        )
        if found is None:
            return None
        gain, variance = gain + found.gain, variance + found.se**2
    return Other(gain, float(np.sqrt(variance)))


@remembered(1000)
def _pair(
    channel: Channel, owed: float, cost: float, column: tuple[float, ...], worlds: int, seed: int
) -> Other | None:
    values = np.array(column) - np.mean(column)
    top = int(least(channel, cost, True) / cost) + 1
    tried = np.unique(
        np.rint(np.concatenate([np.linspace(0, min(top, 3 * owed + 10), COUNTS), [owed]]))
    ).astype(int)
    rng = np.random.default_rng(seed)
    halves = []
    for _ in range(2):
        parts = [
            channel.errors(tried, values, min(BLOCK, worlds // 2 - done), rng)
            for done in range(0, worlds // 2, BLOCK)
        ]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        halves.append(np.concatenate(known) + cost * tried)
    at = int(np.flatnonzero(tried == int(owed))[0])
    if not np.isfinite(halves[1][:, at]).all():
        return Other(0.0, 0.0)
    best = int(np.argmin(halves[0].mean(axis=0)))
    saved = halves[1][:, at] - halves[1][:, best]
    return Other(float(saved.mean()), float(saved.std(ddof=1) / np.sqrt(saved.size)))
