"""Modules that lie beside a plug-in file and that it imports, found in its text.

A plug-in may be divided into several files of one folder. They are part of what it does, so that
whoever names a result by its sources has to look at all of them.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType


def neighbours(plugin: Path) -> list[Path]:
    """Absolute paths of the modules of its folder that a file imports, directly or through others.

    Also imports inside of functions count. Names of the standard library are never looked for.
    """
    folder = plugin.absolute().parent
    found: dict[Path, None] = {}
    todo = [plugin.absolute()]
    while todo:
        for name in _imported(todo.pop(), folder):
            for path in _files(folder, name):
                if path not in found:
                    found[path] = None
                    todo.append(path)
    found.pop(plugin.absolute(), None)
    return sorted(found)


def _imported(path: Path, folder: Path) -> Iterator[str]:
    """Dotted names, from `folder`, that a file below it imports; none if it is no Python."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return
    package = path.parent.relative_to(folder).parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}".strip(".") for alias in node.names)
        elif isinstance(node, ast.Call):
            yield from _named_by(node, package)


def _named_by(call: ast.Call, package: Sequence[str]) -> Iterator[str]:
    """The module of a call of import_module("NAME") or __import__("NAME"), also of ".NAME"."""
    function = call.func
    called = function.attr if isinstance(function, ast.Attribute) else None
    called = function.id if isinstance(function, ast.Name) else called
    if called not in ("import_module", "__import__") or not call.args:
        return
    name = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
    if isinstance(name, str):
        level = len(name) - len(name.lstrip("."))
        above = package[: len(package) - level + 1] if level else ()
        yield ".".join(filter(None, [*above, name.lstrip(".")]))


def _files(folder: Path, name: str) -> Iterator[Path]:
    """The files that are executed when a dotted name is imported from a folder."""
    parts = name.split(".")
    if not parts[0] or parts[0] in sys.stdlib_module_names:
        return
    here = folder
    for part in parts:
        module, package = here / f"{part}.py", here / part / "__init__.py"
        if package.is_file():
            yield package
        elif module.is_file():
            yield module
            return
        elif not (here / part).is_dir():
            return
        here = here / part


class _Finder(importlib.abc.MetaPathFinder):
    """Lets plug-ins import what lies beside them, without their folder being on the path.

    A folder on the path would let its files take the place of installed packages.
    """

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}  # by the top name of a module

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        folder = self.folders.get(fullname)
        if folder is None:
            return None
        package, module = folder / fullname / "__init__.py", folder / f"{fullname}.py"
        if package.is_file():
            return importlib.util.spec_from_file_location(
                fullname, package, submodule_search_locations=[str(package.parent)]
            )
        return importlib.util.spec_from_file_location(fullname, module)


_FINDER = _Finder()


def let_import(plugin: Path) -> None:
    """Let a plug-in import its neighbours; those of another folder's plug-in are forgotten."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.append(_FINDER)  # last: installed packages go first
    folder = plugin.absolute().parent
    for path in neighbours(plugin):
        top = path.relative_to(folder).parts[0].removesuffix(".py")
        before = getattr(sys.modules.get(top), "__file__", None)
        if _FINDER.folders.get(top, folder) != folder and before is not None:
            for name in [n for n in sys.modules if n == top or n.startswith(f"{top}.")]:
                del sys.modules[name]
        _FINDER.folders[top] = folder
