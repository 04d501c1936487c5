"""Goals of rules that are designed, as commands and sweeps name them."""

from __future__ import annotations

from collections.abc import Sequence

from nashbox.problem.errors import InputError, brief

GOALS = ("social", "egalitarian", "nash", "kalai_smorodinsky")
NO_GOAL = "none"  # in place of goals: no rules are designed


def goals_of(words: Sequence[str], where: str) -> list[str]:
    """Goals that rules are to be designed for; "none", by itself, is none of them.

    Raises InputError naming `where`.
    """
    for word in words:
        if word not in (*GOALS, NO_GOAL):
            allowed = ", ".join((*GOALS, NO_GOAL))
            raise InputError(f"{where} must be one of {allowed}, got {brief(word)}")
    if NO_GOAL in words and len(set(words)) > 1:
        raise InputError(f"{where} {NO_GOAL} goes with no goal, got {', '.join(words)}")
    return [word for word in words if word != NO_GOAL]
