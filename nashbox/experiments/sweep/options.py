"""Experiments of a sweep and the options of their commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nashbox.experiments.audit.epsilon import check_epsilon
from nashbox.experiments.dynamics.menu import OF_RULES, parse_start, read_menu, read_rule, split
from nashbox.games.base import Game
from nashbox.games.registry import builtin, check_verb
from nashbox.problem.counts import RULES
from nashbox.problem.errors import InputError, brief, require, whole
from nashbox.problem.files import GAMES
from nashbox.problem.goals import GOALS, goals_of
from nashbox.problem.spec import suggest

EXPERIMENTS = ("audit", "run", "solve", "adapt", "compare", "design", "plan")
INTO_PROBLEM = ("mechanism", "plan", "everyone")  # options that say what the problem could say
ELSEWHERE = {
    "seed": "the sweep's `seeds` say it",
    "workers": "nashbox sweep --workers says it",
    "json": "results go to the store",
    "figure": "results go to the store",
    "report": "results go to the store",
    "strict": "a sweep has no verdict",
    "receivers": "it is a table of its own, see nashbox solve",
    "compare": "write mechanism = [...] into the grid",
    "rules": "a problem is a sweep of its own",
    "until_decided": "raise options.budget instead",
    "time": "raise options.budget instead",
    "save": "results go to the store",
    "pairs": "name the mechanism pair_decoy in the grid, or see nashbox design",
}


Reader = Callable[[str, Any], Any]  # name and value of an option: what is meant, or InputError


def _one_of(*allowed: str) -> Reader:
    def read(where: str, value: Any) -> Any:
        if value not in allowed:
            raise InputError(f"{where} must be one of {', '.join(allowed)}, got {brief(value)}")
        return value

    return read


def _number(**limits: Any) -> Reader:
    def read(where: str, value: Any) -> Any:
        require(where, value, **limits)
        return value

    return read


def _whole(**limits: float) -> Reader:
    """A whole number, also where it is written as a float: CSV files of points often do."""
    return lambda where, value: whole(where, value, **limits)


def _epsilon(where: str, value: Any) -> Any:
    check_epsilon(value, where)
    return value


def _names(where: str, value: Any) -> Any:
    named = isinstance(value, list) and all(isinstance(one, (str, Mapping)) for one in value)
    if not named or not value:
        raise InputError(f"{where} must be a list of names, got {brief(value)}")
    return value


def _goals(where: str, value: Any) -> list[str]:
    one = _one_of(*GOALS)
    return [one(where, goal) for goal in _names(where, value)]


def _designs(where: str, value: Any) -> list[str]:
    """Goals as the command writes them."""
    return goals_of(_names(where, value), where)


def _start(where: str, value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping) or not value:
        raise InputError(
            f"{where} must be entry=count, separated by commas, or a table, got {brief(value)}"
        )
    count = _whole(low=0)
    return {name: count(f"{where}.{name}", number) for name, number in value.items()}


def _any(where: str, value: Any) -> Any:
    """What the problem's own checks look at."""
    return value


OPTIONS: dict[str, dict[str, Reader]] = {
    "audit": {
        "mechanism": _any,
        "plan": _any,
        "profile": _one_of("file", "recommended"),
        "method": _one_of("auto", "exact", "exhaustive", "black_box"),
        "epsilon": _epsilon,
        "delta": _number(low=0.0, high=0.5, open_low=True),
        "budget": _whole(low=1000),
        "signals": _one_of("paper", "any"),
    },
    "run": {
        "mechanism": _any,
        "plan": _any,
        "rounds": _whole(low=1, high=1e6),
        "replications": _whole(low=1, high=1e9),
        "everyone": _any,
        "revision": _one_of("sequential", "simultaneous"),
    },
    "solve": {},
    "adapt": {
        "mechanism": _any,
        "plan": _any,
        "rule": _any,
        "menu": _names,
        "rounds": _whole(low=1, high=1e6),
        "start": _start,
        "graph": _any,
        "order": _one_of("sequential", "simultaneous", "random"),
        "revising": _number(low=0.0, high=1.0),
        "temperature": _number(low=0.0),
        "look": _one_of("best", "random"),
        "honest": _names,
        "method": _one_of("auto", "exact", "simulated"),
        "worlds": _whole(low=2, high=1e9),
    },
    "compare": {
        "plan": _any,
        "mechanism": _names,
        "mechanisms": _names,
        "design": _designs,
        "goals": _goals,
        "starts": _whole(low=0),
        "epsilon": _epsilon,
        "budget": _whole(low=1000),
    },
    "design": {
        "goal": _one_of(*GOALS),
        "form": _one_of("best", "separate", "joint"),
        "kinds": _names,
    },
    "plan": {"plan": _any, "rule": _one_of(*RULES)},
}
# options that may be written as on the command line, and as what a function takes them
WRITTEN: dict[str, dict[str, Callable[[str, str], Any]]] = {
    "adapt": {"menu": read_menu, "honest": split, "start": parse_start},
    "compare": {name: read_menu for name in ("mechanism", "mechanisms", "design", "goals")},
    "design": {"kinds": split},
}
NAMED = {"compare": {"mechanism": "mechanisms", "design": "goals"}}  # by its command otherwise
DEFAULTS: dict[str, dict[str, Any]] = {"run": {"rounds": 1, "replications": 10_000}}


def read_options(experiment: str, value: object, where: str) -> dict[str, Any]:
    """Options of an experiment with the command's defaults, texts as they are written.

    Raises InputError naming the option.
    """
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: must be a table, got {brief(value)}")
    known = OPTIONS.get(experiment, {})
    found = dict(DEFAULTS.get(experiment, {}))
    for name, given in value.items():
        if name not in known:
            hint = suggest(name, [*known]) if known else f"{experiment} has none here"
            reason = ELSEWHERE.get(name) if experiment in OPTIONS else None
            raise InputError(f"{where}: unknown option {name!r} ({reason or hint})")
        meant = _meant(experiment, name, given, f"{where}.{name}")
        found[name] = given if isinstance(given, str) else meant
    return found


def _meant(experiment: str, name: str, given: object, where: str) -> Any:
    """What an option means, however it is written."""
    reader = WRITTEN.get(experiment, {}).get(name)
    read = reader(given, where) if reader is not None and isinstance(given, str) else given
    return OPTIONS[experiment][name](where, read)


def as_arguments(experiment: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as the experiment's function takes them. Raises InputError."""
    named = NAMED.get(experiment, {})
    found: dict[str, Any] = {}
    for name, given in options.items():
        argument = named.get(name, name)
        if argument in found:
            raise InputError(f"options.{name} and options.{argument} say the same; leave one out")
        written = isinstance(given, str)  # all else is read already
        found[argument] = _meant(experiment, name, given, f"options.{name}") if written else given
    return found


def adapting(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rule of `adapt` with its parameters, and the other options. Raises InputError."""
    more = {name: given.get(name) for name in OF_RULES}
    rule = read_rule(given.get("rule", "best_response"), more, "options.")
    return rule, {key: value for key, value in given.items() if key not in ("rule", *OF_RULES)}


def into_problem(experiment: str) -> tuple[str, ...]:
    """Options of an experiment that say what the problem could say."""
    return tuple(name for name in INTO_PROBLEM if name not in NAMED.get(experiment, {}))


def check_game(experiment: str, options: Iterable[str], game: object, where: str) -> None:
    """Refuse what the game does not have."""
    check_verb(experiment, str(game), where)
    for option in options:
        argument = NAMED.get(experiment, {}).get(option, option)
        owners = [name for name in GAMES if argument in _own(builtin(name), experiment)]
        if owners and game not in owners:
            allowed = " or ".join(owners)
            raise InputError(
                f"{where}: options.{option} is for {allowed} games, got game = {game!r}"
            )


def _own(cls: type[Game], experiment: str) -> tuple[str, ...]:
    """Options of an experiment that not all games have."""
    return (*cls.own_options.get(experiment, ()), *(("plan",) if cls.has_plan else ()))
