"""What worlds cost, and what is left of the budget."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass

from nashbox.experiments.audit.arena import Arena, Cell
from nashbox.experiments.audit.standing import Standing

PROBES = 3  # plays that controls may cost beside the strategies


@dataclass(eq=False)
class Purse:
    """The budget of the fresh seeds of one player.

    leaders: candidates that are played at every state of nature. stop: plays in all at which the
    budget is used up, None where there is no end. beside: plays a world beside the strategies', in
    the last block.
    """

    arena: Arena
    leaders: Set[int]
    stop: int | None
    beside: float = PROBES

    def cells(self, active: Sequence[Standing]) -> dict[Cell, None]:
        """What is played where, in order."""
        cells = dict.fromkeys((0, place) for place in self.arena.places[0])
        for s in active:
            cells[s.j, s.outlook.place] = None
            if s.j in self.leaders:
                cells.update(dict.fromkeys((s.j, place) for place in self.arena.places[s.j]))
        return cells

    def affordable(self, active: Sequence[Standing], worlds: int) -> bool:
        """Whether so many more worlds can be paid for, if they cost what the last ones did."""
        if self.stop is None:
            return True
        each = self.arena.price(self.cells(active)) + self.beside
        return self.arena.spent + each * worlds <= self.stop

    def payable(self, active: Sequence[Standing], worlds: int, piece: int) -> bool:
        """Whether worlds can be paid for, and the next piece of them whatever controls cost."""
        if self.stop is None or not active:
            return bool(active)
        return self.affordable(active, worlds) and piece <= self.bought(active)

    def bought(self, active: Sequence[Standing]) -> int:
        """Worlds that the rest of the budget buys for these."""
        if self.stop is None:
            return 0
        each = self.arena.price(self.cells(active)) + math.ceil(self.beside)
        return (self.stop - self.arena.spent) // each

    @property
    def half_empty(self) -> bool:
        """Whether less than half of all is left."""
        return self.stop is not None and 2 * self.arena.spent > self.stop
