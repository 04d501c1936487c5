"""Sweep files: TOML in, a checked sweep out; nothing is computed here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nashbox.experiments.named_files import with_files
from nashbox.experiments.sweep.grid import MOST, grid_points, read_grid, read_points
from nashbox.experiments.sweep.leftovers import SIDES
from nashbox.experiments.sweep.options import (
    EXPERIMENTS,
    check_game,
    into_problem,
    read_options,
)
from nashbox.experiments.sweep.together import check_said_once
from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import read_toml
from nashbox.problem.spec import Spec, find_object, suggest

CALLED = ("mechanism", "everyone")  # options that name a class, with its parameters
OPTION = "options."  # in front of a path that leads into the options
TAKEN = (*SIDES, ".lock")  # endings of what lies beside a store
KEYS = ["problem", "experiment", "store", "seeds", "options", "grid", "points"]


@dataclass(frozen=True)
class SweepFile:
    """A sweep as its file says it.

    shown: the file as it was given; problem: the problem file as the sweep names it, which lies in
    `folder`. raw: the problem's mapping, options that belong into it included. experiment: "audit",
    ... or "file.py:function", found from `home`, the sweep file's own folder. points: values of the
    `paths` into the problem, or into the options ("options.NAME").
    """

    shown: str
    home: Path
    problem: str
    folder: Path
    raw: Mapping[str, Any]
    experiment: str
    options: Mapping[str, Any]
    seeds: tuple[int, ...]
    paths: Sequence[str]
    points: Sequence[list[Any]]
    store: Path


def read_sweep(path: str | Path) -> SweepFile:
    """Read a sweep file. Raises InputError with file, key, what is allowed and what came."""
    shown, home = str(path), Path(path).parent
    body = read_toml(path)
    for key in body:
        if key not in KEYS:
            raise InputError(f"{shown}: unknown key {key!r} ({suggest(key, KEYS)})")
    for key in ("problem", "experiment", "store"):
        if key not in body:
            raise InputError(f"{shown}: the key {key!r} is missing; a sweep needs it")
        if not isinstance(body[key], str) or not body[key]:
            raise InputError(f"{shown}: {key} must be a text, got {brief(body[key])}")
    experiment = _experiment(body["experiment"], home, shown)
    options = read_options(experiment, body.get("options", {}), f"{shown}: options")
    paths, points = _points(body, home, shown)
    points = _read_option_paths(experiment, body.get("options", {}), paths, points, shown)
    seeds = _seeds(body.get("seeds", 1), f"{shown}: seeds")
    if len(seeds) * len(points) > MOST:
        raise InputError(f"{shown}: must have at most {MOST} cells, got more")
    problem = home / body["problem"]
    raw = _problem(problem, body["problem"])
    if not isinstance(raw.get("game"), str):
        raise InputError(
            f"{body['problem']}: game must be a name or 'file.py:Class', got "
            f"{brief(raw.get('game'))}"
        )
    names = [*options, *(p.removeprefix(OPTION) for p in paths if p.startswith(OPTION))]
    check_game(experiment, names, raw["game"], shown)
    varied = [path for path in paths if not path.startswith(OPTION)]
    check_said_once(experiment, names, varied, shown)
    return SweepFile(
        shown=shown,
        home=home,
        problem=body["problem"],
        folder=problem.parent,
        raw=_with_options(raw, options, experiment, paths, home, problem.parent, shown),
        experiment=experiment,
        options={
            key: value for key, value in options.items() if key not in into_problem(experiment)
        },
        seeds=seeds,
        paths=paths,
        points=points,
        store=_store(home, body["store"], shown),
    )


def _points(
    body: Mapping[str, Any], home: Path, shown: str
) -> tuple[Sequence[str], list[list[Any]]]:
    """Paths and points of [grid] or points; without either one point that changes nothing."""
    if "grid" in body and "points" in body:
        raise InputError(f"{shown}: points: the table [grid] is there too; leave one of them out")
    if "points" in body:
        return read_points(body["points"], home, f"{shown}: points")
    grid = read_grid(body.get("grid", {}), f"{shown}: grid")
    return list(grid), grid_points(grid)


def _read_option_paths(
    experiment: str,
    options: Mapping[str, Any],
    paths: Sequence[str],
    points: Sequence[list[Any]],
    shown: str,
) -> list[list[Any]]:
    """The points, with values of "options.NAME" as the option is read. Raises InputError."""
    points = [list(point) for point in points]
    for place, path in enumerate(paths):
        if not path.startswith(OPTION):
            continue
        name = path.removeprefix(OPTION)
        if name in into_problem(experiment):
            raise InputError(f"{shown}: {path}: write {name!r}, a path into the problem")
        if name in options:
            raise InputError(f"{shown}: options.{name}: the grid says it already; leave one out")
        read: dict[str, Any] = {}
        for point in points:
            text = repr(point[place])
            if text not in read:
                found = read_options(experiment, {name: point[place]}, f"{shown}: options")
                read[text] = found[name]
            point[place] = read[text]
    return points


def _store(home: Path, name: str, shown: str) -> Path:
    """Where the store is. Raises InputError for names that mean something else to SQLite."""
    if name.startswith((":", "file:")) or "?" in name or "\0" in name:
        raise InputError(
            f"{shown}: store must be the name of a file without ':' in front and without '?', "
            f"got {brief(name)}"
        )
    if name.endswith(TAKEN):
        raise InputError(
            f"{shown}: store must not end in {', '.join(TAKEN)}: beside another store that name is "
            f"taken, got {brief(name)}"
        )
    return home / name


def _problem(path: Path, shown: str) -> dict[str, Any]:
    try:
        return read_toml(path)
    except InputError as error:
        raise InputError(str(error).replace(str(path), shown, 1)) from error


def _experiment(name: str, home: Path, shown: str) -> str:
    where = f"{shown}: experiment"
    if name in EXPERIMENTS:
        return name
    if ":" not in name:
        allowed = suggest(name, [*EXPERIMENTS, "file.py:function"])
        raise InputError(f"{where}: unknown name {name!r} ({allowed})")
    if not callable(find_object(name, home, where, "function")):
        raise InputError(f"{where}: {name!r} must be a function of a problem and a seed")
    return name


def _seeds(value: object, where: str) -> tuple[int, ...]:
    allowed = "must be a number of seeds >= 1, or a list of different whole numbers >= 0"
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST:
        return tuple(range(value))
    if not isinstance(value, list) or not value:
        raise InputError(f"{where}: {allowed}, got {brief(value)}")
    for seed in value:
        if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63:
            raise InputError(f"{where}: {allowed}, got {brief(seed)}")
    if len(set(value)) < len(value):
        twice = next(seed for seed in value if value.count(seed) > 1)
        raise InputError(f"{where}: {allowed}, got {twice} twice")
    return tuple(value)


def _with_options(
    raw: dict[str, Any],
    options: Mapping[str, Any],
    experiment: str,
    paths: Sequence[str],
    home: Path,
    folder: Path,
    shown: str,
) -> dict[str, Any]:
    """Put options into the problem that it could hold itself; files start at the sweep file."""
    given = {
        key: _named(options[key], f"{shown}: options.{key}") if key in CALLED else options[key]
        for key in into_problem(experiment)
        if key in options
    }
    moved = with_files(given, lambda file: os.path.relpath(home / file, folder))
    changed = dict(raw)
    for key, value in moved.items():
        target = "strategies" if key == "everyone" else key
        if any(path == target or path.startswith(f"{target}.") for path in paths):
            raise InputError(f"{shown}: options.{key}: the grid says it already; leave one out")
        changed[target] = value
    if "everyone" in moved:
        from nashbox.problem.files import from_mapping

        names = from_mapping(raw, folder, shown).names
        changed["strategies"] = dict.fromkeys(names, moved["everyone"])
    return changed


def _named(value: Any, where: str) -> Any:
    """A name as files hold it, with the parameters that commands write behind it."""
    return Spec.parse_call(value, where).to_json() if isinstance(value, str) else value
