"""A designed problem as a TOML file that needs no other file."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nashbox.experiments.saving import write_whole

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
        f"agents = {_value(body['agents'])}",
        f"distributions = {_value(body['distributions'])}",
        f"sigma = {_value(body['sigma'])}",
        f"costs = {_table([[float(c) for c in row] for row in body['costs']])}",
        f"counts = {_value(body['counts'])}",
        f"plan = {_value(plan) if isinstance(plan, str) else _table(plan)}",
    ]
    if body["outside_option"]:
        lines += ["", "[outside_option]"]
        lines += [f"{json.dumps(k)} = {_value(v)}" for k, v in body["outside_option"].items()]
    if body.get("partners"):
        lines += ["", "[partners]"]
        lines += [f"{json.dumps(k)} = {_value(v)}" for k, v in body["partners"].items()]
    rules = body["mechanism"]
    lines += ["", "[mechanism]"]
    for key, value in ({"name": rules} if isinstance(rules, str) else rules).items():
        nested = isinstance(value, (list, tuple))
        lines.append(f"{key} = {_table(value) if nested else _value(value)}")
    return "\n".join(lines) + "\n"


def _table(rows: Any) -> str:
    return "[\n" + "".join(f"    {_value(list(row))},\n" for row in rows) + "]"


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nan"
    if isinstance(value, str):
        return json.dumps(value)
    number = float(value)
    if math.isnan(number) or math.isinf(number):
        return "nan" if math.isnan(number) else "inf"
    return repr(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
