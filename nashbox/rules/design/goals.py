"""What a design strives for, as a number to make small, and as a sum over agents to search with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHARP = 40.0  # exponent that stands for a maximum while a column is searched
RATIONAL = 1e-9  # relative excess over an outside option that counts as rounding
TINY = 1e-9  # share of the outside option that stands for a gain of 0 under a logarithm


class PaidRules(Protocol):
    """Rules whose honest penalties (m,) are known."""

    @property
    def penalties(self) -> Array:
        """Of everybody."""


R = TypeVar("R", bound=PaidRules)


@dataclass(frozen=True, eq=False)
class Goal:
    """outside: (m,) options, inf for none. scale: (m,) gains that count as 1 (kalai_smorodinsky).

    scale is each agent's gain under the plan of Kalai and Smorodinsky with compliance, which is
    proportional to her ideal.
    """

    name: str
    outside: Array
    scale: Array

    def rational(self, penalties: Array) -> bool:
        """Whether nobody is worse off than outside."""
        return bool((penalties <= self.outside * (1 + RATIONAL)).all())

    def value(self, penalties: Array) -> tuple[float, float]:
        """What is made small, and what breaks ties; inf where it is not rational."""
        total = float(penalties.sum())
        if not self.rational(penalties) or not np.isfinite(total):
            return np.inf, total
        if self.name == "social":
            return total, total
        if self.name == "egalitarian":
            return float(penalties.max()), total
        gains = self.outside - penalties
        if self.name == "nash":
            return -float(np.log(np.maximum(gains, TINY * self.outside)).sum()), total
        return -float((gains / self.scale).min()), total

    def best(self, rules: Iterable[R | None]) -> R | None:
        """The first of the best that are rational, None where none is."""
        good = [r for r in rules if r is not None and self.rational(r.penalties)]
        return min(good, key=lambda r: self.value(r.penalties)) if good else None

    def summands(self, penalties: Array) -> Array:
        """A function of each agent's penalty (m, ...) whose sum is searched; inf if irrational."""
        extra = (1,) * (penalties.ndim - 1)
        o, s = self.outside.reshape(-1, *extra), self.scale.reshape(-1, *extra)
        if self.name == "social":
            value = penalties
        elif self.name == "egalitarian":
            value = (penalties / self.unit) ** SHARP
        elif self.name == "nash":
            value = -np.log(np.maximum(o - penalties, TINY * o))
        else:
            value = np.exp(np.minimum(SHARP * (1 - (o - penalties) / s), 600.0))
        return np.where(penalties <= o * (1 + RATIONAL), value, np.inf)

    @property
    def unit(self) -> float:
        """A penalty of the size that matters."""
        finite = self.outside[np.isfinite(self.outside)]
        return float(finite.max()) if finite.size else 1.0

    def gap(self, penalties: Array, bound: Array) -> float:
        """How far from what compliance with the plan of this name would give, relatively.

        social, egalitarian: excess of the sum, of the maximum. nash: 1 minus the ratio of the
        geometric means of the gains. kalai_smorodinsky: 1 minus the ratio of the least gains.
        """
        if self.name == "social":
            return float(penalties.sum() / bound.sum() - 1)
        if self.name == "egalitarian":
            return float(penalties.max() / bound.max() - 1)
        gains, best = self.outside - penalties, self.outside - bound
        if self.name == "nash":
            some = best > TINY * self.outside
            if not some.any():
                return 0.0
            ratio = np.log(np.maximum(gains[some], TINY * self.outside[some]) / best[some])
            return float(1 - np.exp(ratio.mean()))
        return float(1 - (gains / self.scale).min())
