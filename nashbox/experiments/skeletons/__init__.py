"""`new`: a strategy or mechanism that works, written into the user's folder with its test.

The texts beside this module hold $$name (of the file) and $$Class; `string.Template` fills them in.
"""

from __future__ import annotations

import importlib.util
import keyword
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import ClassVar

from nashbox.games.registry import declared
from nashbox.problem.errors import InputError, brief
from nashbox.results.base import Result
from nashbox.results.saving import all_or_none, writable, write_whole


@dataclass(frozen=True)
class Skeleton(Result):
    """What was written, and the commands that come next."""

    FORMAT: ClassVar[str] = "nashbox-new/1"
    KEYS: ClassVar[str] = "target files next"
    target: str
    files: Sequence[str]
    next: Sequence[str]


def names_of(text: str) -> tuple[str, str]:
    """Return the file's name in snake case and the class's in capitals. Raises InputError.

    >>> names_of("RichLiar"), names_of("two-faced liar"), names_of("HTTPLiar")
    (('rich_liar', 'RichLiar'), ('two_faced_liar', 'TwoFacedLiar'), ('http_liar', 'HttpLiar'))
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text.strip())
    words = [word.lower() for word in re.split(r"[\s_-]+", apart) if word]
    name = "_".join(words)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError(
            "new: NAME must be letters, digits, '_', '-' or spaces and start with a letter, "
            f"got {brief(text)}"
        )
    return name, "".join(word.capitalize() for word in words)


def skeleton_files(text: str, folder: str | Path) -> list[Path]:
    """The class's file and its test's. Raises InputError for a name that is none."""
    name, _ = names_of(text)
    return [Path(folder) / f"{name}.py", Path(folder) / f"test_{name}.py"]


def write_skeleton(kind: str, text: str, game: str, folder: str | Path) -> Skeleton:
    """Write NAME.py and test_NAME.py, both or none. Raises InputError where a file stands."""
    name, cls = names_of(text)
    _refuse_shadows(name)
    here = Path(folder)
    if not here.is_dir():
        raise InputError(f"--folder {str(folder)!r} must be a directory that exists")
    paths = skeleton_files(text, here)
    for path in paths:
        if path.exists() or path.is_symlink():
            raise InputError(f"new: {str(path)!r} exists; give another name, or move it away")
        writable(path)
    stem = "game" if kind == "game" else f"{game}_{kind}"
    texts = [_filled(f"{stem}.txt", name, cls), _filled(f"test_{stem}.txt", name, cls)]
    with all_or_none():
        for path, filled in zip(paths, texts, strict=True):
            write_whole(path, filled.encode())
    return Skeleton(f"{paths[0]}:{cls}", [str(p) for p in paths], _next(kind, game, paths, cls))


def _refuse_shadows(name: str) -> None:
    """Refuse a file that would take the place of something else that Python knows."""
    if name.startswith("test"):
        raise InputError(f"new: pytest takes {name}.py for a file of tests; give another name")
    if keyword.iskeyword(name):
        raise InputError(f"new: {name!r} is a word of Python's own; give another name")
    known = name in sys.stdlib_module_names
    if not known:
        spec = importlib.util.find_spec(name)
        origin = spec.origin if spec is not None else None
        known = spec is not None and (origin is None or "site-packages" in Path(origin).parts)
    if known or name == "nashbox":
        raise InputError(
            f"new: a file {name}.py would hide the installed module {name!r}; give another name"
        )


def _filled(file: str, name: str, cls: str) -> str:
    text = (files(__name__) / file).read_text(encoding="utf-8")
    return Template(text).substitute(name=name, Class=cls)


def _next(kind: str, game: str, paths: Sequence[Path], cls: str) -> list[str]:
    target = f"{os.fspath(paths[0])}:{cls}"
    if kind == "game":
        return [
            f"nashbox check {target}",
            f"pytest {os.fspath(paths[1])}",
            f'game = "{target}"    # in FILE, a problem file; then: nashbox audit FILE',
        ]
    play = f"--mechanism {target}" if kind == "mechanism" else f"--everyone {target}"
    lines = [
        f"nashbox check {target}",
        f"pytest {os.fspath(paths[1])}",
        f'nashbox run FILE {play}    # FILE: a problem file, game = "{game}"',
    ]
    if kind == "mechanism":
        return [*lines, f"nashbox audit FILE {play}"]
    if declared(game).says_all:
        return [*lines, f'strategy = "{target}"    # of an agent in FILE; then: nashbox audit FILE']
    return [*lines, f'strategies = {{NAME = "{target}"}}    # in FILE; then: nashbox audit FILE']
