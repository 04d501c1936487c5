"""Strategies by name, as problem files write them."""

from __future__ import annotations

from pathlib import Path

from nashbox.problem.spec import Spec, build, find_class
from nashbox.strategies.base import STRATEGIES, Strategy


def make_strategy(value: object, where: str, folder: Path | str = ".") -> Strategy:
    """Make a strategy of a name, ``"file.py:Class"`` or a table; `where` names it in errors."""
    if isinstance(value, Strategy):
        return value
    spec = Spec.parse(value, where)
    found = find_class(spec.name, STRATEGIES, Strategy, "nashbox.strategies", Path(folder), where)
    parameters = dict(spec.parameters)
    inside = parameters.get(found.parts) if found.parts is not None else None
    if isinstance(inside, list):  # files start there too
        within = f"{where}.{found.parts}"
        parameters[str(found.parts)] = [make_strategy(part, within, folder) for part in inside]
    return build(found, parameters, where)
