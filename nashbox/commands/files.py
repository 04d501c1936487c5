"""Which files a command reads and writes: none that it needs is lost, none is left half done."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nashbox.problem.errors import InputError

OUTPUTS = ("json", "figure", "report", "save", "export")  # options that name a file to write
PLUGIN_FILE = re.compile(r"[^\s,;(){}\[\]='\"]+\.py(?=:)")


def check_outputs(options: argparse.Namespace) -> None:
    """Refuse files that cannot be written, or would overwrite what is read, before any work."""
    from nashbox.results.saving import is_channel, same_file, writable

    targets: dict[str, Path] = {}  # by what the user wrote
    found = list(output_files(options))
    taken = list(_own_files(options)) if found else []
    for option, path in found:
        for other, place in taken:
            if same_file(path, place) and not is_channel(path):
                raise InputError(f"--{option} {path}: is written by {other} already")
        with _of_option(option):
            targets[f"--{option}"] = writable(path)
        taken.append((f"--{option}", targets[f"--{option}"]))
    inputs = input_files(options) if targets else []
    for name, target in targets.items():
        for path in inputs:
            if not is_channel(target) and same_file(path, target):
                raise InputError(f"{name}: {path} is read by this command, and would be lost")


def _own_files(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """What a command writes besides its `OUTPUTS`, with words for each (`writes` of a command)."""
    writes: Callable[[argparse.Namespace], Iterator[tuple[str, Path]]] | None
    writes = getattr(options, "writes", None)
    if writes is not None:
        yield from writes(options)


def store_files(store: Path) -> Iterator[tuple[str, Path]]:
    """A result store and what lies beside it, as `writes` of a command says it."""
    from nashbox.experiments.sweep.leftovers import beside
    from nashbox.experiments.sweep.reading import TAKEN

    for place in (store, *(beside(store, ending) for ending in TAKEN)):
        yield f"the store {store}", place


@contextmanager
def _of_option(option: str) -> Iterator[None]:
    """Name the option in front of what is wrong with its file."""
    try:
        yield
    except InputError as error:
        words = str(error)
        raise InputError(words if words.startswith("--") else f"--{option}: {words}") from error


@contextmanager
def outputs_whole() -> Iterator[None]:
    """Take back the files that a command has written if it ends in a refusal."""
    from nashbox.results.saving import all_or_none

    with all_or_none():
        yield


def output_files(options: argparse.Namespace) -> Iterator[tuple[str, str | Path]]:
    """Options that name files to write, with each file. Raises InputError for a wrong ending."""
    for option in OUTPUTS:
        path = getattr(options, option, None)
        if path is None or (option == "json" and path == "-"):
            continue
        if option == "figure":
            from nashbox.experiments.figures import figure_paths

            with _of_option(option):
                table = figure_paths(path)[1]
            yield f"{option} {path}: its data", table
        if option == "report":
            endings = getattr(options, "report_endings", None)
            if endings is None:
                from nashbox.papers.report import report_paths

                with _of_option(option):
                    paths = report_paths(path)
                yield from ((option, found) for found in paths if found is not None)
                continue
            if not path.lower().endswith(endings):
                raise InputError(f"--report must end in {' or '.join(endings)}, got {path!r}")
        yield option, path


def input_files(options: argparse.Namespace) -> list[Path]:
    """Files that a command reads: what its words name, and what those files name in turn."""
    from nashbox.experiments.named_files import files_named
    from nashbox.problem.files import read_toml
    from nashbox.problem.neighbours import neighbours

    given = [value for key, value in vars(options).items() if key not in (*OUTPUTS, "arguments")]
    words = [
        word
        for value in given
        for item in (value if isinstance(value, (list, tuple)) else [value])
        if isinstance(item, str)
        for word in (item, *PLUGIN_FILE.findall(item))  # also within lists and parameters
    ]
    found = [path for folder in _folders(options) for path in folder.rglob("*") if path.is_file()]
    for path in map(Path, dict.fromkeys(words)):
        try:
            if not path.is_file():
                continue
        except (OSError, ValueError):
            continue
        found.append(path)
        if path.suffix == ".py":
            found += neighbours(path)
            continue
        with suppress(InputError):  # no problem, or the command says what is wrong with it
            found += files_named(read_toml(path), path.parent)
    return found


def _folders(options: argparse.Namespace) -> Iterator[Path]:
    """Folders whose files a command reads (`folders` of a command names the options)."""
    for name in getattr(options, "folders", ()):
        value = getattr(options, name)
        if value and "\0" not in value:
            yield Path(value)
