"""What everybody is paid: the pictures of games that have no others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import cycle
from typing import Any, ClassVar

from nashbox.app.messages import PageTable
from nashbox.app.story import CYCLE, Bars, Lines, Story
from nashbox.app.views.base import GamePictures
from nashbox.experiments.figures import GREEN, RED
from nashbox.tables.console import errors_told, with_error


class Payoffs(GamePictures):
    """Means over all rounds since the last change."""

    title: ClassVar[str] = "What becomes of the payoffs"

    @property
    def rounds(self) -> int:
        """Rounds since the last change."""
        return self.desk.total.paid[0].count // self.desk.setup.worlds

    def chart(self) -> Story:
        """Mean payoffs, against those before the last change."""
        pays, better = self.game.pays.name, "more" if self.game.pays.sign > 0 else "less"
        means = [[one.mean if one.count else math.nan] for one in self.desk.total.paid]
        return Story(
            "agents",
            f"{self.rounds:,} rounds" if self.rounds else "Nothing has been played yet",
            list(zip(self.game.players, self.plays(), strict=True)),
            [Bars(f"Mean {pays}, {better} is better", [(pays, GREEN)], means, before(self.desk))],
        )

    def rest(self) -> Iterator[Any]:
        """Payoffs round by round, where there are several rounds, and in numbers."""
        pays = self.game.pays.name
        series = []
        for name, colour in zip(self.game.players, cycle(CYCLE), strict=False):
            own = [row for row in self.desk.steps if row["AgentID"] == name]
            if len(own) > 1:
                series.append(
                    (name, colour, [row["Step"] for row in own], [row[pays] for row in own], False)
                )
        yield Lines("rounds", f"Mean {pays}, round by round", "round", series)
        rows = []
        for name, plays, paid in zip(
            self.game.players, self.plays(), self.desk.total.paid, strict=True
        ):
            shown = with_error(paid.mean, paid.se, 5) if paid.count else ""
            rows.append((name, plays, shown))
        title = f"{self.rounds:,} rounds of {self.desk.setup.worlds:,} worlds"
        yield PageTable("agents", ("player", "plays", pays), rows, title, errors_told(rows))


def before(desk: Any) -> list[tuple[str, str, list[float]]]:
    """The mark of what everybody was paid before the last change, if there was one."""
    if desk.change is None:
        return []
    paid = [one[desk.game.pays.name] for one in desk.change.before.agents]
    return [("before the change", RED, paid)]
