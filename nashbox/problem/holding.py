"""What classes of one's own answer is held to what their methods promise, at the place it arises.

A number that is none, or an array of another shape, would otherwise come out far away, as an error
that names nobody or as an answer that is wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np

from nashbox.problem.errors import ContractError, brief

Rule = Callable[..., Any]  # of an answer, who answers and what was asked: the answer as it is used
OURS = "nashbox."  # modules of classes that are held to their contract by tests instead


class UnfitError(Exception):
    """What an answer must be, in words."""


def hold_answers(cls: type, rules: Mapping[str, Rule]) -> None:
    """Hold the methods that a class defines itself to their rules, by name.

    What a method then returns is what its rule gives, or ContractError is raised. Classes of this
    package are left as they are.
    """
    if not cls.__module__.startswith(OURS):
        for name, rule in rules.items():
            method = vars(cls).get(name)
            if callable(method) and not hasattr(method, "held"):
                setattr(cls, name, _held(method, name, rule))


def _held(method: Callable[..., Any], name: str, rule: Rule) -> Callable[..., Any]:
    @functools.wraps(method)
    def answer(self: Any, *asked: Any, **named: Any) -> Any:
        found = method(self, *asked, **named)
        try:
            return rule(found, self, *asked, **named)
        except UnfitError as error:
            raise ContractError(
                f"{type(self).__name__}.{name} must return {error}, got {brief(found)}"
            ) from None

    answer.held = True  # type: ignore[attr-defined]
    return answer


def number(found: Any, what: str, *, low: float = -np.inf, high: float = np.inf) -> float:
    """A number from low to high, ends included. Raises UnfitError, with `what` it must be."""
    real = isinstance(found, Real) or (isinstance(found, np.ndarray) and found.ndim == 0)
    if not real or isinstance(found, bool) or not low <= float(found) <= high:
        raise UnfitError(what)
    return float(found)


def instance(kind: type, what: str) -> Rule:
    """The rule that an answer is of this class; `what` it must be, in words."""

    def held(found: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(found, kind):
            raise UnfitError(what)
        return found

    return held


def risks_of_shape(found: Any, shape: tuple[int, ...], what: str) -> Any:
    """An array of risks of that shape, each from 0 to inf. Raises UnfitError."""
    try:
        array = np.asarray(found)
    except ValueError:  # lists of unequal lengths
        raise UnfitError(what) from None
    if array.dtype.kind not in "fiu" or array.shape != shape or not (array >= 0).all():
        raise UnfitError(what)
    return array.astype(float, copy=False)


def risk_and_error(found: Any, *_: Any) -> tuple[float, float]:
    """A risk and a bound of its numerical error. Raises UnfitError."""
    what = "a risk from 0 to inf and a bound of its error from 0 on, (float, float)"
    if not isinstance(found, tuple) or len(found) != 2:
        raise UnfitError(what)
    risk, error = (number(value, what, low=0.0) for value in found)
    return risk, error


def optional(rule: Rule) -> Rule:
    """The same rule, where None says that nothing is known."""

    def held(found: Any, *asked: Any, **named: Any) -> Any:
        return None if found is None else rule(found, *asked, **named)

    return held
