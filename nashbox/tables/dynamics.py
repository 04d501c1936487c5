"""Adaptive populations and empirical games as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.dynamics.empirical import DEGENERATE
from nashbox.problem.errors import InputError
from nashbox.tables.console import new_console, new_table, number

if TYPE_CHECKING:
    from nashbox.experiments.dynamics.adaptation import Adaptation, AdaptRun
    from nashbox.experiments.dynamics.empirical import EmpiricalGame
    from nashbox.experiments.dynamics.survival import Survival

ROWS = 11  # rounds shown of a long path


def adaptation_table(result: Adaptation) -> None:
    """Print every mechanism's path, and how it ended."""
    console = new_console()
    parameters = ", ".join(f"{k}={v}" for k, v in result.rule.items() if k not in ("name",))
    graph = "" if result.graph is None else f", graph {result.graph}"
    for run in result.runs:
        named = f"{run.mechanism}: " if run.mechanism else ""
        title = f"{named}{result.rule['name']} ({parameters or result.order}){graph}"
        entries = list(result.menu)
        extra = [] if run.last["data"] is None else ["data collected"]
        word = next(key for key in run.last if key.startswith("social_")).removeprefix("social_")
        table = new_table("round", *entries, *extra, f"social {word}", "se", title=title)
        for row in _shown(run):
            shares = [f"{row['shares'][label]:.3f}" for label in entries]
            data = [] if row["data"] is None else [f"{row['data']:.6g}"]
            paid = number(row[f"social_{word}"])
            table.add_row(str(row["round"]), *shares, *data, paid, number(row["se"]))
        console.print(table)
        console.print(_ending(result, run))
        console.print(f"payoffs: {run.payoffs}")
        if run.doubts:
            console.print(
                f"{run.doubts} of {result.agents} agents see a gain within the error of the "
                "payoffs and leave it: more --worlds would tell"
            )
    for note in result.notes:
        console.print(f"note: {note}")


def _shown(run: AdaptRun) -> list[Any]:
    """All rounds of a short path until it rests; the first, the last and some between else."""
    last = len(run.rounds) - 1 if run.rest is None else run.rest
    places = np.unique(np.rint(np.linspace(0, last, min(ROWS, last + 1))).astype(int))
    return [run.rounds[t] for t in places]


def _ending(result: Adaptation, run: AdaptRun) -> str:
    last = run.last
    what = "still changing in the last round"
    if run.rest is not None:
        what = f"nothing changed after round {run.rest}"
    if last["share_honest"] is not None:
        what += f"; honest in the end: {last['share_honest']:.3f} of all"
    if not result.menu:
        first = run.rounds[0]["data"]
        what += f"; data collected: {first:.6g} at first, {last['data']:.6g} in the end"
    return what


def empirical_table(game: EmpiricalGame, tolerance: float | None = None) -> None:
    """Print payoffs with errors, regrets, and equilibria."""
    console = new_console()
    accepted = game.tolerance if tolerance is None else tolerance
    table = new_table(
        f"{game.row} plays",
        f"{game.column} plays",
        f"paid {game.row}",
        "se",
        f"paid {game.column}",
        "se",
        "NashConv",
        "from",
        "to",
        "",
        title=f"{game.row} against {game.column}; payoffs {game.payoffs}",
    )
    U, V = game.row_payoffs, game.column_payoffs
    for k, l in np.ndindex(*U.shape):
        regret = game.pure(k, l)
        conv = regret.nash_conv
        table.add_row(
            game.row_menu[k],
            game.column_menu[l],
            *(number(float(x[k, l])) for x in (U, game.row_se, V, game.column_se)),
            *(number(value) for value in (conv.estimate, conv.lower, conv.upper)),
            regret.verdict(accepted).replace("_", " "),
        )
    console.print(table)
    try:
        found = game.equilibria
    except InputError as error:
        console.print(f"equilibria: {error}")
        return
    if game.solved.degenerate:
        console.print(f"note: {DEGENERATE}")
    for (x, y), piece in zip(found, game.solved.piece, strict=True):
        conv = game.regret(x, y).nash_conv
        what = "extreme point of equilibria" if piece else "equilibrium"
        console.print(
            f"{what} of the table: {_mixture(game.row_menu, x)} against "
            f"{_mixture(game.column_menu, y)}, NashConv at most {number(conv.upper)}"
        )
    console.print(f"gains up to {number(accepted)} count as none")


def _mixture(menu: Any, weights: Any) -> str:
    parts = [(w, label) for label, w in zip(menu, weights, strict=True) if w > 1e-9]
    if len(parts) == 1:
        return str(parts[0][1])
    return " + ".join(f"{w:.3f} {label}" for w, label in parts)


def survival_table(result: Survival) -> None:
    """Print how honesty fares, a row per mechanism, number of agents and graph."""
    console = new_console()
    name, seeds = result.rule["name"], len(result.seeds)
    table = new_table(
        "mechanism",
        "agents",
        "graph",
        "at first",
        "in the end",
        "se",
        "took over",
        "kept (95 %)",
        "last change",
        "doubts",
        title=f"share honest: {name}, {result.rounds} rounds, {seeds} seeds, "
        f"menu {', '.join(result.menu)}",
    )
    table.columns[0].no_wrap = True
    for row in result.rows:
        keys = ("start", "share_honest", "se", "fixed")
        kept = f"{row['kept_low']:.2f} to {row['kept_high']:.2f}"
        shares = (f"{row[key]:.3f}" for key in keys)
        late = (f"{row[key]:.1f}" for key in ("rest", "doubts"))
        graph = row["graph"].removesuffix("_graph")
        table.add_row(row["mechanism"], str(row["agents"]), graph, *shares, kept, *late)
    console.print(table)
