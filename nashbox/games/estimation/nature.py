"""Where mu may lie, and one agent's strategies played by the Mesa model on the same worlds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.terms import Terms
from nashbox.strategies import Strategy

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame


MULTIPLIERS = (0.0, *(s * 2.0**j for j in range(11) for s in (1.0, -1.0)), 1e6, -1e6)
OCTAVES = (-3.0, 24.0)  # of sigma/sqrt(max(1, n)), within which other values are drawn
GRID_IN_WORDS = "mu in {0, +-1, +-2, +-4, ..., +-1024} sigma/sqrt(max(1, n)) and +-1e6 sigma"
SOUGHT_IN_WORDS = (
    f"{GRID_IN_WORDS}, and of others that a search finds; such strategies are also mixed"
)


def mu_grid(terms: Terms, agent: int) -> list[Array]:
    """Values of mu, (d,) each, over which something that is not equivariant is at its worst."""
    unit = terms.sigma / np.sqrt(np.maximum(1.0, terms.counts[agent]))
    return [(terms.sigma if abs(g) == 1e6 else unit) * g for g in MULTIPLIERS]


def random_mu(terms: Terms, agent: int, count: int, rng: np.random.Generator) -> Array:
    """Random values of mu, (count, d): sizes log-uniform, one in every part of OCTAVES, any signs.

    In a third of them only one distribution's mean is away from 0.
    """
    d = terms.sigma.size
    low, high = OCTAVES
    unit = terms.sigma / np.sqrt(np.maximum(1.0, terms.counts[agent]))
    parts = rng.permuted(np.tile(np.arange(count)[:, None], d), axis=0)
    sizes = np.exp2(low + (high - low) * (parts + rng.random((count, d))) / count)
    found: Array = unit * sizes * rng.choice([-1.0, 1.0], size=(count, d))
    if d > 1:
        rows = np.flatnonzero(rng.random(count) < 1 / 3)
        kept = rng.integers(d, size=rows.size)
        found[rows] = np.where(np.arange(d) == kept[:, None], found[rows], 0.0)
    return found


def all_equivariant(game: EstimationGame, agent: int, strategy: Strategy) -> bool:
    """Whether mechanism, profile and `strategy` of `agent` promise translation equivariance."""
    if not game.mechanism.equivariant or game.variant - {agent}:
        return False
    return all(pure.invariant(game.view(agent)) for pure, _ in strategy.mixture())


@dataclass
class Trial:
    """What one strategy brought in one block of worlds."""

    penalty: Array  # (R,)
    errors: Array  # (R, d)
    collected: Array  # (d,) mean counts
    own: Array = field(repr=False)  # (R, d) own means
    information: Array | None = field(repr=False)  # (R, d), None if it is no estimate


def play_block(
    game: EstimationGame,
    agent: int,
    strategies: Sequence[Strategy],
    seed: int,
    state: Any,
    worlds: int,
) -> Iterator[Trial]:
    """Play one block of worlds with each strategy of `agent`, all else equal. state: of mu."""
    model = game.model(worlds, seed, state)
    for player in model.trials(agent, strategies):
        received = np.asarray(player.information, dtype=float)
        usable = received.shape == player.errors.shape
        yield Trial(
            penalty=player.penalty,
            errors=player.errors,
            collected=player.collected.mean(axis=0),
            own=player.own_means() - model.truth,
            information=received - model.truth if usable else None,
        )
