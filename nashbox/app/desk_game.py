"""The computing of the tab for games of one step: worlds played round by round, and their means."""

from __future__ import annotations

from typing import Any

from nashbox.app import limits
from nashbox.app.jobs import Send
from nashbox.app.messages import GameSetup, Opened, Played, Sketch, Table
from nashbox.experiments.run import Run
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
        send(Played(rounds))
        rows = []
        for i, name in enumerate(game.players):
            paid = self.total[i]
            shown = (number(paid.mean, 5), number(paid.se, 5)) if rounds else ("", "")
            rows.append((name, game.strategy(i).label, *shown))
        title = f"{rounds:,} rounds of {self.setup.worlds:,} worlds"
        send(Table("agents", ("player", "plays", pays, "s.e."), rows, title))
        if rounds:
            send(Sketch("agents", f"Mean {pays} of every player, with 2 s.e.", self._run(1).plot))
            if rounds > 1:
                send(Sketch("rounds", f"{pays} round by round", self._run(rounds).plot))

    def _run(self, rounds: int) -> Run:
        """What was played as `run` records it, so that its own figure can be drawn."""
        assert self.game is not None and self.setup is not None  # noqa: S101
        pays = self.game.pays.name
        agents = [
            {"name": name, pays: paid.mean, "se": paid.se}
            for name, paid in zip(self.game.players, self.total, strict=True)
        ]
        return Run(
            game=type(self.game).__name__,
            rounds=rounds,
            replications=self.setup.worlds,
            agents=agents,
            steps=self.steps,
            seeds={},
            problem={},
        )
