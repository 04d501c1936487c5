"""Who hears whom: a networkx generator by name, an edge list, or a CSV file of edges."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nashbox.problem.bounds import TooMuchError, bounded
from nashbox.problem.errors import InputError, brief, require, told
from nashbox.problem.spec import check_known, suggest
from nashbox.problem.tables import read_rows

Edges = tuple[tuple[int, int], ...]
USUAL = ("complete", "cycle", "star", "path", "wheel", "empty")
ALIASES = {"ring": "cycle"}
LINEAR = ("cycle", "star", "path", "wheel", "empty")  # as many edges as nodes, at most twice
MOST_EDGES = 2_000_000
SECONDS, ROOM = 5, 1 << 30  # what any other generator may take: processor time, bytes


def read_graph(value: object, names: Sequence[str], folder: Path, shown: str) -> Edges:
    """Edges between agents' positions, each once, the lower position first.

    value: a generator's name ("complete", "cycle", "star", ...: networkx's `<name>_graph(n)`), a
    table {name, parameters}, a list of pairs of agent names, or a CSV file with two columns of
    names, under a header or without one. Random generators have a seed, 0 unless given. Raises
    InputError.
    """
    where = f"{shown}: graph"
    if isinstance(value, str) and value.lower().endswith(".csv"):
        rows = [row for _, row in read_rows(folder / value, value)]
        header = not (len(rows[0]) == 2 and set(rows[0]) <= set(names))
        return _edges(rows[header:], names, value)
    if isinstance(value, list):
        return _edges(value, names, where)
    if isinstance(value, str):
        return _generated(value, {}, len(names), where)
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        rest = {key: item for key, item in value.items() if key != "name"}
        return _generated(value["name"], rest, len(names), where)
    raise InputError(
        f"{where}: must be a networkx generator's name, a table with one, a list of pairs of agent "
        f"names or a CSV file of them, got {brief(value)}"
    )


def _edges(pairs: Sequence[Any], names: Sequence[str], where: str) -> Edges:
    found = set()
    for row, pair in enumerate(pairs, start=1):
        if not (isinstance(pair, (list, tuple)) and len(pair) == 2):
            raise InputError(
                f"{where}: edge {row}: must be a pair of agent names, got {brief(pair)}"
            )
        check_known(pair, names, "agent", f"{where}: edge {row}")
        if pair[0] == pair[1]:
            raise InputError(f"{where}: edge {row}: must join two agents, got {brief(pair)}")
        i, j = sorted(names.index(name) for name in pair)
        found.add((i, j))
    return tuple(sorted(found))


def _generated(name: str, parameters: Mapping[str, Any], m: int, where: str) -> Edges:
    if name == "complete" and not parameters:
        if m * (m - 1) // 2 > MOST_EDGES:
            raise InputError(f"{where}: must have at most {MOST_EDGES} edges, got more: {m} agents")
        return tuple((i, j) for i in range(m) for j in range(i + 1, m))
    import networkx as nx

    base = ALIASES.get(name, name).removesuffix("_graph")
    generator = getattr(nx, f"{base}_graph", None)
    if not callable(generator):
        raise InputError(
            f"{where}: unknown networkx generator {name!r} ({suggest(name, [*USUAL])})"
        )
    size = m - 1 if base == "star" else m  # star_graph(n) has n + 1 nodes
    given = dict(parameters)
    if "seed" in _arguments(generator):
        given.setdefault("seed", 0)
        _check_random(given, where)

    def drawn() -> tuple[int, list[tuple[int, int]]]:
        graph = generator(size, **given)
        nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
        if nodes != m or edges > MOST_EDGES:
            return nodes, []
        return nodes, sorted({(min(i, j), max(i, j)) for i, j in _pairs(graph) if i != j})

    shown = f"networkx.{base}_graph({size}) with {brief(given)}"
    try:
        nodes, edges = drawn() if base in LINEAR else bounded(drawn, SECONDS, ROOM)
    except TooMuchError as error:
        raise InputError(
            f"{where}: {shown} {error}; its argument may not be the number of nodes"
        ) from error
    except Exception as error:
        raise InputError(f"{where}: {shown} failed: {told(error)}") from error
    if nodes != m:
        raise InputError(f"{where}: {name!r} must have a node per agent ({m}), got {nodes}")
    return tuple(edges)


def _check_random(given: Mapping[str, Any], where: str) -> None:
    """Hold seed and chance of a random graph to what networkx takes without a word."""
    require(f"{where}.seed", given["seed"], low=0, integer=True)
    if "p" in given:
        require(f"{where}.p", given["p"], low=0.0, high=1.0)
    for key, value in given.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"{where}.{key}: must be a finite number, got {value}")


def _pairs(graph: Any) -> Iterator[tuple[int, int]]:
    return ((int(i), int(j)) for i, j in graph.edges())


def _arguments(function: Any) -> Mapping[str, Any]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
