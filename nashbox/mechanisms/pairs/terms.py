"""Terms of decoys for pairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nashbox.problem.arrays import Array, Places
from nashbox.problem.terms import Terms


@dataclass(frozen=True, eq=False)
class PairTerms(Terms):
    """What is compared, in units of measurements; everybody owes the same.

    pairs: "all" or "declared". partner: (m,) whom each agent might collude with, -1 for nobody.
    pair_t: (d,) the largest difference between the mean of two and that of the rest that passes.
    t: (m, d) the same for one agent and all others, NaN under "all", where only pairs are compared.
    """

    pairs: str
    partner: Places
    pair_t: Array
    t: Array

    @cached_property
    def couples(self) -> list[tuple[int, int]]:
        """The declared pairs, each once."""
        return [(i, int(j)) for i, j in enumerate(self.partner) if i < j]
