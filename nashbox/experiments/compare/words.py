"""What comparisons of games without a plan say, in words: for tables and reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from nashbox.games.pay import keys_of
from nashbox.problem.counts import several

RESTS = "whether nobody gains by leaving the profile alone"


def profiles_in_words(result: Any) -> str:
    """What the profiles of a GameComparison are."""
    more = several(int(result.seeds["starts"]), "random start")
    extremes = (
        "the largest and the least" if result.pays == "penalty" else "the least and the largest"
    )
    return (
        "honest: all play what the game recommends; from honest, from free riding: where best "
        "responses in turn lead to from honest play, and from where all play what is best against "
        f"it; worst, best: {extremes} sum of {keys_of(result.pays)[0]} of all rest points found, "
        f"with {more} more, unless they were refuted, of equal ones the first; if the four are "
        "one, it is called equilibrium"
    )


def played(labels: Sequence[str]) -> str:
    """Who plays what, those together who play the same.

    >>> played(["bid", "bid", "shy"])
    '2 x bid; shy'
    """
    return "; ".join(x if n == 1 else f"{n} x {x}" for x, n in Counter(labels).items())


ANSWERS = {
    True: "honest play is an equilibrium under",
    False: "honest play is no equilibrium under",
    None: "whether honest play is an equilibrium is undecided under",
}


def kept_under(keeps: Mapping[str, bool | None]) -> str:
    """Under which mechanisms honest play is an equilibrium.

    >>> kept_under({"publish": False, "sealed": True, "a": False})
    'honest play is an equilibrium under sealed; honest play is no equilibrium under publish, a'
    """
    said = {
        words: ", ".join(name for name, kept in keeps.items() if kept is answer)
        for answer, words in ANSWERS.items()
    }
    return "; ".join(f"{words} {names}" for words, names in said.items() if names)
