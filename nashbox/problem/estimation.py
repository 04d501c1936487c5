"""Collaborative mean estimation as data (Clinton et al., ICML 2025, section 2).

m agents, d distributions N(mu_k, sigma_k^2) with unknown mu; agent i pays c[i, k] in (0, inf] for
each sample of distribution k. Penalty of agent i: sup_mu E||h_i - mu||^2 + sum_k c[i,k] n[i,k].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.base import Problem
from nashbox.problem.counts import MOST, read_plan
from nashbox.problem.counts import RULES as RULES
from nashbox.problem.errors import POSITIVE, InputError, brief, finite, positive
from nashbox.problem.measured import sigma_of, source_of
from nashbox.problem.parameters import Parameter, check_keys
from nashbox.problem.partners import partners_of
from nashbox.problem.profile import own_ones, read_strategies
from nashbox.problem.source import NormalSource, Source
from nashbox.problem.spec import Spec, check_known
from nashbox.problem.tables import AgentTable, check_names, read_agent_table

MOST_AGENTS, MOST_DISTRIBUTIONS, MOST_PAIRS = 20_000, 1_000, 400_000
KEYS = {
    key.name: key
    for key in (
        Parameter("game", "str", None, True, "estimation"),
        Parameter("sigma", "Any", None, True, "of one point: a number, one each, or 'source'"),
        Parameter("costs", "Any", None, True, "penalty per point: a CSV file, or rows of agents"),
        Parameter("plan", "str", "ir_optimal", False, "who owes how much: a rule, or a CSV file"),
        Parameter("mechanism", "Any", "cbl", False, "what becomes of what is handed in"),
        Parameter("counts", "str", "integer", False, "integer or real"),
        Parameter("outside_option", "dict", None, False, "penalties of agents who stay away"),
        Parameter("strategies", "Any", "recommended", False, "by agent, who plays something else"),
        Parameter("source", "Any", "normal", False, "normal, or {csv = ..., columns = [...]}"),
        Parameter("partners", "dict", None, False, "who might collude with whom"),
        Parameter("agents", "list", None, False, "names, for costs given as rows"),
        Parameter("distributions", "list", None, False, "names, for costs given as rows"),
    )
}
COST = f"a number > 0 ({POSITIVE}), or inf for an agent who cannot sample"


@dataclass(frozen=True, eq=False)
class EstimationProblem(Problem):
    """A validated game of collaborative mean estimation.

    costs: (m, d) floats in (0, inf], penalty per sample. sigma: (d,) floats, units of the
    measurements. plan: a rule's name, or a (m, d) table of counts. `strategies` maps agent names
    to specs; agents not named play what the mechanism recommends. `outside_option` maps agent
    names to penalties that replace what they reach alone. `partners` says who might collude with
    whom, each pair once.
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
    partners: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()
    raw: Mapping[str, Any] = field(default_factory=dict)
    shown: str = "problem"

    game = "estimation"

    def __post_init__(self) -> None:
        given: Source | None = self.source
        if given is None:
            object.__setattr__(self, "source", NormalSource(self.sigma))

    @property
    def d(self) -> int:
        """Number of distributions."""
        return len(self.distributions)

    @property
    def labels(self) -> tuple[str, ...]:
        """What the entries of lists in answers are about."""
        return self.distributions

    @property
    def sizes(self) -> dict[str, int]:
        """What makes a problem large, beside agents."""
        return {"distributions": self.d}

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

    def with_plan(self, value: object, where: str) -> EstimationProblem:
        """Return the same problem with another plan, files from here. Raises InputError."""
        table = AgentTable(self.names, self.distributions, self.costs)
        return replace(self, plan=read_plan(value, table, Path(), where))

    def with_strategies(self, strategies: Mapping[str, Spec]) -> EstimationProblem:
        """Return the same problem with the named agents' strategies replaced."""
        return replace(self, strategies=own_ones({**self.strategies, **strategies}, self.shown))

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
            **({"partners": dict(self.partners)} if self.partners else {}),
        }


def read_estimation(raw: Mapping[str, Any], folder: Path, shown: str) -> EstimationProblem:
    """Validate the mapping of a problem file with ``game = "estimation"``.

    `folder` is where relative paths start, `shown` the file's name in messages. Raises InputError
    with file, key (row, column), what is allowed and what came.
    """
    check_keys(raw, KEYS, "an estimation game", shown)
    table = _named(_costs(raw["costs"], folder, shown), raw, shown)
    costs, d = table.values, len(table.columns)
    source = source_of(raw.get("source", "normal"), table.columns, folder, shown)
    sigma = sigma_of(raw["sigma"], d, source, shown)
    counts = raw.get("counts", "integer")
    if counts not in ("integer", "real"):
        raise InputError(f"{shown}: counts must be 'integer' or 'real', got {brief(counts)}")
    if counts == "integer":
        _countable(costs, sigma, table, shown)
    return EstimationProblem(
        names=table.names,
        distributions=table.columns,
        costs=costs,
        sigma=sigma,
        plan=read_plan(raw.get("plan", "ir_optimal"), table, folder, f"{shown}: plan"),
        mechanism=Spec.parse(raw.get("mechanism", "cbl"), f"{shown}: mechanism"),
        counts=counts,
        outside_option=_outside(raw.get("outside_option", {}), table.names, shown),
        strategies=read_strategies(raw.get("strategies", "recommended"), table.names, shown),
        source=source or NormalSource(sigma),
        partners=partners_of(raw.get("partners", {}), table.names, shown),
        folder=folder,
        raw=dict(raw),
        shown=shown,
    )


def _costs(value: object, folder: Path, shown: str) -> AgentTable:
    if isinstance(value, str) and value:
        return checked_costs(read_agent_table(folder / value, value, "cost", COST), value)
    if isinstance(value, list):
        where = f"{shown}: costs"
        return checked_costs(_inline(value, COST, where), where)
    raise InputError(f"{shown}: costs must be a CSV file's name or a table, got {brief(value)}")


def checked_costs(table: AgentTable, where: str) -> AgentTable:
    """The same table, if all its costs can be worked with. Raises InputError naming `where`."""
    m, d = table.values.shape
    if m > MOST_AGENTS or d > MOST_DISTRIBUTIONS or m * d > MOST_PAIRS:
        raise InputError(
            f"{where}: must have at most {MOST_AGENTS} agents, {MOST_DISTRIBUTIONS} distributions "
            f"and {MOST_PAIRS} costs in all, got {m} agents and {d} distributions: more takes hours"
        )
    for (i, k), cost in np.ndenumerate(table.values):
        if not (positive(cost) or cost == np.inf):
            raise InputError(f"{where}: {table.place(i, k)}: cost must be {COST}, got {cost:g}")
    for k in np.flatnonzero(np.isinf(table.values).all(axis=0)).tolist():
        raise InputError(
            f"{where}: column {table.columns[k]}: at least one agent must have a finite cost, "
            "got inf in every row"
        )
    return table


def _inline(rows: list[Any], allowed: str, where: str) -> AgentTable:
    """Costs written into the problem file: agents a0, a1, ..., distributions x0, x1, ..."""
    if not rows or not all(isinstance(row, list) and row for row in rows):
        raise InputError(
            f"{where}: must be a table [[...], ...] with a row per agent, got {brief(rows)}"
        )
    width = len(rows[0])
    for i, row in enumerate(rows):
        if len(row) != width:
            raise InputError(
                f"{where}: row {i + 1} (a{i}): must have {width} numbers as row 1 has, "
                f"got {len(row)}"
            )
        for k, cell in enumerate(row):
            if not (finite(cell) or cell == "inf" or (isinstance(cell, float))):
                raise InputError(
                    f"{where}: row {i + 1} (a{i}), column x{k}: cost must be {allowed}, "
                    f"got {brief(cell)}"
                )
    return AgentTable(
        tuple(f"a{i}" for i in range(len(rows))),
        tuple(f"x{k}" for k in range(width)),
        np.array([[float(cell) for cell in row] for row in rows]),
    )


def _named(table: AgentTable, raw: Mapping[str, Any], shown: str) -> AgentTable:
    """Names of inline costs, where the file gives them."""
    names = {"agents": table.names, "distributions": table.columns}
    for key, default in names.items():
        given = raw.get(key)
        if given is None:
            continue
        where = f"{shown}: {key}"
        if not isinstance(raw["costs"], list):
            raise InputError(f"{where}: names inline costs; {raw['costs']!r} has its own names")
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            raise InputError(f"{where}: must be a list of names, got {brief(given)}")
        if len(given) != len(default):
            raise InputError(
                f"{where}: must name all {len(default)} of the costs, got {len(given)}"
            )
        check_names(given, where, key.removesuffix("s"))
        names[key] = tuple(given)
    return AgentTable(names["agents"], names["distributions"], table.values, table.lines)


def _countable(costs: Array, sigma: Array, table: AgentTable, shown: str) -> None:
    """Refuse whole-number counts where working alone would ask for more than floats count."""
    alone = sigma / np.sqrt(costs)
    for i, k in np.argwhere(alone > MOST).tolist():
        raise InputError(
            f"{shown}: {table.place(i, k)}: sigma/sqrt(cost) must be at most {MOST:g} points with "
            f'counts = "integer", got {alone[i, k]:.3g}; use counts = "real"'
        )


def check_can_draw(problem: EstimationProblem, why: str = "") -> None:
    """Raise InputError where points would be drawn in numbers that are not whole.

    why: in brackets, the reason for drawing any.
    """
    if not problem.integer:
        raise InputError(
            f'{problem.shown}: counts = "real" cannot be simulated, as points are drawn in whole '
            f'numbers{f" ({why})" if why else ""}; use counts = "integer"'
        )


def _outside(value: object, names: tuple[str, ...], shown: str) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise InputError(
            f"{shown}: outside_option must be a table of penalties, got {brief(value)}"
        )
    for name, number in value.items():
        check_known([name], names, "agent", f"{shown}: outside_option")
        if not positive(number):
            raise InputError(
                f"{shown}: outside_option.{name} must be a finite penalty > 0 ({POSITIVE}), "
                f"got {brief(number)}"
            )
    return {name: float(number) for name, number in value.items()}
