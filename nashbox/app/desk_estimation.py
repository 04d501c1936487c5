"""The estimation tab's computing: a Mesa model stepped on request, tables and drawings of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nashbox.app import limits, plots
from nashbox.app.jobs import Send
from nashbox.app.messages import EstimationSetup, Opened, Played, Table
from nashbox.experiments.audit.bench import all_equivariant
from nashbox.experiments.game import Game, prepare
from nashbox.experiments.planning import PlanReport, plan_report
from nashbox.experiments.run import Run, run
from nashbox.experiments.seeds import Stage, child
from nashbox.problem.errors import InputError, require
from nashbox.strategies import Strategy
from nashbox.tables.common import counts, number

COMPARED = 2_000  # worlds in which a change is measured, fewer where points are many
SETTLED = 5  # rounds before a change is measured, where somebody revises
COLUMNS = ("agent", "plays", "owes", "collected", "submitted", "error", "cost", "penalty", "se",
           "alone")  # fmt: skip


class EstimationDesk:
    """Holds one game; every method answers through `send`."""

    def __init__(self) -> None:
        self.game: Game | None = None
        self.setup: EstimationSetup | None = None
        self.model: Any = None
        self.steps: list[dict[str, Any]] = []
        self.change: tuple[Run, Run, list[str]] | None = None
        self.dirty: set[str] = set()

    def reset(self, send: Send, setup: EstimationSetup) -> None:
        """Open the problem as set up, and put the model at round 0."""
        game = _game(setup)
        self.game, self.setup, self.change = game, setup, None
        self._start(send)

    def change_to(self, send: Send, setup: EstimationSetup) -> None:
        """Take over other strategies, and measure before and after on the same seeds."""
        game, old = _game(setup), self.setup
        if old is None:
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
        self._start(send)
        send(_change_table(before, after, changed))

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
        self.dirty |= {"agents", "penalties", "rounds"}
        send(Played(self.model.round))
        send(self._table())

    def draw(self, send: Send) -> None:
        """Draw what has changed."""
        draw = {
            "agents": self._draw_agents,
            "penalties": self._draw_penalties,
            "rounds": self._draw_rounds,
            "change": self._draw_change,
        }
        for name in [name for name in draw if name in self.dirty]:
            send(draw[name]())
            self.dirty.discard(name)

    def _start(self, send: Send) -> None:
        assert self.game is not None and self.setup is not None  # noqa: S101
        game = self.game
        self.model, self.steps = None, []
        self._plan: PlanReport | None = None
        problem = game.problem
        self.dirty = {"agents", "penalties", "rounds", "change"}
        send(
            Opened(
                game="estimation",
                names=problem.names,
                mechanism=problem.mechanism,
                strategies=dict(problem.strategies),
                plan=problem.plan_name,
            )
        )
        send(Played(0))
        send(self._table())
        self._make_model()

    def _make_model(self) -> None:
        """Seeded as `nashbox run` seeds its first worlds: the numbers agree."""
        assert self.game is not None and self.setup is not None  # noqa: S101
        seed = child(self.setup.seed, Stage.RUN, 0)
        self.model = self.game.model(self.setup.worlds, seed, revision="sequential")

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

    def _draw_agents(self) -> Any:
        assert self.game is not None  # noqa: S101
        game, last = self.game, self._last()
        collected = np.array([row["collected"] for row in last]) if last else game.terms.counts
        penalties = np.array([row["penalty"] for row in last]) if last else game.penalties_alone
        return plots.drawn(
            "agents",
            "Agents and distributions; the width of a line is the number of points collected",
            lambda ax: plots.agents_and_distributions(
                ax, game.problem.names, game.problem.distributions, collected, penalties,
                game.penalties_alone,
            ),
        )  # fmt: skip

    def _draw_penalties(self) -> Any:
        assert self.game is not None  # noqa: S101
        game, last = self.game, self._last()
        if not last:
            if self._plan is None:
                self._plan = plan_report(game.problem)
            plan = self._plan
            return plots.drawn("penalties", "The plan: counts and penalties", plan.plot)
        error, cost, se = (np.array([row[key] for row in last]) for key in ("error", "cost", "se"))
        return plots.drawn(
            "penalties",
            "Penalty of every agent against working alone",
            lambda ax: plots.penalties_and_alone(
                ax, game.problem.names, error, cost, se, game.penalties_alone
            ),
        )

    def _draw_rounds(self) -> Any:
        if not self.steps:
            return plots.drawn(
                "rounds", "No round yet", lambda ax: plots.waiting(ax, "Step plays the first round")
            )
        played = self._as_run()
        return plots.drawn("rounds", "Data and social penalty, round by round", played.plot)

    def _as_run(self) -> Run:
        assert self.game is not None and self.setup is not None  # noqa: S101
        last = self._last()
        return Run(
            rounds=self.model.round,
            replications=self.setup.worlds,
            agents=[{"name": row["AgentID"], **row} for row in last],
            steps=self.steps,
            seeds={"seed": self.setup.seed},
            problem=self.game.problem.to_json(),
            mu="0",
        )

    def _draw_change(self) -> Any:
        if self.change is None:
            return plots.drawn(
                "change",
                "No change yet",
                lambda ax: plots.waiting(ax, "change an agent's strategy:\nbefore and after"),
            )
        before, after, changed = self.change
        both = [
            (np.array([a["penalty"] for a in r.agents]), np.array([a["se"] for a in r.agents]))
            for r in (before, after)
        ]
        names = [a["name"] for a in after.agents]
        return plots.drawn(
            "change",
            "Penalties before and after the change",
            lambda ax: plots.before_and_after(ax, names, both[0], both[1], changed),
        )


def _game(setup: EstimationSetup) -> Game:
    """Prepare the game. Raises InputError for one that is too large for the page."""
    require("seed", setup.seed, low=0, integer=True)
    game = prepare(setup.problem())
    limits.check_worlds(setup.worlds, float(game.terms.counts.sum()))
    return game


def _measured(setup: EstimationSetup) -> Run:
    """Play a setup on seeds of its own; several rounds where somebody revises."""
    game = _game(setup)
    strategies = [game.strategy(i) for i in range(game.problem.m)]
    moving = any(type(s).revise is not Strategy.revise for s in strategies)
    points = max(1.0, float(game.terms.counts.sum()))
    worlds = int(max(2, min(COMPARED, limits.POINTS / points)))
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
