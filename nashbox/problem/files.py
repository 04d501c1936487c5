"""Problem files: TOML in, a validated problem out."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nashbox.problem.errors import InputError, brief, told
from nashbox.problem.estimation import EstimationProblem, read_estimation
from nashbox.problem.reading import read_bytes
from nashbox.problem.testing import TestingProblem, read_testing

GAMES = ("estimation", "testing")
Problem = EstimationProblem | TestingProblem


def read_toml(path: str | Path, shown: str | None = None) -> dict[str, Any]:
    """Read a TOML file; a missing, unreadable or broken one is an InputError naming it.

    `shown` is the file's name in messages, if not its path.
    """
    try:
        text = read_bytes(path, shown or str(path), pipes=True).decode("utf-8-sig")
        return tomllib.loads(text, parse_float=_float)
    except InputError:
        raise
    except (ValueError, RecursionError) as error:  # also what tomllib does not wrap
        raise InputError(f"{shown or path}: is not valid TOML in UTF-8: {told(error)}") from error


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value) and "inf" not in text:
        raise ValueError(f"the number {text} is too large")
    return value


def load(path: str | Path, shown: str | None = None) -> Any:
    """Load a problem file, a `Problem` of either game. Relative paths start at its own folder.

    `shown` is the file's name in messages, if not its path.
    """
    return from_mapping(read_toml(path, shown), Path(path).parent, shown or str(path))


def from_mapping(raw: Mapping[str, Any], folder: Path | str = ".", shown: str = "problem") -> Any:
    """Validate a mapping with the keys of a problem file."""
    if "game" not in raw:
        raise InputError(f"{shown}: the key 'game' is missing (allowed: {', '.join(GAMES)})")
    if raw["game"] not in GAMES:
        raise InputError(
            f"{shown}: game must be one of {', '.join(GAMES)}, got {brief(raw['game'])}"
        )
    if raw["game"] == "testing":
        return read_testing(raw, Path(folder), shown)
    return read_estimation(raw, Path(folder), shown)
