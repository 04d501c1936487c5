"""What the search of a box finds: see `exhaustive`."""

from __future__ import annotations

from dataclasses import dataclass

from nashbox.problem.plays import Play


@dataclass(frozen=True)
class Box:
    """The search of one distribution (or of those tied together): best point, price, and a bound.

    members: the distributions; best: a play for each. points: what was examined, for the figure.
    """

    members: tuple[int, ...]
    best: tuple[Play, ...]
    price: float
    error: float
    bound: float
    examined: int
    points: tuple[tuple[Play, float], ...]
