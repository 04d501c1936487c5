"""Rules that hold over an interval as a problem file that needs no other file."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from nashbox.problem.errors import InputError
from nashbox.results.saving import write_whole
from nashbox.rules.design.file import problem_text
from nashbox.rules.robust.robustness import Robust


def save_rules(result: Robust, path: str | Path) -> None:
    """Write the file whole. Raises InputError if there are no such rules."""
    if result.designed is None:
        raise InputError(f"{path}: not written: {result.reason}")
    rules = next(r for r in result.rules if r.name == "robust")
    text = problem_text(
        SimpleNamespace(  # type: ignore[arg-type]  # the part of a design that is read
            goal=result.goal,
            form="separate",
            social_penalty=rules.social_penalty,
            problem=rules.problem,
        )
    )
    lines = [line for line in text.splitlines(keepends=True) if "is an equilibrium" not in line]
    lines.insert(
        1,
        f"# Nobody gains more than epsilon while costs are within {100 * result.costs:g} % and "
        f"sigma within {100 * result.sigma:g} %.\n",
    )
    write_whole(path, "".join(lines).encode())
