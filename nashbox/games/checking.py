"""How checks of plug-ins are run: named, in order, each with its reason."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from nashbox.problem.errors import told
from nashbox.problem.ticker import Ticker


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
    kept = np.random.get_state(), random.getstate()  # noqa: NPY002 - plug-ins may move them
    for name, work in checks.items():
        failed = [row.name for row in rows if row.passed is False and row.name in needed]
        broken = failed[0] if failed else None
        rows.append(_run(name, work) if broken is None else _untested(name, broken))
        if progress is not None:
            progress(len(rows), len(checks))
    np.random.set_state(kept[0])  # noqa: NPY002
    random.setstate(kept[1])
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
