"""How objects show themselves in notebooks: what is above says how, once something is shown."""

from __future__ import annotations

import importlib
from typing import Any

_places: list[str] = []  # "module:attribute" of what makes sheets, loaded when first needed


def install(place: str) -> None:
    """Name what draws objects: "module:name" of an object with headline, html, markdown, sheet."""
    _places[:] = [place]


def _drawing() -> Any:
    module, _, name = _places[0].partition(":")
    return getattr(importlib.import_module(module), name)


class Shown:
    """Has one line as its repr, and in a notebook the sheet that a terminal shows.

    A dataclass that inherits from it keeps this repr.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__repr__" not in vars(cls):
            cls.__repr__ = Shown.__repr__  # type: ignore[method-assign]  # dataclasses let it be

    def __repr__(self) -> str:
        try:
            return f"<{type(self).__name__}: {_drawing().headline(self)}>"
        except Exception:  # half made, or of a class that nobody has a sheet for
            return f"<{type(self).__name__}>"

    def _repr_html_(self) -> str | None:
        return str(_drawing().html(self))

    def sheets(self) -> list[Any]:
        """What is to be read of it: a headline, tables with their legends, and notes."""
        return [_drawing().sheet(self)]

    def to_markdown(self) -> str:
        """What a terminal shows of it, as Markdown."""
        return str(_drawing().markdown(self))
