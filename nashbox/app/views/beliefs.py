"""What becomes of beliefs in a race, and when races are decided."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any, ClassVar

from nashbox.agents.testing import REASONS
from nashbox.app import plots
from nashbox.app.messages import PageTable, PlayedSoFar, Sketch
from nashbox.app.story import CYCLE, Lines
from nashbox.app.views.base import GamePictures
from nashbox.tables.console import errors_told, number, with_error

COLUMNS = ("agent", "plays", "hears", "belief", "signal", "stopped", "declared")
WIDE = (8.6, 4.0)  # inches, of the charts
TALLY = ("agent", "payoff", "mean stop", "error", "won")


class Beliefs(GamePictures):
    """One race step by step, and the tally of all that were played."""

    title: ClassVar[str] = "What becomes of beliefs"

    def played(self) -> PlayedSoFar:
        """Games, and the iterations of the one in sight."""
        model = self.desk.model
        return PlayedSoFar(self.desk.games, model.round, not model.running)

    def chart(self) -> Lines:
        """Beliefs and signals of the game on the table, step by step, with the thresholds."""
        problem, steps = self.game.problem, self._steps()
        beta, series = float(problem.beta), []
        for name, colour in zip(problem.names, cycle(CYCLE), strict=False):
            own = [k for k, agent in enumerate(steps["agent"]) if agent == name]
            x = [0, *range(1, len(own) + 1)]
            y = [float(problem.prior), *(float(steps["belief"][k]) for k in own)]
            series.append((name, colour, x, y, False))
            told = {
                t: float(steps["signal"][k])
                for t, k in enumerate(own, start=1)
                if steps["signal"][k] is not None
            }
            if told:
                series.append(("", colour, list(told), list(told.values()), True))
        return Lines(
            "beliefs",
            "Belief that theta = 1 (circles: signals)",
            "iteration",
            series,
            (("beta", beta), ("1 - beta", 1 - beta)),
            -0.03,
            1.03,
        )

    def rest(self) -> Iterator[Any]:
        """The game in numbers, the tally, who hears whom, and when games were decided."""
        problem = self.game.problem
        yield self._now()
        yield self._tally()
        if not problem.complete:  # else everybody hears everybody
            yield Sketch(
                "graph",
                "Who hears whom, agents coloured by their belief that theta = 1",
                plots.beliefs_on_graph,
                (problem.names, problem.edges, self.rows()),
            )
        yield Sketch(
            "law",
            "Stopping times of the games played so far against the exact law",
            plots.stopping_law,
            (self.first(), self.desk.games, self.desk.laws),
            size=WIDE,
        )

    def first(self) -> list[int]:
        """Games by iteration of the first stop, 0, 1, 2, ..."""
        ledger: Any = self.desk.total.ledger
        laws = ledger.laws
        return laws["first"].tolist() if laws else [0]

    def rows(self) -> list[dict[str, Any]]:
        """The last recorded step of every agent; before the first, the prior."""
        problem, steps = self.game.problem, self._steps()
        now: dict[str, dict[str, Any]] = {
            name: {"belief": float(problem.prior), "signal": None, "stopped": False, "reason": None}
            for name in problem.names
        }
        for k, name in enumerate(steps["agent"]):
            now[name] = {key: steps[key][k] for key in now[name]}
        return [now[name] for name in problem.names]

    def _steps(self) -> Any:
        return self.desk.model.datacollector.tables["steps"]

    def _now(self) -> PageTable:
        problem, model, rows = self.game.problem, self.desk.model, []
        for i, (agent, row) in enumerate(zip(model.players, self.rows(), strict=True)):
            stop = int(agent.tau[0])
            declared = f"theta = {int(agent.declared[0])}" if stop else ""
            why = f"{row['reason'] or REASONS[int(agent.reason[0])]} at {stop}" if stop else ""
            hears = ", ".join(problem.names[j] for j in problem.neighbours(i))
            signal = number(row["signal"]) if row["signal"] is not None else "-"
            rows.append((agent.name, self.game.strategy(i).label, hears or "nobody",
                         number(row["belief"]), signal, why, declared))  # fmt: skip
        truth = "" if model.running else f", theta = {int(model.theta[0])}"
        return PageTable("agents", COLUMNS, rows, f"iteration {model.round} of this game{truth}")

    def _tally(self) -> PageTable:
        rows = []
        for i, name in enumerate(self.game.players if self.desk.games else ()):
            row = self.desk.total.row(i, 0)
            means = (with_error(row[key], row[f"{key}_se"]) for key in ("tau", "error", "won"))
            rows.append((name, with_error(row["payoff"], row["se"]), *means))
        title = f"{self.desk.games:,} games played so far"
        return PageTable("tally", TALLY, rows, title, errors_told(rows))
