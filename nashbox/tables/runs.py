"""What was played, as a table: the same for all games, with the columns that each of them has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nashbox.experiments.digits import places_of
from nashbox.games.registry import declared
from nashbox.problem.counts import counts, several
from nashbox.tables.console import KeyedTable, new_table, with_error
from nashbox.tables.sheet import Sheet
from nashbox.tables.words import meanings, strategies_in_words

if TYPE_CHECKING:
    from nashbox.experiments.run import Run

SHORT = {"unfinished": "games cut off at the cap"}


def run_sheet(run: Run) -> Sheet:
    """The last round, and sums over all agents round by round if there were several."""
    rows = [_columns(agent, run.pays) for agent in run.agents]
    sheet = Sheet(
        f"{run.game}: social {run.pays} {_social(run, run.rounds)}, in round {run.rounds} of "
        f"{run.rounds}, {several(run.replications, 'world')}"
    )
    table = new_table(*rows[0])
    for row in rows:
        table.add_row(*row.values())
    said = _said(run.whole)
    legend = meanings(run.game, rows[0])
    plays = strategies_in_words(run.game, (row.get("strategy", "") for row in rows))
    sheet.add(table, *(["   ".join(said)] if said else []), *legend, *plays)
    known = declared(run.game).words
    for key, text in run.extra.items():
        if isinstance(text, str):
            title = f"{key} ({known[key]})" if key in known else key
            sheet.note(
                "; ".join([f"{title}: {text}", *meanings(run.game, re.findall(r"\w+", text))])
            )
    if run.rounds > 1:
        sheet.add(_rounds(run))
    return sheet


def _columns(agent: Mapping[str, Any], pays: str) -> dict[str, str]:
    """Cells by heading; what the game does not have is left out."""
    found = {"agent": agent["name"]}
    for key, value in agent.items():
        if isinstance(value, Mapping):
            found |= _columns({"name": agent["name"], **value}, pays)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            if not _is_error(key):
                found[key] = counted(value, agent.get(f"{key}_se"))
        elif key == "strategy":
            found[key] = value
        elif isinstance(value, (int, float)) and not _is_error(key):
            found[key] = with_error(value, agent.get("se" if key == pays else f"{key}_se"))
    return found


def counted(values: Sequence[float], errors: Sequence[float] | None) -> str:
    """Counts of all distributions, with their errors where worlds differ."""
    pairs = zip(values, errors or [0.0] * len(values), strict=True)
    return " ".join(counts([v]) if places_of(e, v) is None else with_error(v, e) for v, e in pairs)


def _is_error(key: str) -> bool:
    return key == "se" or key.endswith("_se")


def _said(numbers: Mapping[str, Any]) -> list[str]:
    found = []
    for key, value in numbers.items():
        if isinstance(value, Mapping):
            found += _said(value)
        elif not _is_error(key):
            exact = isinstance(value, int)
            shown = str(value) if exact else with_error(value, numbers.get(f"{key}_se"))
            found.append(f"{SHORT.get(key, key.replace('_', ' '))} {shown}")
    return found


def _social(run: Run, step: int) -> str:
    """The sum of what all are paid in a round; results of earlier versions know no error of it."""
    for row in run.extra.get("social", ()):
        if row["Step"] == step:
            return with_error(row[run.pays], row["se"])
    return with_error(sum(row[run.pays] for row in run.steps if row["Step"] == step), None)


def _sum(rows: Sequence[Mapping[str, Any]], key: str) -> str:
    """Points of all, with their error at most where worlds differ."""
    total = sum(sum(row[key]) for row in rows)
    error = sum(sum(row.get(f"{key}_se") or ()) for row in rows)
    return f"{total:.6g}" if places_of(error, total) is None else with_error(total, error)


def _rounds(run: Run) -> KeyedTable:
    """Points of all agents, and the sum of what they are paid, by round."""
    first = run.steps[0].items()
    points = [key for key, value in first if isinstance(value, list) and not _is_error(key)]
    headings = (f"data {key}" for key in points)
    table = new_table("round", *headings, f"social {run.pays}")
    for t in range(1, run.rounds + 1):
        rows = [step for step in run.steps if step["Step"] == t]
        sums = (_sum(rows, key) for key in points)
        table.add_row(str(t), *sums, _social(run, t))
    return table
