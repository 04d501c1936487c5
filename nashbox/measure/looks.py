"""Looks at growing data, and how an error probability is spent over them.

Looks are taken at numbers of worlds fixed beforehand, each 1.3 times the one before. A claim that
is tested at every look with level alpha * share(look), where shares sum to 1, is wrong with
probability alpha at most (union over looks). Shares peak at the look at which the search expects
the answer, and fall by DECAY from one look to the next; a part, EVEN, is shared out evenly, so that
a wrong forecast costs little. With all of alpha = 2.5e-4 at one look z would be 3.48; of 30 looks
it is 3.78 at the expected one, and 4.6 at the worst.
"""

from __future__ import annotations

import math
from functools import lru_cache

FIRST = 256  # worlds of the first look
TRUSTED = 1000  # worlds from which the normal limit is believed
GROWTH = 1.3
DECAY, EVEN = 2.5, 0.3
CERTAIN = 8.0  # standard errors beyond which no look and no tail is asked


@lru_cache(maxsize=64)
def looks(most: int, grain: int = 1) -> tuple[int, ...]:
    """Numbers of worlds at which data are looked at, `most` at most; multiples of grain.

    >>> looks(4000)
    (256, 1000, 1300, 1690, 2197, 2857, 3713, 4000)
    """
    found, size = [FIRST], float(TRUSTED)
    while size < most:
        found.append(math.ceil(size / grain) * grain)
        size *= GROWTH
    return (*(size for size in dict.fromkeys(found) if size < most), most)


def shares(number: int, expected: int) -> list[float]:
    """Share of alpha of each of `number` looks, most for the expected one; they sum to 1.

    >>> [round(x, 3) for x in shares(4, 2)]
    [0.132, 0.218, 0.432, 0.218]
    """
    weights = [DECAY ** -abs(look - expected) for look in range(number)]
    return [(1 - EVEN) * weight / sum(weights) + EVEN / number for weight in weights]


def tail(alpha: float) -> float:
    """z of a one-sided normal bound that misses with probability alpha."""
    from scipy.special import ndtri

    return -float(ndtri(alpha))


def resolution(fewest: int) -> str:
    """What simulation cannot see, in words. fewest: worlds of the candidate played least.

    What happens with chance p is missed by N worlds with chance (1 - p)^N, e^-3 at p = 3/N.
    """
    return f"events rarer than {3 / max(fewest, 1):.2g} of all worlds are not seen (3 / {fewest})"
