"""The least social penalty without participation constraints (section 3.2).

min_n m sum_k sigma_k^2 / N_k + sum_ik c_ik n_ik: all work goes to the cheapest, in total
N_k = sigma_k sqrt(m / min_i c_ik) with penalty 2 sigma_k sqrt(m min_i c_ik). Appendix C prints the
latter for the former; its own number, 95, is sigma sqrt(m / c).
"""

from __future__ import annotations

import numpy as np

from nashbox.mechanisms.plans.base import Instance
from nashbox.problem.arrays import Array


def solve(instance: Instance) -> tuple[Array, float]:
    """Counts (m, d): equally cheap agents share equally (equal as floats); gap 0, a closed form."""
    cheapest = instance.costs.min(axis=0)
    total = instance.sigma * np.sqrt(len(instance.costs) / cheapest)
    ties = instance.costs == cheapest
    return np.where(ties, total / ties.sum(axis=0), 0.0), 0.0
