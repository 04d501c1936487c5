"""Figures of testing games: belief paths, stopping times, payoff surfaces, the value of alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.figures import BLACK, BLUE, CYCLE, GREEN, ORANGE, RED
from nashbox.problem.lattice import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.testing.audit import TestingAudit
    from nashbox.experiments.testing.receivers import ReceiverReport
    from nashbox.experiments.testing.run import TestingRun
    from nashbox.experiments.testing.solving import SolveReport
    from nashbox.solver import Solution

MARKS = ("o", "s", "^", "D", "v", "P", "X")


def _panels(ax: Axes | None, columns: int, rows: int = 1, width: float = 6.0) -> list[Axes]:
    """Make new axes, or the given one and nothing else."""
    if ax is not None:
        return [ax]
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(
        rows, columns, figsize=(width * columns, 4.0 * rows), layout="constrained", squeeze=False
    )
    for panel in axes.ravel():
        panel.spines[["top", "right"]].set_visible(False)
    return list(axes.ravel())


def run_figure(run: TestingRun, ax: Axes | None = None) -> Axes:
    """One game's beliefs, thresholds and signals; stopping times exact and simulated."""
    panels = _panels(ax, 2)
    belief_paths(run, panels[0])
    if len(panels) > 1:
        stopping_times(run, panels[1])
    return panels[0]


def belief_paths(run: TestingRun, ax: Axes) -> Axes:
    """Beliefs (lines) and signals (markers) in the longest recorded game of moderate length."""
    from fractions import Fraction

    rows = run.records["steps"]
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
    theta = next(r["theta"] for r in run.records["games"] if r["game"] == game)
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
    ax.set(xlabel="iteration", ylabel="probability of theta = 1", ylim=(-0.03, 1.03))
    ax.set_title(f"one game, theta = {theta}")
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


def stopping_times(run: TestingRun, ax: Axes) -> Axes:
    """Stopping times of the first agent to stop and of each agent: simulated bars, exact lines."""
    from nashbox.problem.files import from_mapping
    from nashbox.solver import solve

    games = run.replications
    first = np.array(run.laws["first"], dtype=float) / games
    end = int(np.searchsorted(np.cumsum(first), 0.995)) + 1
    ax.bar(range(len(first)), first, color=ORANGE, alpha=0.5, label="first stop, simulated")
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
        mine = np.array(run.laws[name], dtype=float) / games
        ax.plot(range(len(mine)), mine, MARKS[k], color=(BLUE, GREEN)[k], markersize=3,
                markerfacecolor="none", label=f"{name}, simulated")  # fmt: skip
        end = max(end, int(np.searchsorted(np.cumsum(mass), 0.95)) + 1)
    ax.set(xlim=(0, end), xlabel="iteration", ylabel="probability of stopping")
    ax.set_title(f"stopping times, {games} games")
    ax.legend(frameon=False, fontsize="small")
    return ax


def stopping_laws(report: SolveReport, ax: Axes | None = None) -> Axes:
    """Exact stopping-time laws: every agent alone, the first stop, and the pooled test."""
    panel = _panels(ax, 1)[0]
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
    panel.set(xlim=(0, end), xlabel="iteration", ylabel="probability of stopping")
    panel.set_title(f"stopping times, beta = {report.problem.beta} ({s.arithmetic})")
    panel.legend(frameon=False, fontsize="small")
    return panel


def testing_gains(audit: TestingAudit, ax: Axes | None = None) -> Axes:
    """Payoff surface over (alpha, w) of every agent where a grid was examined, else the gains."""
    shown = [a for a in audit.agents if a.landscape][:4]
    if not shown or ax is not None:
        return _gain_intervals(audit, ax)
    panels = _panels(None, 2, len(shown), 5.0)
    for k, agent in enumerate(shown):
        for column, anticipate in enumerate((True, False)):
            _surface(panels[2 * k + column], agent, anticipate)
    return panels[0]


def _surface(ax: Axes, agent: Any, anticipate: bool) -> None:
    """Gain over (alpha, w) for one agent."""
    from nashbox.experiments.testing.audit.candidates import ALPHAS, WEIGHTS

    gains = {c.label: c.gain for c in agent.landscape}
    table = np.array(
        [
            [gains.get(f"signaller(alpha={a}, weight={w}, anticipate={anticipate})", 0.0)
             for a in ALPHAS]
            for w in WEIGHTS
        ]
    )  # fmt: skip
    size = max(1e-9, float(np.abs(table).max()))
    image = ax.imshow(table + agent.payoff, cmap="cividis", aspect="auto",
                      vmin=agent.payoff - size, vmax=agent.payoff + size)  # fmt: skip
    ax.set_xticks(range(len(ALPHAS)), [f"{a:g}" for a in ALPHAS])
    ax.set_yticks(range(len(WEIGHTS)), [f"{w:g}" for w in WEIGHTS])
    for i in range(len(WEIGHTS)):
        for j in range(len(ALPHAS)):
            ax.text(j, i, f"{table[i, j] + agent.payoff:.3f}", ha="center", va="center",
                    fontsize="x-small", color="white" if table[i, j] < 0 else "black")  # fmt: skip
    ax.set(xlabel="alpha", ylabel="w")
    ax.set_title(f"{agent.name}: payoff, {'anticipating' if anticipate else 'not anticipating'}")
    ax.figure.colorbar(image, ax=ax)


def _gain_intervals(audit: TestingAudit, ax: Axes | None) -> Axes:
    panel = _panels(ax, 1)[0]
    for i, a in enumerate(audit.agents):
        g = a.gain
        low, high = max(0.0, g.estimate - g.lower), max(0.0, g.upper - g.estimate)
        panel.errorbar([i], [g.estimate], yerr=[[low], [high]], fmt="o", color=RED, capsize=4,
                       label="gain with its bounds" if i == 0 else None)  # fmt: skip
        panel.hlines(a.epsilon, i - 0.3, i + 0.3, color=BLACK, linestyle=":",
                     label="epsilon" if i == 0 else "")  # fmt: skip
    panel.axhline(0.0, color=BLACK, linewidth=0.8)
    panel.set_xticks(range(len(audit.agents)), [a.name for a in audit.agents])
    panel.set_ylabel("gain (payoff won by deviating)")
    panel.set_title(f"{audit.payoff}, {audit.method} audit: {audit.nash}")
    panel.legend(frameon=False, fontsize="small")
    return panel


def receivers_figure(report: ReceiverReport, ax: Axes | None = None) -> Axes:
    """Every objective against alpha, one line per receiver, with 2 s.e."""
    objectives = list(dict.fromkeys(row.objective for row in report.rows))
    panels = _panels(ax, 2, (len(objectives) + 1) // 2, 5.5)
    for panel, objective in zip(panels, objectives, strict=False):
        rows = [row for row in report.rows if row.objective == objective]
        for k, row in enumerate(rows):
            panel.errorbar(report.alphas, row.values, yerr=2 * np.array(row.errors),
                           fmt=f"{MARKS[k % 7]}-", color=CYCLE[k % 7], capsize=3, markersize=4,
                           label=row.receiver)  # fmt: skip
        panel.set(xlabel="alpha: probability of telling the truth", ylabel=objective)
    panels[0].legend(frameon=False, fontsize="x-small")
    return panels[0]
