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
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import value_of
from nashbox.problem.spec import Spec, build, find_class, find_object

RECOMMENDED = "recommended"
KINDS = ("strategies", "mechanisms", "testing_strategies", "testing_mechanisms")


def registry(kind: str) -> tuple[Mapping[str, type[Any]], type[Any], str]:
    """Built-in classes, base class and entry-point group of "strategies" etc., by game."""
    if kind == "strategies":
        from nashbox.strategies import STRATEGIES, Strategy

        return STRATEGIES, Strategy, "nashbox.strategies"
    if kind == "mechanisms":
        from nashbox.mechanisms import MECHANISMS, Mechanism

        return MECHANISMS, Mechanism, "nashbox.mechanisms"
    if kind == "testing_strategies":
        from nashbox.strategies.testing import TESTING_STRATEGIES, RaceStrategy

        return TESTING_STRATEGIES, RaceStrategy, "nashbox.strategies"
    from nashbox.mechanisms.exchange import EXCHANGES, Exchange

    return EXCHANGES, Exchange, "nashbox.mechanisms"


def menu(kind: str, plugins: Sequence[str] = ()) -> list[str]:
    """Names one can choose: built-in ones, entry points and `plugins` ("file.py:Class").

    Both games share the entry-point groups: what is of the other game is left out.
    """
    builtin, base, group = registry(kind)
    names = list(builtin)
    for name in [*(point.name for point in entry_points(group=group)), *plugins]:
        try:
            find_class(name, builtin, base, group, Path.cwd(), "menu")
        except InputError:
            continue
        names.append(name)
    return list(dict.fromkeys(names))


def class_of(kind: str, name: str, folder: Path | None = None) -> type[Any]:
    """Find the class of a menu's name. Raises InputError."""
    builtin, base, group = registry(kind)
    return find_class(name, builtin, base, group, folder or Path.cwd(), kind)


def user_params(
    cls: type[Any], given: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Fields of a dataclass as Mesa's model parameters; `given` replaces defaults."""
    found = {}
    for field in dataclasses.fields(cls):
        if not field.init:
            continue
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
    for field in dataclasses.fields(cls):
        if field.init and field.name in chosen:
            value = chosen[field.name]
            default = default_of(field)
            if isinstance(value, str) and not isinstance(default, str):
                value = read(value)
            if value != default and written(value) != written(default):
                parameters[field.name] = value
    return parameters


def checked(
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
    return spec_of(class_of(kind, name, folder), name, chosen)


def spec_of(cls: type[Any], name: str, chosen: Mapping[str, Any]) -> Spec:
    """Name and inputs of a class as a problem file would hold them. Raises InputError."""
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
    bases = [registry(kind)[1] for kind in KINDS]
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
