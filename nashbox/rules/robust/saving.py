"""Rules that hold over an interval as a problem file."""

from __future__ import annotations

from pathlib import Path

from nashbox.problem.errors import InputError
from nashbox.rules.design.file import is_normal, measurements_left_out, write_rules
from nashbox.rules.robust.robustness import Robust


def save_rules(result: Robust, path: str | Path) -> None:
    """Write the file whole. Raises InputError if there are no such rules."""
    if result.designed is None:
        raise InputError(f"{path}: not written: {result.reason}")
    rules = next(r for r in result.rules if r.name == "robust")
    normal = is_normal(rules.problem)
    said = [
        f"Rules designed for the goal {result.goal}: social penalty {rules.social_penalty:.6g}.",
        f"Nobody gains more than epsilon while costs are within {100 * result.costs:g} % and "
        f"sigma within {100 * result.sigma:g} %{'' if normal else ', for normal data'}.",
        *measurements_left_out(rules.problem),
    ]
    write_rules(path, rules.problem, said, result.designed.folder)
