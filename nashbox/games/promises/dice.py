"""Dice are thrown for every world, not once for all worlds of a call.

WORLDS worlds with independent data are answered by several calls that differ in their dice. If
every world has its own, a world's two answers are exchangeable (`exchangeable`), independently of
the other worlds'; one coin for all moves all worlds the same way. An order that is drawn once
for all worlds does no harm, as the points are of one law. Rare coins show as well: what is drawn
without an axis for the worlds is loaded, so that it comes out at its extremes in some of the calls.
A chance below FALSE accuses a piece whose worlds have dice of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from nashbox.games.promises.exchangeable import differ
from nashbox.games.promises.independence import throws_dice
from nashbox.games.promises.piece import NUMBERS, Block, Piece, looked_at, rng_of, rows, size
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError

WORLDS = 251  # a prime, so that no other axis is taken for it
CALLS = 7
FEW = 25  # numbers in a draw that may be one for all worlds
EXTREMES = (1e-12, 1e-3, 0.05, 0.3, 0.7, 0.95, 0.999, 1 - 1e-12)
FALSE = 1e-7  # chance of a false alarm of one piece


def _normal(u: Array, loc: Any = 0.0, scale: Any = 1.0) -> Array:
    from scipy.special import ndtri  # slow to load, as those below are

    return np.asarray(loc + np.asarray(scale) * ndtri(u))


def _binomial(u: Array, n: Any, p: Any) -> Array:
    from scipy.stats import binom

    return np.asarray(binom.ppf(u, n, p), dtype=int)


def _poisson(u: Array, lam: Any = 1.0) -> Array:
    from scipy.stats import poisson

    return np.asarray(poisson.ppf(u, lam), dtype=int)


QUANTILES: dict[str, Callable[..., Any]] = {  # of what is drawn, by the method that draws it
    "random": lambda u: u,
    "uniform": lambda u, low=0.0, high=1.0: low + (np.asarray(high) - low) * u,
    "normal": _normal,
    "standard_normal": _normal,
    "exponential": lambda u, scale=1.0: -np.asarray(scale) * np.log1p(-u),
    "standard_exponential": lambda u: -np.log1p(-u),
    "binomial": _binomial,
    "poisson": _poisson,
}


class Loaded(np.random.Generator):
    """A generator whose draws for all worlds at once come out at quantile u."""

    def __init__(
        self, bit_generator: Any, worlds: int | None = None, u: float | None = None
    ) -> None:
        super().__init__(bit_generator)
        self.worlds, self.u, self.shared = worlds, u, 0

    def __getattribute__(self, name: str) -> Any:
        """Methods that draw are wrapped."""
        method = super().__getattribute__(name)
        return partial(self._load, name, method) if name in QUANTILES else method

    def _load(self, name: str, method: Callable[..., Any], *values: Any, **named: Any) -> Any:
        drawn = method(*values, **named)
        shared = self.worlds not in np.shape(drawn) and np.size(drawn) <= FEW
        if self.worlds is None or not shared or "out" in named:
            return drawn
        self.shared += 1
        if self.u is None:
            return drawn
        options = {k: v for k, v in named.items() if k not in ("size", "dtype", "method")}
        moving = values[: -1 if _has_size(name, values, named) else None]
        try:
            found = np.broadcast_to(QUANTILES[name](self.u, *moving, **options), np.shape(drawn))
        except TypeError:  # arguments in an unusual order: as it was drawn
            return drawn
        return found.copy() if np.ndim(drawn) else found[()]


PARAMETERS = {"random": 0, "standard_normal": 0, "standard_exponential": 0, "exponential": 1}
PARAMETERS |= {"poisson": 1, "uniform": 2, "normal": 2, "binomial": 2}


def _has_size(name: str, values: tuple[Any, ...], named: dict[str, Any]) -> bool:
    """Whether the last positional argument is the size."""
    return (
        len(values) + len(set(named) & {"low", "high", "loc", "scale", "n", "p", "lam"})
        > (PARAMETERS[name])
    )


def hold_dice(piece: Piece, seed: int) -> None:
    """Hold a piece to it. Raises ContractError."""
    block = piece.draw(WORLDS, rng_of(seed, 1))
    if not throws_dice(piece, rows(block, slice(5))):
        return
    worlds = int(np.clip(NUMBERS // size(block), 120, WORLDS))
    block = rows(block, slice(worlds))
    first, shared = _answer(piece, block, None, seed)
    ways: list[tuple[float | None, int]] = [(None, s) for s in range(1, CALLS)]
    if 0 < shared < worlds // 2:  # more are drawn world by world
        ways += [(u, 100 + s) for s, u in enumerate(EXTREMES)]
    for u, s in ways:
        again, _ = _answer(piece, block, u, seed + s)
        if first.shape != again.shape or differ(first, again, FALSE, len(ways)):
            raise ContractError(
                f"{piece.label} throws its dice once for all worlds of a call: with other dice all "
                "worlds change together; draw with size = number of worlds"
            )


def _answer(piece: Piece, block: Block, u: float | None, seed: int) -> tuple[Array, int]:
    """An answer, and how many draws there were that may be for all worlds at once."""
    dice = Loaded(np.random.SFC64((seed, 9)), len(block[0]), u)
    answer = piece.answer(block, dice)
    return answer[:, looked_at(answer)], dice.shared
