"""Goals of rules that are designed, as commands and sweeps name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from nashbox.problem.errors import InputError, brief, listed
from nashbox.problem.options import Choice, Option

GOALS = ("social", "egalitarian", "nash", "kalai_smorodinsky")
NO_GOAL = "none"  # in place of goals: no rules are designed

Goal = Annotated[str, Choice(", ".join(GOALS[:-1]) + f" or {GOALS[-1]}", "GOAL", words=GOALS)]


@dataclass(frozen=True)
class Goals(Option):
    """Goals that rules are to be designed for, or none."""

    in_text: ClassVar[bool] = True
    many: ClassVar[bool] = True

    @property
    def among(self) -> Sequence[str]:
        """All goals, and none of them."""
        return (*GOALS, NO_GOAL)

    def written(self, text: str, where: str, folder: Path | None = None) -> Any:
        """Goals, parted at commas."""
        return self.read(where, [word.strip() for word in text.split(",")])

    def read(self, where: str, value: Any) -> list[str]:
        """A list of goals, empty for none."""
        return goals_of(listed(where, value), where)


DESIGNED = Goals(
    f"rules designed for {', '.join(GOALS[:-1])} or {GOALS[-1]}, or {NO_GOAL}; may be given "
    "several times",
    "GOAL",
    flag="design",
    usual="social, if the game is small",
)


def goals_of(words: Sequence[str], where: str) -> list[str]:
    """Goals that rules are to be designed for; "none", by itself, is none of them.

    Raises InputError naming `where`.
    """
    for word in words:
        if word not in (*GOALS, NO_GOAL):
            allowed = ", ".join((*GOALS, NO_GOAL))
            raise InputError(f"{where} must be one of {allowed}, got {brief(word)}")
    if NO_GOAL in words and len(set(words)) > 1:
        raise InputError(f"{where}: {NO_GOAL} goes with no goal, got {', '.join(words)}")
    return [word for word in words if word != NO_GOAL]
