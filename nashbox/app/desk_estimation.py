"""The estimation tab's computing: a Mesa model stepped on request, tables and drawings of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nashbox.app import limits
from nashbox.app.jobs import Send
from nashbox.app.messages import EstimationSetup, Opened, Played, Table
from nashbox.app.parameters import problem_file
from nashbox.app.story import PURPLE, Bars, Lines, Story
from nashbox.experiments.figures import BLACK, BLUE, ORANGE, RED, SKY
from nashbox.experiments.run import Run, run
from nashbox.games.estimation import EstimationGame, prepare
from nashbox.games.estimation.nature import all_equivariant
from nashbox.measure.seeds import Stage, child
from nashbox.problem.errors import InputError, require
from nashbox.strategies import Strategy
from nashbox.tables.console import counts, number

COMPARED = 2_000  # worlds in which a change is measured, fewer where points are many
SETTLED = 5  # rounds before a change is measured, where somebody revises
COLUMNS = ("agent", "plays", "owes", "collected", "submitted", "error", "cost", "penalty", "se",
           "alone")  # fmt: skip


class EstimationDesk:
    """Holds one game; every method answers through `send`."""

    def __init__(self) -> None:
        self.game: EstimationGame | None = None
        self.setup: EstimationSetup | None = None
        self.model: Any = None
        self.steps: list[dict[str, Any]] = []
        self.changes = 0
        self.change: tuple[Run, Run, list[str]] | None = None

    def reset(self, send: Send, setup: EstimationSetup) -> None:
        """Open the problem as set up, and put the model at round 0."""
        self.game, self.setup, self.change = _game(setup), setup, None
        self.model, self.steps, self.changes = None, [], 0
        self._open(send)
        self._make_model()

    def change_to(self, send: Send, setup: EstimationSetup) -> None:
        """Take over other strategies, measure before and after on the same seeds, and play on."""
        game, old = _game(setup), self.setup
        if old is None or self.model is None:
            self.reset(send, setup)
            return
        before, after = (_measured(one) for one in (old, setup))
        names = list(game.problem.names)
        changed = [
            name
            for name, a, b in zip(names, before.agents, after.agents, strict=True)
            if a["strategy"] != b["strategy"]
            or old.problem().strategies.get(name) != game.problem.strategies.get(name)
        ]
        self.game, self.setup, self.change = game, setup, (before, after, changed)
        self.changes += 1
        self._make_model(changed)
        self._open(send)
        send(_change_table(before, after, changed))
        self.advance(send, 1)

    def advance(self, send: Send, rounds: int) -> None:
        """Play rounds."""
        if self.game is None:
            raise InputError("no problem is open")
        if self.model is None:
            self._make_model()  # says why there is none
        limits.check_rounds(rounds, self.model.round)
        for _ in range(rounds):
            self.model.step()
            self._keep()
        send(self._story())  # the chart first: what follows is further down the page
        send(Played(self.model.round))
        send(self._rounds())
        send(self._table())

    def _open(self, send: Send) -> None:
        assert self.game is not None  # noqa: S101
        problem = self.game.problem
        send(
            Opened(
                setup=self.setup,
                names=problem.names,
                mechanism=problem.mechanism,
                strategies=dict(problem.strategies),
                plan=problem.plan_name,
                file=problem_file(problem),
            )
        )
        send(Played(0 if self.model is None else self.model.round))
        send(self._table())
        send(self._story())
        send(self._rounds())

    def _make_model(self, changed: Sequence[str] = ()) -> None:
        """A model seeded as `nashbox run` seeds its first worlds, so that the numbers agree.

        After a change of strategies it goes on with the next round: who did not change plays what
        she played last.
        """
        assert self.game is not None and self.setup is not None  # noqa: S101
        path = (0, self.changes) if self.changes else (0,)
        seed = child(self.setup.seed, Stage.RUN, *path)
        old, self.model = self.model, None
        model = self.game.model(self.setup.worlds, seed, revision="sequential")
        if old is not None:
            model.round = old.round
            for before, agent in zip(old.players, model.players, strict=True):
                if agent.name not in changed:
                    agent.strategy = before.strategy
        self.model = model

    def _keep(self) -> None:
        """Rows of the round just played, as `run` keeps them."""
        for agent in self.model.players:
            worlds = agent.penalty.size
            finite = bool(np.isfinite(agent.penalty).all())
            self.steps.append(
                {
                    "Step": self.model.round,
                    "AgentID": agent.name,
                    "strategy": agent.strategy.label,
                    "collected": agent.collected.mean(axis=0).tolist(),
                    "submitted": agent.submitted.mean(axis=0).tolist(),
                    "error": float(agent.error.mean()),
                    "cost": float(agent.cost.mean()),
                    "penalty": float(agent.penalty.mean()),
                    "se": float(agent.penalty.std(ddof=1) / math.sqrt(worlds)) if finite else 0.0,
                }
            )

    def _last(self) -> list[dict[str, Any]]:
        assert self.game is not None  # noqa: S101
        return self.steps[-self.game.problem.m :]

    def _table(self) -> Table:
        assert self.game is not None and self.setup is not None  # noqa: S101
        game, last = self.game, self._last()
        rows = []
        for i, name in enumerate(game.problem.names):
            row: dict[str, Any] = last[i] if last else {}
            played = [counts(row[key]) for key in ("collected", "submitted")] if row else ["", ""]
            prices = [number(row.get(key)) for key in ("error", "cost", "penalty", "se")]
            rows.append(
                (name, row.get("strategy", game.strategy(i).label), counts(game.terms.counts[i]),
                 *played, *prices, number(float(game.penalties_alone[i])))
            )  # fmt: skip
        title = f"round {len(self.steps) // len(rows)}, {self.setup.worlds:,} worlds"
        return Table("agents", COLUMNS, rows, title, self._notes())

    def _notes(self) -> list[str]:
        assert self.game is not None  # noqa: S101
        game = self.game
        where = [
            name
            for i, name in enumerate(game.problem.names)
            if not all_equivariant(game, i, game.strategy(i))
        ]
        if not where:
            return []
        return [
            f"played at mu = 0; what {', '.join(where)} does depends on mu "
            "(changes and audits look at the worst)"
        ]

    def _story(self) -> Story:
        """What becomes of the data and of the penalties, against what is owed and working alone."""
        assert self.game is not None and self.setup is not None  # noqa: S101
        game, last, m = self.game, self._last(), self.game.problem.m
        plays = [row["strategy"] for row in last] or [game.strategy(i).label for i in range(m)]
        points = [[float(sum(row[key])) for key in ("collected", "submitted")] for row in last]
        prices = [[row["error"], row["cost"]] for row in last]
        owed = [float(row.sum()) for row in game.terms.counts]
        marks = [("working alone", BLACK, game.penalties_alone.tolist())]
        if self.change is not None:
            before = [one["penalty"] for one in self.change[0].agents]
            marks.append(("before the change", RED, before))
        return Story(
            "agents",
            f"Round {len(self.steps) // m}" if last else "Nothing has been played yet",
            list(zip(game.problem.names, plays, strict=True)),
            [
                Bars(
                    "Data in points",
                    [("collected", SKY), ("handed in", BLUE)],
                    points or [[math.nan, math.nan]] * m,
                    [("owed", BLACK, owed)],
                ),
                Bars(
                    "Penalty",
                    [("squared error", PURPLE), ("cost of data", ORANGE)],
                    prices or [[math.nan, math.nan]] * m,
                    marks,
                    stacked=True,
                ),
            ],
        )

    def _rounds(self) -> Lines:
        social: dict[int, float] = {}
        for row in self.steps:
            social[row["Step"]] = social.get(row["Step"], 0.0) + row["penalty"]
        shown = [("", BLACK, list(social), list(social.values()), False)] if len(social) > 1 else []
        return Lines("rounds", "Social penalty, the sum over agents", "round", shown)


def _game(setup: EstimationSetup) -> EstimationGame:
    """Prepare the game. Raises InputError for one that is too large for the page."""
    require("seed", setup.seed, low=0, integer=True)
    game = prepare(setup.problem())
    limits.check_worlds(setup.worlds, _points(game))
    return game


def _points(game: EstimationGame) -> float:
    """Points of a round in one world: what is owed, or what strategies say they hand in."""
    return float(np.maximum(game.terms.counts, game.profile_counts()).sum())


def _measured(setup: EstimationSetup) -> Run:
    """Play a setup on seeds of its own; several rounds where somebody revises."""
    game = _game(setup)
    strategies = [game.strategy(i) for i in range(game.problem.m)]
    moving = any(type(s).revise is not Strategy.revise for s in strategies)
    worlds = int(max(2, min(COMPARED, limits.POINTS / max(1.0, _points(game)))))
    return run(game.problem, rounds=SETTLED if moving else 1, replications=worlds, seed=setup.seed)


def _change_table(before: Run, after: Run, changed: list[str]) -> Table:
    rows = []
    others = [0.0, 0.0]
    for old, new in zip(before.agents, after.agents, strict=True):
        if old["name"] in changed:
            rows.append(_change_row(old["name"], old, new))
        else:
            others[0] += old["penalty"]
            others[1] += new["penalty"]
    rows.append(
        ("all others, in sum", "", "", number(others[0]), number(others[1]), _signed(*others))
    )
    return Table("change", ("agent", "played", "plays", "penalty before", "after", "change"), rows)


def _change_row(name: str, old: Any, new: Any) -> tuple[str, ...]:
    return (
        name,
        old["strategy"],
        new["strategy"],
        number(old["penalty"]),
        number(new["penalty"]),
        _signed(old["penalty"], new["penalty"]),
    )


def _signed(before: float, after: float) -> str:
    if math.isinf(before) and math.isinf(after):
        return "0"
    change = after - before
    return ("+" if change > 0 else "") + number(change)
