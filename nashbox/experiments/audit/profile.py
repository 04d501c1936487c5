"""The option that says which profile is audited: the file's, or the recommended one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.problem.errors import InputError, brief
from nashbox.problem.options import Option

MEANS = {"file": False, "recommended": True}


@dataclass(frozen=True)
class Profile(Option):
    """Commands and sweeps write a word for what functions take as True or False."""

    @property
    def among(self) -> Sequence[str]:
        """The words."""
        return list(MEANS)

    def read(self, where: str, value: Any) -> bool:
        """Whether everybody plays what is recommended."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in MEANS:
            return MEANS[value]
        allowed = "True or False" if where == "recommended" else f"one of {', '.join(MEANS)}"
        raise InputError(f"{where} must be {allowed}, got {brief(value)}")
