"""Packages whose names are loaded when they are first used."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def loader(
    package: str, where: Mapping[str, str], renamed: Mapping[str, str] | None = None
) -> Callable[[str], Any]:
    """The `__getattr__` of a package.

    where: the module of each name, with a dot before those of the package itself. renamed: names
    that their modules call otherwise.

    >>> loader("nashbox.problem", {"Spec": ".spec"})("Spec").__name__
    'Spec'
    """

    def loaded(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(where[name], package)
        return getattr(module, (renamed or {}).get(name, name))

    return loaded
