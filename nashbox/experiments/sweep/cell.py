"""A cell: one piece of work with an identity, whose answer is JSON.

The runner knows no more about a cell than this, so anything that can be named by a function and
JSON arguments can be run, kept and resumed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from nashbox.experiments.sweep.encoding import canonical


class SweepWarning(UserWarning):
    """What a sweep cannot help and goes on with: finished cells that are lost, no workers."""


@dataclass(frozen=True)
class Cell:
    """One piece of work.

    identity: JSON mapping of everything that the answer depends on (put `sources.program()` and
    hashes of files into it); two cells with equal identities are one. work: "module:function",
    importable by every worker. arguments: keyword arguments of that function, JSON as well; what
    is only a way to get at things, such as a folder, belongs here and not into the identity. The
    function returns anything JSON can hold (inf, NaN and numpy's numbers included).
    """

    identity: Mapping[str, Any]
    work: str
    arguments: Mapping[str, Any]

    @cached_property
    def text(self) -> str:
        """The identity as canonical JSON."""
        return canonical(self.identity)

    @cached_property
    def key(self) -> str:
        """SHA-256 of the canonical identity, in hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class CellOutcome(NamedTuple):
    """What became of a cell: "ok" with its payload, or "failed" with error and traceback.

    Where its row in the store is not what was written it is "damaged". error: type and message on
    one line. payload: what the work function returned.
    """

    key: str
    status: str
    payload: Any = None
    error: str | None = None
    traceback: str | None = None
