"""Seeds: one number comes in, named children come out, whatever the number of workers."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stage(IntEnum):
    """What a stream of random numbers is for; search and verification never share one."""

    SEARCH = 0
    VERIFY = 1
    RUN = 2
    DAMAGE = 3
    SCREEN = 4
    ADAPT_PAYOFF = 5
    ADAPT_PATH = 6
    ADAPT_START = 7
    ADAPT_GRAPH = 8
    COMPARE = 9
    REPRODUCE = 10
    LEARN = 11


def child(seed: int, stage: Stage, *path: int) -> int:
    """Return the seed of one block of worlds of one stage (and agent, and block)."""
    sequence = np.random.SeedSequence([seed, int(stage), *path])
    return int(sequence.generate_state(1, np.uint64)[0])
