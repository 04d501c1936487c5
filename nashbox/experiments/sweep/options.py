"""Experiments of a sweep, the options of their commands, and whether these go together.

The checks are those of the commands and their functions, called before any cell is computed.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from nashbox.experiments.dynamics.menu import OF_RULES, read_rule
from nashbox.experiments.named_files import with_files
from nashbox.games.registry import builtin, check_names, check_verb, engine, game_of, own_options
from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import GAMES
from nashbox.problem.options import Option, options_of, renamed
from nashbox.problem.spec import Spec, suggest


@dataclass(frozen=True)
class Experiment:
    """What is done at every point.

    function: "module:name"; without, it is a verb of the games that have it. problem: its options
    that the problem could say. instead: those that are taken in place of a key of the problem.
    """

    function: str = ""
    problem: Sequence[str] = ()
    instead: Mapping[str, str] = field(default_factory=dict)


EXPERIMENTS = {
    "audit": Experiment("nashbox.experiments.audit.engine:audit", ("mechanism", "plan")),
    "run": Experiment("nashbox.experiments.run:run", ("mechanism", "plan", "everyone")),
    "solve": Experiment(),
    "adapt": Experiment("nashbox.experiments.dynamics.adapt:adapt", ("mechanism", "plan")),
    "compare": Experiment(
        "nashbox.experiments.compare:compare",
        ("plan",),
        {"mechanism": "mechanism", "mechanisms": "mechanism"},
    ),
    "design": Experiment(),
    "plan": Experiment(problem=("plan",), instead={"rule": "plan"}),
}
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

TABLES = ("graph", "rule")  # options that may be CSV files, beside the problem
ALWAYS = ("run",)  # whose defaults are told apart in stores


def known(experiment: str) -> Experiment:
    """What is known of an experiment, which may be a function of the user's."""
    return EXPERIMENTS.get(experiment, Experiment())


@cache
def options_for(experiment: str) -> Mapping[str, Option]:
    """Options of an experiment in a sweep, by the names of its function's arguments."""
    found: dict[str, Option] = {}
    module, _, name = known(experiment).function.partition(":")
    if module:
        found |= options_of(getattr(importlib.import_module(module), name))
    for game in map(builtin, GAMES):
        if not module and experiment in game.engines:
            found |= options_of(engine(game, experiment))
    found |= own_options(experiment)
    if experiment == "adapt":
        found |= {name: option for name, (_, option) in OF_RULES.items()}
    return {
        name: option for name, option in found.items() if not {name, option.flag} & {*ELSEWHERE}
    }


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
    names = [*known(experiment).problem, *_named(experiment)]
    usual = options_for(experiment).items() if experiment in ALWAYS else ()
    found = {name: option.default for name, option in usual if option.default is not None}
    for name, given in value.items():
        if name not in names:
            hint = suggest(name, names) if names else f"{experiment} has none here"
            reason = ELSEWHERE.get(name) if experiment in EXPERIMENTS else None
            raise InputError(f"{where}: unknown option {name!r} ({reason or hint})")
        meant = _meant(experiment, name, given, f"{where}.{name}")
        found[name] = given if isinstance(given, str) else meant
    return found


def _meant(experiment: str, name: str, given: object, where: str) -> Any:
    """What an option means, however it is written."""
    if name in known(experiment).problem:
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


def check_game(experiment: str, options: Iterable[str], game: str, where: str) -> None:
    """Refuse what the game does not have."""
    check_verb(experiment, game, where)
    for option in options:
        argument = _named(experiment).get(option, option)
        owners = [name for name in GAMES if argument in _own(name, experiment)]
        if owners and game not in owners:
            allowed = " or ".join(owners)
            raise InputError(
                f"{where}: options.{option} is for {allowed} games, got game = {game!r}"
            )


def _own(game: str, experiment: str) -> Sequence[str]:
    """Options of an experiment that not all games have."""
    cls = builtin(game)
    return (*cls.own_options.get(experiment, ()), *(("plan",) if cls.has_plan else ()))


def check_said_once(
    experiment: str, options: Iterable[str], varied: Iterable[str], where: str
) -> None:
    """Refuse an option that is taken in place of what the sweep says of the problem.

    options: names of all; varied: paths of the grid into the problem.
    """
    given, instead = set(options), known(experiment).instead
    for taken, key in instead.items():
        said = [f"options.{key}"] if key in given and key not in instead else []
        said += [path for path in varied if path == key or path.startswith(f"{key}.")]
        if taken in given and said:
            raise InputError(f"{where}: options.{taken} and {said[0]} say the same; leave one out")
    for name, option in options_for(experiment).items():
        if option.required and name not in given:
            raise InputError(f"{where}: options.{name} is missing; {experiment} needs it")


def check_together(experiment: str, built: Any, given: Mapping[str, Any]) -> None:
    """Check options as the experiment's function takes them. Raises InputError."""
    if experiment == "adapt":
        from nashbox.experiments.dynamics.adapt import adapt, asked

        rule, options = adapting(given)
        bound = inspect.signature(adapt).bind(built, rule, **options)
        bound.apply_defaults()
        asked(**{name: bound.arguments[name] for name in inspect.signature(asked).parameters})
    if experiment == "compare":
        for name in given.get("mechanisms") or ():
            check_names(replace(built, mechanism=Spec.parse(name, "mechanisms")))
    if experiment == "design" and "kinds" in given:
        engine(game_of(built), "design_kinds")(given["kinds"])
    if experiment == "plan" and "rule" in given:
        built.with_plan(given["rule"], "options.rule")
