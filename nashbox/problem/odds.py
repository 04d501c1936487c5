"""Posterior odds as exact points of an integer lattice.

After n symbols the posterior odds of theta = 1 are prior odds * prod_s r_s^{n_s}, with
r_s = p1[s]/p0[s].
Two histories carry the same belief exactly if these rationals are equal, and a threshold is met
exactly if a rational is <= another one; a running floating-point product answers neither.

All r_s are written over one pairwise coprime base (found by gcds, no factoring), which turns
products into sums of exponent vectors, and these over a basis of the lattice they generate.
`coords` of a history is then the integer vector sum_t steps[s_t]; equal coords are equal beliefs.
Symmetric Bernoulli has rank 1 (coords = difference of the counts); unrelated ratios have one
dimension each.

>>> from nashbox.problem.observations import ObservationModel
>>> odds = OddsLattice.of([ObservationModel.parse([.6, .4], [.4, .6])], Fraction(1, 2))
>>> odds.generators, odds.steps.tolist()
((Fraction(3, 2),), [[-1], [1]])
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.errors import InputError
from nashbox.problem.lattice import Floats, Ints, coprime_base, distinct, exponents, lattice_basis
from nashbox.problem.observations import ObservationModel, log_of

MOST = 60_000  # likelihood ratios of what is seen in an iteration
_SURE = 1e-9  # log odds are accurate to about 1e-12; nearer than this the integers decide


@dataclass(frozen=True)
class Symbols:
    """One iteration's observations, symbols of equal likelihood ratio pooled.

    ratios: finite p1/p0, increasing. p: (2, m) their probabilities given theta = 0, 1.
    certain: (2,) probability given theta of a symbol that proves theta.
    """

    ratios: tuple[Fraction, ...]
    p: Floats
    certain: Floats

    @classmethod
    def of(cls, models: Sequence[ObservationModel]) -> Symbols:
        """Pool the symbols that the given models, independent given theta, show together.

        Raises InputError for more than `MOST` ratios.
        """
        pooled = {Fraction(1): (Fraction(1), Fraction(1))}
        for model in models:
            step: dict[Fraction, tuple[Fraction, Fraction]] = {}
            pairs = [(a, b) for a, b in zip(model.p0, model.p1, strict=True) if a and b]
            for (ratio, (m0, m1)), (a, b) in product(pooled.items(), pairs):
                key = ratio * b / a
                old = step.get(key, (Fraction(0), Fraction(0)))
                step[key] = (old[0] + m0 * a, old[1] + m1 * b)
                if len(step) > MOST:
                    raise InputError(
                        f"p0 and p1: seen together, the agents' symbols have more than {MOST:,} "
                        "different likelihood ratios, too many for exact answers; take fewer "
                        "agents or symbols, or related pmfs, or nashbox run, which plays the game"
                    )
            pooled = step
        ratios = tuple(sorted(pooled))
        p = np.array([[float(pooled[r][t]) for r in ratios] for t in (0, 1)]).reshape(2, -1)
        sure = [1 - sum((pooled[r][t] for r in ratios), Fraction(0)) for t in (0, 1)]
        return cls(ratios, p, np.array([float(s) for s in sure]))

    @property
    def logs(self) -> Floats:
        """Log-likelihood ratios in nats, (m,)."""
        return np.array([log_of(r) for r in self.ratios])


@dataclass(frozen=True)
class OddsLattice:
    """Odds prior_odds * prod_r generators[r]^coords[r], generators > 1.

    steps: (m, rank) coords of the m pooled symbols. Built by `of`.
    """

    prior_odds: Fraction
    generators: tuple[Fraction, ...]
    steps: Ints
    symbols: Symbols
    _known: dict[tuple[tuple[int, ...], Fraction], int] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, models: Sequence[ObservationModel], prior: Fraction) -> OddsLattice:
        """Lattice of one agent (one model) or of several whose symbols are pooled."""
        symbols = Symbols.of(models)
        alone = {r for model in set(models) for r in Symbols.of([model]).ratios}
        base = coprime_base(n for r in alone for n in (r.numerator, r.denominator))
        basis, coords = lattice_basis([exponents(r, base) for r in symbols.ratios])
        generators = []
        steps = np.array(coords, dtype=np.int64).reshape(len(symbols.ratios), len(basis))
        for r, row in enumerate(basis):
            powers = (Fraction(b) ** e for b, e in zip(base, row, strict=True))
            g = math.prod(powers, start=Fraction(1))
            if g < 1:
                g, steps[:, r] = 1 / g, -steps[:, r]
            generators.append(g)
        return cls(prior / (1 - prior), tuple(generators), steps, symbols)

    @property
    def rank(self) -> int:
        """Dimension of the lattice: how many likelihood ratios are independent."""
        return len(self.generators)

    def successors(self, coords: Ints) -> Ints:
        """Add every symbol's step to every state (K, rank): (K m, rank), symbols fastest."""
        return (coords[:, None, :] + self.steps).reshape(len(coords) * len(self.steps), self.rank)

    def log_odds(self, coords: Ints) -> Floats:
        """Posterior log odds in nats of states (..., rank)."""
        logs = np.array([log_of(g) for g in self.generators])
        return np.asarray(log_of(self.prior_odds) + coords @ logs)

    def compare(self, coords: Ints, bound: Fraction) -> NDArray[np.int8]:
        """Sign of (odds - bound) for states (K, rank), exact; shape (K,)."""
        sign: NDArray[np.int8] = self.signs(coords, bound)[0]
        return sign

    def signs(self, coords: Ints, *bounds: Fraction) -> NDArray[np.int8]:
        """The same for several bounds, (bounds, K)."""
        level = self.log_odds(coords)
        signs = np.empty((len(bounds), len(coords)), dtype=np.int8)
        for sign, bound in zip(signs, bounds, strict=True):
            gap = level - log_of(bound)
            np.sign(gap, out=sign, casting="unsafe")
            near = np.flatnonzero(np.abs(gap) < _SURE)
            if near.size:
                first, place = distinct(coords[near])
                known = [
                    self._compare_exactly(tuple(c), bound) for c in coords[near[first]].tolist()
                ]
                sign[near] = np.array(known, dtype=np.int8)[place]
        return signs

    def _compare_exactly(self, coords: tuple[int, ...], bound: Fraction) -> int:
        key = (coords, bound)
        if key not in self._known:
            odds = self.odds(coords)
            self._known[key] = (odds > bound) - (odds < bound)
        return self._known[key]

    def odds(self, coords: Sequence[int]) -> Fraction:
        """Give the exact posterior odds of one state."""
        powers = (g**c for g, c in zip(self.generators, coords, strict=True))
        return math.prod(powers, start=self.prior_odds)
