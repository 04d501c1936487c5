"""Adaptive populations and empirical games as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.dynamics.empirical import DEGENERATE
from nashbox.problem.errors import InputError
from nashbox.tables.console import ERRORS, amount, interval, new_table, number, with_error
from nashbox.tables.sheet import Sheet
from nashbox.tables.words import several

if TYPE_CHECKING:
    from nashbox.experiments.dynamics.adaptation import Adaptation, AdaptRun
    from nashbox.experiments.dynamics.empirical import EmpiricalGame
    from nashbox.experiments.dynamics.survival import Survival

SHARES = "under each strategy: the share of all agents who play it"
ROWS = 11  # rounds shown of a long path


def adaptation_sheet(result: Adaptation) -> Sheet:
    """Every mechanism's path, and how it ended."""
    parameters = ", ".join(f"{k}={v}" for k, v in result.rule.items() if k not in ("name",))
    graph = "" if result.graph is None else f", graph {result.graph}"
    ends = [(f"{run.mechanism}: " if run.mechanism else "") + _ending(result, run)
            for run in result.runs]  # fmt: skip
    sheet = Sheet(" | ".join(ends))
    for run, ending in zip(result.runs, ends, strict=True):
        named = f"{run.mechanism}: " if run.mechanism else ""
        title = f"{named}{result.rule['name']} ({parameters or result.order}){graph}"
        entries = list(result.menu)
        extra = [] if run.last["data"] is None else ["data collected"]
        word = next(key for key in run.last if key.startswith("social_")).removeprefix("social_")
        table = new_table("round", *entries, *extra, f"social {word}", title=title)
        for row in _shown(run):
            shares = [f"{row['shares'][label]:.3f}" for label in entries]
            data = [] if row["data"] is None else [f"{row['data']:.6g}"]
            paid = with_error(row[f"social_{word}"], row["se"])
            table.add_row(str(row["round"]), *shares, *data, paid)
        simulated = any(row["se"] for row in run.rounds)
        sheet.add(
            table,
            *([ending] if len(ends) > 1 else []),
            *([SHARES] if entries else []),
            f"payoffs: {run.payoffs}",
            *([ERRORS] if simulated else []),
        )
        if run.doubts:
            sheet.note(
                f"{named}a gain within the error of the payoffs is left by {run.doubts} of "
                f"{several(result.agents, 'agent')}: more --worlds would tell"
            )
    sheet.remark(*result.notes)
    if len(ends) > 1:
        sheet.headline = f"{len(ends)} mechanisms, {result.agents} agents: how each path ends"
    return sheet


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


def empirical_sheet(game: EmpiricalGame, tolerance: float | None = None) -> Sheet:
    """Payoffs with errors, regrets, and equilibria."""
    accepted = game.tolerance if tolerance is None else tolerance
    sheet = Sheet("")
    U, V = game.row_payoffs, game.column_payoffs
    exact = not (game.row_se.any() or game.column_se.any())
    table = new_table(
        f"{game.row} plays",
        f"{game.column} plays",
        f"paid {game.row}",
        f"paid {game.column}",
        *("NashConv" if exact else "NashConv [from, to]", ""),
        title=f"payoffs {game.payoffs}",
        keys=2,
    )
    scale = float(max(np.abs(U).max(), np.abs(V).max()))
    for k, l in np.ndindex(*U.shape):
        regret = game.pure(k, l)
        conv = regret.nash_conv
        paid = (U, game.row_se), (V, game.column_se)
        table.add_row(
            game.row_menu[k].replace("(", " ("),  # where it may be parted
            game.column_menu[l].replace("(", " ("),
            *(with_error(float(x[k, l]), float(se[k, l])) for x, se in paid),
            interval(conv, scale=scale),
            regret.verdict(accepted).replace("_", " "),
        )
    sheet.add(
        table,
        "NashConv: what both could gain by leaving, each by herself, in sum",
        *([] if exact else [ERRORS]),
    )
    try:
        equilibria = game.equilibria
    except InputError as error:
        sheet.headline = f"equilibria: {error}"
        return sheet
    many = "1 equilibrium" if len(equilibria) == 1 else f"{len(equilibria)} equilibria"
    sheet.headline = f"{game.row} against {game.column}: {many} of the table"
    for (x, y), piece in zip(equilibria, game.solved.piece, strict=True):
        conv = game.regret(x, y).nash_conv
        what = "extreme point of equilibria" if piece else "equilibrium"
        sheet.note(
            f"{what} of the table: {_mixture(game.row_menu, x)} against "
            f"{_mixture(game.column_menu, y)}, NashConv at most {number(conv.upper, scale=scale)}"
        )
    if game.solved.degenerate:
        sheet.remark(DEGENERATE)
    sheet.note(f"gains up to {_accepted(game, accepted)} count as none")
    return sheet


def _accepted(game: EmpiricalGame, tolerance: float | tuple[float, float]) -> str:
    if not isinstance(tolerance, tuple):
        return amount(tolerance)
    row, column = map(amount, tolerance)
    return row if row == column else f"{row} of {game.row} and {column} of {game.column}"


def _mixture(menu: Any, weights: Any) -> str:
    parts = [(w, label) for label, w in zip(menu, weights, strict=True) if w > 1e-9]
    if len(parts) == 1:
        return str(parts[0][1])
    return " + ".join(f"{w:.3f} {label}" for w, label in parts)


def survival_sheet(result: Survival) -> Sheet:
    """How honesty fares, a row per mechanism, number of agents and graph."""
    name, seeds = result.rule["name"], len(result.seeds)
    table = new_table(
        "mechanism",
        "agents",
        "graph",
        "at first",
        "in the end",
        "took over",
        "kept (95 %)",
        "last change",
        "doubts",
        keys=3,
    )
    sheet = Sheet(
        f"share honest: {name}, {result.rounds} rounds, {seeds} seeds, "
        f"menu {', '.join(result.menu)}"
    )
    for row in result.rows:
        kept = f"{row['kept_low']:.2f} to {row['kept_high']:.2f}"
        shares = (
            f"{row['start']:.3f}",
            with_error(row["share_honest"], row["se"], 3),
            f"{row['fixed']:.3f}",
        )
        late = with_error(row["rest"], row.get("rest_se"), 1), f"{row['doubts']:.1f}"
        graph = row["graph"].removesuffix("_graph")
        table.add_row(row["mechanism"], str(row["agents"]), graph, *shares, kept, *late)
    sheet.add(
        table,
        "at first, in the end: share of honest agents; took over: share of seeds in which all were "
        "honest in the end; kept: in which as many were as at first; last change: round, on "
        "average; doubts: agents who see a gain within the error of their payoffs, on average",
        ERRORS,
    )
    return sheet
