"""What can be done with a problem of any game: the one place that knows whose engine does it."""

from __future__ import annotations

from typing import Any

from nashbox.games.registry import game_of
from nashbox.problem.errors import InputError, brief


def audit(problem: Any, **options: Any) -> Any:
    """Hunt for a profitable deviation of every agent. Raises InputError."""
    if not game_of(problem).has_plan:
        from nashbox.experiments.audit.any_game import audit_game

        return audit_game(problem, **options)
    _refuse(problem, options, "signals")
    from nashbox.experiments.audit.main import audit as work

    return work(problem, **options)


def _refuse(problem: Any, options: dict[str, Any], *names: str) -> None:
    """Refuse options that a game does not have."""
    for name in names:
        if options.get(name):
            got = brief(options[name])
            raise InputError(
                f"{name} (--{name}) is not an option of {problem.game} games, got {got}"
            )
        options.pop(name, None)
