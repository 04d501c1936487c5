"""Who hears whom: a networkx generator by name, an edge list, or a CSV file of edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nashbox.problem.errors import InputError
from nashbox.problem.spec import suggest
from nashbox.problem.tables import read_rows

Edges = tuple[tuple[int, int], ...]
USUAL = ("complete", "cycle", "star", "path", "wheel", "empty")
ALIASES = {"ring": "cycle"}


def read_graph(value: object, names: Sequence[str], folder: Path, shown: str) -> Edges:
    """Edges between agents' positions, each once, the lower position first.

    value: a generator's name ("complete", "cycle", "star", ...: networkx's `<name>_graph(n)`), a
    table {name, parameters}, a list of pairs of agent names, or a CSV file with two columns of
    names under a header. Raises InputError.
    """
    where = f"{shown}: graph"
    if isinstance(value, str) and value.lower().endswith(".csv"):
        _, *rows = read_rows(folder / value, value)
        return _edges([row for _, row in rows], names, value)
    if isinstance(value, list):
        return _edges(value, names, where)
    if isinstance(value, str):
        return _generated(value, {}, len(names), where)
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        rest = {key: item for key, item in value.items() if key != "name"}
        return _generated(value["name"], rest, len(names), where)
    raise InputError(
        f"{where}: must be a networkx generator's name, a table with one, a list of pairs of agent "
        f"names or a CSV file of them, got {value!r}"
    )


def _edges(pairs: Sequence[Any], names: Sequence[str], where: str) -> Edges:
    found = set()
    for row, pair in enumerate(pairs, start=1):
        if not (isinstance(pair, (list, tuple)) and len(pair) == 2):
            raise InputError(f"{where}: edge {row}: must be a pair of agent names, got {pair!r}")
        for name in pair:
            if name not in names:
                raise InputError(
                    f"{where}: edge {row}: unknown agent {name!r} ({suggest(str(name), [*names])})"
                )
        if pair[0] == pair[1]:
            raise InputError(f"{where}: edge {row}: must join two agents, got {pair!r}")
        i, j = sorted(names.index(name) for name in pair)
        found.add((i, j))
    return tuple(sorted(found))


def _generated(name: str, parameters: Mapping[str, Any], m: int, where: str) -> Edges:
    if name == "complete" and not parameters:
        return tuple((i, j) for i in range(m) for j in range(i + 1, m))
    import networkx as nx

    base = ALIASES.get(name, name).removesuffix("_graph")
    generator = getattr(nx, f"{base}_graph", None)
    if not callable(generator):
        raise InputError(
            f"{where}: unknown networkx generator {name!r} ({suggest(name, [*USUAL])})"
        )
    size = m - 1 if base == "star" else m  # star_graph(n) has n + 1 nodes
    try:
        graph = generator(size, **parameters)
        edges = {tuple(sorted((int(i), int(j)))) for i, j in graph.edges() if i != j}
        nodes = graph.number_of_nodes()
    except Exception as error:
        raise InputError(
            f"{where}: networkx.{base}_graph({size}) with {dict(parameters)!r} failed: {error}"
        ) from error
    if nodes != m:
        raise InputError(f"{where}: {name!r} must have a node per agent ({m}), got {nodes}")
    return tuple(sorted((i, j) for i, j in edges))
