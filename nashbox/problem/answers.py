"""What classes of users answer, as arrays."""

from __future__ import annotations

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError


def real_numbers(value: object) -> Array:
    """Return numbers as floats. Raises TypeError or ValueError for what are no real ones.

    numpy itself would only warn that it drops an imaginary part, and would read texts.

    >>> real_numbers([1, True, 2.5])
    array([1. , 1. , 2.5])
    >>> real_numbers([1j])
    Traceback (most recent call last):
    TypeError: no real numbers: complex128
    """
    found = np.asarray(value)
    if found.dtype.kind not in "biufO":
        raise TypeError(f"no real numbers: {found.dtype}")
    return np.asarray(found, dtype=np.float64)


def only_ruin(where: str, paid: Array) -> None:
    """Refuse payments, more is better, that are +inf: nothing could be told apart beside them.

    Raises ContractError.
    """
    if (paid == np.inf).any():
        raise ContractError(f"{where}: a payment is infinitely good; only ruin may be infinite")
