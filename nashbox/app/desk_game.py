"""The computing of the tab for games of one step: worlds played round by round, and their means."""

from __future__ import annotations

import math
from itertools import cycle
from typing import Any

from nashbox.app import limits
from nashbox.app.jobs import Send
from nashbox.app.messages import GameSetup, Opened, Played, Table
from nashbox.app.parameters import problem_file
from nashbox.app.story import CYCLE, Bars, Lines, Story
from nashbox.experiments.figures import GREEN
from nashbox.games.base import Game
from nashbox.games.registry import prepare_game
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child
from nashbox.problem.errors import InputError, require
from nashbox.problem.spec import Spec
from nashbox.tables.console import number


class GameDesk:
    """Holds one game; every method answers through `send`."""

    def __init__(self) -> None:
        self.game: Game | None = None
        self.setup: GameSetup | None = None
        self.model: Any = None
        self.steps: list[dict[str, Any]] = []

    def reset(self, send: Send, setup: GameSetup) -> None:
        """Open the problem as set up; nothing has been played."""
        require("seed", setup.seed, low=0, integer=True)
        problem = setup.problem()
        limits.check_problem(problem)
        limits.check_worlds(setup.worlds, problem.m)
        game = prepare_game(problem)
        self.game, self.setup, self.steps = game, setup, []
        self.model = game.model(setup.worlds, child(setup.seed, Stage.RUN, 0))
        self.total = [Moments() for _ in game.players]
        spec = problem.mechanism or Spec(next(iter(game.mechanisms), ""))
        send(
            Opened(
                setup=setup,
                names=problem.names,
                mechanism=spec,
                strategies=dict(problem.strategies),
                parameters=dict(problem.parameters),
                file=problem_file(problem),
            )
        )
        self._tell(send)

    def advance(self, send: Send, rounds: int) -> None:
        """Play rounds; each is the game played afresh."""
        if self.game is None or self.setup is None:
            raise InputError("no problem is open")
        limits.check_rounds(rounds, self.model.round)
        for _ in range(rounds):
            self.model.step()
            for i, player in enumerate(self.model.players):
                now = Moments()
                now.add(player.paid)
                self.total[i].add(player.paid)
                self.steps.append(
                    {
                        "Step": self.model.round,
                        "AgentID": player.name,
                        self.game.pays.name: now.mean,
                        "se": now.se,
                    }
                )
        self._tell(send)

    def _tell(self, send: Send) -> None:
        assert self.game is not None and self.setup is not None  # noqa: S101
        game, pays, rounds = self.game, self.game.pays.name, self.model.round
        send(self._story())
        send(Played(rounds))
        send(self._rounds())
        rows = []
        for i, name in enumerate(game.players):
            paid = self.total[i]
            shown = (number(paid.mean, 5), number(paid.se, 5)) if rounds else ("", "")
            rows.append((name, game.strategy(i).label, *shown))
        title = f"{rounds:,} rounds of {self.setup.worlds:,} worlds"
        send(Table("agents", ("player", "plays", pays, "s.e."), rows, title))

    def _story(self) -> Story:
        """Mean payoffs, 0 for what has not been played."""
        assert self.game is not None  # noqa: S101
        game, played = self.game, self.model.round
        better = "more" if game.pays.sign > 0 else "less"
        return Story(
            "agents",
            f"{played:,} rounds" if played else "Nothing has been played yet",
            [(name, game.strategy(i).label) for i, name in enumerate(game.players)],
            [
                Bars(
                    f"Mean {game.pays.name}, {better} is better",
                    [(game.pays.name, GREEN)],
                    [[one.mean if played else math.nan] for one in self.total],
                )
            ],
        )

    def _rounds(self) -> Lines:
        """Payoffs round by round, where there are several rounds."""
        assert self.game is not None  # noqa: S101
        pays, series = self.game.pays.name, []
        for name, colour in zip(self.game.players, cycle(CYCLE), strict=False):
            own = [row for row in self.steps if row["AgentID"] == name]
            if len(own) > 1:
                series.append(
                    (name, colour, [row["Step"] for row in own], [row[pays] for row in own], False)
                )
        return Lines("rounds", f"Mean {pays}, round by round", "round", series)
