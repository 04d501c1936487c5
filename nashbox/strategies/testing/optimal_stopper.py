"""Optimal stopping on the own observations alone, for the cost payoff (4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from nashbox.problem.errors import InputError
from nashbox.problem.lattice import Floats, belief_of
from nashbox.problem.mind import Decision, Mind, RaceView
from nashbox.problem.payoffs import Cost
from nashbox.problem.signal import Word
from nashbox.strategies.testing.signaller import Signaller

GRID = 4001  # log odds at which the value is computed


@dataclass(frozen=True)
class OptimalStopper(Signaller):
    """Stops where one more observation costs more than it can save (Wald and Wolfowitz).

    c, chat: prices of a sample and of a wrong declaration, the game's own if it has the cost
    payoff. It listens to nobody. The continuation region is an interval of log odds; `prepare`
    finds it by value iteration, exact up to a grid of a thousandth of its width.
    """

    anticipate: bool = False
    c: float | None = None  # price of an observation; the payoff's if not given
    chat: float | None = None  # price of an error; the payoff's if not given
    region: tuple[float, float] = field(default=(0.0, 0.0), init=False, compare=False)
    deterministic: ClassVar[bool] = False

    def prepare(self, view: RaceView) -> OptimalStopper:
        """Solve for the game's prices. Raises InputError if there are none."""
        payoff = view.payoff if isinstance(view.payoff, Cost) else None
        c = self.c if self.c is not None else (payoff.c if payoff else None)
        chat = self.chat if self.chat is not None else (payoff.chat if payoff else None)
        if c is None or chat is None or not c > 0 or not chat > 0:
            raise InputError(
                "optimal_stopper needs prices c > 0 and chat > 0 where the payoff is not "
                f"{{kind = 'cost', c, chat}}, got c = {c!r}, chat = {chat!r}"
            )
        ready = replace(self)
        object.__setattr__(ready, "region", going_on(view, c / chat))
        return ready

    def decide(self, mind: Mind, words: Sequence[Word], rng: np.random.Generator) -> Decision:
        """Stop outside the region."""
        low, high = self.region
        x = mind.walk.log_odds
        return Decision(np.asarray((x <= low) | (x >= high)))


def going_on(view: RaceView, price: float) -> tuple[float, float]:
    """Log odds between which one more sample at `price` (in errors) pays: value iteration.

    Loss V(x) = min(min(pi, 1 - pi), price + E V(x + l)); l the log ratio of one symbol.
    """
    model: Any = view.model
    pairs = [
        (ratio, float(a), float(b))
        for ratio, a, b in zip(model.log_likelihood_ratios, model.p0, model.p1, strict=True)
        if a or b
    ]
    limit = float(np.log1p(-min(price, 0.49)) - np.log(min(price, 0.49))) + 0.01
    x = np.linspace(-limit, limit, GRID)
    one = belief_of(x)
    stop = np.minimum(one, 1 - one)

    def loss(values: Floats, at: Floats) -> Floats:
        tail = np.exp(-np.abs(at)) / (1 + np.exp(-np.abs(at)))
        return np.where(np.abs(at) < limit, np.interp(at, x, values), tail)

    value = stop
    for _ in range(100_000):
        further = np.full(GRID, price)
        for ratio, a, b in pairs:
            chance = (1 - one) * a + one * b
            further += chance * (loss(value, x + ratio) if np.isfinite(ratio) else 0.0)
        new = np.minimum(stop, further)
        done = float(np.max(np.abs(new - value))) < 1e-13
        value = new
        if done:
            break
    inside = x[further < stop]
    return (float(inside.min()), float(inside.max())) if inside.size else (0.0, 0.0)
