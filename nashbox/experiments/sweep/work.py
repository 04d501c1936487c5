"""The experiments of a sweep as a worker runs them: a problem and a seed in, flat rows out."""

from __future__ import annotations

import copy
import json
import math
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from nashbox.experiments.audit import audit
from nashbox.experiments.named_files import file_hash
from nashbox.experiments.run import run
from nashbox.experiments.sweep.group import StaleError
from nashbox.experiments.sweep.options import adapting, as_arguments, from_folder
from nashbox.games.registry import perform
from nashbox.problem.errors import ContractError, brief
from nashbox.problem.files import from_mapping
from nashbox.problem.spec import find_object

Row = dict[str, Any]


def work(
    *,
    experiment: str,
    problem: Mapping[str, Any],
    folder: str,
    shown: str,
    options: Mapping[str, Any],
    files: Mapping[str, str],
    seed: int,
) -> list[Row]:
    """Run an experiment once; rows in the order of steps and agents."""
    check_files(files)
    built = from_mapping(problem, folder, shown)
    given = from_folder(as_arguments(experiment, options), folder)
    return WORKS[experiment](built, given, seed)


def call(
    *,
    function: str,
    folder: str,
    problem: Mapping[str, Any],
    files: Mapping[str, str],
    seed: int,
) -> list[Row]:
    """Call a user's function(problem, seed); one row. Raises ContractError for other answers."""
    check_files(files)
    found = find_object(function, Path(folder), "experiment")
    answer = found(copy.deepcopy(dict(problem)), seed)
    if not isinstance(answer, Mapping):
        raise ContractError(f"{function} must return a flat dict of numbers, got {brief(answer)}")
    return [{key: _number(function, key, value) for key, value in answer.items()}]


def _number(function: str, key: object, value: Any) -> Any:
    number = value.item() if getattr(value, "ndim", None) == 0 else value  # of numpy
    fits = number is None or isinstance(number, (bool, float))
    fits = fits or (isinstance(number, int) and -(2**63) <= number < 2**63)
    if not isinstance(key, str) or not fits:
        raise ContractError(
            f"{function} must return a flat dict of numbers, got {brief(key)}: {brief(value)}"
        )
    return number


def check_files(files: Mapping[str, str]) -> None:
    """Raise StaleError if a file is not what it was when the sweep began."""
    for name, digest in files.items():
        try:
            status = os.stat(name)
            same = _hash(name, status.st_mtime_ns, status.st_size, status.st_ino) == digest
        except OSError as error:
            raise StaleError(f"{name}: cannot be read by a worker: {error.strerror}") from error
        if not same:
            raise StaleError(
                f"{name}: must not change while a sweep runs; start it again: cells of the old "
                "file are kept, and those of the new one are computed"
            )


@cache
def _hash(name: str, modified: int, size: int, inode: int) -> str:
    return file_hash(name)


def _audited(built: Any, options: Mapping[str, Any], seed: int) -> list[Row]:
    result = audit(built, **options, seed=seed, workers=1)
    body, rows = result.to_json(), []
    whole = [key for key in result.WHOLE.split() if key in body]
    for agent in body["agents"]:
        best = {**agent["best_deviation"]}
        best["parameters"] = json.dumps(best["parameters"])
        kept = {k: v for k, v in agent.items() if k not in ("name", "landscape")}
        row = flat({**kept, "best_deviation": best}, built.labels)
        rows.append({"AgentID": agent["name"], **row, **{key: body[key] for key in whole}})
    return rows


def _played(built: Any, options: Mapping[str, Any], seed: int) -> list[Row]:
    played = run(built, **options, seed=seed)
    last = flat(played.whole)
    rows = [flat(step, built.labels) for step in played.steps]
    return [{**row, **(last if row["Step"] == played.rounds else {})} for row in rows]


def _planned(built: Any, options: Mapping[str, Any], seed: int) -> list[Row]:
    return _per_agent(perform("plan", built, options.get("rule")), "certified_gap", "condition_8")


def _designed(built: Any, options: Mapping[str, Any], seed: int) -> list[Row]:
    return _per_agent(perform("design", built, **options), "verdict", "chosen")


def _per_agent(result: Any, *whole: str) -> list[Row]:
    """A row per agent of a plan or a design; `whole`: attributes of all of it."""
    common = {key: getattr(result, key) for key in ("social_penalty", *whole)}
    return [{**row, **common} for row in _of_agents(result.to_frame())]


def _compared(built: Any, options: Mapping[str, Any], seed: int) -> list[Row]:
    """A row per mechanism and profile."""
    from nashbox.experiments.compare import compare

    return _of_agents(compare(built, **options, seed=seed).to_frame())


def _adapted(built: Any, options: Mapping[str, Any], seed: int) -> list[Row]:
    """A row per round (Step), from 0, the start."""
    from nashbox.experiments.dynamics.adapt import adapt

    rule, given = adapting(options)
    result = adapt(built, rule, **given, seed=seed)
    run = result.runs[-1]
    rows = [{"Step": row.pop("round"), **row} for row in _rows(result.to_frame())]
    rows[-1] |= {"rest": run.rest, "doubts": run.doubts, "payoffs": run.payoffs}
    return rows


def _of_agents(frame: Any) -> list[Row]:
    return [{"AgentID": row.pop("agent"), **row} for row in _rows(frame)]


def _rows(frame: Any) -> list[Row]:
    """Rows of a frame, with numbers as Python has them; what is missing (NaN) is None."""
    rows = []
    for row in frame.to_dict("records"):
        plain = {k: v.tolist() if hasattr(v, "tolist") else v for k, v in row.items()}
        rows.append(
            flat(
                {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in plain.items()}
            )
        )
    return rows


def _solved(built: Any, options: Mapping[str, Any], seed: int) -> list[Row]:
    body = perform("solve", built).to_json()
    kept = {k: v for k, v in body.items() if k not in ("format", "notes", "versions", "problem")}
    row = flat(kept)
    return [{key: math.inf if value == "inf" else value for key, value in row.items()}]


def flat(value: Mapping[str, Any], labels: Sequence[str] = (), above: str = "") -> Row:
    """Join nested keys by dots; a list of one entry per label goes by the labels, else by position.

    >>> flat({"gain": {"lower": 0.5}, "owes": [3, 4]}, ["x", "y"])
    {'gain.lower': 0.5, 'owes.x': 3, 'owes.y': 4}
    """
    row: Row = {}
    for key, item in value.items():
        if isinstance(item, (list, tuple)):
            names = labels if len(labels) == len(item) else [str(i) for i in range(len(item))]
            item = dict(zip(names, item, strict=True))
        if isinstance(item, Mapping):
            row |= flat(item, labels, f"{above}{key}.")
        else:
            row[f"{above}{key}"] = item
    return row


WORKS = {
    "audit": _audited,
    "run": _played,
    "solve": _solved,
    "plan": _planned,
    "design": _designed,
    "compare": _compared,
    "adapt": _adapted,
}
