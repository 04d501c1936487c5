"""Plans as problem files write them: a rule's name, or a table of counts; and counts in print."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError, brief, finite
from nashbox.problem.spec import suggest
from nashbox.problem.tables import AgentTable, read_agent_table

RULES = ("ir_optimal", "social", "nash", "egalitarian", "kalai_smorodinsky", "alone")
MOST = 1e15  # points that whole numbers, held as floats, still tell apart


def read_plan(value: object, table: AgentTable, folder: Path, where: str) -> str | Array:
    """Read a rule's name, a CSV file with the header and agents of the costs, or a table inline."""
    if isinstance(value, str) and value in RULES:
        return value
    if isinstance(value, list):
        return _held_to_costs(_inline_plan(value, table, where), table, where)
    if not isinstance(value, str) or not value.lower().endswith(".csv"):
        raise InputError(
            f"{where} must be one of {', '.join(RULES)}, a table, or a CSV file, got {brief(value)}"
        )
    allowed = f"a finite number from 0 to {MOST:g}"
    plan = read_agent_table(folder / value, value, "count", allowed)
    if plan.columns != table.columns:
        raise InputError(
            f"{value}: the header must be agent,{','.join(table.columns)} as the costs have, "
            f"got agent,{','.join(plan.columns)}"
        )
    for name in plan.names:
        if name not in table.names:
            raise InputError(
                f"{value}: agent {name!r} is not in the costs ({suggest(name, list(table.names))})"
            )
    for name in table.names:
        if name not in plan.names:
            raise InputError(
                f"{value}: agent {name!r} has no row; every agent of the costs needs one"
            )
    return _held_to_costs(plan, table, value)


def _inline_plan(rows: list[Any], table: AgentTable, where: str) -> AgentTable:
    """A table of counts in the order of the costs."""
    shape = table.values.shape
    if len(rows) != shape[0] or not all(isinstance(r, list) and len(r) == shape[1] for r in rows):
        raise InputError(
            f"{where} must be one of {', '.join(RULES)}, or a CSV file, or a table with a row per "
            f"agent ({shape[0]}) and a number per distribution ({shape[1]}), got {brief(rows)}"
        )
    for i, row in enumerate(rows):
        for k, cell in enumerate(row):
            if not finite(cell):
                raise InputError(
                    f"{where}: {table.place(i, k)}: count must be a finite number from 0 to "
                    f"{MOST:g}, got {brief(cell)}"
                )
    return AgentTable(table.names, table.columns, np.array(rows, dtype=float), table.lines)


def _held_to_costs(plan: AgentTable, table: AgentTable, shown: str) -> Array:
    """The counts in the order of the costs. Raises InputError where they cannot be collected."""
    allowed = f"a finite number from 0 to {MOST:g}"
    order = [plan.names.index(name) for name in table.names]
    counts = plan.values[order]
    for (i, k), count in np.ndenumerate(counts):
        where = f"{shown}: {plan.place(order[i], k)}: count must be"
        if not 0 <= count <= MOST:
            raise InputError(f"{where} {allowed}, got {count:g}")
        if count > 0 and np.isinf(table.values[i, k]):
            raise InputError(f"{where} 0 where the cost is inf, got {count:g}")
    for k in np.nonzero(counts.sum(axis=0) == 0)[0]:
        raise InputError(
            f"{shown}: column {table.columns[k]}: somebody must collect, got 0 in every row"
        )
    return counts


def counts(values: Iterable[float]) -> str:
    """Counts of all distributions in print, whole numbers without a point.

    >>> counts([8, 2.5])
    '8 2.50'
    """
    return " ".join(f"{v:g}" if float(v).is_integer() else f"{v:.2f}" for v in values)


def several(number: int, noun: str, many: str = "") -> str:
    """A number of things. many: the noun for other numbers than 1, if not with an s.

    >>> several(1, "more note"), several(12, "row"), several(2, "agent wants", "agents want")
    ('1 more note', '12 rows', '2 agents want')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {many or noun + 's'}"
