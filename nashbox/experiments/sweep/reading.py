"""Sweep files: TOML in, a checked sweep out; nothing is computed here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nashbox.experiments.named_files import with_files
from nashbox.experiments.sweep.grid import MOST, read_grid, read_points
from nashbox.experiments.sweep.leftovers import SIDES
from nashbox.experiments.sweep.options import (
    EXPERIMENTS,
    check_game,
    check_said_once,
    known,
    read_options,
)
from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import from_mapping, read_toml
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
    body = _body(path)
    experiment = _experiment(body["experiment"], home, shown)
    given = body.get("options", {})
    options = read_options(experiment, given, f"{shown}: options")
    paths, points = _points(body, home, shown)
    inside = [path for path in paths if not path.startswith(OPTION)]
    points = _read_option_paths(experiment, given, paths, points, shown)
    seeds = _seeds(body.get("seeds", 1), f"{shown}: seeds")
    if len(seeds) * len(points) > MOST:
        raise InputError(f"{shown}: must have at most {MOST} cells, got more")
    problem = home / body["problem"]
    raw = _problem(problem, body["problem"])
    names = [*options, *(path.removeprefix(OPTION) for path in paths if path not in inside)]
    check_game(experiment, names, raw["game"], shown)
    check_said_once(experiment, names, inside, shown)
    said = _in_problem(experiment, options, shown)
    for key in said:
        if any(path == key or path.startswith(f"{key}.") for path in inside):
            option = "everyone" if key == "strategies" else key
            raise InputError(f"{shown}: options.{option}: the grid says it already; leave one out")
    said = with_files(said, lambda file: os.path.relpath(home / file, problem.parent))
    if "strategies" in said:
        names = from_mapping(raw, problem.parent, shown).names
        said["strategies"] = dict.fromkeys(names, said["strategies"])
    return SweepFile(
        shown=shown,
        home=home,
        problem=body["problem"],
        folder=problem.parent,
        raw=raw | said,
        experiment=experiment,
        options={k: v for k, v in options.items() if k not in known(experiment).problem},
        seeds=seeds,
        paths=paths,
        points=points,
        store=_store(home, body["store"], shown),
    )


def _body(path: str | Path) -> dict[str, Any]:
    body = read_toml(path)
    for key in body:
        if key not in KEYS:
            raise InputError(f"{path}: unknown key {key!r} ({suggest(key, KEYS)})")
    for key in ("problem", "experiment", "store"):
        if key not in body:
            raise InputError(f"{path}: the key {key!r} is missing; a sweep needs it")
        if not isinstance(body[key], str) or not body[key]:
            raise InputError(f"{path}: {key} must be a text, got {brief(body[key])}")
    return body


def _points(
    body: Mapping[str, Any], home: Path, shown: str
) -> tuple[Sequence[str], list[list[Any]]]:
    """Paths and points of [grid] or points; without either one point that changes nothing."""
    if "grid" in body and "points" in body:
        raise InputError(f"{shown}: points: the table [grid] is there too; leave one of them out")
    if "points" in body:
        return read_points(body["points"], home, f"{shown}: points")
    return read_grid(body.get("grid", {}), f"{shown}: grid")


def _read_option_paths(
    experiment: str,
    options: Mapping[str, Any],
    paths: Sequence[str],
    points: Sequence[list[Any]],
    shown: str,
) -> list[list[Any]]:
    """The points, with values of "options.NAME" as the option is read. Raises InputError."""
    columns = [list(column) for column in zip(*points, strict=True)]
    for path, column in zip(paths, columns, strict=True):
        if not path.startswith(OPTION):
            continue
        name = path.removeprefix(OPTION)
        if name in known(experiment).problem:
            raise InputError(f"{shown}: {path}: write {name!r}, a path into the problem")
        if name in options:
            raise InputError(f"{shown}: {path}: the grid says it already; leave one out")
        read = {
            text: read_options(experiment, {name: value}, f"{shown}: options")[name]
            for text, value in {repr(value): value for value in column}.items()
        }
        column[:] = [read[repr(value)] for value in column]
    return [list(point) for point in zip(*columns, strict=True)] or [[]]


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
        raw = read_toml(path)
    except InputError as error:
        raise InputError(str(error).replace(str(path), shown, 1)) from error
    game = raw.get("game")
    if not isinstance(game, str):
        raise InputError(f"{shown}: game must be a name or 'file.py:Class', got {brief(game)}")
    return raw


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


def _in_problem(experiment: str, options: Mapping[str, Any], shown: str) -> dict[str, Any]:
    """What options say of the problem, by its keys."""
    return {
        "strategies" if key == "everyone" else key: (
            _named(options[key], f"{shown}: options.{key}") if key in CALLED else options[key]
        )
        for key in known(experiment).problem
        if key in options
    }


def _named(value: Any, where: str) -> Any:
    """A name as files hold it, with the parameters that commands write behind it."""
    return Spec.parse_call(value, where).to_json() if isinstance(value, str) else value
