"""Working alone (Fact 1): n_ik = sigma_k / sqrt(c_ik), nothing where c_ik = inf."""

from __future__ import annotations

import numpy as np

from nashbox.mechanisms.plans.base import Instance
from nashbox.problem.arrays import Array


def solve(instance: Instance) -> tuple[Array, float]:
    """Counts (m, d) that minimise sigma_k^2 / n + c_ik n one by one; gap 0, a closed form.

    The penalties in ``compliant_penalties`` pool all work, as every plan's do; who works alone and
    keeps the data pays ``alone_penalties``.
    """
    return instance.sigma / np.sqrt(instance.costs), 0.0
