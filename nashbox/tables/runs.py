"""What was played, as a table: the same for all games, with the columns that each of them has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nashbox.tables.console import counts, new_console, new_table, number

if TYPE_CHECKING:
    from nashbox.experiments.run import Run


def run_table(run: Run) -> None:
    """Print the last round, and sums over all agents round by round if there were several."""
    console = new_console()
    rows = [_columns(agent) for agent in run.agents]
    title = f"{run.game}: {run.replications} worlds, round {run.rounds} of {run.rounds}"
    table = new_table(*rows[0], title=title)
    for row in rows:
        table.add_row(*row.values())
    console.print(table)
    said = _said(run.whole)
    if said:
        console.print("   ".join(said))
    for key, words in run.extra.items():
        if isinstance(words, str):
            console.print(words if words.startswith(key) else f"{key}: {words}")
    if run.rounds > 1:
        _rounds(run, console)


def _columns(agent: Mapping[str, Any]) -> dict[str, str]:
    """Cells by heading; what the game does not have is left out."""
    found = {"agent": agent["name"]}
    for key, value in agent.items():
        if isinstance(value, Mapping):
            found |= {name: number(part, 3) for name, part in value.items()}
        elif isinstance(value, Sequence) and not isinstance(value, str):
            found[key] = counts(value)
        elif key == "strategy":
            found[key] = value
        elif isinstance(value, (int, float)) and not key.endswith("_se"):
            found["s.e." if key == "se" else key] = number(value)
    return found


def _said(numbers: Mapping[str, Any]) -> list[str]:
    found = []
    for key, value in numbers.items():
        if isinstance(value, Mapping):
            found += _said(value)
        elif not key.endswith("_se"):
            shown = str(value) if isinstance(value, int) else number(value)
            found.append(f"{key.replace('_', ' ')} {shown}")
    return found


def _rounds(run: Run, console: Any) -> None:
    """Points of all agents, and the sum of what they are paid, by round."""
    points = [key for key, value in run.steps[0].items() if isinstance(value, list)]
    headings = (f"data {key}" for key in points)
    table = new_table("round", *headings, f"social {run.pays}")
    for t in range(1, run.rounds + 1):
        rows = [step for step in run.steps if step["Step"] == t]
        sums = (f"{sum(sum(row[key]) for row in rows):.6g}" for key in points)
        table.add_row(str(t), *sums, number(sum(row[run.pays] for row in rows)))
    console.print(table)
