"""How checks of plug-ins are run: named, in order, each with its reason."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from nashbox.problem.errors import ContractError, told
from nashbox.problem.ticker import Ticker

T = TypeVar("T")


@dataclass(frozen=True)
class CheckRow:
    """One check: whether it passed (None: skipped, nothing was tested), and what it saw."""

    name: str
    passed: bool | None
    reason: str


class BrokenError(Exception):
    """What a check saw, in words for the author of the class."""


class SkippedError(Exception):
    """Why there was nothing to test, in words."""


def run_all(
    checks: Mapping[str, Callable[[], str]],
    needed: Sequence[str],
    progress: Ticker | None = None,
) -> list[CheckRow]:
    """Run checks in order; those after a failure of a `needed` one have nothing to stand on."""
    rows: list[CheckRow] = []
    with global_streams_kept():
        for name, work in checks.items():
            failed = [row.name for row in rows if row.passed is False and row.name in needed]
            broken = failed[0] if failed else None
            rows.append(_run(name, work) if broken is None else _untested(name, broken))
            if progress is not None:
                progress(len(rows), len(checks))
    return rows


def _untested(name: str, broken: str) -> CheckRow:
    return CheckRow(name, None, f"not tested, as '{broken}' fails")


def _run(name: str, work: Callable[[], str]) -> CheckRow:
    try:
        with np.errstate(invalid="ignore", divide="ignore"):  # 0/0 is NaN, as in the model
            return CheckRow(name, True, work())
    except SkippedError as error:
        return CheckRow(name, None, str(error))
    except BrokenError as error:
        return CheckRow(name, False, str(error))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the author's class may raise anything
        return CheckRow(name, False, f"raised {told(error)}")


@contextmanager
def global_streams_kept() -> Iterator[None]:
    """Leave the global random states as they were, whatever plug-ins and checks do to them."""
    kept = np.random.get_state(), random.getstate()  # noqa: NPY002 - plug-ins may move them
    try:
        yield
    finally:
        np.random.set_state(kept[0])  # noqa: NPY002
        random.setstate(kept[1])


@contextmanager
def global_streams_at_rest() -> Iterator[None]:
    """Refuse draws from (and seeds of) the global random states of numpy and Python."""
    np.random.seed(987654321)  # noqa: NPY002 - a state that nobody else sets
    random.seed(987654321)
    legacy, plain = pickle.dumps(np.random.get_state()), random.getstate()  # noqa: NPY002
    yield
    if pickle.dumps(np.random.get_state()) != legacy:  # noqa: NPY002
        raise BrokenError("uses numpy's global random state; use the generator passed in")
    if random.getstate() != plain:
        raise BrokenError("uses Python's random module; use the generator passed in")


def pickles(made: object) -> str:
    """Send a copy through bytes, as workers get it."""
    try:
        again = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    except Exception as error:
        raise BrokenError(
            f"does not survive pickling, which sending it to workers needs: {error!r}"
        ) from None
    if again != made:
        raise BrokenError("is not equal to its pickled copy; make it a frozen dataclass")
    return "equal to its pickled copy"


def repeated(
    play: Callable[[], T], other: Callable[[], object], equal: Callable[[T, T], bool], broken: str
) -> None:
    """Play twice from the same generator, with something else in between that may be remembered.

    Raises BrokenError: `broken` where the two differ, or what global stream was drawn from.
    """
    with global_streams_at_rest():
        first = play()
        other()
        again = play()
    if not equal(first, again):
        raise BrokenError(broken)


def promised(made: Any, name: str) -> None:
    """Raise SkippedError where a class does not promise what its attribute `name` says."""
    if not getattr(made, name):
        raise SkippedError(f"not promised ({name} = False)")


def deterministic(made: Any, equal: Callable[[], bool], differs: str) -> None:
    """Hold a class to `deterministic`. equal: whether another generator changes nothing."""
    promised(made, "deterministic")
    if not equal():
        raise BrokenError(
            f"promises deterministic = True and {differs} with another generator; set "
            "deterministic = False"
        )


def same_arrays(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether arrays are equal one by one, NaN to NaN."""
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def left_alone(
    before: Sequence[Any], after: Sequence[Any], what: str, remedy: str = "copy before changing"
) -> None:
    """Refuse changed inputs; `what` says who changed them. Raises BrokenError."""
    if not same_arrays(before, after):
        raise BrokenError(f"{what}; {remedy}")


def held(work: Callable[[], None]) -> None:
    """Hold to a promise as audits do: what they raise, a check saw. Raises BrokenError."""
    try:
        work()
    except ContractError as error:
        raise BrokenError(str(error)) from None
