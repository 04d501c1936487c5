"""The page's computing: one game of any kind, played on request, and pictures of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nashbox.app import limits
from nashbox.app.changes import Change, measured
from nashbox.app.jobs import Send
from nashbox.app.messages import Laws, Opened, Setup
from nashbox.app.parameters import problem_file
from nashbox.experiments.tally import RoundTally
from nashbox.games.base import Game
from nashbox.games.registry import engine, prepare_game
from nashbox.measure.seeds import Stage, child
from nashbox.problem.errors import InputError, require
from nashbox.problem.spec import Spec


class Desk:
    """Holds one game; every method answers through `send`.

    Where a model plays all rounds (`lasting`), it has `setup.worlds` worlds, and a step is a round
    of all of them. Else it is one game, played step by step; after its end the next one begins, and
    many can be played at once beside it.

    steps: rows of all rounds as `run` keeps them, of lasting games. total: of all rounds, or games,
    since the last change.
    """

    game: Game
    setup: Setup
    problem: Any
    total: RoundTally
    change: Change | None

    def __init__(self) -> None:
        self.open = False
        self.laws: Laws | None = None
        self._clear()

    def reset(self, send: Send, setup: Setup) -> None:
        """Open the problem as set up; nothing has been played."""
        problem, game = _prepared(setup)
        if not self.open or replace(self.setup, seed=0) != replace(setup, seed=0):
            self.laws = None
        self.problem, self.game, self.setup, self.open = problem, game, setup, True
        self._clear()
        self._begin()
        self._make_model(send)
        self._open(send)

    def change_to(self, send: Send, setup: Setup) -> None:
        """Take over other strategies, measure before and after on the same seeds, and play on.

        A game of which each is played by a model of its own begins anew.
        """
        if self.model is None or not self.game.lasting:
            self.reset(send, setup)
            return
        problem, game = _prepared(setup)
        change = measured(self.game, game, (self.problem, problem), setup.seed)
        self.problem, self.game, self.setup, self.change = problem, game, setup, change
        self.models += 1
        self._begin()
        self._make_model(send, change.changed)
        self._open(send)
        send(change.table())
        self.advance(send, 1)

    def learn(self, send: Send, laws: Laws) -> None:
        """Take the exact laws in, which another process has computed."""
        self.laws = laws
        self._tell(send)

    def advance(self, send: Send, steps: int) -> None:
        """Play steps: rounds of a lasting game."""
        self._ready(send)
        if self.game.lasting:
            limits.check_rounds(steps, self.model.round)
        for _ in range(steps):
            self._step()
        self._tell(send)

    def finish(self, send: Send) -> None:
        """Play the round, or the game on the table to its end (or all of the next one)."""
        self._ready(send)
        self._step()
        while self.model.running and not self.game.lasting:
            self._step()
        self._tell(send)

    def play(self, send: Send, count: int) -> None:
        """Play rounds, or whole games at once."""
        if self.open and self.game.lasting:
            self.advance(send, count)
            return
        self._ready(send)
        limits.check_games(count, self.games)
        self.blocks += 1
        seed = child(self.setup.seed, Stage.RUN, 1, self.blocks)
        self.total.add(self.game.opened(count, seed, None, 0).play())
        self._tell(send)

    @property
    def games(self) -> int:
        """Games that are over, or worlds of all rounds, since the last change."""
        return self.total.paid[0].count

    def last(self) -> Sequence[dict[str, Any]]:
        """The rows of the last round."""
        return self.steps[-self.game.m :]

    def _clear(self) -> None:
        self.model: Any = None
        self.change = None
        self.steps: list[dict[str, Any]] = []
        self.models = self.blocks = 0

    def _begin(self) -> None:
        game = self.game
        self.total = RoundTally(game, [game.strategy(i).label for i in range(game.m)])
        self.view = engine(game, "page")(self)

    def _ready(self, send: Send) -> None:
        if not self.open:
            raise InputError("no problem is open")
        if self.model is None:
            self._make_model(send)  # says why there is none

    def _make_model(self, send: Send, changed: Sequence[str] = ()) -> None:
        """A model seeded as `nashbox run` seeds its first worlds, so that the numbers agree.

        After a change of strategies it goes on with the next round: who did not change plays what
        she played last.
        """
        game, old, self.model = self.game, self.model, None
        path = (0, self.models) if self.models or not game.lasting else (0,)
        seed = child(self.setup.seed, Stage.RUN, *path)
        worlds = self.setup.worlds if game.lasting else 1
        try:
            model = game.opened(worlds, seed, None, 1)
        except InputError:  # formulas may know a game that cannot be played
            if game.lasting:
                self._open(send)
            raise
        if old is not None and game.lasting:
            model.round = old.round
            for before, agent in zip(old.players, model.players, strict=True):
                if agent.name not in changed:
                    agent.strategy = before.strategy
        self.model = model

    def _step(self) -> None:
        game = self.game
        if not self.model.running:
            limits.check_games(1, self.games)
            self.models += 1
            self._make_model(lambda _: None)
        labels = game.labels(self.model)
        self.model.step()
        if game.lasting:
            round_ = RoundTally(game, labels)
            round_.add(self.model)
            self.steps += [round_.row(i, self.model.round) for i in range(game.m)]
        if game.lasting or not self.model.running:
            self.total.add(self.model)

    def _open(self, send: Send) -> None:
        problem, game = self.problem, self.game
        send(
            Opened(
                setup=self.setup,
                names=problem.names,
                mechanism=problem.mechanism or Spec(next(iter(game.mechanisms), "")),
                strategies=dict(problem.strategies),
                body=problem.to_json(),
                title=self.view.title,
                file=problem_file(problem),
            )
        )
        self._tell(send)

    def _tell(self, send: Send) -> None:
        send(self.view.chart())  # first: what follows is further down the page
        send(self.view.played())
        for update in self.view.rest():
            send(update)


def _prepared(setup: Setup) -> tuple[Any, Game]:
    """Prepare the game. Raises InputError for one that is too large for the page."""
    require("seed", setup.seed, low=0, integer=True)
    problem = setup.problem()
    limits.check_problem(problem)
    game = prepare_game(problem)
    if game.lasting:
        limits.check_worlds(setup.worlds, game.drawn)
    return problem, game
