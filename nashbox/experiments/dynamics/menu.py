"""Menus, rules, starts and graphs of dynamics, as problems and commands name them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nashbox.measure.seeds import Stage, child
from nashbox.problem.errors import InputError, brief
from nashbox.problem.graphs import ALIASES, Edges, read_graph
from nashbox.problem.options import Choice, Option, Real
from nashbox.problem.payoff_oracle import Profile
from nashbox.problem.spec import Spec, suggest
from nashbox.problem.written import read_menu, read_spec

OF_RULES: dict[str, tuple[str, Option]] = {  # options, and the rule that has them
    "temperature": ("logit", Real("of logit, in payoff units", "T", low=0.0, usual="0.1")),
    "look": (
        "imitation",
        Choice("of imitation: whom to look at", words=("best", "random"), usual="best"),
    ),
}


@dataclass(frozen=True)
class Menu:
    """Strategies to choose from; honest: places of those that are counted as honest.

    specs: how a file names the entries, None for strategies given as objects. whose: the players
    who may play each entry; empty for everybody.
    """

    labels: tuple[str, ...]
    strategies: tuple[Any, ...]
    honest: tuple[int, ...]
    specs: tuple[Spec | None, ...] = ()
    whose: tuple[frozenset[int], ...] = ()


def read_rule(
    rule: Any, more: Mapping[str, Any], where: str, folder: Path | None = None
) -> dict[str, Any]:
    """The rule with its parameters; an option of another rule is refused.

    more: values of `OF_RULES`, None where not given. where: what stands before names of options.
    """
    specs = read_menu(rule, f"{where}rule", folder) if isinstance(rule, str) else [rule]
    if len(specs) != 1:
        raise InputError(f"{where}rule must be one rule, got {rule!r}")
    table = dict(specs[0]) if isinstance(specs[0], Mapping) else {"name": specs[0]}
    for option, value in more.items():
        if value is None:
            continue
        owner, _ = OF_RULES[option]
        if table.get("name") != owner:
            raise InputError(
                f"{where}{option} is for {where}rule {owner}, got {where}rule {table.get('name')}"
            )
        table[option] = value
    return table


def shown(spec: Spec) -> str:
    """A menu entry in words: its name, and its parameters if it has any.

    >>> shown(Spec("withholder", {"fraction": 0.5}))
    'withholder(fraction=0.5)'
    """
    return Spec(spec.name.rpartition(":")[2], spec.parameters).label


def place_of(name: str, labels: Sequence[str], where: str) -> int:
    """Find a menu entry by its label, or by its name alone where that is unique."""
    if name in labels:
        return list(labels).index(name)
    tight = [label.replace(" ", "") for label in labels]
    if name.replace(" ", "") in tight:
        return tight.index(name.replace(" ", ""))
    fits = [k for k, label in enumerate(labels) if label.partition("(")[0] == name]
    if len(fits) == 1:
        return fits[0]
    why = "names more than one entry" if fits else "is not in the menu"
    raise InputError(f"{where}: {name!r} {why} ({suggest(name, list(labels))})")


def read_start(
    counts: Mapping[str, int] | None, labels: Sequence[str], m: int, seed: int, where: str
) -> Profile:
    """Who plays what at the start, (m,): counts by menu entry, placed at random.

    All agents that are not counted play the first entry. By default a tenth of the agents, at least
    one, starts with each of the other entries.
    """
    K = len(labels)
    if counts is None:
        few = max(1, m // 10)
        numbers = {k: max(0, min(few, m - (k - 1) * few)) for k in range(1, K)}
    else:
        numbers = {}
        for name, count in counts.items():
            k = place_of(name, labels, where)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise InputError(
                    f"{where}: {name}: must be a whole number >= 0, got {brief(count)}"
                )
            numbers[k] = numbers.get(k, 0) + count
    total = sum(numbers.values())
    if total > m or (0 in numbers and total != m):
        allowed = f"{m} in all" if 0 in numbers else f"at most {m} in all"
        raise InputError(f"{where}: the counts must be {allowed}, one per agent, got {total}")
    profile = np.zeros(m, dtype=np.int64)
    places = np.random.default_rng(child(seed, Stage.ADAPT_START)).permutation(m)
    at = 0
    for k, count in sorted(numbers.items()):
        profile[places[at : at + count]] = k
        at += count
    return profile


def graph_of(value: object, names: Sequence[str], folder: Path, where: str, seed: int) -> Edges:
    """Edges of a graph as problem files name it; a random one without a seed gets one of ours."""
    table: Any = read_spec(value, where) if isinstance(value, str) else value
    if isinstance(table, str) and not table.lower().endswith(".csv"):
        table = {"name": table}
    if isinstance(table, Mapping) and "seed" not in table and isinstance(table.get("name"), str):
        import networkx as nx

        name = str(table["name"])
        base = ALIASES.get(name, name).removesuffix("_graph")
        generator = getattr(nx, f"{base}_graph", None)
        if callable(generator) and "seed" in inspect.signature(generator).parameters:
            table = {**table, "seed": child(seed, Stage.ADAPT_GRAPH) % 2**32}
        table = dict(table)
    if isinstance(table, Mapping) and len(table) == 1:
        table = table["name"]
    return read_graph(table, names, folder, where)
