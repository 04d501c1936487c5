"""Options of comparisons, of whichever game."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from nashbox.problem.options import Whole
from nashbox.problem.spec import Spec
from nashbox.problem.written import Entries


@dataclass(frozen=True)
class Several(Entries):
    """Mechanisms, which commands give one by one."""

    many: ClassVar[bool] = True


Mechanisms = Annotated[
    Sequence[Spec | str] | None,
    Several(
        "may be given several times",
        "NAME",
        flag="mechanism",
        usual="the file's own and all built-in ones",
    ),
]
Starts = Annotated[int, Whole("random starts of the search for equilibria", "N", low=0, high=1e6)]
Budget = Annotated[
    int,
    Whole(
        "worlds simulated at most for a mechanism without exact formulas", "N", low=1000, high=1e12
    ),
]
