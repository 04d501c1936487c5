"""Names of strategies and mechanisms as files and commands write them, and how they are found.

Wherever a strategy or mechanism is named, a built-in name, an entry point's name,
``"file.py:Class"`` or a table ``{name = ..., parameters ...}`` will do.
"""

from __future__ import annotations

import ast
import dataclasses
import difflib
import hashlib
import importlib.util
import keyword
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from nashbox.problem.errors import PLUGIN, InputError, brief, sized, told
from nashbox.problem.neighbours import let_import, neighbours
from nashbox.problem.reading import read_bytes

T = TypeVar("T")
LISTED = 8  # members of a list that are shown
WORDS = {"true": True, "false": False, "inf": float("inf")}  # that mean no texts
EXACT = 2**53  # up to here whole numbers and floats are the same
_LOADING = threading.RLock()  # nobody gets a module that another thread is still executing


@dataclass(frozen=True)
class Spec:
    """A name with parameters: what a file says where it names a strategy or mechanism."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, value: object, where: str) -> Spec:
        """Read a name, a call as `parse_call` does, or a table ``{name, parameters}``.

        `where` names file and key.
        """
        if isinstance(value, Spec):
            return value
        if isinstance(value, str) and value:
            return cls.parse_call(value, where)
        if isinstance(value, Mapping) and isinstance(value.get("name"), str):
            return cls(value["name"], {k: v for k, v in value.items() if k != "name"})
        raise InputError(
            f"{where}: must be a name, 'file.py:Class' or a table with a name, got {brief(value)}"
        )

    @classmethod
    def parse_call(cls, text: str, where: str) -> Spec:
        """Read NAME or NAME(parameter=value, ...), as a command line gives it and tables print it.

        Values are numbers, true, false, lists and words; quotes are needed only around words
        that are none.

        >>> Spec.parse_call("cbl(alpha_factor=0.5)", "--mechanism")
        Spec(name='cbl', parameters={'alpha_factor': 0.5})
        >>> Spec.parse_call("mine/a.py:Pad(kind=own_mean, times=[1, 2])", "--everyone").parameters
        {'kind': 'own_mean', 'times': [1, 2]}
        """
        if not text.endswith(")"):
            return cls(text)
        for start in [i for i, sign in enumerate(text) if sign == "("]:  # paths may hold some too
            parameters = _call(text[start:])
            if text[:start] and parameters is not None:
                sized(parameters, where, text[:start])
                if "name" in parameters:
                    raise InputError(
                        f"{where}: {text[:start]}: no parameter can be called 'name', which is the "
                        f"key of {text[:start]} itself in files, got {brief(text)}"
                    )
                return cls(text[:start], parameters)
        raise InputError(
            f"{where}: must be a name, 'file.py:Class', or one of them with parameters as in "
            f"'cbl(alpha_factor=0.5)', got {brief(text)}"
        )

    @property
    def label(self) -> str:
        """Name with parameters, as tables print it and `parse_call` reads it.

        >>> Spec("withholder", {"fraction": 0.5, "why": "no time"}).label
        "withholder(fraction=0.5, why='no time')"
        """
        return self._call(written)

    @property
    def short(self) -> str:
        """As `label`, with six digits of decimal numbers, and of long lists the ends alone.

        >>> Spec("effort", {"x": 0.9282032302755088}).short
        'effort(x=0.928203)'
        >>> Spec("bids", {"points": [k / 8 for k in range(9)]}).short
        'bids(points=9 numbers from 0.0 to 1.0)'
        """
        return self._call(_told)

    def _call(self, told: Callable[[Any], str]) -> str:
        inside = ", ".join(f"{key}={told(value)}" for key, value in self.parameters.items())
        return f"{self.name}({inside})" if inside else self.name

    def to_json(self) -> Any:
        """The plain name, or the table a problem file would hold."""
        return {"name": self.name, **self.parameters} if self.parameters else self.name


def written(value: Any) -> str:
    """A value, with quotes around a text that would be read as something else.

    >>> import numpy as np
    >>> written(np.arange(2.0)), written((np.int64(1), 2)), written("no time")
    ('[0.0, 1.0]', '(1, 2)', "'no time'")
    """
    if not isinstance(value, str):
        return str(in_plain(value))
    word = value.isidentifier() and value not in WORDS and not keyword.iskeyword(value)
    return value if word else repr(value)


def _told(value: Any) -> str:
    rounded = _rounded(in_plain(value))
    if isinstance(rounded, (list, tuple)) and len(rounded) > LISTED:
        return f"{len(rounded)} numbers from {rounded[0]} to {rounded[-1]}"
    return written(rounded)


def in_plain(value: Any) -> Any:
    """What a file would hold: lists and numbers for those of numpy, also within lists and tables.

    >>> import numpy as np
    >>> in_plain({"a": [np.int64(1), np.arange(2.0)]})
    {'a': [1, [0.0, 1.0]]}
    """
    if isinstance(value, Mapping):
        return {key: in_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_plain(item) for item in value]
    if type(value) is tuple:
        return tuple(in_plain(item) for item in value)
    return value.tolist() if type(value).__module__ == "numpy" else value


def _rounded(value: Any) -> Any:
    """Six digits of decimal numbers, also within lists."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(_rounded, value))
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _call(text: str) -> dict[str, Any] | None:
    """Read "(key=value, ...)"; None if it is something else."""
    try:
        call = ast.parse(f"f{text}", mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
            return None
        if any(word.arg is None for word in call.keywords):  # **something
            return None
        return {str(word.arg): _value(word.value) for word in call.keywords}
    except (SyntaxError, ValueError, RecursionError):
        return None


def _value(node: ast.expr) -> Any:
    """Return a literal; a bare word is a string, or what TOML means by it."""
    if isinstance(node, ast.Name):
        return WORDS.get(node.id, node.id)
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_value(item) for item in node.elts]
    if ast.unparse(node) == "-inf":
        return float("-inf")
    return ast.literal_eval(node)


def suggest(name: str, allowed: list[str]) -> str:
    """Say what is allowed, nearest first where something is near."""
    more = f" and {len(allowed) - 25} more" if len(allowed) > 25 else ""
    return f"allowed: {', '.join(allowed[:25])}{more}{did_you_mean(name, allowed)}"


def check_known(names: Iterable[object], allowed: Collection[str], what: str, where: str) -> None:
    """Raise InputError for the first name that is not allowed; what: a word for what is named.

    >>> check_known(["sigma", "cost"], ["sigma", "costs"], "key", "p.toml")
    Traceback (most recent call last):
    ...
    nashbox.problem.errors.InputError: p.toml: unknown key 'cost' (allowed: sigma, costs; did you \
mean 'costs'?)
    """
    for name in names:
        if name not in allowed:
            raise InputError(f"{where}: unknown {what} {name!r} ({suggest(str(name), [*allowed])})")


def did_you_mean(name: str, allowed: list[str]) -> str:
    """The nearest of what is allowed, as the end of a message; nothing if none is near."""
    near = difflib.get_close_matches(name, allowed, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _load_file(path: Path, shown: str, where: str) -> ModuleType:
    try:
        text = read_bytes(path, shown)
    except InputError as error:
        raise InputError(f"{where}: {str(error).replace(': cannot', ' cannot', 1)}") from error
    texts = [text, *(read_bytes(file, file.name) for file in neighbours(path))]
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]
    name = f"{PLUGIN}{path.stem}_{digest}"
    with _LOADING:
        return sys.modules[name] if name in sys.modules else _executed(name, path, shown, where)


def _executed(name: str, path: Path, shown: str, where: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{where}: {shown} is not a Python file (its name must end in .py)")
    let_import(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up while it is executed
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, KeyboardInterrupt):
            raise
        raise InputError(f"{where}: {shown} fails to import: {told(error)}") from error
    return module


def find_object(name: str, folder: Path, where: str, kind: str = "class") -> Any:
    """Return what ``file.py:Name`` names, a `kind` of thing. Raises InputError naming `where`."""
    file, _, attribute = name.rpartition(":")
    if not file or not attribute:
        raise InputError(f"{where}: must be 'file.py:{kind.title()}', got {brief(name)}")
    found = getattr(_load_file(folder / file, file, where), attribute, None)
    if found is None:
        raise InputError(f"{where}: {file} has no {kind} {attribute!r}")
    return found


def find_class(
    name: str, builtin: Mapping[str, type[T]], base: type[T], group: str, folder: Path, where: str
) -> type[T]:
    """Return the class called `name`: built in, from ``file.py:Class``, or an entry point.

    `folder` is where relative plug-in files are looked for; `group` is the entry-point group.
    Raises InputError that names `where`, what is allowed and what came.
    """
    if name in builtin:
        return builtin[name]
    if ":" in name:
        found = find_object(name, folder, where)
    else:
        points = {point.name: point for point in entry_points(group=group)}
        if name not in points:
            check_known([name], [*builtin, *points, "file.py:Class"], "name", where)
        try:
            found = points[name].load()
        except Exception as error:
            raise InputError(f"{where}: entry point {name!r} fails: {told(error)}") from error
    if not (isinstance(found, type) and issubclass(found, base)):
        what = f"the class {found.__name__}" if isinstance(found, type) else brief(found)
        raise InputError(f"{where}: {name!r} must be a subclass of {base.__name__}, got {what}")
    return found


def build(cls: type[T], parameters: Mapping[str, Any], where: str) -> T:
    """Make an object of a plug-in class; wrong parameters are an InputError, not a traceback."""
    if dataclasses.is_dataclass(cls):
        allowed = [f.name for f in dataclasses.fields(cls) if f.init]
        for key in parameters:
            if key not in allowed:
                raise InputError(
                    f"{where}: {cls.__name__} has no parameter {key!r} "
                    f"({suggest(key, allowed) if allowed else 'it has none'})"
                )
    try:
        made = cls(**_as_annotated(cls, parameters))
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plug-in may raise whatever it likes
        given = brief(dict(parameters))
        raise InputError(f"{where}: {cls.__name__} refused {given}: {told(error)}") from error
    if dataclasses.is_dataclass(cls):
        _hold_to_annotations(cls.__name__, dataclasses.fields(cls), parameters, where)
    return made


def _as_annotated(cls: type, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as their fields have them.

    Whole numbers that no array holds are floats where a field is for floats; files know lists, and
    where a field is for tuples they are tuples, equal to its default and to be hashed.
    """
    fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()
    kinds = {f.name: str(getattr(f.type, "__name__", f.type)) for f in fields}
    found = {}
    for key, value in parameters.items():
        kind = kinds.get(key, "")
        held = _in_float(f"{cls.__name__}.{key}", value) if "float" in kind else value
        found[key] = _in_tuples(held) if kind.startswith("tuple") else held
    return found


def _in_tuples(value: Any) -> Any:
    return tuple(map(_in_tuples, value)) if isinstance(value, list) else value


def _in_float(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_in_float(name, one) for one in value]
    if not isinstance(value, int) or abs(value) <= EXACT:
        return value
    try:
        return float(value)
    except OverflowError:
        raise InputError(f"{name} must be a number up to 1e308, got {brief(value)}") from None


def _number(value: object, *kinds: type) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


PLAIN: dict[object, tuple[str, Callable[[object], bool]]] = {
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "int": ("a whole number", lambda value: _number(value, int)),
    "float": ("a number", lambda value: _number(value, int, float)),
    "str": ("a string", lambda value: isinstance(value, str)),
    "list": ("a list", lambda value: isinstance(value, (list, tuple))),
    "tuple": ("a list", lambda value: isinstance(value, (list, tuple))),
    "dict": ("a table", lambda value: isinstance(value, Mapping)),
}


def _hold_to_annotations(
    owner: str,
    fields: tuple[dataclasses.Field[Any], ...],
    parameters: Mapping[str, Any],
    where: str,
) -> None:
    """Refuse a parameter of another type than its field says, for the plain types."""
    for field_ in fields:
        name = str(getattr(field_.type, "__name__", field_.type))  # of a class, or its name
        kind = name.partition("[")[0] if name.endswith("]") else name
        if field_.name in parameters and kind in PLAIN:
            value = parameters[field_.name]
            allowed, fits = PLAIN[kind]
            if not fits(value):
                raise InputError(
                    f"{where}: {owner}.{field_.name} must be {allowed}, got {brief(value)}"
                )
