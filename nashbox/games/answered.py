"""What a game of one's own answers when it is asked, held to what engines count on."""

from __future__ import annotations

import json
import math
from collections.abc import Container, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

from nashbox.problem.errors import ContractError, brief

ROUNDING = 1e-9  # of differences of what strategies pay


def numbers_held(where: str, found: Mapping[str, Any]) -> None:
    """Refuse what is no number, by name; None says that one is not known. Raises ContractError."""
    for name, value in found.items():
        if value is None:
            continue
        if not isinstance(value, Real) or math.isnan(value):
            raise ContractError(f"{where}: {name} must be a number, got {brief(value)}")


def formula_held(where: str, answer: Any, sign: int) -> None:
    """Refuse an `Exact` of what is no number or no sentence, or that contradicts itself.

    sign: +1 if more is better. Raises ContractError.
    """
    names = ("paid", "best", "bound", "error", "recommended", "gain")
    reached = {f"reached[{k}]": value for k, value in enumerate(answer.reached)}
    numbers_held(where, {**{name: getattr(answer, name) for name in names}, **reached})
    if answer.error < 0:
        raise ContractError(f"{where}: error must be a number >= 0, got {brief(answer.error)}")
    if not isinstance(answer.covers, str):
        raise ContractError(f"{where}: covers must be a sentence, got {brief(answer.covers)}")
    gain = sign * (answer.best - answer.paid)
    slack = _slack(answer)
    if answer.gain is not None and abs(answer.gain - gain) > slack:
        raise ContractError(
            f"{where}: gain must be what best is better than paid, {gain:.6g}, "
            f"got {brief(answer.gain)}"
        )


def reached_held(where: str, answer: Any, sign: int) -> None:
    """Refuse an `Exact` whose scale holds what is better than its best. Raises ContractError."""
    known = (answer.paid, answer.best, answer.best if answer.bound is None else answer.bound)
    most = max(sign * x for x in known) + _slack(answer)
    for k, value in enumerate(answer.reached):
        if sign * value > most:
            raise ContractError(
                f"{where}: reached[{k}] must not be better than best, got {brief(value)}"
            )


def _slack(answer: Any) -> float:
    """By how much numbers of an `Exact` may differ that are one."""
    return float(2 * answer.error + ROUNDING * max(abs(answer.paid), abs(answer.best)))


def kinds_held(where: str, found: Any, kinds: tuple[type, ...], made_by: str) -> Sequence[Any]:
    """Return a list of objects of these classes. Raises ContractError, which says how to make them.

    What is of another class would not be tried, and an audit would not say so.
    """
    if isinstance(found, str) or not isinstance(found, Iterable):
        raise ContractError(f"{where} must return a list of {made_by}, got {brief(found)}")
    listed = list(found)
    for one in listed:
        if not isinstance(one, kinds):
            raise ContractError(f"{where} must return {made_by}, got {brief(one)} in the list")
    return listed


def sentences_held(where: str, found: Any) -> Sequence[str]:
    """Return a list of sentences. Raises ContractError."""
    good = isinstance(found, (list, tuple)) and all(isinstance(one, str) for one in found)
    if not good:
        raise ContractError(f"{where} must return a list of sentences, got {brief(found)}")
    return list(found)


def extras_held(where: str, found: Any, taken: Container[str]) -> dict[str, Any]:
    """Return what a game adds to an answer, by key. taken: keys that are the answer's own.

    Raises ContractError for those, and for what a JSON file cannot hold.
    """
    if not isinstance(found, Mapping) or not all(isinstance(key, str) for key in found):
        raise ContractError(f"{where} must return a table of values by name, got {brief(found)}")
    for key, value in found.items():
        if key in taken:
            raise ContractError(f"{where}: {key!r} is a key of every audit; call it otherwise")
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            raise ContractError(
                f"{where}: {key} must be made of finite numbers, texts, lists and tables, got "
                f"{brief(value)}"
            ) from None
    return dict(found)
