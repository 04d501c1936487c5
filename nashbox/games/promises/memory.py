"""Nothing is kept between calls: the same arguments and generator give the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from nashbox.games.promises.piece import Piece, rng_of
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError

WORLDS = 11


@contextmanager
def forgetful(piece: Piece, seed: int) -> Iterator[None]:
    """Hold a piece to it before, and after what is done within, which calls it as well.

    Answers are compared bit for bit, so that nothing is accused by chance. Raises ContractError.
    """
    block = piece.draw(WORLDS, rng_of(seed, 1))
    kept = [x.copy() for x in block]

    def again() -> Array:
        return piece.answer(block, rng_of(seed, 2))

    first = again()
    _hold(piece, first, again(), "the same arguments and generator")
    if not all(np.array_equal(x, y, equal_nan=True) for x, y in zip(block, kept, strict=True)):
        raise ContractError(f"{piece.label} writes into its arguments; copy before changing")
    piece.answer(piece.draw(WORLDS + 2, rng_of(seed, 3)), rng_of(seed, 4))
    for other in piece.strange(block, rng_of(seed, 5)):
        piece.answer(other, rng_of(seed, 6))
    _hold(piece, first, again(), "the same arguments and generator, after a call with others,")
    later = "the same arguments and generator, after calls with others,"
    try:
        yield
    except ContractError:
        _hold(piece, first, again(), later)  # then that is the reason
        raise
    _hold(piece, first, again(), later)


def _hold(piece: Piece, first: Array, second: Array, when: str) -> None:
    if first.shape == second.shape and np.array_equal(first, second, equal_nan=True):
        return
    seen = f"shapes {first.shape} and {second.shape}"
    if first.shape == second.shape:
        r, c = np.argwhere(~((first == second) | (np.isnan(first) & np.isnan(second))))[0]
        seen = f"{first[r, c]:.6g} and then {second[r, c]:.6g}"
    raise ContractError(
        f"{piece.label} remembers earlier calls or draws from a generator of its own: {when} gave "
        f"{seen}"
    )
