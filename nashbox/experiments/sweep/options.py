"""Experiments of a sweep and the options of their commands."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from nashbox.experiments.dynamics.menu import OF_RULES, read_rule
from nashbox.experiments.named_files import with_files
from nashbox.games.base import Game
from nashbox.games.registry import builtin, check_verb, engine, own_options
from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import GAMES
from nashbox.problem.options import Option, options_of, renamed
from nashbox.problem.spec import suggest

EXPERIMENTS = ("audit", "run", "solve", "adapt", "compare", "design", "plan")
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
    "data": "rules are judged on other data one by one, see nashbox design",
}


# the function of an experiment, or the verb of the game that has it
FUNCTIONS = {
    "audit": "nashbox.experiments.audit.engine:audit",
    "run": "nashbox.experiments.run:run",
    "adapt": "nashbox.experiments.dynamics.adapt:adapt",
    "compare": "nashbox.experiments.compare:compare",
}
PROBLEMS: Mapping[str, Sequence[str]] = {  # options of an experiment that the problem could say
    "audit": ("mechanism", "plan"),
    "run": ("mechanism", "plan", "everyone"),
    "adapt": ("mechanism", "plan"),
    "compare": ("plan",),
    "plan": ("plan",),
}
TABLES = ("graph", "rule")  # options that may be CSV files, beside the problem
ALWAYS = ("run",)  # whose defaults are told apart in stores


@cache
def options_for(experiment: str) -> Mapping[str, Option]:
    """Options of an experiment in a sweep, by the names of its function's arguments."""
    found: dict[str, Option] = {}
    if experiment in FUNCTIONS:
        module, _, name = FUNCTIONS[experiment].partition(":")
        found |= options_of(getattr(importlib.import_module(module), name))
    for game in (builtin(name) for name in GAMES):
        if experiment not in FUNCTIONS and experiment in game.engines:
            found |= options_of(engine(game, experiment))
    found |= own_options(experiment)
    if experiment == "adapt":
        found |= {name: option for name, (_, option) in OF_RULES.items()}
    return {
        name: option for name, option in found.items() if not {name, option.flag} & {*ELSEWHERE}
    }


def needed_by(experiment: str) -> list[str]:
    """Options that an experiment cannot do without."""
    known = options_for(experiment) if experiment in EXPERIMENTS else {}
    return [name for name, option in known.items() if option.required]


def _named(experiment: str) -> Mapping[str, str]:
    """Arguments by all that options of an experiment may be called."""
    options = options_for(experiment)
    return {name: name for name in options} | {o.flag: n for n, o in options.items() if o.flag}


def read_options(experiment: str, value: object, where: str) -> dict[str, Any]:
    """Options of an experiment, texts as they are written.

    Raises InputError naming the option.
    """
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: must be a table, got {brief(value)}")
    known: Sequence[str] = ()
    found: dict[str, Any] = {}
    if experiment in EXPERIMENTS:
        known = [*PROBLEMS.get(experiment, ()), *_named(experiment)]
        if experiment in ALWAYS:
            found = _usual(experiment)
    for name, given in value.items():
        if name not in known:
            hint = suggest(name, [*known]) if known else f"{experiment} has none here"
            reason = ELSEWHERE.get(name) if experiment in EXPERIMENTS else None
            raise InputError(f"{where}: unknown option {name!r} ({reason or hint})")
        meant = _meant(experiment, name, given, f"{where}.{name}")
        found[name] = given if isinstance(given, str) else meant
    return found


def _usual(experiment: str) -> dict[str, Any]:
    """Defaults of an experiment's own options."""
    options = options_for(experiment).items()
    return {name: option.default for name, option in options if option.default is not None}


def _meant(experiment: str, name: str, given: object, where: str) -> Any:
    """What an option means, however it is written."""
    if name in PROBLEMS.get(experiment, ()):
        return given  # the problem's own checks look at it
    option = options_for(experiment)[_named(experiment)[name]]
    if isinstance(given, str) and option.in_text:
        given = option.written(given, where)
    return option.read(where, given)


def as_arguments(experiment: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as the experiment's function takes them. Raises InputError."""
    found: dict[str, Any] = {}
    for name, given in options.items():
        argument = _named(experiment)[name]
        if argument in found:
            raise InputError(f"options.{name} and options.{argument} say the same; leave one out")
        written = isinstance(given, str)  # all else is read already
        found[argument] = _meant(experiment, name, given, f"options.{name}") if written else given
    return found


def from_folder(arguments: Mapping[str, Any], folder: str | Path) -> dict[str, Any]:
    """Arguments of an experiment, whose tables lie in a folder."""
    tables = {name: value for name, value in arguments.items() if name in TABLES}
    return {**arguments, **with_files(tables, lambda file: str(Path(folder) / file))}


def as_asked(experiment: str, options: Collection[str], message: str) -> str:
    """A message of the experiment's function, with the option it begins with as sweeps call it."""
    named = _named(experiment)
    asked = {named[name]: f"options.{name}" for name in options if name in named}
    return renamed(message, asked.get)


def adapting(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rule of `adapt` with its parameters, and the other options. Raises InputError."""
    more = {name: given.get(name) for name in OF_RULES}
    usual = options_for("adapt")["rule"].default
    rule = read_rule(given.get("rule", usual), more, "options.")
    return rule, {key: value for key, value in given.items() if key not in ("rule", *OF_RULES)}


def into_problem(experiment: str) -> Sequence[str]:
    """Options of an experiment that say what the problem could say."""
    return PROBLEMS.get(experiment, ())


def check_game(experiment: str, options: Iterable[str], game: object, where: str) -> None:
    """Refuse what the game does not have."""
    check_verb(experiment, str(game), where)
    for option in options:
        argument = _named(experiment).get(option, option) if experiment in EXPERIMENTS else option
        owners = [name for name in GAMES if argument in _own(builtin(name), experiment)]
        if owners and game not in owners:
            allowed = " or ".join(owners)
            raise InputError(
                f"{where}: options.{option} is for {allowed} games, got game = {game!r}"
            )


def _own(cls: type[Game], experiment: str) -> Sequence[str]:
    """Options of an experiment that not all games have."""
    return (*cls.own_options.get(experiment, ()), *(("plan",) if cls.has_plan else ()))
