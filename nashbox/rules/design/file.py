"""A designed problem as a TOML file that needs no other file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nashbox.experiments.toml import toml_table, toml_value
from nashbox.results.saving import write_whole

if TYPE_CHECKING:
    from nashbox.rules.design.designed import Design


def write_problem(design: Design, path: str | Path) -> None:
    """Write the file whole. Raises InputError if it cannot be written."""
    write_whole(path, problem_text(design).encode())


def problem_text(design: Design) -> str:
    """The text of the file, numbers to their last digit."""
    body = design.problem
    plan = body["plan"]
    lines = [
        f"# Rules designed for the goal {design.goal}: social penalty {design.social_penalty:.6g}.",
        "# Honest play is an equilibrium; nashbox audit proves it."
        if design.form != "pairs"
        else "# Nobody gains by breaking them alone, and pairs at most little.",
        'game = "estimation"',
        f"agents = {toml_value(body['agents'])}",
        f"distributions = {toml_value(body['distributions'])}",
        f"sigma = {toml_value(body['sigma'])}",
        f"costs = {toml_table([[float(c) for c in row] for row in body['costs']])}",
        f"counts = {toml_value(body['counts'])}",
        f"plan = {toml_value(plan) if isinstance(plan, str) else toml_table(plan)}",
    ]
    if body["outside_option"]:
        lines += ["", "[outside_option]"]
        lines += [f"{toml_value(k)} = {toml_value(v)}" for k, v in body["outside_option"].items()]
    if body.get("partners"):
        lines += ["", "[partners]"]
        lines += [f"{toml_value(k)} = {toml_value(v)}" for k, v in body["partners"].items()]
    rules = body["mechanism"]
    lines += ["", "[mechanism]"]
    for key, value in ({"name": rules} if isinstance(rules, str) else rules).items():
        nested = isinstance(value, (list, tuple))
        lines.append(f"{key} = {toml_table(value) if nested else toml_value(value)}")
    return "\n".join(lines) + "\n"
