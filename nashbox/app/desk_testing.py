"""The testing tab's computing: one game stepped on request, and the tally of all games played."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import numpy as np

from nashbox.agents.testing import REASONS
from nashbox.app import limits, plots
from nashbox.app.jobs import Send
from nashbox.app.messages import Laws, Opened, Played, RaceSetup, Sketch, Table
from nashbox.app.parameters import problem_file
from nashbox.app.story import CYCLE, Lines
from nashbox.games.testing import RaceGame, prepare_testing
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child
from nashbox.model.testing import RaceModel
from nashbox.problem.errors import InputError, require
from nashbox.tables.console import number

COLUMNS = ("agent", "plays", "hears", "belief", "signal", "stopped", "declared")
WIDE = (8.6, 4.0)  # inches, of the charts
TALLY = ("agent", "payoff", "s.e.", "mean stop", "error", "won")


class RaceDesk:
    """Holds one game; every method answers through `send`."""

    def __init__(self) -> None:
        self.game: RaceGame | None = None
        self.setup: RaceSetup | None = None
        self.laws: Laws | None = None
        self._clear()

    def reset(self, send: Send, setup: RaceSetup) -> None:
        """Open the problem as set up; nothing has been played."""
        require("seed", setup.seed, low=0, integer=True)
        problem = setup.problem()
        limits.check_problem(problem)
        game = prepare_testing(problem)
        if self.game is None or _law_key(self.game.problem) != _law_key(problem):
            self.laws = None
        self.game, self.setup = game, setup
        self._clear()
        self._build(0)
        pmfs = {
            name: ([str(p) for p in model.p0], [str(p) for p in model.p1])
            for name, model in zip(problem.names, problem.models, strict=True)
        }
        send(
            Opened(
                setup=setup,
                names=problem.names,
                mechanism=problem.mechanism,
                strategies=dict(problem.strategies),
                prior=str(problem.prior),
                beta=str(problem.beta),
                pmfs=pmfs,
                file=problem_file(problem),
            )
        )
        self._tell(send)

    def learn(self, send: Send, laws: Laws) -> None:
        """Take the exact laws in, which another process has computed."""
        self.laws = laws
        send(self._law())

    def advance(self, send: Send, steps: int) -> None:
        """Play iterations; after the end of a game the next one begins."""
        self._ready()
        for _ in range(steps):
            self._step()
        self._tell(send)

    def finish(self, send: Send) -> None:
        """Play the game on the table to its end (or all of the next one)."""
        self._ready()
        self._step()
        while self.model.running:
            self._step()
        self._tell(send)

    def play(self, send: Send, games: int) -> None:
        """Play whole games at once and add them to the tally."""
        self._ready()
        limits.check_games(games, self.played)
        assert self.game is not None and self.setup is not None  # noqa: S101
        self.blocks += 1
        seed = child(self.setup.seed, Stage.RUN, 1, self.blocks)
        self._add(self.game.opened(games, seed, None, 0).play())
        self._tell(send)

    def _clear(self) -> None:
        self.played = self.started = self.blocks = 0
        self.first = np.zeros(1, dtype=np.int64)
        self.model: Any = None
        names = () if self.game is None else self.game.problem.names
        self.sums = [{key: Moments() for key in ("payoff", "tau", "wrong", "share")} for _ in names]

    def _build(self, number_: int) -> None:
        assert self.game is not None and self.setup is not None  # noqa: S101
        game = self.game
        self.model = RaceModel(
            game.problem,
            game.exchange,
            game.strategies,
            replications=1,
            rng=child(self.setup.seed, Stage.RUN, 0, number_),
            record=1,
        )

    def _ready(self) -> None:
        if self.model is None:
            raise InputError("no problem is open")

    def _step(self) -> None:
        if not self.model.running:
            limits.check_games(1, self.played)
            self.started += 1
            self._build(self.started)
        self.model.step()
        if not self.model.running:
            self._add(self.model)

    def _add(self, model: RaceModel) -> None:
        outcomes, pays = model.outcomes(), model.payoffs()
        for outcome, pay, sums in zip(outcomes, pays, self.sums, strict=True):
            sums["payoff"].add(pay)
            sums["tau"].add(outcome.tau.astype(float))
            sums["wrong"].add(outcome.wrong.astype(float))
            sums["share"].add(outcome.share)
        tau = np.stack([o.tau for o in outcomes]).min(axis=0)
        fresh = np.bincount(tau)
        size = max(fresh.size, self.first.size)
        self.first = np.pad(self.first, (0, size - self.first.size))
        self.first += np.pad(fresh, (0, size - fresh.size))
        self.played += model.replications

    def _tell(self, send: Send) -> None:
        send(self._beliefs())
        send(Played(self.played, self.model.round, not self.model.running))
        send(self._now())
        send(self._tally())
        assert self.game is not None  # noqa: S101
        m = len(self.game.problem.names)
        if len(self.game.problem.edges) < m * (m - 1) / 2:  # else everybody hears everybody
            send(self._graph())
        send(self._law())

    def rows(self) -> list[dict[str, Any]]:
        """The last recorded step of every agent; before the first, the prior."""
        assert self.game is not None  # noqa: S101
        problem = self.game.problem
        now: dict[str, dict[str, Any]] = {
            name: {"belief": float(problem.prior), "signal": None, "stopped": False, "reason": None}
            for name in problem.names
        }
        steps = self.model.datacollector.tables["steps"]
        for k, name in enumerate(steps["agent"]):
            now[name] = {key: steps[key][k] for key in now[name]}
        return [now[name] for name in problem.names]

    def _now(self) -> Table:
        assert self.game is not None  # noqa: S101
        problem, rows = self.game.problem, []
        for i, (agent, row) in enumerate(zip(self.model.players, self.rows(), strict=True)):
            stop = int(agent.tau[0])
            declared = f"theta = {int(agent.declared[0])}" if stop else ""
            why = f"{row['reason'] or REASONS[int(agent.reason[0])]} at {stop}" if stop else ""
            hears = ", ".join(problem.names[j] for j in problem.neighbours(i))
            signal = number(row["signal"]) if row["signal"] is not None else "-"
            rows.append((agent.name, self.game.strategies[agent.name].label, hears or "nobody",
                         number(row["belief"]), signal, why, declared))  # fmt: skip
        over = not self.model.running
        truth = f", theta = {int(self.model.theta[0])}" if over else ""
        return Table("agents", COLUMNS, rows, f"iteration {self.model.round} of this game{truth}")

    def _tally(self) -> Table:
        assert self.game is not None  # noqa: S101
        rows = []
        for name, sums in zip(self.game.problem.names, self.sums, strict=True):
            if not self.played:
                break
            se = number(sums["payoff"].se) if self.played > 1 else "-"
            rest = [number(sums[key].mean) for key in ("tau", "wrong", "share")]
            rows.append((name, number(sums["payoff"].mean), se, *rest))
        return Table("tally", TALLY, rows, f"{self.played:,} games played so far")

    def _beliefs(self) -> Lines:
        """Beliefs and signals of the game on the table, step by step, with the thresholds."""
        assert self.game is not None  # noqa: S101
        problem, steps = self.game.problem, self.model.datacollector.tables["steps"]
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

    def _graph(self) -> Sketch:
        assert self.game is not None  # noqa: S101
        problem = self.game.problem
        return Sketch(
            "graph",
            "Who hears whom, agents coloured by their belief that theta = 1",
            plots.beliefs_on_graph,
            (problem.names, problem.edges, self.rows()),
        )

    def _law(self) -> Sketch:
        return Sketch(
            "law",
            "Stopping times of the games played so far against the exact law",
            plots.stopping_law,
            (self.first.tolist(), self.played, self.laws),
            size=WIDE,
        )


def _law_key(problem: Any) -> tuple[Any, ...]:
    """What the exact laws depend on."""
    return (problem.names, problem.models, problem.prior, problem.beta)
