"""The parameters of a strategy or mechanism, described by its own source: dataclass fields.

What a field is for stands in its metadata (``field(metadata={"doc": ..., "units": ...})``) or in
the comment at the end of its line.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import io
import re
import textwrap
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from nashbox.problem.errors import InputError
from nashbox.problem.spec import check_known, written


@dataclass(frozen=True)
class Parameter:
    """One parameter: `type` as the class writes it, `default` None where one must be given."""

    name: str
    type: str
    default: Any
    required: bool
    doc: str


def check_keys(
    raw: Mapping[str, Any], keys: Mapping[str, Parameter], what: str, shown: str
) -> None:
    """Raise InputError for a key that a file should not have, or misses; what: has these keys."""
    check_known(raw, keys, "key", shown)
    for name, key in keys.items():
        if key.required and name != "game" and name not in raw:
            raise InputError(f"{shown}: the key {name!r} is missing; {what} needs it")


def described_parameters(cls: type) -> list[Parameter]:
    """Describe the parameters a file, the command line, a sweep or the page may set, in order.

    A class that is no dataclass has none that can be known. Defaults that JSON cannot hold are
    given by their repr.
    """
    if not dataclasses.is_dataclass(cls):
        return []
    comments: dict[str, str] = {}
    for owner in reversed(cls.__mro__):
        comments |= _comments(owner)
    found = []
    for field in dataclasses.fields(cls):
        if field.init:
            default, required = _default(field)
            units = field.metadata.get("units")
            said = str(field.metadata.get("doc", comments.get(field.name, "")))
            doc = f"{said} ({units})" if said and units else said or str(units or "")
            kind = getattr(field.type, "__name__", str(field.type))
            found.append(Parameter(field.name, kind, default, required, doc))
    return found


def summary(cls: type | None) -> str:
    """The first paragraph of a class's own docstring, in one line; empty where it has none.

    What a dataclass gets by itself, its call, is none.

    >>> summary(Parameter)[:13], summary(None)
    ('One parameter', '')
    """
    text = inspect.cleandoc(getattr(cls, "__doc__", None) or "")
    if cls is None or text.startswith(f"{cls.__name__}("):
        return ""
    return " ".join(text.partition("\n\n")[0].split())


def label_of(strategy: Any) -> str:
    """Name in the style of problem files, with the parameters that are not the defaults.

    A class that files know by another name than its own says so itself: `called`.
    """
    made = type(strategy)
    name = vars(made).get("called") or re.sub(r"(?<!^)(?=[A-Z])", "_", made.__name__).lower()
    shown = [
        f"{field.name}={_short(getattr(strategy, field.name))}"
        for field in dataclasses.fields(strategy)
        if field.init and not same(getattr(strategy, field.name), _unset(field))
    ]
    return f"{name}({', '.join(shown)})" if shown else name


def same(first: Any, second: Any) -> bool:
    """Whether two strategies or parameters are equal, arrays among them number by number.

    >>> import numpy as np
    >>> same(np.arange(2), [0, 1]), same(np.arange(2), 1.0)
    (True, False)
    """
    try:
        if hasattr(first, "__array__") or hasattr(second, "__array__"):
            import numpy as np  # not before somebody has it

            return np.array_equal(first, second)
        return first is second or bool(first == second)
    except Exception:  # arrays among the parameters of a plug-in, or an == of its own that fails
        alike = dataclasses.is_dataclass(first) and type(first) is type(second)
        return alike and all(
            same(getattr(first, field.name), getattr(second, field.name))
            for field in dataclasses.fields(first)
            if field.compare
        )


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else written(value)


def _unset(field: dataclasses.Field[Any]) -> Any:
    """What a field is if nobody sets it, MISSING where somebody has to."""
    made = field.default_factory
    return field.default if made is dataclasses.MISSING else made()


def _default(field: dataclasses.Field[Any]) -> tuple[Any, bool]:
    value = _unset(field)
    if value is dataclasses.MISSING:
        return None, True
    return value if _plain(value) else repr(value), False


def _plain(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_plain(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str))


@cache
def _comments(owner: type) -> dict[str, str]:
    """Comments at the end of the lines of a class that hold its fields."""
    try:
        source = textwrap.dedent(inspect.getsource(owner))
        body = ast.parse(source).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):  # made without a file
        return {}
    if not isinstance(body, ast.ClassDef):
        return {}
    ends = {
        node.end_lineno: node.target.id
        for node in body.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    said = {t.start[0]: t.string for t in tokens if t.type == tokenize.COMMENT}
    texts = {name: said[line] for line, name in ends.items() if line in said}
    return {name: text.lstrip("# ").strip() for name, text in texts.items()}
