"""From a sweep file to its cells: every distinct problem is built before any work starts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nashbox.experiments.named_files import (
    entry_point_versions,
    file_hash,
    file_hashes,
    neighbour_hashes,
    with_files,
)
from nashbox.experiments.sweep.cell import Cell
from nashbox.experiments.sweep.grid import at_point, described
from nashbox.experiments.sweep.layout import Layout
from nashbox.experiments.sweep.options import (
    EXPERIMENTS,
    as_arguments,
    as_asked,
    check_together,
    from_folder,
)
from nashbox.experiments.sweep.reading import OPTION, SweepFile
from nashbox.experiments.sweep.sources import program
from nashbox.games.registry import prepare_game
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping

WORK = "nashbox.experiments.sweep.work:work"
FUNCTION = "nashbox.experiments.sweep.work:call"


@dataclass(frozen=True)
class Expanded:
    """All cells of a sweep by RunId, and where they lie in the grid."""

    cells: list[Cell]
    layout: Layout


def expand(sweep: SweepFile, *, thorough: bool = True) -> Expanded:
    """Build every problem and name every cell.

    thorough: also solve plans and find strategies and mechanisms, so that no cell fails for what
    could have been said before. Raises InputError naming the point of the grid.
    """
    common: dict[str, Any] = {"experiment": sweep.experiment, "nashbox": program(), "source": None}
    beside: Mapping[str, str] = {}
    if sweep.experiment not in EXPERIMENTS:
        file = sweep.home / sweep.experiment.rpartition(":")[0]
        common["source"], beside = file_hash(file), neighbour_hashes(file)
    defaults = _defaults(sweep)
    work = WORK if common["source"] is None else FUNCTION
    cells: list[Cell] = []
    for values in sweep.points:
        with _named(sweep, values):
            raw, point = _point(sweep, values, defaults, thorough)
        point["files"] |= beside
        arguments = _arguments(sweep, raw, point, common["source"])
        cells += [
            Cell({**common, **point, "seed": seed}, work, {**arguments, "seed": seed})
            for seed in sweep.seeds
        ]
    layout = Layout(
        file=Path(sweep.shown).name,
        experiment=sweep.experiment,
        paths=list(sweep.paths),
        points=list(sweep.points),
        seeds=list(sweep.seeds),
        keys=[cell.key for cell in cells],
    )
    return Expanded(cells, layout)


def _point(
    sweep: SweepFile, values: list[Any], defaults: Mapping[str, Any], thorough: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The problem at a point as files say it, and what the answers there depend on."""
    chosen = dict(zip(sweep.paths, values, strict=True))
    inside = {path: value for path, value in chosen.items() if not path.startswith(OPTION)}
    options = dict(sweep.options) | {
        path.removeprefix(OPTION): value for path, value in chosen.items() if path not in inside
    }
    raw = at_point(sweep.raw, defaults, inside, f"{sweep.shown}: grid")
    built = from_mapping(raw, sweep.folder, sweep.problem)
    if thorough:
        game = prepare_game(built)
        if sweep.experiment == "run":
            game.check_playable()
    files = file_hashes(raw, sweep.folder)
    with _of_options(sweep, options):
        given = as_arguments(sweep.experiment, options)
        files |= file_hashes(given, sweep.folder)
        if thorough:
            check_together(sweep.experiment, built, from_folder(given, sweep.folder))
    resolved = {**built.to_json(), **raw}
    packages = entry_point_versions(raw)
    return raw, {"problem": resolved, "files": files, "packages": packages, "options": options}


def _defaults(sweep: SweepFile) -> Mapping[str, Any]:
    """What the problem leaves out; nothing if it is whole only with a value of the grid."""
    try:
        return dict(from_mapping(sweep.raw, sweep.folder, sweep.problem).to_json())
    except InputError:  # said again with its point, if no point mends it
        return {}


@contextmanager
def _named(sweep: SweepFile, values: list[Any]) -> Iterator[None]:
    """Say in which point of the grid an error lies."""
    try:
        yield
    except InputError as error:
        if not values or str(error).startswith(f"{sweep.shown}: grid"):
            raise
        place = described(sweep.paths, values)
        text = str(error).removeprefix(f"{sweep.shown}: ")
        raise InputError(f"{sweep.shown}: grid: with {place}: {text}") from error


@contextmanager
def _of_options(sweep: SweepFile, options: Collection[str]) -> Iterator[None]:
    """Say in which file an error about options lies, and which of those that are given it is."""
    try:
        yield
    except InputError as error:
        text = as_asked(sweep.experiment, options, str(error))
        if text.startswith((sweep.shown, sweep.problem)):
            raise
        where = "" if text.startswith("options.") else "options: "
        raise InputError(f"{sweep.shown}: {where}{text}") from error


def _arguments(
    sweep: SweepFile, raw: Mapping[str, Any], point: Mapping[str, Any], source: str | None
) -> dict[str, Any]:
    """What a worker needs; folders are absolute, as it may stand elsewhere."""
    folder = sweep.folder.absolute()
    hashes = {str(folder / name): digest for name, digest in point["files"].items()}
    if source is None:
        return {
            "experiment": sweep.experiment,
            "problem": raw,
            "folder": str(folder),
            "shown": sweep.problem,
            "options": point["options"],
            "files": hashes,
        }
    file, _, name = sweep.experiment.rpartition(":")
    problem = dict(point["problem"])
    if isinstance(problem.get("costs"), str):  # a table of costs has its own names
        problem = {k: v for k, v in problem.items() if k not in ("agents", "distributions")}
    return {
        "function": f"{Path(file).name}:{name}",
        "folder": str((sweep.home / file).absolute().parent),
        "problem": with_files(problem, lambda name: str(folder / name)),
        "files": hashes | {str(sweep.home.absolute() / file): source},
    }
