"""Designed rules as a TOML file that needs no other file; measurements are named in a comment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nashbox.experiments.toml import toml_table, toml_value
from nashbox.results.saving import write_whole

if TYPE_CHECKING:
    from nashbox.rules.design.designed import Design


def is_normal(body: Mapping[str, Any]) -> bool:
    """Whether a problem as a mapping names no real measurements."""
    return bool(body.get("source", "normal") == "normal")


def is_drawn(body: Mapping[str, Any]) -> bool:
    """Whether points are drawn from real measurements, which whole counts ask for."""
    return not is_normal(body) and body["counts"] == "integer"


def measurements_left_out(body: Mapping[str, Any]) -> list[str]:
    """What a saved file says of the problem's measurements, if there are any."""
    if is_normal(body):
        return []
    if is_drawn(body):
        return ["Measurements are left out; with the line `source` below audits draw from them."]
    return ["Measurements are left out: fractions of points cannot be drawn from them."]


def write_problem(design: Design, path: str | Path) -> None:
    """Write the file whole. Raises InputError if it cannot be written."""
    data = "" if is_normal(design.problem) else " if measurements are normal"
    if design.form == "pairs":
        claims = [f"Nobody gains by breaking them alone, and pairs at most little{data}."]
    else:
        claims = [f"Honest play is an equilibrium{data}; nashbox audit proves it."]
    folder = None if design.designed is None else design.designed.folder
    said = f"Rules designed for the goal {design.goal}: social penalty {design.social_penalty:.6g}."
    write_rules(
        path, design.problem, [said, *claims, *measurements_left_out(design.problem)], folder
    )


def write_rules(
    path: str | Path, body: Mapping[str, Any], said: Sequence[str], folder: Path | None
) -> None:
    """Write a problem under comments; numbers to their last digit, measurements as a comment.

    folder: from which the file of measurements is named; None: from where this file will be.
    """
    plan = body["plan"]
    lines = [
        *(f"# {line}" for line in said),
        'game = "estimation"',
        f"agents = {toml_value(body['agents'])}",
        f"distributions = {toml_value(body['distributions'])}",
        f"sigma = {toml_value(body['sigma'])}",
        f"costs = {toml_table([[float(c) for c in row] for row in body['costs']])}",
        f"counts = {toml_value(body['counts'])}",
        f"plan = {toml_value(plan) if isinstance(plan, str) else toml_table(plan)}",
    ]
    if is_drawn(body):
        parts = _moved(body["source"], folder, Path(path).parent)
        stated = ", ".join(f"{key} = {toml_value(value)}" for key, value in parts.items())
        lines.append(f"# source = {{{stated}}}")
    for section in ("outside_option", "partners"):
        if body.get(section):
            lines += ["", f"[{section}]"]
            lines += [f"{toml_value(k)} = {toml_value(v)}" for k, v in body[section].items()]
    rules = body["mechanism"]
    lines += ["", "[mechanism]"]
    for key, value in ({"name": rules} if isinstance(rules, str) else rules).items():
        nested = isinstance(value, (list, tuple))
        lines.append(f"{key} = {toml_table(value) if nested else toml_value(value)}")
    write_whole(path, ("\n".join(lines) + "\n").encode())


def _moved(source: Mapping[str, Any], folder: Path | None, to: Path) -> dict[str, Any]:
    """The source as a file in another folder names it."""
    csv = Path(source["csv"])
    if folder is None or csv.is_absolute():
        return dict(source)
    return {**source, "csv": Path(os.path.relpath(folder / csv, to)).as_posix()}
