"""`check`: find what a target names, and hold it to the contract of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nashbox.experiments.check.mechanisms import check_mechanism
from nashbox.experiments.check.report import CheckReport
from nashbox.experiments.check.strategies import check_strategy
from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.mechanisms.exchange import EXCHANGES, Exchange
from nashbox.problem.errors import InputError
from nashbox.problem.spec import build, find_class
from nashbox.strategies import STRATEGIES, Strategy
from nashbox.strategies.testing import TESTING_STRATEGIES, TestingStrategy


def check(target: str, folder: Path | str = ".") -> CheckReport:
    """Check ``file.py:Class`` or a built-in name. Raises InputError if there is no such class."""
    bases: list[tuple[type[Any], Mapping[str, type[Any]], str]] = [
        (Strategy, STRATEGIES, "nashbox.strategies"),
        (Mechanism, MECHANISMS, "nashbox.mechanisms"),
    ]
    if ":" in target:
        found = find_class(target, {}, object, "", Path(folder), "check")
        if not issubclass(found, (Strategy, Mechanism, TestingStrategy, Exchange)):
            raise InputError(
                f"check: {target!r} must be a subclass of nashbox.Strategy, nashbox.Mechanism, "
                f"TestingStrategy or Exchange, got the class {found.__name__}"
            )
    elif target in STRATEGIES or target not in {**TESTING_STRATEGIES, **EXCHANGES}:
        base, builtin, group = bases[1] if target in MECHANISMS else bases[0]
        found = find_class(target, {**builtin}, base, group, Path(folder), "check")
    else:
        found = {**TESTING_STRATEGIES, **EXCHANGES}[target]
    made: Any = build(found, {}, "check")
    if isinstance(made, (TestingStrategy, Exchange)):
        from nashbox.experiments.testing.check import check_testing

        return CheckReport(target, check_testing(made))
    rows = check_mechanism(made) if isinstance(made, Mechanism) else check_strategy(made)
    return CheckReport(target, rows)
