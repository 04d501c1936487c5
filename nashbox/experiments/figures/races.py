"""Testing games: beliefs, stopping times simulated and exact, gains over alpha, its value."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.figures.gains import payoff_gains
from nashbox.experiments.figures.runs import paid_figure
from nashbox.experiments.figures.style import (
    BELIEF,
    BLACK,
    BLUE,
    CYCLE,
    GREEN,
    ITERATION,
    MARKS,
    ORANGE,
    PAYOFF,
    RED,
    one_panel,
    panels,
)
from nashbox.games.testing.candidates import ALPHAS, WEIGHTS
from nashbox.problem.lattice import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.audit import GameAudit
    from nashbox.experiments.run import Run
    from nashbox.games.testing.receivers import ReceiverReport
    from nashbox.games.testing.solving import SolveReport
    from nashbox.solver import Solution


def race_figure(run: Run, ax: Axes | None = None) -> Axes:
    """A game's beliefs (alone on a given `ax`), stopping times, and what players are paid."""
    shown = panels(ax, 3, width=5.5)
    belief_paths(run, shown[0])
    if len(shown) > 1:
        stopping_times(run, shown[1])
        paid_figure(run, shown[2])
    return shown[0]


def belief_paths(run: Run, ax: Axes) -> Axes:
    """Beliefs (lines) and signals (markers) in the longest recorded game of moderate length."""
    from fractions import Fraction

    rows = run.extra["records"]["steps"]
    lengths = {g: max(r["step"] for r in rows if r["game"] == g) for g in {r["game"] for r in rows}}
    if not lengths:
        return ax
    moderate = [g for g in lengths if lengths[g] <= 40]
    game = max(moderate, key=lambda g: lengths[g]) if moderate else min(lengths)
    beta = float(Fraction(run.problem["beta"]))
    for y in (beta, 1 - beta):
        ax.axhline(y, color=BLACK, linestyle="--", linewidth=0.9)
    ax.text(0.0, 1 - beta, " 1 - beta", va="bottom", fontsize="small")
    ax.text(0.0, beta, " beta", va="top", fontsize="small")
    names = [agent["name"] for agent in run.agents]
    theta = next(r["theta"] for r in run.extra["records"]["games"] if r["game"] == game)
    for k, name in enumerate(names[: len(CYCLE)]):
        mine = [r for r in rows if r["game"] == game and r["agent"] == name]
        if not mine:
            continue
        x = [r["step"] for r in mine]
        ax.plot(x, [r["belief"] for r in mine], color=CYCLE[k], label=f"{name}: belief")
        said = [(r["step"], r["signal"]) for r in mine if r["signal"] is not None]
        if said:
            ax.plot(*zip(*said, strict=True), MARKS[k], color=CYCLE[k], markersize=4,
                    markerfacecolor="none", label=f"{name}: signal")  # fmt: skip
        end = mine[-1]
        ax.annotate(end["reason"] or "", (x[-1], end["belief"]), fontsize="x-small",
                    xytext=(4, 4), textcoords="offset points")  # fmt: skip
    ax.set(xlabel=ITERATION, ylabel=BELIEF, ylim=(-0.03, 1.03))
    more = len(names) - len(CYCLE)
    ax.set_title(f"one game, theta = {theta}" + (f" ({more} more agents)" if more > 0 else ""))
    ax.legend(frameon=False, fontsize="small")
    return ax


def first_stop_law(solution: Solution) -> Floats:
    """P(min tau = n), n = 1, 2, ..., exact, if everybody relies on itself."""
    laws = list(solution.laws.values())
    horizon = max(law.horizon for law in laws)
    alive = np.ones((2, horizon + 1))
    for law in laws:
        alive *= np.pad(law.alive, [(0, 0), (0, horizon - law.horizon)])
    weights = _weights(solution)
    return np.asarray(weights @ (alive[:, :-1] - alive[:, 1:]))


def _weights(solution: Solution) -> Floats:
    """Prior weights of theta, read off one agent's error as solved."""
    name, law = next(iter(solution.laws.items()))
    times = law.expected_time
    if times[0] == times[1]:
        return np.array([0.5, 0.5])
    one = (solution.expected_time[name] - times[0]) / (times[1] - times[0])
    return np.array([1 - one, one])


def stopping_times(run: Run, ax: Axes) -> Axes:
    """Stopping times of the first agent to stop and of each agent: simulated bars, exact lines."""
    from nashbox.problem.files import from_mapping
    from nashbox.solver import solve

    games = run.replications
    first = np.array(run.extra["laws"]["first"], dtype=float) / games
    end = int(np.searchsorted(np.cumsum(first), 0.995)) + 1
    ax.bar(range(len(first)), first, color=ORANGE, alpha=0.5, yerr=share_errors(first, games),
           ecolor=ORANGE, label="first stop, simulated (2 s.e.)")  # fmt: skip
    problem = from_mapping({**run.problem, "payoff": "win", "mechanism": "belief_exchange",
                            "strategies": "recommended"})  # fmt: skip
    solution = solve(
        dict(zip(problem.names, problem.models, strict=True)), problem.prior, problem.beta
    )
    exact = first_stop_law(solution)
    ax.plot(range(1, len(exact) + 1), exact, color=RED, label="first stop, exact (w = 1)")
    for k, (name, law) in enumerate(list(solution.laws.items())[:2]):
        mass = _weights(solution) @ law.stop.sum(axis=1)
        ax.plot(range(1, len(mass) + 1), mass, color=(BLUE, GREEN)[k], linestyle="--",
                label=f"{name} alone, exact")  # fmt: skip
        mine = np.array(run.extra["laws"][name], dtype=float) / games
        ax.errorbar(range(len(mine)), mine, yerr=share_errors(mine, games), fmt=MARKS[k],
                    color=(BLUE, GREEN)[k], markersize=3, elinewidth=0.8, markerfacecolor="none",
                    label=f"{name}, simulated (2 s.e.)")  # fmt: skip
        end = max(end, int(np.searchsorted(np.cumsum(mass), 0.95)) + 1)
    ax.set(xlim=(0, end), xlabel=ITERATION, ylabel="probability of stopping")
    more = f" (first 2 of {len(run.agents)} agents)" if len(run.agents) > 2 else ""
    ax.set_title(f"stopping times, {games} games{more}")
    ax.legend(frameon=False, fontsize="small")
    return ax


def share_errors(shares: Floats, games: int) -> Floats:
    """Two standard errors of observed shares of games, at least as if one game had been seen."""
    seen = np.clip(shares, 1 / games, 1 - 1 / games) if games > 1 else np.full(shares.shape, 0.5)
    return np.asarray(2 * np.sqrt(seen * (1 - seen) / games))


def stopping_laws(report: SolveReport, ax: Axes | None = None) -> Axes:
    """Exact stopping-time laws: every agent alone, the first stop, and the pooled test."""
    panel = one_panel(ax)
    s = report.solution
    weights = _weights(s)
    end = 0
    for k, (name, law) in enumerate(list(s.laws.items())[: len(CYCLE)]):
        mass = weights @ law.stop.sum(axis=1)
        panel.plot(range(1, mass.size + 1), mass, color=CYCLE[k], label=f"{name} alone")
        end = max(end, int(np.searchsorted(np.cumsum(mass), 0.99)) + 1)
    first = first_stop_law(s)
    panel.plot(range(1, first.size + 1), first, color=BLACK, label="first stop")
    pooled = weights @ s.pooled_law.stop.sum(axis=1)
    panel.plot(range(1, pooled.size + 1), pooled, color=BLACK, linestyle=":", label="pooled test")
    panel.set(xlim=(0, end), xlabel=ITERATION, ylabel="probability of stopping")
    panel.set_title(f"stopping times, beta = {report.problem.beta} ({s.arithmetic})")
    panel.legend(frameon=False, fontsize="small")
    return panel


def receivers_figure(report: ReceiverReport, ax: Axes | None = None) -> Axes:
    """Every objective against alpha, one line per receiver, with 2 s.e."""
    objectives = list(dict.fromkeys(row.objective for row in report.rows))
    panes = panels(ax, 2, (len(objectives) + 1) // 2, 5.5)
    for panel, objective in zip(panes, objectives, strict=False):
        rows = [row for row in report.rows if row.objective == objective]
        for k, row in enumerate(rows):
            panel.errorbar(report.alphas, row.values, yerr=2 * np.array(row.errors),
                           fmt=f"{MARKS[k % 7]}-", color=CYCLE[k % 7], capsize=3, markersize=4,
                           label=row.receiver)  # fmt: skip
        panel.set(xlabel="alpha (probability of telling the truth)", ylabel=f"{objective} (2 s.e.)")
    panes[0].legend(frameon=False, fontsize="x-small")
    return panes[0]


def _signaller(alpha: float, weight: float, anticipate: bool) -> str:
    return f"signaller(alpha={alpha}, weight={weight}, anticipate={anticipate})"


GRID = {_signaller(*point) for point in product(ALPHAS, WEIGHTS, (True, False))}


def gains_over_grid(audit: GameAudit, ax: Axes | None = None) -> Axes:
    """Payoffs over (alpha, w) of who had that grid examined, else gains as in other games."""
    gridded = [a for a in audit.agents if any(c.label in GRID for c in a.landscape)]
    if gridded and ax is None:
        return _surfaces(gridded)
    return payoff_gains(audit, ax)


def _surfaces(gridded: Sequence[Any]) -> Axes:
    shown = gridded[:4]
    panes = panels(None, 2, len(shown), 5.5)
    for k, agent in enumerate(shown):
        for column, anticipate in enumerate((True, False)):
            _surface(panes[2 * k + column], agent, anticipate)
    more = len(gridded) - len(shown)
    if more:
        panes[0].figure.suptitle(f"{more} more agents are in the answer and not shown")
    return panes[0]


def _surface(ax: Axes, agent: Any, anticipate: bool) -> None:
    """Gain over (alpha, w) for one agent."""
    found = {c.label: (c.gain, c.se) for c in agent.landscape}
    played = (0.0, 0.0)  # the audited strategy is no candidate
    labels = [[_signaller(a, w, anticipate) for a in ALPHAS] for w in WEIGHTS]
    both = np.array([[found.get(label, played) for label in row] for row in labels])
    table, errors = both[..., 0], both[..., 1]
    size = max(1e-9, float(np.abs(table).max()))
    image = ax.imshow(table + agent.payoff, cmap="cividis", aspect="auto",
                      vmin=agent.payoff - size, vmax=agent.payoff + size)  # fmt: skip
    ax.set_xticks(range(len(ALPHAS)), [f"{a:g}" for a in ALPHAS])
    ax.set_yticks(range(len(WEIGHTS)), [f"{w:g}" for w in WEIGHTS])
    for i in range(len(WEIGHTS)):
        for j in range(len(ALPHAS)):
            text = f"{table[i, j] + agent.payoff:.3f}\n\u00b1{2 * errors[i, j]:.3f}"
            text = text if labels[i][j] in found else f"{agent.payoff:.3f}\nplayed"
            ax.text(j, i, text, ha="center", va="center",
                    fontsize="x-small", color="white" if table[i, j] < 0 else "black")  # fmt: skip
    ax.set(xlabel="alpha (probability of revealing the belief)", ylabel="w (on the own belief)")
    how = "anticipating" if anticipate else "not anticipating"
    ax.set_title(f"{agent.name}: payoff \u00b1 2 s.e., {how}")
    image.errors = 2 * errors  # type: ignore[attr-defined]  # for the data beside the figure
    ax.figure.colorbar(image, ax=ax, label=PAYOFF)
