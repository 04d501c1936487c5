"""The files that a problem names: tables, measurements, edges, and sources of plug-ins."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from nashbox.problem.files import read_toml
from nashbox.problem.neighbours import neighbours

Change = Callable[[str], str]
GROUPS = ("nashbox.strategies", "nashbox.mechanisms", "nashbox.games")


def file_hash(path: str | Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def with_files(raw: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The problem's mapping with every file's name passed through `change`."""
    changed = {key: _inside(value, change) for key, value in raw.items()}
    for key in ("costs", "payoffs", "plan", "rule", "graph"):  # also as options of experiments
        value = changed.get(key)
        sure = key in ("costs", "payoffs")
        if isinstance(value, str) and (sure or value.lower().endswith(".csv")):
            changed[key] = change(value)
    return changed


def _inside(value: Any, change: Change) -> Any:
    if isinstance(value, Mapping):
        inner = {key: _inside(item, change) for key, item in value.items()}
        if isinstance(inner.get("csv"), str):
            inner["csv"] = change(inner["csv"])
        return inner
    if isinstance(value, (list, tuple)):
        return [_inside(item, change) for item in value]
    if isinstance(value, str):
        file, colon, name = value.rpartition(":")
        if colon and file.endswith(".py"):
            return f"{change(file)}:{name}"
    return value


def files_named(raw: Mapping[str, Any], folder: Path) -> list[Path]:
    """Files that a problem, or a sweep with its problem and store, names and that are there."""
    found = [folder / name for name in file_hashes(raw, folder)]
    for key in ("problem", "store", "points"):
        value = raw.get(key)
        if isinstance(value, str) and value and (folder / value).is_file():
            found.append(folder / value)
            if key == "problem":
                inner = folder / value
                found += files_named(read_toml(inner), inner.parent)
    return found


def neighbour_hashes(plugin: Path, start: Path | None = None) -> dict[str, str]:
    """SHA-256 of the modules beside a plug-in that it imports, by their path from `start`.

    Without `start` paths are absolute.
    """
    origin = None if start is None else start.absolute()
    return {
        str(path) if origin is None else os.path.relpath(path, origin): file_hash(path)
        for path in neighbours(plugin)
    }


def file_hashes(raw: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """SHA-256 of every file that a problem names, by the name as written."""
    found: dict[str, str] = {}

    def look(name: str) -> str:
        if name not in found and (folder / name).is_file():
            found[name] = file_hash(folder / name)
            if name.endswith(".py"):
                found.update(neighbour_hashes(folder / name, folder))
        return name

    with_files(raw, look)
    return found


def entry_point_versions(raw: Mapping[str, Any]) -> dict[str, str]:
    """Package and version behind every name that is an entry point of another package."""
    points = {point.name: point for group in GROUPS for point in entry_points(group=group)}
    if not points:
        return {}
    found = {}

    def visit(value: Any) -> None:
        if isinstance(value, Mapping):
            for item in value.values():
                visit(item)
        elif isinstance(value, (list, tuple)):
            for item in value:
                visit(item)
        elif isinstance(value, str) and value in points:
            source = points[value].dist
            found[value] = f"{source.name} {source.version}" if source is not None else "unknown"

    visit(raw)
    return found
