"""Federated averaging of a mean, with free riders (after Fraboni, Vidal and Lorenzi, 2021).

n clients start from a model w at distance `start` from the truth. In each of T rounds client i
takes a step of `rate` towards the mean of her own points and hands the model in; the server
averages. A free rider hands back what she was given, plainly or in disguise. With h honest of n
clients the model after T rounds is off by q^T start, q = 1 - rate h/n, and by (1 - q^T) times the
error of the honest points' mean. A client is paid minus the squared error of the last model, and
minus what her points cost her.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.one_shot import Action, OneShot, OneShotView, one_per_player
from nashbox.problem.arrays import Array
from nashbox.problem.errors import require


@dataclass(frozen=True)
class Train(Action):
    """Collect points and train on them; without any, hand back what was given."""

    points: int = 10  # whole, >= 0

    def __post_init__(self) -> None:
        """Refuse what is no number of points."""
        require("points", self.points, low=0, high=1e12, integer=True)

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """Points, their mean, noise: (R, 3)."""
        sigma, n = view.game.sigma, self.points
        mean = sigma / math.sqrt(n) * rng.standard_normal(view.worlds) if n else 0.0
        return np.stack(np.broadcast_arrays(float(n), mean, np.zeros(view.worlds)), axis=1)


@dataclass(frozen=True)
class FreeRidingClient(Action):
    """Hand back what was given, with noise of this standard deviation as a disguise."""

    called: ClassVar = "free_rider"

    noise: float = 0.0  # >= 0

    def __post_init__(self) -> None:
        """Refuse negative noise."""
        require("noise", self.noise, low=0.0)

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """No points, no mean, noise: (R, 3)."""
        return np.tile([0.0, 0.0, self.noise], (view.worlds, 1))


@dataclass(frozen=True)
class Averaging:
    """The server: averages what the clients hand in, round by round."""

    rounds: int = 10  # T
    rate: float = 0.5  # step towards the mean of one's own points, in (0, 1]
    start: float = 10.0  # distance of the first model from the truth

    def __post_init__(self) -> None:
        """Hold the parameters to their ranges."""
        require("rounds", self.rounds, low=1, high=10_000, integer=True)
        require("rate", self.rate, low=0.0, high=1.0, open_low=True)
        require("start", self.start, low=0.0)

    def mediate(self, actions: Sequence[Array], rng: np.random.Generator) -> Sequence[Any]:
        """Return the last model's error, (R,), to everybody."""
        points, means, noise = np.moveaxis(np.array(actions), -1, 0)
        model = np.full(points.shape[1], self.start)
        for _ in range(self.rounds):
            step = np.where(points > 0, self.rate * (means - model), 0.0)
            disguise = noise * rng.standard_normal(noise.shape) if noise.any() else 0.0
            model = model + (step + disguise).mean(axis=0)
        return [model] * len(points)


@dataclass(frozen=True, kw_only=True)
class Federated(OneShot):
    """n clients that train a model together."""

    menu: ClassVar = {"train": Train, "free_rider": FreeRidingClient}
    mechanisms: ClassVar = {"averaging": Averaging}

    agents: Any = 5  # names, or how many
    sigma: float = 10.0  # standard deviation of a point
    cost: Any = 0.05  # of a point: one number, or one per client
    points: int = 20  # that every client is asked for
    mechanism: Any = Averaging()

    def __post_init__(self) -> None:
        """Hold the parameters to their ranges."""
        super().__post_init__()
        require("sigma", self.sigma, low=0.0, open_low=True)
        require("points", self.points, low=0, high=1e12, integer=True)
        one_per_player("cost", self.cost, self.m, low=0.0)

    @cached_property
    def costs(self) -> list[float]:
        """Cost of a point, by client."""
        return one_per_player("cost", self.cost, self.m, low=0.0)

    def recommended(self, i: int) -> Train:
        """Train on the points that were asked for."""
        return Train(self.points)

    def pay(self, view: OneShotView, action: Array, received: Any) -> Array:
        """Minus squared error, minus the cost of the points, (R,)."""
        paid: Array = -(received**2) - self.costs[view.index] * action[:, 0]
        return paid

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """Riding free, plainly or in disguise, and other numbers of points."""
        counts = sorted(
            {0, *np.rint(np.geomspace(1, 4 * self.points + 4, 30)).astype(int).tolist()}
        )
        riders = self.family("free_rider", noise=(0.0, self.sigma / 10), coarse=3)
        return [riders, self.family("train", points=counts)]

    def error(self, plays: Sequence[Any]) -> float:
        """Mean squared error of the last model, by formula."""
        server = self.mechanism
        counts = [getattr(play, "points", 0) for play in plays]
        noise = [getattr(play, "noise", 0.0) for play in plays]
        honest = sum(n > 0 for n in counts)
        q, T = 1 - server.rate * honest / self.m, server.rounds
        kept = q ** (2 * T)
        spread = sum(1 / n for n in counts if n) / honest**2 if honest else 0.0
        series = float(T) if q == 1 else (1 - kept) / (1 - q * q)
        disguise = sum(s * s for s in noise) / self.m**2 * series
        return float((1 - q**T) ** 2 * self.sigma**2 * spread + kept * server.start**2 + disguise)

    def kind(self, i: int) -> Hashable:
        """Who pays alike is alike."""
        return self.costs[i]

    def exact(self, i: int) -> Exact | str:
        """The best number of points; noise helps nobody. Convex in n > 0, so a descent finds it."""
        plays = self.plays
        if any(type(play) not in (Train, FreeRidingClient) for play in plays):
            return "players with strategies of their own have no formula"
        if type(self.mechanism) is not Averaging:
            return "it covers the mechanism averaging"
        cost = self.costs[i]

        def paid(play: Train | FreeRidingClient) -> float:
            changed = [*plays[:i], play, *plays[i + 1 :]]
            return -self.error(changed) - cost * getattr(play, "points", 0)

        server = self.mechanism
        honest = 1 + sum(getattr(p, "points", 0) > 0 for j, p in enumerate(plays) if j != i)
        q = 1 - server.rate * honest / self.m
        pull = (1 - q**server.rounds) * self.sigma / honest
        most = 10**12 if cost == 0 else min(10**12, pull / math.sqrt(cost))
        near = {1, math.floor(most), math.ceil(most)} if cost else {10**12}
        tried: list[Train | FreeRidingClient] = [
            FreeRidingClient(),
            *(Train(max(1, int(n))) for n in near),
        ]
        best = max((play for play in tried if play != plays[i]), key=paid)
        now = paid(plays[i])
        deviation = (
            self.deviation("train", points=best.points)
            if isinstance(best, Train)
            else self.deviation("free_rider")
        )
        error = 1e-12 * (abs(now) + server.start**2 + self.sigma**2)
        tried = [Train(n) for n in (1, self.points, 4 * self.points + 4)]
        return Exact(
            now,
            paid(best),
            deviation,
            error=error,
            reached=[paid(play) for play in tried],
            recommended=paid(Train(self.points)),
        )
