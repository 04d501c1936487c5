"""What becomes of data and penalties, where agents collect points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from nashbox.app.messages import PageTable
from nashbox.app.story import PURPLE, Bars, Lines, Story
from nashbox.app.views.base import GamePictures
from nashbox.app.views.payoffs import before
from nashbox.experiments.figures import BLACK, BLUE, ORANGE, SKY
from nashbox.problem.counts import counts
from nashbox.tables.console import amount, errors_told, with_error
from nashbox.tables.runs import counted

COLUMNS = ("agent", "plays", "owes", "collected", "submitted", "error", "cost", "penalty",
           "alone")  # fmt: skip


class Penalties(GamePictures):
    """The last round, against what is owed and working alone."""

    title: ClassVar[str] = "What becomes of the data and the penalties"

    def chart(self) -> Story:
        """Points collected and handed in, and the parts of the penalty."""
        game, last = self.game, self.desk.last()
        points = [[float(sum(row[key])) for key in ("collected", "submitted")] for row in last]
        prices = [[row["error"], row["cost"]] for row in last]
        nothing = [[math.nan, math.nan]] * game.m
        owed = [float(row.sum()) for row in game.terms.counts]
        marks = [("working alone", BLACK, game.penalties_alone.tolist()), *before(self.desk)]
        return Story(
            "agents",
            f"Round {last[0]['Step']}" if last else "Nothing has been played yet",
            list(zip(game.players, self.plays(), strict=True)),
            [
                Bars(
                    "Data in points",
                    [("collected", SKY), ("handed in", BLUE)],
                    points or nothing,
                    [("owed", BLACK, owed)],
                ),
                Bars(
                    "Penalty",
                    [("squared error", PURPLE), ("cost of data", ORANGE)],
                    prices or nothing,
                    marks,
                    stacked=True,
                ),
            ],
        )

    def rest(self) -> Iterator[Any]:
        """The sum of all penalties round by round, and everybody in numbers."""
        social: dict[int, float] = {}
        for row in self.desk.steps:
            social[row["Step"]] = social.get(row["Step"], 0.0) + row["penalty"]
        shown = [("", BLACK, list(social), list(social.values()), False)] if len(social) > 1 else []
        yield Lines("rounds", "Social penalty, the sum over agents", "round", shown)
        yield self._table()

    def _table(self) -> PageTable:
        game, last = self.game, self.desk.last()
        rows = []
        for i, (name, plays) in enumerate(zip(game.players, self.plays(), strict=True)):
            row: dict[str, Any] = last[i] if last else {}
            played = [
                counted(row[key], row.get(f"{key}_se")) if row else ""
                for key in ("collected", "submitted")
            ]
            prices = [with_error(row.get(key), row.get(f"{key}_se")) for key in ("error", "cost")]
            prices.append(with_error(row.get("penalty"), row.get("se")))
            rows.append((name, plays, counts(game.terms.counts[i]), *played, *prices,
                         amount(float(game.penalties_alone[i]))))  # fmt: skip
        title = f"round {last[0]['Step'] if last else 0}, {self.desk.setup.worlds:,} worlds"
        return PageTable("agents", COLUMNS, rows, title, [*errors_told(rows), *self._notes()])

    def _notes(self) -> list[str]:
        game = self.game
        anyone = not game.mechanism.equivariant
        where = [name for i, name in enumerate(game.players) if anyone or i in game.variant]
        if not where:
            return []
        return [
            f"played at mu = 0; what {', '.join(where)} does depends on mu "
            "(changes and audits look at the worst)",
        ]
