"""Whether an audit of a member of the zoo is right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.zoo import Case

SEEN = 10.0  # expected events from which on an audit must have seen them
UNSEEN = 3.0  # expected events up to which an audit says that it may have seen none


@dataclass(frozen=True)
class Judged:
    """One audit. Its chance of a wrong verdict on any agent, or a missed gain, is delta.

    wrong: a verdict that the truth does not allow. missed: the true gain is not within the bounds.
    excused: wrong or missed, but events that rare are said not to be seen; then neither counts.
    nash: profitable if anybody's verdict is, else undecided if any is, else none_above_epsilon.
    """

    wrong: bool
    missed: bool
    excused: bool
    nash: str

    @property
    def decided(self) -> bool:
        """Whether it came to a verdict about everybody, or found somebody who gains."""
        return self.nash != "undecided"


def judge(case: Case, answer: Mapping[str, Any]) -> Judged:
    """Hold what an audit said (`cells.kept`) to what is known."""
    rows = list(zip(case.truths, answer["agents"], strict=True))
    wrong = any(not truth.allows(row["verdict"], case.epsilon) for truth, row in rows)
    missed = any(not truth.within(row["lower"], row["upper"], case.epsilon) for truth, row in rows)
    excused = (wrong or missed) and said_unseen(case.rarest, answer["resolution"])
    found = {row["verdict"] for _, row in rows}
    nash = next(v for v in ("profitable", "undecided", "none_above_epsilon") if v in found)
    return Judged(wrong and not excused, missed and not excused, excused, nash)


def said_unseen(rarest: float | None, resolution: str | None) -> bool:
    """Whether an audit says that events of this probability may have been missed, and rightly so.

    Words like "events rarer than 3/12,000 are not seen" mean worlds N = 12,000; events of
    probability 10/N or more count as seen.

    >>> said_unseen(1e-4, "events rarer than 3/12,000 (2.5e-04) are not seen")
    True
    >>> said_unseen(1e-4, "events rarer than 3/120,000 are not seen"), said_unseen(1e-4, None)
    (False, False)
    """
    floor = None if resolution is None else resolved(resolution)
    return rarest is not None and floor is not None and rarest < SEEN / UNSEEN * floor


def resolved(words: str) -> float | None:
    """The probability, a/b or a number from 0 to 1, that words about rare events name first."""
    number = r"\d[\d,_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"
    for above, below in re.findall(rf"({number})(?:\s*/\s*({number}))?", words):
        value, unit = (float(re.sub("[,_]", "", text or "1")) for text in (above, below))
        if 0 < value / unit < 1:
            return value / unit
    return None
