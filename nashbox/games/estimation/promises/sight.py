"""`sees = "count_and_mean"`: other points of the same number and mean change nothing for her."""

from __future__ import annotations

import numpy as np

from nashbox.games.estimation.promises.rules import MechanismPiece
from nashbox.games.promises.piece import rng_of
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError, brief

WORLDS, ROUNDING = 100, 1e-8
READERS = 8


def hold_sight(rules: MechanismPiece, seed: int) -> None:
    """Hold a mechanism to what it says it sees, for some agents, with the same dice.

    Raises ContractError.
    """
    sees = rules.mechanism.sees
    if sees not in ("points", "count_and_mean"):
        raise ContractError(
            f"{rules.shown}{rules.name}.sees must be 'count_and_mean' or 'points', "
            f"got {brief(sees)}"
        )
    if sees == "points":
        return
    m, d = rules.counts.shape
    block = rules.draw(WORLDS, rng_of(seed, 1))
    before = rules.pieces(block, rng_of(seed, 2))
    for i in np.unique(np.linspace(0, m - 1, READERS).astype(int)).tolist():
        other = [*block]
        for k in range(d):
            other[i * d + k] = _respread(block[i * d + k], rules.sigma[k], rng_of(seed, 3))
        after = rules.pieces(other, rng_of(seed, 2))[i]
        unit = ROUNDING * float(rules.sigma.max())
        close = np.allclose(before[i], after, equal_nan=True, rtol=ROUNDING, atol=unit)
        if not close:
            gap = np.nan_to_num(np.abs(before[i] - after), nan=np.inf).max()
            raise ContractError(
                f"{rules.shown}{rules.name} promises sees = 'count_and_mean', but other points of "
                f"the same number and mean change what {rules.terms.names[i]} is told (by "
                f"{gap:.3g}); set sees = 'points'"
            )


def _respread(points: Array, sigma: float, rng: np.random.Generator) -> Array:
    """Other points with the same mean in every world, three times as far apart."""
    if points.shape[1] < 2:
        return points
    other = 3.0 * sigma * rng.standard_normal(points.shape)
    return np.asarray(other + (points.mean(axis=1) - other.mean(axis=1))[:, None])
