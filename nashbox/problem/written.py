"""Menus and starts as a command line writes them, and the options that are written so.

truthful, withholder(fraction=0.5), {name = "fabricator", kind = "pad"}, my_ideas.py:Liar
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from nashbox.problem.errors import InputError, brief, sized, whole
from nashbox.problem.files import value_of
from nashbox.problem.options import Names, Option
from nashbox.problem.spec import Spec


@dataclass(frozen=True)
class Labels(Names):
    """Names of entries of a menu."""

    def written(self, text: str, where: str, folder: Path | None = None) -> Any:
        """Names, parted at commas."""
        return split(text, where)


@dataclass(frozen=True)
class Entries(Names):
    """Strategies or mechanisms: names, tables, calls; functions take objects too."""

    def written(self, text: str, where: str, folder: Path | None = None) -> Any:
        """Names and tables, parted at commas."""
        return read_menu(text, where, folder)


@dataclass(frozen=True)
class Start(Option):
    """How many agents start with which entry of a menu."""

    in_text: ClassVar[bool] = True

    def written(self, text: str, where: str, folder: Path | None = None) -> Any:
        """Numbers by entry."""
        return parse_start(text, where)

    def read(self, where: str, value: Any) -> Any:
        """Whole numbers by entry."""
        if not isinstance(value, Mapping) or not value:
            raise InputError(
                f"{where} must be entry=count, separated by commas, or a table, got {brief(value)}"
            )
        return {name: whole(f"{where}.{name}", number, low=0) for name, number in value.items()}


def split(text: str, where: str) -> list[str]:
    """Divide at commas that are in no bracket and no quotes.

    >>> split("a, b(x=1, y=2), {name = 'c', z = 3}", "--menu")
    ['a', 'b(x=1, y=2)', "{name = 'c', z = 3}"]
    """
    parts, depth, quote, last = [], 0, "", 0
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[last:at].strip())
            last = at + 1
    parts.append(text[last:].strip())
    if quote or depth or not all(parts):
        raise InputError(
            f"{where} must be names separated by commas, brackets closed, got {text!r}"
        )
    return parts


def read_spec(text: str, where: str) -> Any:
    """A name, a call ``name(key=value, ...)`` or a TOML table, as problem files hold them.

    >>> read_spec("withholder(fraction=0.5)", "--menu")
    {'name': 'withholder', 'fraction': 0.5}
    """
    if not text.startswith("{"):
        return Spec.parse_call(text, where).to_json()
    try:
        table = value_of(text)
    except ValueError:
        raise InputError(f"{where}: must be a table as in TOML, got {text!r}") from None
    sized(table, where)
    return table


def read_menu(text: str, where: str, folder: Path | None = None) -> list[Any]:
    """Divide a menu into names and tables.

    Plug-in files are named relative to the working directory, and then to `folder`, if given.
    """
    specs = [read_spec(part, where) for part in split(text, where)]
    return specs if folder is None else [_moved(spec, folder) for spec in specs]


def _moved(spec: Any, folder: Path) -> Any:
    table = dict(spec) if isinstance(spec, Mapping) else {"name": spec}
    name = table.get("name")
    if isinstance(name, str) and ":" in name:
        file, _, attribute = name.rpartition(":")
        table["name"] = f"{os.path.relpath(file, folder)}:{attribute}"
    return table if isinstance(spec, Mapping) else table["name"]


def parse_start(text: str, where: str) -> dict[str, int]:
    """Read ``fabricator=3, free_rider=2``."""
    counts: dict[str, int] = {}
    for part in split(text, where):
        name, equals, count = part.rpartition("=")
        if not equals or not count.strip().isdigit():
            raise InputError(f"{where}: must be entry=count, separated by commas, got {part!r}")
        counts[name.strip()] = counts.get(name.strip(), 0) + int(count)
    return counts
