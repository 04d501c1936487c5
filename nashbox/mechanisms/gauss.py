"""The normal density, and Gauss-Legendre nodes to integrate with."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array

ROOT_2_PI = float(np.sqrt(2 * np.pi))


def phi(x: NDArray[Any]) -> NDArray[Any]:
    """The normal density, also at complex x."""
    return np.asarray(np.exp(-0.5 * x * x) / ROOT_2_PI)


@cache
def legendre(order: int) -> tuple[Array, Array]:
    """Nodes and weights on (-1, 1), made once: not to be changed."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    for each in (nodes, weights):
        each.setflags(write=False)
    return nodes, weights
