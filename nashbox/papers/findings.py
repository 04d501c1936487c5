"""How numbers become verdicts: agreement within a number's own error, and words for the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nashbox.measure.moments import Moments
from nashbox.papers.claim import ClaimTable, Finding, Method, Number, Verdict

SURE = 4.0  # standard errors of a simulated number: false-alarm rate 6.3e-5 each
SLACK = 1e-9  # absolute, on top of a number's error: floats of the expected value


def agrees(number: Number) -> bool:
    """Whether a number is what it should be, within its error; NaN never is."""
    if number.expected is None:
        return True
    if number.value == number.expected:  # infinities too
        return True
    return abs(number.value - number.expected) <= (number.error or 0.0) + SLACK


def disagreements(numbers: Sequence[Number]) -> list[str]:
    """Name every number that is not what it should be."""
    return [
        f"{n.name} is {n.value:.9g}, should be {n.expected:.9g} +- {n.error or 0.0:.2g}"
        for n in numbers
        if not agrees(n)
    ]


def finding(
    numbers: Sequence[Number],
    holds: bool,
    why: str,
    *,
    method: Method,
    computed: str,
    condition: str | None = None,
    otherwise: str = "",
    shown: Sequence[Number] = (),
    tables: Sequence[ClaimTable] = (),
) -> Finding:
    """Fail where two computations disagree; else hold, hold on a condition, or fail.

    holds: without reservation, `why` says why. condition: when it holds, if not always. otherwise:
    why it fails where there is no condition. shown: numbers that may differ from what is expected
    of them (what the paper prints; intervals that may miss): `holds` and `condition` judge them.
    """
    wrong = disagreements(numbers)
    verdict: Verdict
    if wrong:
        verdict, words = "fails", "the computations disagree: " + "; ".join(wrong)
    elif holds:
        verdict, words = "holds", why
    elif condition is not None:
        verdict, words = "holds if", condition
    else:
        verdict, words = "fails", otherwise or why
    return Finding(verdict, words, method, computed, [*numbers, *shown], list(tables))


def simulated(name: str, found: Moments, expected: float, bound: float = 0.0) -> Number:
    """A simulated mean; bound: of the error of what is expected."""
    error = SURE * max(found.se, 1 / found.count) + bound  # rare events may have shown no spread
    return Number(f"{name}, simulated", found.mean, error, expected)


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> ClaimTable:
    """A table of plain numbers and words: numpy's become Python's, so that JSON takes them."""
    plain = [[cell.item() if hasattr(cell, "item") else cell for cell in row] for row in rows]
    return ClaimTable(caption, list(columns), plain)


def bisect(above: Callable[[float], bool], low: float, high: float, width: float) -> float:
    """Where a condition that is false at `low` and true at `high` turns, to half of `width`."""
    while high - low > width:
        middle = (low + high) / 2
        low, high = (low, middle) if above(middle) else (middle, high)
    return (low + high) / 2
