"""Gains by other counts on real measurements, with most of the noise taken out.

Given an agent's points and Z, the rest of the others' points is independent of them and its part
in her expected error is known: sigma^2 of the data over its number, whatever their distribution.
Only points and Z are drawn. With M the mean of both, n and z their numbers, and N - z the rest, her
expected squared error is M^2 if she fails a threshold, and else

    ((n + z) M/(n + N))^2 + (N - z) sigma^2/(n + N)^2;

under a decoy all of the others' points and the falsehood are drawn, and the answer is used as it
comes; under CBL's noise it is (a M)^2 + (1 - a)^2 (sigma^2 + eta^2)/(N - z) with a the weight of
what is clean. The best other count is chosen in one half of the worlds and measured in the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame
from nashbox.measure.seeds import Stage, child
from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.decoy.answer import weighted
from nashbox.mechanisms.decoy.channel import DecoyChannel
from nashbox.mechanisms.decoy.estimated_channel import EstimatedChannel
from nashbox.mechanisms.decoy.mirror_channel import MirrorChannel
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.problem.source import CsvSource
from nashbox.rules.robust.pair import Known, known, least

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
    """Sum over distributions for agent i; None where rules are tied or a cost is unknown to us."""
    view = game.view(i)
    if view.tied() is not None:
        return None
    gain = variance = 0.0
    for k, channel in enumerate(view.channels()):
        if channel is None or np.isinf(view.costs[k]):
            continue
        found = _pair(
            known(channel),
            float(game.terms.counts[i, k]),
            float(view.costs[k]),
            tuple(source.columns[k].tolist()),
            worlds,
            child(seed, Stage.VERIFY, k),
        )
        gain, variance = gain + found.gain, variance + found.se**2
    return Other(gain, float(np.sqrt(variance)))


@lru_cache(maxsize=1000)
def _pair(
    channel: Known, owed: float, cost: float, column: tuple[float, ...], worlds: int, seed: int
) -> Other:
    values = np.array(column) - np.mean(column)
    v = float(np.mean(values**2))
    top = int(least(channel, cost, True) / cost) + 1
    tried = np.unique(
        np.rint(np.concatenate([np.linspace(0, min(top, 3 * owed + 10), COUNTS), [owed]]))
    ).astype(int)
    if isinstance(channel, MeanChannel):
        if channel.others == 0:
            tried = tried[tried > 0]
        exact = v / (tried + channel.others) + cost * tried
        here = float(exact[tried == int(owed)].min(initial=np.inf))
        return Other(here - float(exact.min()) if np.isfinite(here) else 0.0, 0.0)
    if isinstance(channel, DecoyChannel | EstimatedChannel):
        tried = tried[tried > 0]  # who hands in nothing is told nothing
    rng = np.random.default_rng(seed)
    halves = []
    for _ in range(2):
        parts = [
            expected_errors(channel, tried, values, v, min(BLOCK, worlds // 2 - done), rng)
            for done in range(0, worlds // 2, BLOCK)
        ]
        halves.append(np.concatenate(parts) + cost * tried)
    at = int(np.flatnonzero(tried == int(owed))[0])
    best = int(np.argmin(halves[0].mean(axis=0)))
    saved = halves[1][:, at] - halves[1][:, best]
    return Other(float(saved.mean()), float(saved.std(ddof=1) / np.sqrt(saved.size)))


def expected_errors(
    channel: CorruptChannel | ThresholdChannel | DecoyChannel | EstimatedChannel,
    counts: NDArray[np.int_],
    values: Array,
    v: float,
    worlds: int,
    rng: np.random.Generator,
) -> Array:
    """Expected squared errors given her points and Z, (worlds, counts).

    values: measurements around their mean, drawn with replacement; v: their variance.
    """
    if isinstance(channel, DecoyChannel | EstimatedChannel):
        return _told(channel, counts, values, worlds, rng)
    z = int(channel.clean)
    rest = channel.others - z if isinstance(channel, ThresholdChannel) else channel.corrupted
    own = values[rng.integers(values.size, size=(worlds, int(counts.max())))].cumsum(axis=1)
    own = np.concatenate([np.zeros((worlds, 1)), own], axis=1)[:, counts]
    others = values[rng.integers(values.size, size=(worlds, z))].sum(axis=1)[:, None]
    n = counts[None, :]
    some = np.maximum(n, 1)
    M, gap = (own + others) / (n + z), own / some - others / z
    if isinstance(channel, ThresholdChannel):
        share, noise = (n + z) / (n + z + rest), rest * v / (n + z + rest) ** 2
        kept = np.where(np.abs(gap) <= channel.t, (share * M) ** 2 + noise, M**2)
    else:
        said = channel.sigma**2
        eta2 = (channel.alpha * gap) ** 2
        trust = (n + z) / said + rest / (said + eta2)
        share = (n + z) / said / trust
        kept = (share * M) ** 2 + (1 - share) ** 2 * (v + eta2) / max(rest, 1)
    return np.asarray(np.where(n > 0, kept, M**2))


def _told(
    channel: DecoyChannel | EstimatedChannel,
    counts: NDArray[np.int_],
    values: Array,
    worlds: int,
    rng: np.random.Generator,
) -> Array:
    """Squared errors of who accepts, (worlds, counts > 0)."""
    N = int(channel.others)
    own = values[rng.integers(values.size, size=(worlds, int(counts.max())))].cumsum(axis=1)
    Y = own[:, counts - 1] / counts
    others = values[rng.integers(values.size, size=(worlds, N))]
    e = others.mean(axis=1)[:, None] - Y
    if isinstance(channel, EstimatedChannel):
        t = channel.ratio * others.std(axis=1, ddof=1)[:, None]
    else:
        t = np.full((worlds, 1), channel.t)
    u = rng.random((worlds, 1))
    secret = t * (2 * u - 1)
    if isinstance(channel, MirrorChannel):
        told = channel.answered(np.where(np.abs(e) <= t, e, -np.sign(e) * t * np.sqrt(u)))
    else:
        sd = channel.sigma * np.sqrt(1 / channel.owed + 1 / N)
        told = weighted(np.where(np.abs(e) <= t, e, secret), t, sd)
    return np.asarray((Y + N / (counts + N) * told) ** 2)
