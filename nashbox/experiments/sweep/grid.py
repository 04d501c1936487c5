"""The grid of a sweep file: dotted paths into a problem, each with a list of values.

A path may be one quoted key ("agents.A.strategy.alpha") or dotted (agents.A.strategy.alpha); tables
in lists go by their name, other entries of lists by position. Where a problem has a name that may
be a table (mechanism = "cbl"), a path below it makes the table {name = "cbl", ...}.
"""

from __future__ import annotations

import copy
import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nashbox.experiments.sweep.encoding import canonical
from nashbox.experiments.sweep.twice import WITHOUT_TABLE, Place, Said, check_once, named_by
from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import value_of
from nashbox.problem.spec import suggest
from nashbox.problem.tables import read_rows

MOST = 10_000_000  # cells of a sweep


def read_grid(value: object, where: str) -> tuple[list[str], list[list[Any]]]:
    """Paths of the table [grid], and the product of all lists; the last path is the fastest.

    Raises InputError naming the path.
    """
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: must be a table of lists, got {brief(value)}")
    leaves = list(_leaves(value))
    _check_paths([path for path, _ in leaves], where)
    for path, values in leaves:
        if not isinstance(values, list) or not values:
            raise InputError(f"{where}: {path}: must be a list of values, got {brief(values)}")
        for item in _repeated(values):
            raise InputError(f"{where}: {path}: must not hold a value twice, got {brief(item)}")
    grid = dict(leaves)
    if math.prod(map(len, grid.values())) > MOST:
        raise InputError(f"{where}: must have at most {MOST} points, got more")
    return list(grid), [list(values) for values in itertools.product(*grid.values())]


def _repeated(values: Sequence[Any]) -> list[Any]:
    """Values that come twice: 5 and 5.0 would be two cells and one row of any summary."""
    texts = [json.dumps(json.loads(canonical(value), parse_int=float)) for value in values]
    often = Counter(texts)
    return [value for value, text in zip(values, texts, strict=True) if often[text] > 1]


def _leaves(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, path)
        else:
            yield path, value


def read_points(value: object, home: Path, where: str) -> tuple[list[str], list[list[Any]]]:
    """Paths and points of ``points``: a CSV file's name, or an array of tables.

    Raises InputError naming the point, or row and column.
    """
    if isinstance(value, str) and value:
        return _points_of_csv(home / value, value)
    if not isinstance(value, list) or not value or not all(isinstance(p, Mapping) for p in value):
        raise InputError(
            f"{where}: must be the name of a CSV file (a column per path, a row per point) or "
            f"tables [[points]], got {brief(value)}"
        )
    tables = [dict(_leaves(point)) for point in value]
    paths = list(tables[0])
    if not paths:
        raise InputError(f"{where}: must name at least one path")
    _check_paths(paths, where)
    for number, table in enumerate(tables, start=1):
        if set(table) != set(paths):
            raise InputError(
                f"{where}: point {number} must have the paths of the first ({', '.join(paths)}), "
                f"got {', '.join(table) or 'none'}"
            )
    return paths, _distinct([[table[path] for path in paths] for table in tables], where)


def _points_of_csv(path: Path, shown: str) -> tuple[list[str], list[list[Any]]]:
    (_, header), *rows = read_rows(path, shown)
    _check_paths(header, shown)
    points = []
    for line, row in rows:
        if not all(row):
            raise InputError(
                f"{shown}: row {line}: must have a value in each column, got none in "
                f"{header[row.index('')]}"
            )
        points.append([_cell(cell) for cell in row])
    if not points:
        raise InputError(f"{shown}: must have at least one point below its header")
    return header, _distinct(points, shown)


def _check_paths(paths: Sequence[str], where: str) -> None:
    for path in paths:
        if not path or not all(path.split(".")):
            raise InputError(f"{where}: {path!r}: must be a dotted path into the problem")
        if paths.count(path) > 1:
            raise InputError(f"{where}: {path}: is given twice; once is enough")


def _distinct(points: list[list[Any]], where: str) -> list[list[Any]]:
    for point in _repeated(points):
        number = points.index(point) + 1
        raise InputError(f"{where}: point {number} comes twice: {brief(point)}")
    return points


def _cell(text: str) -> Any:
    """A cell of a CSV file: a value as TOML writes it, or a word that means itself."""
    try:
        return value_of(text)
    except ValueError:
        return text


def described(paths: Iterable[str], values: list[Any]) -> str:
    """A point in words, as the file would say it."""
    return ", ".join(f"{path} = {brief(v)}" for path, v in zip(paths, values, strict=True))


def at_point(
    raw: Mapping[str, Any], defaults: Mapping[str, Any], point: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """The problem's mapping with the values of a point, by path, in their places.

    defaults: the mapping with all that `raw` leaves out. Raises InputError for paths that lead
    nowhere, and for two that say one thing. Shorter paths are set first, so that "mechanism" and
    "mechanism.alpha_factor" agree.
    """
    changed = copy.deepcopy(dict(raw))
    said = []
    for path in sorted(point, key=lambda path: path.count(".")):
        given = copy.deepcopy(point[path])
        place = _place(changed, defaults, path.split("."), given, f"{where}: {path}")
        said.append(Said(path, place, point[path]))
    check_once(said, changed, where)
    return changed


def _place(node: Any, default: Any, parts: list[str], value: Any, where: str) -> Place:
    """Put a value where a path leads; the keys and positions on the way."""
    position, used = _find(node, parts, where)
    if used == len(parts):
        node[position] = value
        return (position,)
    below = _inside(default, position, ".".join(parts[:used]))
    if isinstance(node, dict) and position not in node:
        node[position] = copy.deepcopy(below) if below is not None else {}
    child = node[position]
    if isinstance(child, str):
        child = {} if (position, child) in WITHOUT_TABLE else {named_by(position): child}
        node[position] = child
    if not isinstance(child, (dict, list)):
        raise InputError(f"{where}: leads nowhere: {'.'.join(parts[:used])} is {brief(child)}")
    return (position, *_place(child, below, parts[used:], value, where))


def _find(node: Any, parts: list[str], where: str) -> tuple[Any, int]:
    """The key or position that the first parts name, and how many they are (names hold dots)."""
    if isinstance(node, dict):
        for used in range(1, len(parts) + 1):
            if ".".join(parts[:used]) in node:
                return ".".join(parts[:used]), used
        return parts[0], 1
    names = [entry.get("name") if isinstance(entry, Mapping) else None for entry in node]
    for used in range(1, len(parts) + 1):
        if ".".join(parts[:used]) in names:
            return names.index(".".join(parts[:used])), used
    if parts[0].isdecimal() and int(parts[0]) < len(node):
        return int(parts[0]), 1
    known = [name for name in names if isinstance(name, str)]
    allowed = known or [str(position) for position in range(len(node))]
    raise InputError(
        f"{where}: leads nowhere: no {parts[0]!r} there ({suggest(parts[0], allowed)})"
    )


def _inside(default: Any, position: Any, name: str) -> Any:
    if isinstance(default, Mapping):
        return default.get(position)
    if isinstance(default, list):
        for entry in default:
            if isinstance(entry, Mapping) and entry.get("name") == name:
                return entry
    return None
