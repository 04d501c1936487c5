"""Menus of strategies and mechanisms, and their parameters as Mesa's pages write them.

Everything is read from the registries, the entry points and the dataclass fields: a plug-in is on
the page without a line of its own.

>>> from nashbox.strategies import Withholder
>>> user_params(Withholder)
{'fraction': {'type': 'InputText', 'label': 'fraction', 'value': '0.5'}}
>>> parameters_of(Withholder, {"fraction": "0.25"})
{'fraction': 0.25}
"""

from __future__ import annotations

import dataclasses
import json
import re
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from nashbox.games.declared import Control, Declared
from nashbox.games.registry import builtin
from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import GAMES, value_of
from nashbox.problem.options import options_of
from nashbox.problem.parametric import HIDDEN
from nashbox.problem.spec import Spec, build, find_class, find_object

RECOMMENDED = "recommended"
GIVEN = "given"  # a value that only the problem file can hold: a table
KINDS = ("strategies", "mechanisms")


def labelled(work: Callable[..., Any], name: str) -> str:
    """The label of an option of an experiment: its name, and what its command says of it."""
    return f"{name} ({options_of(work)[name].help})"


def usual(work: Callable[..., Any], name: str) -> str:
    """The default of an option of an experiment, as one types it."""
    return str(options_of(work)[name].default)


def registry(game: type[Declared], kind: str) -> tuple[Mapping[str, type[Any]], type[Any], str]:
    """A game's built-in classes, base class and entry-point group of "strategies" etc."""
    if kind == KINDS[0]:
        return game.menu, game.strategy_base, "nashbox.strategies"
    return game.mechanisms, game.mechanism_base, "nashbox.mechanisms"


def menu(game: type[Declared], kind: str, plugins: Sequence[str] = ()) -> list[str]:
    """Names one can choose: built-in ones, entry points and `plugins` ("file.py:Class").

    All games share the entry-point groups: what is of another game is left out, and all of them
    where a game's own classes have no base.
    """
    builtin, base, group = registry(game, kind)
    names = list(builtin)
    others = [*(point.name for point in entry_points(group=group)), *plugins]
    for name in others if base is not object else ():
        try:
            find_class(name, builtin, base, group, Path.cwd(), "menu")
        except InputError:
            continue
        names.append(name)
    return list(dict.fromkeys(names))


def class_of(game: type[Declared], kind: str, name: str, folder: Path | None = None) -> type[Any]:
    """Find the class of a menu's name. Raises InputError."""
    builtin, base, group = registry(game, kind)
    return find_class(name, builtin, base, group, folder or Path.cwd(), kind)


def inputs_of(game: type[Declared], body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The keys of a game's problem files that the page lets one change, as `user_params` has them.

    Those that the game declares; else its own fields, but for what has a card of its own.
    """
    if game.keys:
        return {one.key: _input(one, body.get(one.key)) for one in game.controls}
    left_out = {"agents", *HIDDEN, *game.files}
    found = user_params(game, body)
    return {key: entry for key, entry in found.items() if key not in left_out}


def _input(control: Control, value: Any) -> dict[str, Any]:
    if not control.menu:
        return {"type": "InputText", "label": control.label, "value": written(value)}
    shown = value if isinstance(value, str) else GIVEN
    values = list(dict.fromkeys([*control.menu, shown]))
    return {"type": "Select", "label": control.label, "values": values, "value": shown}


def with_key(
    game: type[Declared], body: Mapping[str, Any], keys: Mapping[str, Any], key: str, value: Any
) -> dict[str, Any]:
    """The chosen keys with another one. Raises InputError for what cannot be chosen."""
    inputs = inputs_of(game, body)
    if key not in inputs:
        raise InputError(f"the game has no parameter {key!r}")
    if inputs[key]["type"] == "Select":
        hold_to_menu(value, inputs[key]["values"])
    if game.keys:
        kept = {name: one for name, one in keys.items() if name != key}
        return kept if value == GIVEN else {**kept, key: value}
    chosen = read(value) if isinstance(value, str) else value
    if isinstance(chosen, str) and (":" in chosen or "/" in chosen):
        raise InputError(f"{key}: files cannot be named here")
    return {**keys, key: chosen}


def user_params(
    cls: type[Any], given: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Fields of a dataclass as Mesa's model parameters; `given` replaces defaults."""
    found = {}
    for field in _fields(cls):
        value = (given or {}).get(field.name, default_of(field))
        choices = _choices(cls, field)
        if choices:
            entry = {"type": "Select", "values": choices, "value": value}
        elif isinstance(value, bool):
            entry = {"type": "Checkbox", "value": value}
        else:
            entry = {"type": "InputText", "value": written(value)}
        found[field.name] = {"type": entry.pop("type"), "label": field.name, **entry}
    return found


def parameters_of(cls: type[Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what stands in the inputs into parameters, those at their default left out."""
    parameters = {}
    for field in _fields(cls):
        if field.name in chosen:
            value = chosen[field.name]
            default = default_of(field)
            if isinstance(value, str) and not isinstance(default, str):
                value = read(value)
            if value != default and written(value) != written(default):
                parameters[field.name] = value
    return parameters


def checked(
    game: type[Declared],
    kind: str,
    name: str,
    chosen: Mapping[str, Any],
    allowed: Collection[str],
    folder: Path | None = None,
) -> Spec:
    """Name and inputs as a problem file would hold them.

    allowed: the names of the menu: whatever else a page sends is not looked for, as looking for a
    file runs it. Raises InputError for other names, also within parameters, and bad parameters.
    """
    hold_to_menu(name, allowed)
    if name == RECOMMENDED:
        return Spec(name)
    try:
        cls = class_of(game, kind, name, folder)
    except InputError:
        if name in menu(game, kind) or ":" in name:
            raise
        return Spec(name, dict(chosen))  # what only the problem's own file explains
    spec = Spec(name, parameters_of(cls, chosen))
    for word in _words(spec.parameters):
        if ":" in word or "/" in word:
            raise InputError(f"{name}: files cannot be named here, got {brief(word)}")
    build(cls, spec.parameters, name)
    return spec


def hold_to_menu(name: str, allowed: Collection[str]) -> None:
    """Raise InputError unless a name is one of the menu."""
    if name not in allowed:
        raise InputError(f"the menu has no {brief(name)}: it has {', '.join(allowed)}")


def _words(value: Any) -> Iterator[str]:
    """All texts in a parameter."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _words(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _words(item)


def _fields(cls: type[Any]) -> list[dataclasses.Field[Any]]:
    """What can be chosen of a class: nothing where it is no dataclass."""
    if not dataclasses.is_dataclass(cls):
        return []
    return [field for field in dataclasses.fields(cls) if field.init]


def default_of(field: dataclasses.Field[Any]) -> Any:
    """The default of a field, None without one."""
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return None


def _choices(cls: type[Any], field: dataclasses.Field[Any]) -> list[Any]:
    """The values of a field annotated with Literal, in its own class's module."""
    try:
        hint = typing.get_type_hints(cls).get(field.name)
    except Exception:  # names known to type checkers alone: such a field is a text like any other
        return []
    return list(typing.get_args(hint)) if typing.get_origin(hint) is typing.Literal else []


def written(value: Any) -> str:
    """A parameter as one would type it.

    >>> written(None), written(0.5), written((1, "a")), written("pad")
    ('', '0.5', '[1, "a"]', 'pad')

    An entry of a table that does not apply is nan, as in a problem file.

    >>> written(((None, 2.0),))
    '[[nan, 2.0]]'
    """
    if isinstance(value, str):
        return value
    return "" if value is None else _toml(value)


def _toml(value: Any) -> str:
    if value is None:
        return "nan"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)} = {_toml(item)}' for key, item in value.items())}}}"
    return str(value)


def _key(key: str) -> str:
    return key if re.fullmatch("[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def problem_file(problem: Any) -> str:
    """What `to_json` holds as the text of a problem file.

    >>> from nashbox.problem.files import from_mapping
    >>> body = {"game": "public_goods", "agents": 2, "strategies": {"a0": {"name": "contribute"}}}
    >>> print(problem_file(from_mapping(body)), end="")
    game = "public_goods"
    agents = 2
    strategies = {a0 = "contribute"}
    """
    body = problem.to_json()
    if "costs" in body:
        body["costs"] = [[float(c) for c in row] for row in body["costs"]]
    held = {key: value for key, value in body.items() if value not in ({}, None)}
    return "".join(f"{_key(key)} = {_toml(value)}\n" for key, value in held.items())


def read(text: str) -> Any:
    """What was typed, as a problem file would read it; a bare word is a string, nothing is None.

    >>> read("0.5"), read("1/2"), read("[1, 2]"), read(" ")
    (0.5, '1/2', [1, 2], None)
    """
    text = text.strip()
    if not text:
        return None
    try:
        return value_of(text)
    except ValueError:
        return text


def known_plugin(name: str) -> None:
    """Raise InputError unless `name` ("file.py:Class") is a strategy or mechanism of some game."""
    where = "--plugin"
    found = find_object(name, Path.cwd(), where)
    found_bases = [registry(builtin(game), kind)[1] for game in GAMES for kind in KINDS]
    bases = [base for base in dict.fromkeys(found_bases) if base is not object]
    if not (isinstance(found, type) and issubclass(found, tuple(bases))):
        allowed = ", ".join(base.__name__ for base in bases)
        raise InputError(f"{where}: {name!r} must be a subclass of one of {allowed}")


def whole(what: str, text: str) -> int:
    """Read a whole number from an input. Raises InputError."""
    try:
        return int(text)
    except ValueError:
        raise InputError(f"{what} must be a whole number, got {text!r}") from None


def parts(text: str) -> list[str]:
    """Probabilities typed with commas or blanks between them.

    >>> parts("0.6, 1/5 0.2")
    ['0.6', '1/5', '0.2']
    """
    return text.replace(",", " ").split()
