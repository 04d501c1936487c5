"""What a strategy says of itself that is no law: that it throws no dice, and what it plays."""

from __future__ import annotations

import numpy as np

from nashbox.games.estimation.promises.seats import Seat
from nashbox.games.promises.piece import asked, rng_of
from nashbox.problem.errors import ContractError

WORLDS = 20


def hold_words(seat: Seat, seed: int) -> None:
    """Hold a pure strategy to `deterministic`, and `plays` to the counts. Raises ContractError.

    What plays says of estimates is held to simulation before anything is called exact.
    """
    block, d = seat.draw(WORLDS, rng_of(seed, 1)), seat.sigma.size
    first, second = (seat.answer(block, rng_of(seed, s)) for s in (2, 3))
    if seat.strategy.deterministic and not np.array_equal(first, second, equal_nan=True):
        raise ContractError(
            f"{seat.label} promises deterministic = True, and another generator gives other "
            "results; set deterministic = False"
        )
    plays = asked(f"{seat.label}.plays", lambda: seat.strategy.plays(seat.view))
    if plays is None:
        return
    handed = first[:, d : 2 * d]
    for k, play in enumerate(plays):
        if play.n != seat.counts[k] or (handed[:, k] != play.s).any():
            raise ContractError(
                f"{seat.label}: plays says n = {play.n:g} collected and s = {play.s:g} handed in "
                f"of {seat.view.terms.distributions[k]}, and it is {seat.counts[k]} and "
                f"{handed[0, k]:g}; override plays too"
            )
