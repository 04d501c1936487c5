"""Bayesians who use what they hear: the sender's model known, or a prior over several models.

The sender (w = 1, signaller(alpha)) reveals pi or 1 - pi of a belief that moves by the log ratio of
one symbol an iteration. The filter keeps, for both candidates +-s of the sender's log odds and both
theta, the probability of all signals so far; it is exact if the sender is as assumed. A sender
whose signals no assumed model can produce counts as saying nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nashbox.problem.errors import InputError, require
from nashbox.problem.lattice import Floats
from nashbox.problem.mind import Decision, Mind, RaceView
from nashbox.problem.observations import ObservationModel, parse_probability
from nashbox.problem.signal import Word, log_threshold
from nashbox.strategies.testing.signaller import Signaller

_SAME = 1e-9  # log ratios nearer than this are one


class Filter:
    """P(signals so far, sender's candidate | theta) for one sender and one assumed model."""

    def __init__(self, model: ObservationModel, alpha: float, start: float) -> None:
        """Assume a model and an alpha; `start` is the sender's prior log odds."""
        self.alpha, self.start = alpha, start
        pooled: dict[float, Floats] = {}
        for ratio, a, b in zip(model.log_likelihood_ratios, model.p0, model.p1, strict=True):
            if a or b:
                near = next((r for r in pooled if r == ratio or abs(r - ratio) < _SAME), ratio)
                pooled[near] = pooled.get(near, np.zeros(2)) + np.array([float(a), float(b)])
        self.logs = np.array(list(pooled))
        self.p = np.array(list(pooled.values()))  # (symbols, theta)

    def first(self, games: int, weight: float) -> Floats:
        """State before any signal, (L, 6): s, log of the scale, weights of candidate and theta."""
        state = np.zeros((games, 6))
        state[:, 0], state[:, 1] = self.start, np.log(weight)
        state[:, 2:4] = 1.0  # the candidate +s, given theta = 0 and 1
        return state

    def update(self, state: Floats, shown: Floats) -> Floats:
        """Take in revealed log odds (L,); NaN changes nothing, the impossible rules out."""
        old, weights = state[:, 0], state[:, 2:].reshape(-1, 2, 2)
        new = np.zeros_like(weights)
        for c, sign in enumerate((1.0, -1.0)):
            coin = self.alpha if c == 0 else 1 - self.alpha
            for b, before in enumerate((1.0, -1.0)):
                with np.errstate(invalid="ignore"):
                    moved = sign * shown - before * old
                    for log, p in zip(self.logs, self.p, strict=True):
                        hit = (moved == log) | (np.abs(moved - log) < _SAME)
                        new[:, c] += coin * (hit[:, None] * weights[:, b] * p)
        total = new.sum(axis=(1, 2))
        out = state.copy()
        heard, possible = ~np.isnan(shown), total > 0
        out[heard, 0] = shown[heard]
        out[heard & ~possible, 1] = -np.inf
        good = heard & possible
        out[good, 1] += np.log(total[good])
        out[good, 2:] = (new[good] / total[good, None, None]).reshape(-1, 4)
        return out


@dataclass(frozen=True)
class InformedBayesian(Signaller):
    """Knows its neighbours' models and believes that they play signaller(`assumed`) with w = 1.

    Its belief is the posterior given own observations and all signals; it stops where that meets
    the threshold, which under (6b) need not qualify. Anticipation is off unless asked for.
    """

    anticipate: bool = False
    assumed: Any = 0.5  # the alpha it believes the others to have
    deterministic: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        parse_probability(self.assumed, "assumed")

    def hypotheses(self, view: RaceView, sender: str) -> list[tuple[float, ObservationModel]]:
        """Weighted models that the sender may have: here its own, known."""
        return [(1.0, view.models[sender])]

    def decide(self, mind: Mind, words: Sequence[Word], rng: np.random.Generator) -> Decision:
        """Stop where the posterior given everything meets the threshold."""
        total = mind.log_odds + self.heard(mind, words)
        limit = log_threshold(self.bound(mind.view.beta))
        crossed = np.asarray(np.abs(total) >= limit - _SAME)
        return Decision(crossed, self.warned(mind, words), lean=total, last_lean=total)

    def heard(self, mind: Mind, words: Sequence[Word]) -> Floats:
        """Log P(signals | 1) / P(signals | 0) of all neighbours, (L,); they are independent."""
        alpha = float(parse_probability(self.assumed))
        for word in words:
            shown = word.signal.log_odds
            shown = np.where(word.signal.heard(~np.isnan(shown)), shown, np.nan)
            states = []
            for k, (weight, model) in enumerate(self.hypotheses(mind.view, word.sender)):
                filter_ = Filter(model, alpha, mind.walk.start)
                before = mind.memory.get(f"{word.sender}/{k}")
                if before is None:
                    before = filter_.first(mind.games, weight)
                mind.memory[f"{word.sender}/{k}"] = after = filter_.update(before, shown)
                states.append(after)
            mind.memory[f"{word.sender} said"] = log_ratio(states)
        said = [v for key, v in mind.memory.items() if key.endswith(" said")]
        return np.asarray(np.sum(said, axis=0)) if said else np.zeros(mind.games)


def log_ratio(states: Sequence[Floats]) -> Floats:
    """Evidence of one sender, averaged over its models; 0 where none can have said this."""
    top = np.max([state[:, 1] for state in states], axis=0)
    top = np.where(np.isfinite(top), top, 0.0)
    given = sum(
        np.exp(state[:, 1] - top)[:, None] * state[:, 2:].reshape(-1, 2, 2).sum(axis=1)
        for state in states
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(given[:, 1]) - np.log(given[:, 0])
    return np.where(np.isnan(ratio), 0.0, ratio)


@dataclass(frozen=True)
class UnknownModelBayesian(InformedBayesian):
    """Does not know the sender's model, but has a prior over models {p0, p1, weight}.

    Without `models` it takes the sender's true model and its mirror image (the hypotheses swapped)
    to be equally likely: then a signal's sign tells nothing.
    """

    models: Any = ()  # prior over models: tables {p0, p1, weight}

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.models, (list, tuple)):
            raise InputError(f"models must be a list of {{p0, p1, weight}}, got {self.models!r}")
        object.__setattr__(self, "models", tuple(self.models))
        for k, entry in enumerate(self.models):
            if not isinstance(entry, Mapping) or not {"p0", "p1"} <= set(entry):
                raise InputError(f"models[{k}] must be a table {{p0, p1, weight}}, got {entry!r}")
            for key in entry:
                if key not in ("p0", "p1", "weight"):
                    raise InputError(f"models[{k}]: unknown key {key!r} (allowed: p0, p1, weight)")
            require(f"models[{k}].weight", entry.get("weight", 1.0), low=0.0, open_low=True)
        self._parsed()

    def _parsed(self) -> list[tuple[float, ObservationModel]]:
        found = [
            (float(m.get("weight", 1.0)), ObservationModel.parse(m["p0"], m["p1"], f"models[{k}]"))
            for k, m in enumerate(self.models)
        ]
        total = sum(weight for weight, _ in found)
        return [(weight / total, model) for weight, model in found]

    def hypotheses(self, view: RaceView, sender: str) -> list[tuple[float, ObservationModel]]:
        """Weighted models that the sender may have."""
        true = view.models[sender]
        return self._parsed() or [(0.5, true), (0.5, ObservationModel(true.p1, true.p0))]
