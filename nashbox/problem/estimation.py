"""Collaborative mean estimation as data (Clinton et al., ICML 2025, section 2).

m agents, d distributions N(mu_k, sigma_k^2) with unknown mu; agent i pays c[i, k] in (0, inf] for
each sample of distribution k. Penalty of agent i: sup_mu E||h_i - mu||^2 + sum_k c[i,k] n[i,k].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.errors import InputError
from nashbox.problem.source import CsvSource, NormalSource, Source
from nashbox.problem.spec import Spec, suggest
from nashbox.problem.tables import Table, check_names, read_agent_table, read_columns

Array = NDArray[np.float64]

RULES = ("ir_optimal", "social", "nash", "egalitarian", "kalai_smorodinsky", "alone")
KEYS = [
    "game",
    "sigma",
    "costs",
    "plan",
    "mechanism",
    "counts",
    "outside_option",
    "strategies",
    "source",
]


@dataclass(frozen=True, eq=False)
class EstimationProblem:
    """A validated game of collaborative mean estimation.

    costs: (m, d) floats in (0, inf], penalty per sample. sigma: (d,) floats, units of the
    measurements. plan: a rule's name, or a (m, d) table of counts. `strategies` maps agent names
    to specs; agents not named play what the mechanism recommends. `outside_option` maps agent
    names to penalties that replace what they reach alone.
    """

    names: tuple[str, ...]
    distributions: tuple[str, ...]
    costs: Array
    sigma: Array
    plan: str | Array = "ir_optimal"
    mechanism: Spec = field(default_factory=lambda: Spec("cbl"))
    counts: str = "integer"
    outside_option: Mapping[str, float] = field(default_factory=dict)
    strategies: Mapping[str, Spec] = field(default_factory=dict)
    source: Source = field(default=None)  # type: ignore[assignment]  # the normal one, see below
    folder: Path = Path()
    raw: Mapping[str, Any] = field(default_factory=dict)
    shown: str = "problem"

    def __post_init__(self) -> None:
        given: Source | None = self.source
        if given is None:
            object.__setattr__(self, "source", NormalSource(self.sigma))

    @property
    def m(self) -> int:
        """Number of agents."""
        return len(self.names)

    @property
    def d(self) -> int:
        """Number of distributions."""
        return len(self.distributions)

    @property
    def integer(self) -> bool:
        """Whether counts are whole numbers."""
        return self.counts == "integer"

    @property
    def plan_name(self) -> str:
        """The rule's name, or 'given' for a table of counts."""
        return self.plan if isinstance(self.plan, str) else "given"

    @property
    def outside(self) -> Array:
        """Outside options (m,): the given ones, NaN where none is given."""
        return np.array([self.outside_option.get(name, np.nan) for name in self.names])

    def with_strategies(self, strategies: Mapping[str, Spec]) -> EstimationProblem:
        """Return the same problem with another profile."""
        return replace(self, strategies=dict(strategies))

    def to_json(self) -> dict[str, Any]:
        """Return what a problem file would hold, with tables inline."""
        plan = self.plan if isinstance(self.plan, str) else self.plan.tolist()
        return {
            "game": "estimation",
            "agents": list(self.names),
            "distributions": list(self.distributions),
            "sigma": self.sigma.tolist(),
            "costs": [["inf" if np.isinf(c) else c for c in row] for row in self.costs.tolist()],
            "plan": plan,
            "mechanism": self.mechanism.to_json(),
            "counts": self.counts,
            "outside_option": dict(self.outside_option),
            "strategies": {name: spec.to_json() for name, spec in self.strategies.items()}
            or "recommended",
            "source": self.raw.get("source", "normal"),
        }


def read_estimation(raw: Mapping[str, Any], folder: Path, shown: str) -> EstimationProblem:
    """Validate the mapping of a problem file with ``game = "estimation"``.

    `folder` is where relative paths start, `shown` the file's name in messages. Raises InputError
    with file, key (row, column), what is allowed and what came.
    """
    for key in raw:
        if key not in KEYS:
            raise InputError(f"{shown}: unknown key {key!r} ({suggest(str(key), list(KEYS))})")
    for key in ("sigma", "costs"):
        if key not in raw:
            raise InputError(f"{shown}: the key {key!r} is missing; an estimation game needs it")
    table = _costs(raw["costs"], folder, shown)
    costs, d = table.values, len(table.columns)
    sigma = _sigma(raw["sigma"], d, shown)
    counts = raw.get("counts", "integer")
    if counts not in ("integer", "real"):
        raise InputError(f"{shown}: counts must be 'integer' or 'real', got {counts!r}")
    return EstimationProblem(
        names=table.names,
        distributions=table.columns,
        costs=costs,
        sigma=sigma,
        plan=read_plan(raw.get("plan", "ir_optimal"), table, folder, f"{shown}: plan"),
        mechanism=Spec.parse(raw.get("mechanism", "cbl"), f"{shown}: mechanism"),
        counts=counts,
        outside_option=_outside(raw.get("outside_option", {}), table.names, shown),
        strategies=_strategies(raw.get("strategies", "recommended"), table.names, shown),
        source=_source(raw.get("source", "normal"), sigma, table.columns, folder, shown),
        folder=folder,
        raw=dict(raw),
        shown=shown,
    )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _costs(value: object, folder: Path, shown: str) -> Table:
    allowed = "a number > 0, or inf for an agent who cannot sample"
    if isinstance(value, str):
        table = read_agent_table(folder / value, value, "cost", allowed)
        where = value
    elif isinstance(value, list):
        where = f"{shown}: costs"
        if not value or not all(isinstance(row, list) and row for row in value):
            raise InputError(
                f"{where}: must be a table [[...], ...] with a row per agent, got {value!r}"
            )
        width = len(value[0])
        for i, row in enumerate(value):
            if len(row) != width:
                raise InputError(
                    f"{where}: row {i + 1} (a{i}): must have {width} numbers as row 1 has, "
                    f"got {len(row)}"
                )
            for k, cell in enumerate(row):
                if not _is_number(cell) and cell != "inf":
                    raise InputError(
                        f"{where}: row {i + 1} (a{i}), column x{k}: cost must be {allowed}, "
                        f"got {cell!r}"
                    )
        table = Table(
            tuple(f"a{i}" for i in range(len(value))),
            tuple(f"x{k}" for k in range(width)),
            np.array([[float(cell) for cell in row] for row in value]),
        )
    else:
        raise InputError(f"{shown}: costs must be a CSV file's name or a table, got {value!r}")
    for i, k in np.argwhere(~(table.values > 0)).tolist():
        raise InputError(
            f"{where}: row {i + (2 if isinstance(value, str) else 1)} ({table.names[i]}), "
            f"column {table.columns[k]}: cost must be {allowed}, got {table.values[i, k]:g}"
        )
    for k in np.flatnonzero(np.isinf(table.values).all(axis=0)).tolist():
        raise InputError(
            f"{where}: column {table.columns[k]}: at least one agent must have a finite cost, "
            "got inf in every row"
        )
    return table


def _sigma(value: object, d: int, shown: str) -> Array:
    values = value if isinstance(value, list) else [value] * d
    if len(values) != d:
        raise InputError(
            f"{shown}: sigma must be one number or one per distribution ({d}), got {len(values)}"
        )
    for number in values:
        if not _is_number(number) or not np.isfinite(number) or number <= 0:
            raise InputError(f"{shown}: sigma must be finite and > 0, got {number!r}")
    return np.array(values, dtype=float)


def read_plan(value: object, table: Table, folder: Path, where: str) -> str | Array:
    """Read a rule's name or a CSV file of counts with the header and agents of the costs."""
    if isinstance(value, str) and value in RULES:
        return value
    if not isinstance(value, str) or not value.lower().endswith(".csv"):
        raise InputError(f"{where}: must be one of {', '.join(RULES)} or a CSV file, got {value!r}")
    allowed = "a finite number >= 0"
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
    counts = plan.values[[plan.names.index(name) for name in table.names]]
    for i, k in zip(*np.nonzero(~(np.isfinite(counts) & (counts >= 0))), strict=True):
        raise InputError(
            f"{value}: agent {table.names[i]}, column {table.columns[k]}: count must be {allowed}, "
            f"got {counts[i, k]:g}"
        )
    for i, k in zip(*np.nonzero((counts > 0) & np.isinf(table.values)), strict=True):
        raise InputError(
            f"{value}: agent {table.names[i]}, column {table.columns[k]}: count must be 0 where "
            f"the cost is inf, got {counts[i, k]:g}"
        )
    for k in np.nonzero(counts.sum(axis=0) == 0)[0]:
        raise InputError(
            f"{value}: column {table.columns[k]}: somebody must collect, got 0 in every row"
        )
    return counts


def _outside(value: object, names: tuple[str, ...], shown: str) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise InputError(f"{shown}: outside_option must be a table of penalties, got {value!r}")
    for name, number in value.items():
        if name not in names:
            raise InputError(
                f"{shown}: outside_option: unknown agent {name!r} ({suggest(name, list(names))})"
            )
        if not _is_number(number) or not np.isfinite(number) or number <= 0:
            raise InputError(
                f"{shown}: outside_option.{name} must be a finite penalty > 0, got {number!r}"
            )
    return {name: float(number) for name, number in value.items()}


def _strategies(value: object, names: tuple[str, ...], shown: str) -> dict[str, Spec]:
    if value == "recommended":
        return {}
    if not isinstance(value, Mapping):
        raise InputError(
            f"{shown}: strategies must be 'recommended' or a table of agents, got {value!r}"
        )
    for name in value:
        if name not in names:
            raise InputError(
                f"{shown}: strategies: unknown agent {name!r} ({suggest(name, list(names))})"
            )
    specs = {n: Spec.parse(v, f"{shown}: strategies.{n}") for n, v in value.items()}
    return {name: spec for name, spec in specs.items() if spec.name != "recommended"}


def _source(
    value: object, sigma: Array, distributions: tuple[str, ...], folder: Path, shown: str
) -> Source:
    if value == "normal":
        return NormalSource(sigma)
    where = f"{shown}: source"
    if not isinstance(value, Mapping) or not isinstance(value.get("csv"), str):
        raise InputError(
            f"{where}: must be 'normal' or {{csv = ..., columns = [...]}}, got {value!r}"
        )
    for key in value:
        if key not in ("csv", "columns"):
            raise InputError(f"{where}: unknown key {key!r} (allowed: csv, columns)")
    columns = value.get("columns", list(distributions))
    if not isinstance(columns, list) or not all(isinstance(c, str) for c in columns):
        raise InputError(f"{where}: columns must be a list of names, got {columns!r}")
    if len(columns) != len(distributions):
        raise InputError(
            f"{where}: columns must name one column per distribution ({len(distributions)}), "
            f"got {len(columns)}"
        )
    check_names(columns, where, "column")
    return CsvSource(tuple(read_columns(folder / value["csv"], value["csv"], columns)))
