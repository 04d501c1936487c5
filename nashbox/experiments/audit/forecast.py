"""What the search expects of the candidates: their order, who leads, and when they are settled."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nashbox.experiments.audit.epsilon import Epsilon
from nashbox.experiments.audit.screen import Outlook, Screened
from nashbox.measure.looks import TRUSTED, tail

LEADERS = 6  # candidates tried at every state of nature: the surest, and those that gain most
SEEN = 16  # worlds from which an estimate's error is believed when leaders are chosen
LIKELY = 2.5  # standard errors beyond epsilon from which on a candidate has the rest of the budget


def order_of(screened: Screened, epsilon: Epsilon) -> list[int]:
    """All candidates, first those that may turn out profitable soonest for all that is seen."""
    level, found = screened.level(epsilon), []
    for j, o in enumerate(screened.outlooks):
        if o is None:
            continue
        room = o.gain + o.se - level
        score = room / o.spread if o.spread else math.copysign(math.inf, room)
        one_state = len(screened.arena.places[j]) == 1  # a worst one has to be sought for others
        found.append((score > 0, one_state, score, j))
    return [j for *_, j in sorted(found, reverse=True)]


def leaders_of(screened: Screened, epsilon: Epsilon, order: list[int]) -> list[int]:
    """The soonest sure; where nothing moves along, also those that gain most and look sure."""
    if len(screened.arena.places[0]) == 1:
        return order[:LEADERS]
    level, sure, rest = screened.level(epsilon), order[: LEADERS // 2], []
    for j in order[LEADERS // 2 :]:
        o = screened.outlooks[j]
        if o is not None and o.worlds >= SEEN and o.gain - LIKELY * o.se > level:
            rest.append(j)
    most = sorted(rest, key=screened.gain, reverse=True)[: LEADERS // 2]
    return list(dict.fromkeys([*sure, *most, *order]))[:LEADERS]


def look_of(outlook: Outlook, level: float, alpha: float, sizes: Sequence[int]) -> int:
    """The look, of `sizes` worlds, at which a bound of level alpha should clear `level`."""
    room = max(abs(level - outlook.gain), 0.25 * level, outlook.se, 1e-300)
    if not (math.isfinite(outlook.gain) and outlook.spread > 0):
        return min(1, len(sizes) - 1)
    ratio = tail(alpha) * outlook.spread / room
    need = max(min(1.3 * ratio * ratio, 1e18), TRUSTED)
    return next((k for k, n in enumerate(sizes) if n >= need), len(sizes) - 1)
