"""Answers move with mu, everywhere: as the class says by `equivariant = True`.

The same points and dice are answered as they are and moved by mu = +-10^x sigma, x from -4 to 6.
For each sign the range of x is cut into equal parts, from PARTS[0] to PARTS[1] a decade as sizes
allow, and x is uniform in each. So a promise that is false in a window of two parts or wider (a
fifth of a decade at worst, a fiftieth at best) is tried there for sure; in a narrower one of w
parts it is missed with a chance of at most (1 - w/2)^2 for w < 1, below 1/4 for w = 1. At every mu
there are three worlds: two with all distributions moved, one with only some of them.

Floating errors in proportion to |mu| are allowed. What is seen is tried again on fresh worlds
at the same mu before anybody is accused: two numbers that tie by rounding tie once.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nashbox.games.promises.piece import NUMBERS, Block, Piece, rng_of, size
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError

DECADES = (-4, 6)  # of |mu|/sigma
PARTS = (10, 100)  # of each decade
AGAIN = 400  # worlds at most
ROUNDING = 1e-8  # of |mu|, and a tenth of it of sigma
SUSPECTS = 8  # values of mu that are tried again


class Moving(Piece):
    """A piece that promises to move with mu."""

    @property
    @abstractmethod
    def sigma(self) -> Array:
        """Standard deviations, (d,): the units of mu."""

    @abstractmethod
    def moved(self, block: Block, mu: Array) -> Block:
        """The same block where mu lies elsewhere, by (R, d)."""

    @abstractmethod
    def owner(self, answer: Array) -> NDArray[np.intp]:
        """The distribution that each column of an answer moves with, -1 for none."""


def hold_equivariant(piece: Moving, seed: int, parts: tuple[int, int] = PARTS) -> None:
    """Hold a piece to it, with so many parts a decade. Raises ContractError naming a mu."""
    one = size(piece.draw(1, rng_of(seed, 1)))
    number = int(np.clip(NUMBERS // (one * 3 * 2 * (DECADES[1] - DECADES[0])), *parts))
    all_mu = _values(piece.sigma, number, rng_of(seed, 2))
    worlds = max(3, NUMBERS // one // 3 * 3)
    seen: list[tuple[float, Array]] = []
    for at in range(0, len(all_mu), worlds):
        mu = all_mu[at : at + worlds]
        excess = (_gap(piece, mu, seed + at) / _allowed(piece, mu)).max(axis=1)
        seen += [(float(excess[r]), mu[r]) for r in np.flatnonzero(excess > 1)]
    again = int(np.clip(NUMBERS // one, 50, AGAIN))
    for one_mu in _suspects(seen):
        mu = np.broadcast_to(one_mu, (again, one_mu.size))
        gap = _gap(piece, mu, seed + 1)
        broken = gap > _allowed(piece, mu)
        if broken.any():
            shown = ", ".join(f"{x:.6g}" for x in one_mu[:5]) + ", ..." * (one_mu.size > 5)
            raise ContractError(
                f"{piece.label} promises equivariant = True, but adding mu = {shown} to all points "
                f"moves what comes out by something else (off by {gap[broken].max():.3g}); set "
                "equivariant = False"
            )


def _values(sigma: Array, parts: int, rng: np.random.Generator) -> Array:
    """Values of mu, (3 K, d): in two worlds of three all distributions are moved alike."""
    low, high = DECADES
    edges = np.linspace(low, high, parts * (high - low) + 1)[:-1]
    x = np.concatenate([edges + rng.random(edges.size) / parts for _ in range(2)])
    signs = np.repeat([1.0, -1.0], edges.size)
    alike = (signs * 10.0**x)[:, None] * sigma
    some = np.where(rng.random(alike.shape) < 0.5, alike, 0.0)
    return np.stack([alike, alike, some], axis=1).reshape(-1, sigma.size)


def _gap(piece: Moving, mu: Array, seed: int) -> Array:
    """How far answers miss, by distribution they move with, (R, d); inf where only one is there."""
    block = piece.draw(len(mu), rng_of(seed, 3))
    before = piece.answer(block, rng_of(seed, 4))
    after = piece.answer(piece.moved(block, mu), rng_of(seed, 4))
    if before.shape != after.shape:
        return np.full(mu.shape, np.inf)
    owner = piece.owner(before)
    moves = np.where(owner >= 0, mu[:, owner], 0.0)
    same = ((after == before) & (moves == 0)) | (np.isnan(before) & np.isnan(after))
    gap = np.nan_to_num(np.where(same, 0.0, np.abs(after - before - moves)), nan=np.inf)
    worst = np.zeros(mu.shape)
    for k in range(mu.shape[1]):
        mine = (owner == k) | (owner < 0)
        worst[:, k] = gap[:, mine].max(axis=1, initial=0.0)
    return worst


def _allowed(piece: Moving, mu: Array) -> Array:
    return np.asarray(ROUNDING * (np.abs(mu) + 0.1 * piece.sigma))


def _suspects(seen: Sequence[tuple[float, Array]]) -> Iterator[Array]:
    """The worst values of mu, and some spread evenly over all, each once."""
    ordered = sorted(seen, key=lambda pair: -pair[0])
    some = ordered[:SUSPECTS] + ordered[:: max(1, len(ordered) // SUSPECTS)]
    yield from {mu.tobytes(): mu for _, mu in some}.values()
