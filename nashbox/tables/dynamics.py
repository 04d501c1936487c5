"""Adaptive populations and empirical games as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.dynamics.empirical import DEGENERATE
from nashbox.games.pay import keys_of, told_pay
from nashbox.problem.counts import several
from nashbox.problem.errors import InputError
from nashbox.tables.console import amount, filled, interval, new_table, number, with_error
from nashbox.tables.sheet import Sheet
from nashbox.tables.words import in_brief, strategies_in_words

if TYPE_CHECKING:
    from nashbox.experiments.dynamics.adaptation import Adaptation, AdaptRun
    from nashbox.experiments.dynamics.empirical import EmpiricalGame
    from nashbox.experiments.dynamics.survival import Survival

SHARES = "under each strategy: the share of all agents who play it"
MOST = 3  # pure equilibria that a first line names
ROWS = 11  # rounds shown of a long path


def adaptation_sheet(result: Adaptation) -> Sheet:
    """Every mechanism's path, and how it ended."""
    parameters = ", ".join(f"{k}={v}" for k, v in result.rule.items() if k not in ("name",))
    graph = "" if result.graph is None else f", graph {result.graph}"
    ends = [(f"{in_brief(run.mechanism)}: " if run.mechanism else "") + _ending(result, run)
            for run in result.runs]  # fmt: skip
    sheet = Sheet(" | ".join(ends))
    for run, ending in zip(result.runs, ends, strict=True):
        named = f"{in_brief(run.mechanism)}: " if run.mechanism else ""
        title = f"{named}{result.rule['name']} ({parameters or result.order}){graph}"
        entries = list(result.menu)
        extra = [] if run.last["data"] is None else ["data collected"]
        word = told_pay(run.last)
        many, _, social = keys_of(word)
        table = new_table("round", *entries, *extra, f"social {word}", title=title)
        kept = _shown(run)
        for row in kept:
            shares = [f"{row['shares'][label]:.3f}" for label in entries]
            data = [] if row["data"] is None else [f"{row['data']:.6g}"]
            paid = with_error(row[social], row["se"])
            table.add_row(str(row["round"]), *shares, *data, paid)
        sheet.add(
            table,
            *([ending] if len(ends) > 1 else []),
            *([SHARES] if entries else []),
            *strategies_in_words(result.game, entries),
            *([_left_out(kept)] if len(kept) <= _last(run) else []),
            f"{many}: {run.payoffs}",
        )
        if run.doubts:
            sheet.note(
                f"{named}a gain within the error of the {many} is left by {run.doubts} of "
                f"{several(result.agents, 'agent')}: more --worlds would tell"
            )
    sheet.remark(*result.notes)
    if len(ends) > 1:
        sheet.headline = f"{len(ends)} mechanisms, {result.agents} agents: how each path ends"
    return sheet


def _shown(run: AdaptRun) -> list[Any]:
    """All rounds of a short path until it rests; the first, the last and some between else."""
    last = _last(run)
    places = np.unique(np.rint(np.linspace(0, last, min(ROWS, last + 1))).astype(int))
    return [run.rounds[t] for t in places]


def _left_out(kept: Sequence[Any]) -> str:
    """That a table is not of all rounds."""
    return f"{len(kept)} of rounds 0 to {kept[-1]['round']} are shown: --json PATH has all"


def _last(run: AdaptRun) -> int:
    """The last round that has something to say."""
    return len(run.rounds) - 1 if run.rest is None or not run.settled else run.rest


def _ending(result: Adaptation, run: AdaptRun) -> str:
    last = run.last
    what = "still changing in the last round"
    if run.rest is not None:
        what = f"nothing changed after round {run.rest}"
        if not run.settled:
            what = f"nobody moved after round {run.rest}, but the rule may move them again"
    if last["share_honest"] is not None:
        what += f"; honest in the end: {last['share_honest']:.3f} of all"
        others = len(result.menu) - len(result.honest)
        what += f" ({', '.join(result.honest)})" if others else ""
    if not result.menu:
        first = run.rounds[0]["data"]
        what += f"; data collected: {first:.6g} at first, {last['data']:.6g} in the end"
    return what


def empirical_sheet(game: EmpiricalGame, tolerance: float | None = None) -> Sheet:
    """What both are paid with errors, regrets, and equilibria."""
    accepted = game.tolerance if tolerance is None else tolerance
    sheet = Sheet("")
    U, V = game.told
    many, *_ = keys_of(game.pays)
    exact = not (game.row_se.any() or game.column_se.any())
    table = new_table(
        f"{game.row} plays",
        f"{game.column} plays",
        *(
            f"{name} pays" if game.pays == "penalty" else f"paid {name}"
            for name in (game.row, game.column)
        ),
        "NashConv" if exact else "NashConv [from, to]",
        "verdict",
        title=f"{many} {game.payoffs}",
        keys=2,
    )
    scale = float(max(np.abs(x[np.isfinite(x)]).max(initial=0.0) for x in (U, V)))
    verdicts = {}
    for k, l in np.ndindex(*U.shape):
        regret = game.pure(k, l)
        conv, verdicts[k, l] = regret.nash_conv, regret.verdict(accepted)
        paid = (U, game.row_se), (V, game.column_se)
        table.add_row(
            game.row_menu[k].replace("(", " ("),  # where it may be parted
            game.column_menu[l].replace("(", " ("),
            *(with_error(float(x[k, l]), float(se[k, l])) for x, se in paid),
            interval(conv, scale=scale),
            verdicts[k, l].replace("_", " "),
        )
    sheet.add(
        table,
        "NashConv: what both could gain by leaving, each by herself, in sum",
        *strategies_in_words(game.problem.get("game", ""), [*game.row_menu, *game.column_menu]),
    )
    marked = [cell for cell, verdict in verdicts.items() if verdict == "equilibrium"]
    try:
        equilibria = game.equilibria
    except InputError as error:
        sheet.headline = f"{game.row} against {game.column}: {_pure_ones(game, verdicts, marked)}"
        sheet.note(f"mixed equilibria are not computed: {error}")
        sheet.note(f"gains up to {_accepted(game, accepted)} count as none")
        return sheet
    sure = [
        (x, y) for x, y in equilibria
        if exact or game.regret(x, y).verdict(accepted) == "equilibrium"
    ]  # fmt: skip
    sheet.headline = f"{game.row} against {game.column}: {_found(len(equilibria), len(sure), many)}"
    solved = {(int(x.argmax()), int(y.argmax())) for x, y in equilibria if max(x) == max(y) == 1}
    if more := len(set(marked) - solved):
        sheet.headline += f"; {several(more, 'profile')} more within what counts as none"
    for (x, y), piece in zip(equilibria, game.solved.piece, strict=True):
        conv = game.regret(x, y).nash_conv
        what = "extreme point of equilibria" if piece else "equilibrium"
        what += " of the table" if exact else f" of the estimated {many}"
        sheet.note(
            f"{what}: {_mixture(game.row_menu, x)} against "
            f"{_mixture(game.column_menu, y)}, NashConv at most {number(conv.upper, scale=scale)}"
        )
    if game.solved.degenerate:
        sheet.remark(DEGENERATE)
    sheet.note(f"gains up to {_accepted(game, accepted)} count as none")
    return sheet


def _pure_ones(game: EmpiricalGame, verdicts: Mapping[Any, str], marked: Sequence[Any]) -> str:
    """What is known where only pure profiles are looked at."""
    names = [f"{game.row_menu[k]} against {game.column_menu[l]}" for k, l in marked]
    words = "no pure equilibrium of the table"
    if names:
        words = f"{_equilibria(len(names), 'pure ')} of the table, {'; '.join(names[:MOST])}"
        words += f" and {len(names) - MOST} more" if len(names) > MOST else ""
    open_ = sum(verdict == "undecided" for verdict in verdicts.values())
    words += f"; {several(open_, 'profile')} undecided" if open_ else ""
    return f"{words} (mixed ones are not computed)"


def _found(number: int, sure: int, many: str) -> str:
    """How many equilibria there are, and how many of them errors leave in no doubt.

    many: what is paid.
    """
    if sure == number:
        return f"{_equilibria(number)} of the table"
    told = f"{_equilibria(number)} of the estimated {many}"
    if not sure:
        return f"{told}, undecided within their errors"
    return f"{told}, {number - sure} of them undecided within their errors"


def _equilibria(number: int, kind: str = "") -> str:
    return f"1 {kind}equilibrium" if number == 1 else f"{number} {kind}equilibria"


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
    table = filled(
        result.rows,
        ("mechanism", lambda row: in_brief(row["mechanism"])),
        ("agents", lambda row: str(row["agents"])),
        ("graph", lambda row: row["graph"].removesuffix("_graph")),
        ("at first", lambda row: with_error(row["start"], row.get("start_se"), 3)),
        ("in the end", lambda row: with_error(row["share_honest"], row["se"], 3)),
        ("took over", lambda row: with_error(row["fixed"], row.get("fixed_se"), 3)),
        ("kept (95 %)", lambda row: f"{row['kept_low']:.2f} to {row['kept_high']:.2f}"),
        ("last change", lambda row: with_error(row["rest"], row.get("rest_se"), 1)),
        ("doubts", lambda row: with_error(row["doubts"], row.get("doubts_se"), 1)),
        keys=3,
    )
    sheet = Sheet(
        f"share honest: {name}, {result.rounds} rounds, {seeds} seeds, "
        f"menu {', '.join(result.menu)}"
    )
    sheet.add(
        table,
        "at first, in the end: share of honest agents; took over: share of seeds in which all were "
        "honest in the end; kept: in which as many were as at first; last change: round, on "
        "average; doubts: agents who see a gain within the error of what they are paid, on average",
    )
    return sheet
