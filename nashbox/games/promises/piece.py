"""A piece of a game that turns arrays with worlds first into arrays with worlds first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.answers import real_numbers
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError, brief
from nashbox.problem.errors import blamed as named

Block = list[Array]  # arrays (R, ...)
T = TypeVar("T")

NUMBERS = 4_000_000  # in the largest block that a test makes
COLUMNS = 400  # of an answer that are looked at


class Piece(ABC):
    """What a promise is about: a mechanism, a strategy, a payment."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Class and method, as errors name them."""

    @abstractmethod
    def draw(self, worlds: int, rng: np.random.Generator) -> Block:
        """Arguments for R independent worlds, all of one law."""

    @abstractmethod
    def answer(self, block: Block, rng: np.random.Generator) -> Array:
        """What comes out, (R, columns), NaN for nothing. Raises ContractError."""

    def strange(self, block: Block, rng: np.random.Generator) -> Sequence[Block]:
        """Blocks of as many worlds that look nothing like this one: far away, and all alike."""
        far = [1e6 * (np.abs(x).max(initial=1.0) + x[::-1]) for x in block]
        return far, [np.zeros_like(x) for x in block]


def size(block: Block) -> int:
    """Numbers in a world of a block."""
    return max(1, sum(x[:1].size for x in block))


def rows(block: Block, which: slice | NDArray[np.intp]) -> Block:
    """Some worlds of a block."""
    return [x[which] for x in block]


def all_alike(block: Block) -> Block:
    """As many worlds, all of them the first one of a block."""
    return rows(block, np.zeros(len(block[0]), dtype=np.intp))


def beside(block: Block, others: Block, first: int) -> Block:
    """The first worlds of one block, with the remaining ones of another."""
    return [np.concatenate([x[:first], y[first:]]) for x, y in zip(block, others, strict=True)]


def rng_of(*seed: int) -> np.random.Generator:
    """A generator of the kind that models hand to mechanisms and strategies."""
    return np.random.Generator(np.random.SFC64(seed))


def looked_at(answer: Array) -> slice:
    """Columns of an answer that are looked at: all, or some spread evenly where there are many."""
    return slice(None, None, max(1, -(-answer.shape[1] // COLUMNS)))


@contextmanager
def blamed(where: str) -> Iterator[None]:
    """Whatever a user's class raises is a ContractError that names it."""
    with named(where), np.errstate(all="ignore"):  # NaN and inf are looked for afterwards
        yield


def asked(where: str, call: Callable[[], T]) -> T:
    """Return what a call returns; see `blamed`."""
    with blamed(where):
        return call()


def columns_of(where: str, value: object, worlds: int) -> Array:
    """What a user's class returned as floats (R, columns). Raises ContractError."""
    try:
        found = real_numbers(value)
    except (TypeError, ValueError) as error:
        raise ContractError(
            f"{where} must return real numbers, worlds first, got {brief(value)}"
        ) from error
    if found.shape[:1] != (worlds,):
        raise ContractError(
            f"{where} must return arrays with the worlds first, shape ({worlds}, ...), "
            f"got {found.shape}"
        )
    return found.reshape(worlds, -1)
