"""What a worker does: some cells one after another, every answer or failure as data.

Nothing heavy is imported here, so that a worker is up at once.
"""

from __future__ import annotations

import importlib
import math
import os
import re
import socket
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from nashbox.experiments.sweep.encoding import to_text
from nashbox.experiments.sweep.sources import sources
from nashbox.problem.errors import InputError, told
from nashbox.problem.threads import use_one_thread


class Task(NamedTuple):
    """A cell as it is sent to a worker."""

    key: str
    work: str
    arguments: Mapping[str, Any]


class Done(NamedTuple):
    """A cell as it comes back; payload is JSON text."""

    key: str
    status: str
    payload: str | None
    error: str | None
    traceback: str | None
    seconds: float
    host: str


class StaleError(InputError):
    """The ground under a batch has changed: computing on would give answers to other questions."""


def run_group(tasks: Sequence[Task], expected: str, patience: float) -> list[Done]:
    """Compute cells until `patience` seconds are over, at least one; return those that are done.

    expected: hash of the driver's sources of nashbox. Raises StaleError if this worker has others.
    """
    use_one_thread(os.getpid())
    if sources() != expected:
        raise StaleError(
            f"the worker on {socket.gethostname()} must have the nashbox of the driver, got other "
            "sources; install the same version everywhere and start the workers again"
        )
    start = time.perf_counter()
    done: list[Done] = []
    for task in tasks:
        done.append(_compute(task))
        if time.perf_counter() - start > patience:
            break
    return done


def _compute(task: Task) -> Done:
    start = time.perf_counter()
    status, payload, error, trace = "ok", None, None, None
    try:
        answer = _function(task.work)(**task.arguments)
        payload = to_text(answer)
        if nothing := list(dict.fromkeys(not_numbers(answer))):
            status, error = "failed", f"NaN: no number for {', '.join(nothing)}"
    except StaleError:
        raise
    except BaseException as raised:  # whatever a user's function does is its result
        status, payload = "failed", None
        error, trace = _clean(told(raised)), _clean(_trace(raised))
    seconds = time.perf_counter() - start
    return Done(task.key, status, payload, error, trace, seconds, socket.gethostname())


def not_numbers(value: Any, above: str = "") -> Iterator[str]:
    """Keys of an answer that hold NaN.

    >>> list(not_numbers([{"x": float("nan"), "y": {"z": [1.0, float("nan")]}}]))
    ['x', 'y.z']
    """
    if isinstance(value, float):
        if math.isnan(value):
            yield above or "the answer"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from not_numbers(item, f"{above}.{key}" if above else str(key))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from not_numbers(item, above)
    elif hasattr(value, "tolist"):
        yield from not_numbers(value.tolist(), above)


def _trace(raised: BaseException) -> str:
    """The traceback from the work function on: the machinery above it differs between engines."""
    first = raised.__traceback__
    inner = first.tb_next if first is not None else None
    return "".join(traceback.format_exception(type(raised), raised, inner))


def _clean(text: str) -> str:
    """Take out addresses in memory, which differ from run to run, and what is not Unicode."""
    text = re.sub(r"\b0x[0-9a-fA-F]{6,}", "0x...", text)
    return text.encode("utf-8", "backslashreplace").decode()


@cache
def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found
