"""The one error a user sees for bad input, and the one helper that raises it."""

from __future__ import annotations

import inspect
import math
import os
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, time
from numbers import Real
from types import CodeType, FrameType
from typing import Any

LARGEST = 1e50  # of any number a user gives: products stay floats
SMALLEST = 1e-50  # above 0, where products or inverses are taken
POSITIVE = f"from {SMALLEST:g} to {LARGEST:g}"
MOST_PAID = LARGEST**2  # of what anybody is paid: its square, and so errors, stays a float


class InputError(ValueError):
    """Bad input: the message names file, key, what is allowed and what came."""


class ContractError(InputError):
    """A strategy or mechanism broke the contract of its class."""


PLUGIN = "nashbox_plugin_"  # modules of users' files are called so
DEBUG = "NASHBOX_DEBUG"  # set in the environment, so that worker processes know it
CALLED = re.compile(r"([\w.<>]+)\(\) (?:takes|missing|got) ")  # of a call with other arguments


@contextmanager
def debugging(on: bool) -> Iterator[None]:
    """Within, whatever is told of an error in a user's class, its traceback is printed as well.

    Also in processes that are started within.
    """
    before = os.environ.pop(DEBUG, None)
    if on:
        os.environ[DEBUG] = "1"
    try:
        yield
    finally:
        os.environ.pop(DEBUG, None)
        if before is not None:
            os.environ[DEBUG] = before


@contextmanager
def plugins_told() -> Iterator[None]:
    """Within, what a user's class raises, whatever it is, becomes an InputError with its place."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plug-in may raise whatever it likes
        place = plugin_line(error)
        if isinstance(error, InputError) or place is None:
            raise
        method = place.rpartition(": ")[2]
        raise InputError(f"{method} raised {told(error)}") from error


@contextmanager
def blamed(what: str, where: str = "") -> Iterator[None]:
    """Within, whatever a user's class raises is a ContractError that names it.

    what: class and method. where: an agent or a file, in front of what the class itself refuses.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise
    except InputError as error:
        if not where:
            raise
        raise type(error)(f"{where}: {error}") from error
    except BaseException as error:  # a plug-in may raise whatever it likes
        raise ContractError(f"{where and where + ': '}{what} raised {told(error)}") from error


def told(error: BaseException) -> str:
    """Return type and message of an exception on one line, and where in a user's file it arose.

    >>> told(KeyError("a"))
    "KeyError: 'a'"
    """
    try:
        text = str(error)
    except BaseException:  # a user's own exception may fail at that, too
        text = "(no words)"
    place = plugin_line(error)
    if place is not None and DEBUG in os.environ:
        traceback.print_exception(error)
    words = f"{type(error).__name__}: {shown(text, 300)}".removesuffix(": ")
    return words if place is None else f"{words} ({place})"


def plugin_line(error: BaseException) -> str | None:
    """File, line and method of the user's plug-in that an exception came through, if any.

    For a method that was called with other arguments than it takes: where it is defined.
    """
    code = _called(error)
    if code is not None:
        return _place(code, code.co_firstlineno)
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if _in_plugin(frame):
            return _place(frame.f_code, line)
    return None


def _in_plugin(frame: FrameType) -> bool:
    """Whether a frame is of a user's file; what dataclasses generate there is not."""
    known = frame.f_globals.get("__name__", "").startswith(PLUGIN)
    return known and not frame.f_code.co_filename.startswith("<")


def _place(code: CodeType, line: int) -> str:
    return f"{os.path.basename(code.co_filename)}, line {line}: {code.co_qualname}"


def _called(error: BaseException) -> CodeType | None:
    """The method of a plug-in whose call from elsewhere is a TypeError; None where that is unclear.

    Such an error arises in the caller, so that no traceback leads to the method: it is looked for
    among what the callers hold.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    words = CALLED.match(str(error)) if isinstance(error, TypeError) else None
    if words is None or not frames or _in_plugin(frames[-1]):
        return None
    held = [value for frame in frames for value in frame.f_locals.values()]
    held += [value for thing in list(held) for value in _attributes(thing)]
    kinds = {kind for v in held for kind in (v if inspect.isclass(v) else type(v)).__mro__}
    classes = [kind for kind in kinds if str(kind.__module__).startswith(PLUGIN)]
    # a class keeps its static methods and class methods wrapped
    held += [getattr(v, "__func__", v) for cls in classes for v in vars(cls).values()]
    functions = [inspect.unwrap(value) for value in held if inspect.isfunction(value)]
    found = {
        function.__code__
        for function in functions
        if function.__qualname__ == words[1] and str(function.__module__).startswith(PLUGIN)
    }
    return found.pop() if len(found) == 1 else None


def _attributes(thing: object) -> list[object]:
    try:
        known = vars(thing)
    except Exception:  # it has none, or is of a user who thought of something
        return []
    return list(known.values()) if type(known) is dict else []


def brief(value: object) -> str:
    """Return repr(value), cut where it would fill the screen."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole numbers of more than 4,300 digits
        return f"{type(value).__name__} with a whole number of more than 4300 digits"
    except Exception:
        return f"a {type(value).__name__} that cannot be shown"
    return shown(text) if len(text) <= 120 else f"{shown(text[:100])}... ({len(text)} characters)"


def shown(text: str, most: int = 10_000) -> str:
    r"""The text on one line, without characters that steer a terminal or turn the writing round.

    >>> shown("a\x1b[31m b\u202ec")
    'a\\x1b[31m b\\u202ec'
    """
    line = " ".join(text.split())
    if not line.isprintable():  # controls, formats (Cf), surrogates, line separators
        line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    if len(line) <= most:
        return line
    half = (most - 5) // 2  # who is meant stands in front, what is wrong behind
    return f"{line[:half]} ... {line[-half:]}"


def finite(value: object) -> bool:
    """Whether `value` is a finite number, numpy's too (True and False are none).

    >>> finite(1e308), finite(10**400), finite(True), finite("1")
    (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False


def sized(value: object, where: str, key: str = "") -> None:
    """Raise InputError for a number beyond 1e50 anywhere in what a file or a command line gave.

    And for a date or time of TOML, which no answer could hold and nothing asks for. Infinity and
    NaN are left to who reads them: some keys know what they mean.

    >>> sized({"cost": [1, 1e60]}, "p.toml")
    Traceback (most recent call last):
    ...
    nashbox.problem.errors.InputError: p.toml: cost[1] must be from -1e+50 to 1e+50, got 1e+60
    """
    if isinstance(value, Mapping):
        for name, item in value.items():
            sized(item, where, f"{key}.{name}" if key else str(name))
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            sized(item, where, f"{key}[{place}]")
    elif isinstance(value, (date, time)):
        what = f"{where}: {key}" if key else where
        raise InputError(f"{what} must not be a date or time; write a text, got {brief(value)}")
    elif isinstance(value, (int, float)) and math.inf > abs(value) > LARGEST:
        what = f"{where}: {key}" if key else where
        raise InputError(f"{what} must be from {-LARGEST:g} to {LARGEST:g}, got {brief(value)}")


def too_much(what: str) -> str:
    """Say that `what` is beyond MOST_PAID."""
    return f"{what} is more than can be computed with ({MOST_PAID:g}): a parameter is too large"


def positive(value: object) -> bool:
    """Whether `value` is a number > 0 that can be computed with: within [1e-50, 1e50]."""
    return finite(value) and SMALLEST <= float(value) <= LARGEST  # type: ignore[arg-type]


def listed(name: str, value: object) -> list[Any]:
    """Return what a list, or anything else to go through, holds; a text alone is none.

    Raises InputError.

    >>> listed("menu", (name for name in ("truthful", "free_rider")))
    ['truthful', 'free_rider']
    """
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise InputError(f"{name} must be a list, got {brief(value)}")
    return list(value)


def whole(name: str, value: object, *, low: float = -math.inf, high: float = math.inf) -> int:
    """Return a whole number within [low, high], whatever type of number says it.

    Raises InputError.

    >>> whole("rounds", 2.0, low=1)
    2
    """
    given: Any = value
    if finite(given) and given == math.floor(given):
        given = int(given)
    require(name, given, low=low, high=high, integer=True)
    return int(given)


def require(
    name: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
    integer: bool = False,
) -> None:
    """Raise InputError unless `value` is a finite number within [low, high].

    `open_low` excludes the lower end, and with 0 what lies below 1e-50, whose inverse is too
    large; `integer` asks for a whole number, as 2.0 is one too; see `whole`.

    >>> require("Shrink.weight", 2.0, low=0.0, high=1.0)
    Traceback (most recent call last):
    ...
    nashbox.problem.errors.InputError: Shrink.weight must be a number in [0.0, 1.0], got 2.0
    """
    kind = "a whole number" if integer else "a number"
    ok = finite(value)
    if ok:
        number = float(value)  # type: ignore[arg-type]
        ok = low <= number <= high
        ok = ok and not (open_low and (number == low or (low == 0 and number < SMALLEST)))
        ok = ok and not (integer and number != round(number))
    if not ok:
        if open_low and low == 0 and finite(value) and 0 < float(value) < SMALLEST:  # type: ignore[arg-type]
            open_low, low = False, SMALLEST
        left = "(" if open_low or math.isinf(low) else "["
        right = ")" if math.isinf(high) else "]"
        allowed = f"{kind} in {left}{low}, {high}{right}"
        raise InputError(f"{name} must be {allowed}, got {brief(value)}")
