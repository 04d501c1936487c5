"""Sweep files: TOML in, a checked sweep out; nothing is computed here."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nashbox.experiments.named_files import with_files
from nashbox.experiments.sweep.grid import MOST, Grid, read_grid
from nashbox.experiments.sweep.options import (
    EXPERIMENTS,
    INTO_PROBLEM,
    check_game,
    read_options,
)
from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import GAMES, read_toml
from nashbox.problem.spec import find_object, suggest

KEYS = ["problem", "experiment", "store", "seeds", "options", "grid"]


@dataclass(frozen=True)
class SweepFile:
    """A sweep as its file says it.

    shown: the file as it was given; problem: the problem file as the sweep names it, which lies in
    `folder`. raw: the problem's mapping, options that belong into it included. experiment: "audit",
    "run", "solve" or "file.py:function", found from `home`, the sweep file's own folder.
    """

    shown: str
    home: Path
    problem: str
    folder: Path
    raw: Mapping[str, Any]
    experiment: str
    options: Mapping[str, Any]
    seeds: tuple[int, ...]
    grid: Grid
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
    grid = read_grid(body.get("grid", {}), f"{shown}: grid")
    seeds = _seeds(body.get("seeds", 1), f"{shown}: seeds")
    if len(seeds) * math.prod(map(len, grid.values())) > MOST:
        raise InputError(f"{shown}: must have at most {MOST} cells, got more")
    problem = home / body["problem"]
    raw = _problem(problem, body["problem"])
    if raw.get("game") not in GAMES:
        raise InputError(
            f"{body['problem']}: game must be one of {', '.join(GAMES)}, got {raw.get('game')!r}"
        )
    check_game(experiment, options, raw["game"], shown)
    return SweepFile(
        shown=shown,
        home=home,
        problem=body["problem"],
        folder=problem.parent,
        raw=_with_options(raw, options, grid, home, problem.parent, shown),
        experiment=experiment,
        options={key: value for key, value in options.items() if key not in INTO_PROBLEM},
        seeds=seeds,
        grid=grid,
        store=home / body["store"],
    )


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
    grid: Grid,
    home: Path,
    folder: Path,
    shown: str,
) -> dict[str, Any]:
    """Put options into the problem that it could hold itself; files start at the sweep file."""
    given = {key: options[key] for key in INTO_PROBLEM if key in options}
    moved = with_files(given, lambda file: os.path.relpath(home / file, folder))
    changed = dict(raw)
    for key, value in moved.items():
        target = "strategies" if key == "everyone" else key
        if any(path == target or path.startswith(f"{target}.") for path in grid):
            raise InputError(f"{shown}: options.{key}: the grid says it already; leave one out")
        changed[target] = value
    if "everyone" in moved:
        from nashbox.problem.files import from_mapping

        names = from_mapping(raw, folder, shown).names
        changed["strategies"] = dict.fromkeys(names, moved["everyone"])
    return changed
