"""`inform` tells a reader what `mediate` would: with the same dice, or by law.

Where the same generator gives the same bits nothing is left to chance. Elsewhere worlds are told by
both with independent dice on the same points, so that a world's two answers are exchangeable if
their laws are the same: their differences, and those of their squares, are held to the bound of
`exchangeable`, some 6 to 7 standard errors. Readers who all agree are accused with a chance below
FALSE, all together. Every agent is asked, in a profile as it is played, and where half of the
agents, she among them, hand in half of it, moved by two sigma.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nashbox.games.estimation.promises.rules import MechanismPiece
from nashbox.games.promises.exchangeable import differ
from nashbox.games.promises.piece import NUMBERS, Block, rng_of, rows, size
from nashbox.mechanisms import Mechanism
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError

MOST, FEWEST, SAME = 2000, 150, 20  # worlds compared by law, at least, and bit for bit
FALSE = 1e-6  # chance of a false alarm, all readers together


def hold_readers(rules: MechanismPiece, seed: int) -> None:
    """Hold `inform` to it for every agent. Raises ContractError."""
    if type(rules.mechanism).inform is Mechanism.inform:
        return  # it asks `mediate`
    m = len(rules.counts)
    _hold(rules, range(m), False, seed)
    for readers in (range(0, m, 2), range(1, m, 2)):
        counts = rules.counts.copy()
        counts[list(readers)] = (counts[list(readers)] + 1) // 2
        _hold(replace(rules, counts=counts), readers, True, seed)


def _hold(rules: MechanismPiece, readers: Sequence[int], odd: bool, seed: int) -> None:
    one, m = size(rules.draw(1, rng_of(seed))), len(rules.counts)
    worlds = int(np.clip(2 * NUMBERS // (one * m), FEWEST, MOST))
    block = rules.draw(worlds, rng_of(seed, 1))
    if odd:
        block = _moved(rules, readers, block)
    few = rows(block, slice(SAME))
    everybody = rules.pieces(few, rng_of(seed, 2))
    by_law = [i for i in readers if not _equal(everybody[i], _told(rules, few, i, (seed, 2)))]
    if not by_law:
        return
    everybody, third = (rules.pieces(block, rng_of(seed, s)) for s in (3, 5))
    for i in by_law:
        told = _told(rules, block, i, (seed, 4, i))
        alike = everybody[i].shape == told.shape
        if alike and not differ(everybody[i], told, FALSE, 2 * m, third[i]):
            continue
        raise ContractError(
            f"{rules.shown}{rules.name}.inform([{i}]) does not tell {rules.terms.names[i]} what "
            f"mediate would: {_seen(everybody[i], told)} over {worlds} worlds; let them agree"
        )


def _told(rules: MechanismPiece, block: Block, i: int, seed: tuple[int, ...]) -> Array:
    return rules.pieces(block, rng_of(*seed), [i])[0]


def _moved(rules: MechanismPiece, readers: Sequence[int], block: Block) -> Block:
    d = rules.sigma.size
    return [x + 2.0 * rules.sigma[j % d] * (j // d in readers) for j, x in enumerate(block)]


def _equal(a: Array, b: Array) -> bool:
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)


def _seen(a: Array, b: Array) -> str:
    if a.shape != b.shape:
        return f"{b.shape[1]} numbers instead of {a.shape[1]}"
    gap = np.abs(np.nan_to_num(b) - np.nan_to_num(a)).mean(axis=0)
    k = int(np.argmax(gap))
    first, second = (np.nan_to_num(x[:, k]) for x in (b, a))
    return (
        f"mean {first.mean():.6g} (mean square {np.square(first).mean():.6g}) instead of "
        f"{second.mean():.6g} ({np.square(second).mean():.6g})"
    )
