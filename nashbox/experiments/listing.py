"""`list`: every strategy and mechanism that can be named, with its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.games.base import Game
from nashbox.games.registry import GROUP, builtin, game_class
from nashbox.problem.errors import told
from nashbox.problem.files import GAMES
from nashbox.problem.parameters import Parameter, described_parameters, summary
from nashbox.problem.parametric import HIDDEN
from nashbox.results.base import Result, list_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Kind:
    """A kind of plug-ins: its game, base class, built-in names, entry points."""

    game: str
    kind: str
    base: type[Any]
    builtin: Mapping[str, type[Any]]
    group: str


def _kinds() -> Iterator[Kind]:
    """Those of the games that check strategies and mechanisms of one's own."""
    for name in GAMES:
        cls = builtin(name)
        if "strategy_check" in cls.engines:
            yield Kind(name, "strategy", cls.strategy_base, cls.menu, "nashbox.strategies")
        if "mechanism_check" in cls.engines:
            yield Kind(name, "mechanism", cls.mechanism_base, cls.mechanisms, "nashbox.mechanisms")


KINDS = tuple(_kinds())


@dataclass(frozen=True)
class Entry:
    """A name that problem files and commands may use; `source` says where it comes from.

    problem: why an entry point cannot be used, None if it can.
    """

    name: str
    game: str | None
    kind: str
    source: str
    doc: str
    parameters: Sequence[Parameter] = ()
    problem: str | None = None


@dataclass(frozen=True)
class Listing(Result):
    """All names, built-in ones first."""

    FORMAT: ClassVar[str] = "nashbox-list/1"
    KEYS: ClassVar[str] = "entries"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "entries": list_of(
            lambda row: Entry(
                **{**row, "parameters": [Parameter(**found) for found in row["parameters"]]}
            )
        )
    }
    entries: Sequence[Entry]

    def to_frame(self) -> pd.DataFrame:
        """One row per name and parameter."""
        import pandas as pd

        rows = []
        for entry in self.entries:
            head = {"game": entry.game, "kind": entry.kind, "name": entry.name}
            none = {"parameter": None, "type": None, "default": None, "doc": entry.doc}
            rows.append({**head, **none})
            for p in entry.parameters:
                one = {"parameter": p.name, "type": p.type, "default": p.default, "doc": p.doc}
                rows.append({**head, **one})
        return pd.DataFrame(rows)


def listing() -> Listing:
    """List built-in names and entry points; one that cannot be loaded is listed with its error."""
    found = []
    for name in GAMES:
        cls = game_class(name, Path(), "list")
        found.append(_entry(name, Kind(name, "game", Game, {}, GROUP), cls, "nashbox", HIDDEN))
        for kind, menu in (("strategy", cls.menu), ("mechanism", cls.mechanisms)):
            own = Kind(name, kind, object, menu, "")
            found += [_entry(label, own, one, "nashbox") for label, one in menu.items()]
    for group in (*dict.fromkeys(kind.group for kind in KINDS), GROUP):
        found += [_loaded(point, group) for point in entry_points(group=group)]
    return Listing(found)


def kind_of(cls: object, group: str | None = None) -> Kind | None:
    """Which kind of plug-in a class is, None if none (of the entry points of a group)."""
    if not isinstance(cls, type):
        return None
    kinds = [kind for kind in KINDS if group in (None, kind.group)]
    return next((kind for kind in kinds if issubclass(cls, kind.base)), None)


def _entry(name: str, kind: Kind, cls: type[Any], source: str, hidden: Sequence[str] = ()) -> Entry:
    declared = getattr(cls, "keys", ())
    parameters = declared or [p for p in described_parameters(cls) if p.name not in hidden]
    return Entry(name, kind.game, kind.kind, source, summary(cls), parameters)


def _loaded(point: EntryPoint, group: str) -> Entry:
    source = f"{point.dist.name} ({point.value})" if point.dist else point.value
    word = {"nashbox.strategies": "strategy", GROUP: "game"}.get(group, "mechanism")

    def useless(why: str) -> Entry:
        return Entry(point.name, None, word, source, "", problem=why)

    try:
        cls = point.load()
    except Exception as error:
        return useless(f"fails to load: {told(error)}")
    if group == GROUP:
        if not (isinstance(cls, type) and issubclass(cls, Game)):
            return useless("must be a subclass of Game")
        if point.name in GAMES:
            return useless(f"{point.name!r} is the name of a built-in game, which is taken instead")
        return _entry(point.name, Kind(point.name, "game", Game, {}, GROUP), cls, source, HIDDEN)
    kind = kind_of(cls, group)
    if kind is None:
        bases = " or ".join(kind.base.__name__ for kind in KINDS if kind.group == group)
        return useless(f"must be a subclass of {bases}")
    if point.name in kind.builtin:
        return useless(f"{point.name!r} is the name of a built-in {word}, which is taken instead")
    return _entry(point.name, kind, cls, source)
