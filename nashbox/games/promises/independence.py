"""Worlds are independent: what happens in one depends on nothing in the others.

The first worlds of a block are answered beside very different ones, in blocks of other sizes, and
in another order. Without dice the answers must be the same but for rounding. With dice they must
be the same where the same dice fall; else every world has been answered twice with independent
dice on the same data, and if it depends on nothing else the two are exchangeable, world by world:
`exchangeable` finds it otherwise at some 7 standard errors. A chance below FALSE accuses a piece
that keeps worlds apart. Averages over the wrong axis are found surely: the other worlds lie 10^6
times as far away.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nashbox.games.promises.exchangeable import differ
from nashbox.games.promises.piece import (
    NUMBERS,
    Block,
    Piece,
    beside,
    looked_at,
    rng_of,
    rows,
    size,
)
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError

WORLDS, FEWEST = 241, 121
PLAIN = 29  # worlds of pieces that throw no dice
FIRST = 2 / 3  # of the worlds stay where others are replaced
SMALL, TESTS = 8, 6  # worlds of a small block; blocks that are compared
FALSE = 1e-7  # chance of a false alarm of one piece
ROUNDING = 1e-9  # relative to the largest answer


def hold_apart(piece: Piece, seed: int) -> None:
    """Hold a piece to it. Raises ContractError."""
    few = piece.draw(SMALL, rng_of(seed, 1))
    dice = throws_dice(piece, few)
    worlds = int(np.clip(NUMBERS // size(few), FEWEST, WORLDS)) if dice else PLAIN
    block = piece.draw(worlds, rng_of(seed, 1))
    whole, third = _answer(piece, block, 1), None
    for how, kept, blocks in _tried(piece, block, seed):
        other = np.concatenate([_answer(piece, b, 1)[:w] for b, w in blocks])
        here = whole[kept]
        if _close(here, other):
            continue
        if dice:
            numbered = enumerate(blocks, 2)
            other = np.concatenate([_answer(piece, b, s)[:w] for s, (b, w) in numbered])
            if third is None:
                third = _answer(piece, block, 1 << 20)
            alike = here.shape == other.shape
            if alike and not differ(here, other, FALSE, TESTS, third[kept]):
                continue
        raise ContractError(
            f"{piece.label}: a world's result depends on the other worlds of its block: "
            f"{_first(here, other)} beside {how}; keep axis 0 apart"
        )


Part = tuple[Block, int]  # a block, and how many worlds at its beginning are compared


def _tried(
    piece: Piece, block: Block, seed: int
) -> Iterator[tuple[str, NDArray[np.intp], list[Part]]]:
    """Places of worlds of the block, and blocks that begin with these worlds."""
    count = len(block[0])
    first = int(FIRST * count)
    strange = piece.strange(block, rng_of(seed, 2))
    for how, others in zip(("far away", "all alike"), strange, strict=False):
        yield f"worlds that are {how}", np.arange(first), [(beside(block, others, first), first)]
    yield "fewer worlds", np.arange(first), [(rows(block, slice(first)), first)]
    backwards = np.arange(count)[::-1]
    turned = rows(block, backwards)
    yield "the same worlds in another order", backwards, [(turned, count)]
    cuts = range(0, first, SMALL)
    small = [rows(block, slice(at, min(at + SMALL, first))) for at in cuts]
    yield "few worlds", np.arange(first), [(b, len(b[0])) for b in small]
    yield "no other world", np.arange(1), [(rows(block, slice(1)), 1)]


def throws_dice(piece: Piece, block: Block) -> bool:
    """Whether the generator that is passed in is used."""
    rng = rng_of(0)
    before = str(rng.bit_generator.state)
    children = rng.bit_generator.seed_seq.n_children_spawned  # type: ignore[attr-defined]
    piece.answer(block, rng)
    spawned = rng.bit_generator.seed_seq.n_children_spawned  # type: ignore[attr-defined]
    return str(rng.bit_generator.state) != before or spawned != children


def _answer(piece: Piece, block: Block, dice: int) -> Array:
    answer = piece.answer(block, rng_of(dice, 7))
    return answer[:, looked_at(answer)]


def _close(a: Array, b: Array) -> bool:
    if a.shape != b.shape or (np.isnan(a) != np.isnan(b)).any():
        return False
    far = np.abs(np.where(a == b, 0.0, a - b))  # inf - inf where nothing changes
    limit = ROUNDING * np.abs(np.where(np.isfinite(a), a, 0.0)).max(initial=0.0)
    return bool((np.isnan(a) | (far <= limit)).all())


def _first(a: Array, b: Array) -> str:
    if a.shape != b.shape:
        return f"{a.shape[1]} numbers, and {b.shape[1]}"
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    gap = np.where(same, -1.0, np.nan_to_num(np.abs(a - b), nan=np.inf))
    r, c = np.unravel_index(int(np.argmax(gap)), gap.shape)
    return f"world {r} gets {a[r, c]:.6g}, and {b[r, c]:.6g}"
