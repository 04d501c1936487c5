"""What `import nashbox` offers beside experiments: loading problems and making them ready."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nashbox.problem.errors import whole
from nashbox.problem.files import from_mapping, problem_of
from nashbox.problem.files import load as load_problem
from nashbox.problem.seeding import seed_of

if TYPE_CHECKING:
    import pandas as pd


def load(path: str | Path, **options: Any) -> Any:
    """Load a problem file. Raises InputError for what is none.

    Until the next version a result store is read as well, as `read_store` does.
    """
    if _is_store(path):
        text = "nashbox.load of a result store is now nashbox.read_store"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return read_store(path, **options)
    return load_problem(path, **options)


def _is_store(path: str | Path) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(15) == b"SQLite format 3"
    except OSError:
        return False


def read_store(path: str | Path, **options: Any) -> pd.DataFrame:
    """The frame of a sweep's result store; options as in `nashbox.experiments.sweep.load`."""
    from nashbox.experiments.sweep import load as read

    return read(path, **options)


def prepare(problem: Any, *, recommended: bool = False) -> Any:
    """Make a problem ready to play; the answer's `model(worlds, seed)` is a Mesa model."""
    from nashbox.games.registry import prepare_game

    return prepare_game(problem_of(problem), recommended=recommended)


def model_of(problem: Any, *, replications: int = 1, rng: int | None = None, **keys: Any) -> Any:
    """The Mesa model of a problem of any game, as `mesa.batch_run` makes it of its parameters.

    replications: worlds played at once. rng: the seed; `seed` means it as well. keys: of the
    problem file, in place of what it says: mechanism, strategies, sigma, ... Raises InputError.
    """
    number = seed_of(rng, keys)
    found = problem_of(problem)
    if keys:
        said = found.raw if isinstance(problem, (str, Path, Mapping)) else found.to_json()
        found = from_mapping({**said, **keys}, found.folder, found.shown)
    replications = whole("replications", replications, low=1, high=1e9)
    game = prepare(found)
    game.check_playable()
    return game.model(replications, number)
