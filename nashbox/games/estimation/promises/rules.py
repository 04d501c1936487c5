"""A mechanism as a piece: everybody's points in, everybody's information out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation.promises.equivariance import Moving
from nashbox.games.promises.piece import Block, columns_of
from nashbox.mechanisms import Mechanism
from nashbox.model.estimation import mediated
from nashbox.problem.arrays import Array
from nashbox.problem.data import Dataset
from nashbox.problem.terms import Terms

POINTS = 100_000  # in a world at most; where more are handed in, everybody hands in fewer here
ODD, FAR = 0.25, 3.0  # share of submissions that are moved, and how far, in sigma


@dataclass(frozen=True, eq=False)
class MechanismPiece(Moving):
    """A mechanism whose agents hand in `counts` (m, d) points, some of them made up.

    A block is m d arrays (R, n), agent after agent. shown: prefix of errors.
    """

    mechanism: Mechanism
    terms: Terms
    counts: NDArray[np.int64]
    shown: str = ""

    @classmethod
    def of(
        cls,
        mechanism: Mechanism,
        terms: Terms,
        counts: Array,
        shown: str = "",
        points: int = POINTS,
    ) -> MechanismPiece:
        """Everybody hands in `counts`, or fewer where they are more than `points` in all."""
        share = min(1.0, points / max(1.0, float(np.sum(counts))))
        some = np.ceil(np.asarray(counts) * share).astype(np.int64)
        return cls(mechanism, terms, some, f"{shown}: mechanism: " if shown else "")

    @property
    def name(self) -> str:
        """Name of the class."""
        return type(self.mechanism).__name__

    @property
    def label(self) -> str:
        """Class and method, for errors."""
        return f"{self.shown}{self.name}.mediate"

    @property
    def sigma(self) -> Array:
        """Standard deviations, (d,)."""
        return self.terms.sigma

    def draw(self, worlds: int, rng: np.random.Generator) -> Block:
        """Normal points; a quarter of all submissions is moved as a whole."""
        block = []
        for i, k in np.ndindex(*self.counts.shape):
            odd = FAR * rng.standard_normal((worlds, 1)) * (rng.random((worlds, 1)) < ODD)
            points = rng.standard_normal((worlds, int(self.counts[i, k]))) + odd
            block.append(self.sigma[k] * points)
        return block

    def submissions(self, block: Block) -> list[Dataset]:
        """Data sets of a block."""
        m, d = self.counts.shape
        worlds = len(block[0])
        return [
            Dataset(block[i * d : (i + 1) * d], np.broadcast_to(self.counts[i], (worlds, d)))
            for i in range(m)
        ]

    def pieces(
        self, block: Block, rng: np.random.Generator, readers: Sequence[int] | None = None
    ) -> list[Array]:
        """Information of everybody by `mediate`, or of `readers` by `inform`, (R, columns) each."""
        handed = self.submissions(block)
        told = mediated(self.mechanism, handed, self.terms, rng, readers)
        return [self._checked(piece, len(block[0])) for piece in told]

    def _checked(self, piece: Any, worlds: int) -> Array:
        return columns_of(f"{self.label}: information", piece, worlds)

    def answer(self, block: Block, rng: np.random.Generator) -> Array:
        """Everybody's information side by side."""
        return np.concatenate(self.pieces(block, rng), axis=1)

    def moved(self, block: Block, mu: Array) -> Block:
        """All points of a distribution are moved by its mu."""
        d = self.sigma.size
        return [points + mu[:, j % d, None] for j, points in enumerate(block)]

    def owner(self, answer: Array) -> NDArray[np.intp]:
        """Estimates, one per distribution and agent, move each with its own."""
        return np.resize(np.arange(self.sigma.size), answer.shape[1])

    def estimates(self, rng: np.random.Generator) -> bool:
        """Whether what everybody is told has a number per distribution."""
        handed = self.submissions(self.draw(2, rng))
        told = mediated(self.mechanism, handed, self.terms, rng)
        return all(np.shape(piece) == (2, self.sigma.size) for piece in told)

    def with_counts(self, i: int, counts: NDArray[np.int64]) -> MechanismPiece:
        """The same with agent i handing in other numbers of points."""
        changed = self.counts.copy()
        changed[i] = counts
        return replace(self, counts=changed)
