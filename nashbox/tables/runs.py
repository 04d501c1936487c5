"""What was played, as a table: the same for all games, with the columns that each of them has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nashbox.tables.console import ERRORS, KeyedTable, amount, counts, new_table, number, with_error
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.experiments.run import Run


def run_sheet(run: Run) -> Sheet:
    """The last round, and sums over all agents round by round if there were several."""
    rows = [_columns(agent) for agent in run.agents]
    sheet = Sheet(f"{run.game}: {run.replications} worlds, round {run.rounds} of {run.rounds}")
    table = new_table(*rows[0])
    for row in rows:
        table.add_row(*row.values())
    said = _said(run.whole)
    simulated = any("\u00b1" in cell for row in rows for cell in row.values())
    sheet.add(table, *(["   ".join(said)] if said else []), *([ERRORS] if simulated else []))
    for key, words in run.extra.items():
        if isinstance(words, str):
            sheet.note(words if words.startswith(key) else f"{key}: {words}")
    if run.rounds > 1:
        sheet.add(_rounds(run))
    return sheet


def _columns(agent: Mapping[str, Any]) -> dict[str, str]:
    """Cells by heading; what the game does not have is left out."""
    found = {"agent": agent["name"]}
    sizes = [abs(x) for x in agent.values() if isinstance(x, float) and math.isfinite(x)]
    for key, value in agent.items():
        if isinstance(value, Mapping):
            found |= {name: number(part, 3) for name, part in value.items()}
        elif isinstance(value, Sequence) and not isinstance(value, str):
            found[key] = counts(value)
        elif key == "strategy":
            found[key] = value
        elif key == "se":
            found["s.e."] = number(value, scale=max(sizes, default=0.0))
        elif isinstance(value, (int, float)) and not key.endswith("_se"):
            found[key] = with_error(value, agent.get(f"{key}_se"))
    return found


def _said(numbers: Mapping[str, Any]) -> list[str]:
    found = []
    for key, value in numbers.items():
        if isinstance(value, Mapping):
            found += _said(value)
        elif not key.endswith("_se"):
            exact = isinstance(value, int)
            shown = str(value) if exact else with_error(value, numbers.get(f"{key}_se"))
            found.append(f"{key.replace('_', ' ')} {shown}")
    return found


def _rounds(run: Run) -> KeyedTable:
    """Points of all agents, and the sum of what they are paid, by round."""
    points = [key for key, value in run.steps[0].items() if isinstance(value, list)]
    headings = (f"data {key}" for key in points)
    table = new_table("round", *headings, f"social {run.pays}")
    for t in range(1, run.rounds + 1):
        rows = [step for step in run.steps if step["Step"] == t]
        sums = (f"{sum(sum(row[key]) for row in rows):.6g}" for key in points)
        table.add_row(str(t), *sums, amount(sum(row[run.pays] for row in rows)))
    return table
