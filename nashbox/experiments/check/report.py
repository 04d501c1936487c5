"""What a check says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nashbox.games.checking import CheckRow
from nashbox.results.base import Result, list_of


@dataclass(frozen=True)
class CheckReport(Result):
    """All checks of one class."""

    FORMAT: ClassVar[str] = "nashbox-check/1"
    KEYS: ClassVar[str] = "target passed checks"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "checks": list_of(lambda row: CheckRow(**row))
    }

    target: str
    checks: Sequence[CheckRow]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(row.passed is not False for row in self.checks)
