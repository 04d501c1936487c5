"""What all reports have around what they tell: title, problem, how to repeat it, the JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nashbox.experiments.html import Html, embedded, page
from nashbox.experiments.report.body import Printed
from nashbox.experiments.report.contract import Contract
from nashbox.experiments.report.origin import Origin, repeat_part
from nashbox.experiments.report.problem import problem_part
from nashbox.results.base import Result
from nashbox.results.saving import write_whole


class Told(NamedTuple):
    """What a kind of report tells: its title, the answer, and what stands below the problem."""

    title: str
    answer: Html
    parts: Sequence[object]


def write_report(
    result: Result,
    tell: Callable[[Any, Printed, Contract], Told],
    path: str | Path,
    origin: Origin | None,
    contract: Contract | None,
) -> None:
    """Write a report whole; every number in it stands in the JSON it embeds.

    Raises InputError where nothing can be written.
    """
    contract = contract or Contract()
    printed = Printed.of(result.to_json())
    told = tell(result, printed, contract)
    text = page(
        contract.title or told.title,
        told.answer,
        problem_part(printed),
        *told.parts,
        repeat_part(printed, origin or Origin()),
        embedded(result.to_json()),
    )
    write_whole(path, text.encode())
