"""What `import nashbox` offers: experiments on a file, a mapping or a problem, of any game."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nashbox.problem.errors import InputError, whole
from nashbox.problem.files import from_mapping
from nashbox.problem.files import load as load_problem
from nashbox.problem.seeding import seed_of


def problem_of(source: Any) -> Any:
    """A problem: of a file's path, of a mapping with a file's keys, or as it is.

    Raises InputError for what is none.
    """
    if isinstance(source, (str, Path)):
        return load_problem(source)
    if isinstance(source, Mapping):
        return from_mapping(source)
    if not hasattr(source, "game") or not hasattr(source, "to_json"):
        raise InputError(
            f"a problem must be a file's path, a mapping or what nashbox.load gives, got "
            f"{type(source).__name__}"
        )
    return source


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


def read_store(path: str | Path, **options: Any) -> Any:
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


def audit(problem: Any, **options: Any) -> Any:
    """Hunt for a profitable deviation of every agent.

    Options: method, recommended, epsilon, delta, seed, budget, workers, progress, patience (see
    `nashbox.experiments.audit.patience`); testing games have signals as well.
    """
    from nashbox.experiments.audit import audit as work

    return work(problem_of(problem), **options)


def run(problem: Any, **options: Any) -> Any:
    """Play the profile: options rounds, replications, seed, progress; estimation: revision."""
    from nashbox.experiments.run import run as work

    return work(problem_of(problem), **options)


def compare(problem: Any, *arguments: Any, **options: Any) -> Any:
    """Mechanisms side by side, at honesty and where best responses lead."""
    from nashbox.experiments.compare import compare as work

    return work(problem_of(problem), *arguments, **options)


def design(problem: Any, *arguments: Any, **options: Any) -> Any:
    """The best enforceable rules of an estimation game."""
    from nashbox.games.registry import perform

    return perform("design", problem_of(problem), *arguments, **options)


def adapt(problem: Any, *arguments: Any, **options: Any) -> Any:
    """Let agents revise what they play, round by round."""
    from nashbox.experiments.dynamics import adapt as work

    return work(problem_of(problem), *arguments, **options)
