"""Options of experiments, each told once: in the signature of the function that takes it.

>>> def play(*, rounds: Annotated[int, Whole("one after another", low=1)] = 1) -> int:
...     return rounds
>>> options_of(play)["rounds"].default
1
>>> held(play)(rounds=0)
Traceback (most recent call last):
...
nashbox.problem.errors.InputError: rounds must be a whole number in [1, inf), got 0

Commands, sweeps and the page read there what an option is for, what it may be and its default.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar, cast

from nashbox.problem.errors import InputError, brief, listed, require, whole

Work = TypeVar("Work", bound=Callable[..., Any])
ARGUMENT = re.compile(r"([a-z_]+)(?= must | is |: )")  # of a function, in front of its message
MISSING: Any = inspect.Parameter.empty


@dataclass(frozen=True)
class Option:
    """What an option is for, and what it may be.

    help: what --help says of it. metavar: what stands there for its value. usual: its default in
    words, where the value does not say it. flag: what commands and sweeps call it, where that is
    not its name. default: of the signature, MISSING without one.
    """

    help: str
    metavar: str | None = None
    usual: str = ""
    flag: str = ""
    default: Any = MISSING

    in_text: ClassVar[bool] = False  # sweeps too may write it in one text, as commands do
    many: ClassVar[bool] = False  # commands may give it several times

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is MISSING and not self.usual

    @property
    def among(self) -> Sequence[str]:
        """All values, where they can be listed."""
        return ()

    def parsed(self, text: str) -> Any:
        """What a command's text is. Raises ValueError saying what it must be."""
        return text

    def written(self, text: str, where: str, folder: Path | None = None) -> Any:
        """What is meant by a text, with files in it relative to `folder`. Raises InputError."""
        return text

    def read(self, where: str, value: Any) -> Any:
        """What is meant by a value, None being its absence. Raises InputError naming `where`."""
        return value


@dataclass(frozen=True)
class Real(Option):
    """A number within [low, high]; open_low: without the lower end."""

    low: float = -float("inf")
    high: float = float("inf")
    open_low: bool = False

    kind: ClassVar[str] = "a number"

    def parsed(self, text: str) -> Any:
        """The number that a text is."""
        try:
            return self.number(text)
        except ValueError:
            raise ValueError(f"must be {self.kind}, got {text!r}") from None

    def number(self, text: str) -> float:
        """Read a text. Raises ValueError."""
        return float(text)

    def read(self, where: str, value: Any) -> Any:
        """A number within its limits."""
        require(where, value, low=self.low, high=self.high, open_low=self.open_low)
        return value


@dataclass(frozen=True)
class Share(Real):
    """A number that commands may write as a share too: 10% or 0.1."""

    kind: ClassVar[str] = "a share such as 10% or 0.1"

    def number(self, text: str) -> float:
        """10% is 0.1."""
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)


@dataclass(frozen=True)
class Whole(Real):
    """A whole number within [low, high], also where it is written as a float."""

    kind: ClassVar[str] = "a whole number"

    def number(self, text: str) -> float:
        """A whole number."""
        return int(text)

    def read(self, where: str, value: Any) -> Any:
        """A whole number within its limits."""
        return whole(where, value, low=self.low, high=self.high)


@dataclass(frozen=True)
class Choice(Option):
    """One of some words."""

    words: Sequence[str] = ()

    @property
    def among(self) -> Sequence[str]:
        """The words."""
        return self.words

    def read(self, where: str, value: Any) -> Any:
        """One of the words."""
        if not isinstance(value, str) or value not in self.words:
            allowed = ", ".join(self.words)
            raise InputError(f"{where} must be one of {allowed}, got {brief(value)}")
        return value


@dataclass(frozen=True)
class Flag(Option):
    """Yes or no."""

    def read(self, where: str, value: Any) -> Any:
        """True or False."""
        if not isinstance(value, bool):
            raise InputError(f"{where} must be True or False, got {brief(value)}")
        return value


@dataclass(frozen=True)
class Names(Option):
    """Several names, or tables with a name, that a command parts by commas."""

    in_text: ClassVar[bool] = True

    def read(self, where: str, value: Any) -> Any:
        """A list that is not empty."""
        found = listed(where, value)
        if not found or any(one is None or isinstance(one, (float, int, list)) for one in found):
            raise InputError(f"{where} must be a list of names, got {brief(value)}")
        return found


@dataclass(frozen=True)
class Files(Option):
    """Files that a command names one by one; functions take what they hold."""

    many: ClassVar[bool] = True


Seed = Annotated[int, Whole("of all random numbers, from 0 on", low=0)]


def renamed(message: str, called: Callable[[str], str | None]) -> str:
    """A function's message, with the argument in front by the name that it was given by.

    called: that name of an argument, None where it was not given.

    >>> renamed("rounds must be a whole number", {"rounds": "--rounds"}.get)
    '--rounds must be a whole number'
    """
    found = ARGUMENT.match(message)
    name = called(found[1]) if found else None
    return message if found is None or name is None else name + message[found.end(1) :]


@cache
def options_of(work: Callable[..., Any]) -> Mapping[str, Option]:
    """The options of a function, by the names of its arguments, in order, with their defaults."""
    found = {}
    hints = typing.get_type_hints(work, include_extras=True)
    for name, parameter in inspect.signature(work).parameters.items():
        for said in getattr(hints.get(name), "__metadata__", ()):
            if isinstance(said, Option):
                found[name] = replace(said, default=parameter.default)
    return found


def held(work: Work) -> Work:
    """Decorate a function: arguments are what its options say, or an InputError names them."""

    @wraps(work)
    def asked(*arguments: Any, **given: Any) -> Any:
        try:
            bound = inspect.signature(work).bind(*arguments, **given)
        except TypeError:  # whose words are Python's own
            return work(*arguments, **given)
        for name, option in options_of(work).items():
            value = bound.arguments.get(name, option.default)
            if value is not option.default:
                bound.arguments[name] = option.read(name, value)
        return work(*bound.args, **bound.kwargs)

    return cast(Work, asked)
