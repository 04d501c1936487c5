"""The step itself: the audited mechanism asked once, in one world."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame
from nashbox.model.estimation import mediated
from nashbox.problem.data import Dataset
from nashbox.problem.errors import ContractError, brief

Array = NDArray[np.float64]

DIGITS = 10  # of a number or of sigma, whichever is larger


def information_of(
    game: EstimationGame, submissions: Sequence[Dataset], seed: bytes
) -> list[Array]:
    """What everybody gets, (d,) each, NaN where nothing is returned.

    Raises ContractError if the mechanism answers with anything but one number per distribution.
    """
    rng = np.random.Generator(np.random.SFC64(int.from_bytes(seed)))  # as in the model
    name, d = type(game.mechanism).__name__, game.problem.d
    found = []
    for piece in mediated(game.mechanism, submissions, game.terms, rng):
        try:
            answer = np.array(piece, dtype=float)
        except (TypeError, ValueError) as error:
            raise ContractError(
                f"{name}.mediate: information must be numbers, got {brief(piece)}"
            ) from error
        if answer.shape != (1, d) or np.isinf(answer).any():
            raise ContractError(
                f"{name}.mediate: information must be one finite number per distribution ({d}), or "
                f"NaN for nothing, got {brief(answer.tolist())}"
            )
        found.append(answer[0])
    return found


def fixed(value: float, sigma: float) -> str:
    """A number with fixed digits, so that rounding errors of the last bits do not show.

    >>> fixed(12.3456789012345, 10.0), fixed(-1e-30, 10.0), fixed(3.0, 1e-20)
    ('12.34567890', '0.00000000', '3.000000000')
    """
    place = DIGITS - 1 - math.floor(math.log10(max(abs(value), sigma)))
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-place))
    if not rounded:
        rounded = abs(rounded)
    return f"{rounded:f}" if 0 <= place <= 20 else f"{rounded:E}"
