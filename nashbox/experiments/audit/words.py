"""Verdicts and methods in words, for tables and reports."""

from __future__ import annotations

import math
from typing import Any

from nashbox.experiments.audit.base import NOTHING
from nashbox.games.registry import declared
from nashbox.problem.spec import Spec

METHOD_WORDS = {
    "exact": "exact formulas or dynamic programming, no simulation",
    "exhaustive": "all translation-equivariant strategies: counts collected and handed in, shift, "
    "with the best use of the answer",
    "black_box": "simulation; the search and the verdict use different seeds",
}
# Of one agent, and of a profile or a whole audit; files have the verdict's name instead.
ONE = {"profitable": "gains", "none_above_epsilon": "no gain found", "undecided": "open"}
ALL = {**ONE, "profitable": "somebody gains"}

CONDITION_8 = "of Clinton et al.: sharing costs nobody more than working alone, anywhere"
ROUNDED = "that plan and this condition are of counts before they were rounded"


def nothing_better(verdict: str, gain: float, tiny: float) -> bool:
    """Whether no deviation is better than what is played, so that none deserves to be named.

    gain: of the best that was found; tiny: up to which it is the rounding of none.
    """
    return verdict != "profitable" and gain <= tiny


RECOMMENDED = "what is recommended"


def recommended_act(game: str, row: Any) -> str | None:
    """Words in place of a deviation that is what an agent of a plan was asked to do, else None.

    It is the best there is for some who play a strategy of their own.
    """
    owed, over, best = (
        getattr(row, "recommended", None),
        row.gain_over_recommended,
        row.best_deviation,
    )
    if owed is None or not plays_her_own(row):
        return None
    asked = declared(game).as_asked(Spec(best.strategy, best.parameters), owed)
    as_good = math.isclose(row.gain.estimate, -over.estimate, rel_tol=1e-9)
    return RECOMMENDED if asked and as_good else None


def plays_her_own(row: Any) -> bool:
    """Whether an agent plays a strategy of her own, and not what is recommended to her."""
    return row.gain_over_recommended not in (None, NOTHING)


def by_counts_alone(audit: Any) -> bool:
    """Whether what pays best is honest, but for how much is collected, for all compliers who gain.

    Who gains by leaving a strategy of her own says nothing about compliance.
    """
    return _paying_by(audit, {"counts"})


def by_honest_data(audit: Any) -> bool:
    """Whether what pays best hands in what was measured, for all compliers who gain."""
    return _paying_by(audit, {"counts", "estimate"})


def by_leaving_their_own(audit: Any) -> bool:
    """Whether only those are known to gain who do not play what is recommended to them."""
    paying = _paying(audit)
    return bool(paying) and all(map(plays_her_own, paying))


def _paying_by(audit: Any, stages: set[str]) -> bool:
    paying = [row for row in _paying(audit) if not plays_her_own(row)]
    return bool(paying) and all(_stages(row) <= stages for row in paying)


def _stages(row: Any) -> set[str]:
    """In what the best deviation differs from what is recommended."""
    return set((row.best_deviation.how or "").split(" and "))


def _paying(audit: Any) -> list[Any]:
    return [row for row in audit.agents if row.verdict == "profitable"]


KINDS = {"own": by_leaving_their_own, "misfit": by_counts_alone, "use": by_honest_data}


def verdict_in_words(audit: Any) -> str:
    """What the verdict of a whole audit means."""
    words = declared(audit.game).verdicts
    more = (word for word, holds in KINDS.items() if word in words and holds(audit))
    return words[next(more, audit.nash)]


def condition_8(holds: bool, rounded: bool) -> str:
    """The condition, what it says and whether it holds; rounded: whether counts are whole."""
    said = f"condition (8) ({CONDITION_8}): {yes_or_no(holds)}"
    return f"{said}; {ROUNDED}" if rounded else said


def yes_or_no(answer: bool | None) -> str:
    """An answer in words, "undecided" where there is none."""
    return "undecided" if answer is None else "yes" if answer else "no"
