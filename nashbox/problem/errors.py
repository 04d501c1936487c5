"""The one error a user sees for bad input, and the one helper that raises it."""

from __future__ import annotations

import math
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

LARGEST = 1e50  # of any number a user gives; 1/LARGEST is the least: products stay floats
POSITIVE = f"from {1 / LARGEST:g} to {LARGEST:g}"


class InputError(ValueError):
    """Bad input: the message names file, key, what is allowed and what came."""


class ContractError(InputError):
    """A strategy or mechanism broke the contract of its class."""


PLUGIN = "nashbox_plugin_"  # modules of users' files are called so
_debug = {"on": False}


@contextmanager
def debugging(on: bool) -> Iterator[None]:
    """Within, whatever is told of an error in a user's class, its traceback is printed as well."""
    before, _debug["on"] = _debug["on"], on
    try:
        yield
    finally:
        _debug["on"] = before


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
    if place is not None and _debug["on"]:
        traceback.print_exception(error)
    words = f"{type(error).__name__}: {shown(text, 300)}".removesuffix(": ")
    return words if place is None else f"{words} ({place})"


def plugin_line(error: BaseException) -> str | None:
    """File, line and method of the user's plug-in that an exception came through, if any."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if frame.f_globals.get("__name__", "").startswith(PLUGIN):
            code = frame.f_code
            return f"{os.path.basename(code.co_filename)}, line {line}: {code.co_qualname}"
    return None


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
    """Whether `value` is a finite number (True and False are none).

    >>> finite(1e308), finite(10**400), finite(True), finite("1")
    (True, False, False, False)
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False


def positive(value: object) -> bool:
    """Whether `value` is a number > 0 that can be computed with: within [1e-50, 1e50]."""
    return finite(value) and 1 / LARGEST <= float(value) <= LARGEST  # type: ignore[arg-type]


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

    `open_low` excludes the lower end; `integer` asks for a whole number.

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
        ok = ok and not (open_low and number == low)
        ok = ok and not (integer and number != round(number))
    if not ok:
        left = "(" if open_low or math.isinf(low) else "["
        right = ")" if math.isinf(high) else "]"
        allowed = f"{kind} in {left}{low}, {high}{right}"
        raise InputError(f"{name} must be {allowed}, got {brief(value)}")
