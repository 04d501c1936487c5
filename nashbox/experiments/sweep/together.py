"""Whether the options of an experiment go together, and with the problem of a point.

The checks are those of the commands and their functions, called before any cell is computed.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from nashbox.experiments.sweep.options import adapting, needed_by
from nashbox.games.registry import check_names, engine, game_of
from nashbox.problem.errors import InputError

INSTEAD = {  # options that are taken in place of a key of the problem, by experiment
    "plan": {"rule": "plan"},
    "compare": {"mechanism": "mechanism", "mechanisms": "mechanism"},
}


def check_said_once(
    experiment: str, options: Iterable[str], varied: Iterable[str], where: str
) -> None:
    """Refuse an option that is taken in place of what the sweep says of the problem.

    options: names of all; varied: paths of the grid into the problem.
    """
    given = set(options)
    for option, key in INSTEAD.get(experiment, {}).items():
        said = [f"options.{key}"] if key in given and key not in INSTEAD[experiment] else []
        said += [path for path in varied if path == key or path.startswith(f"{key}.")]
        if option in given and said:
            raise InputError(f"{where}: options.{option} and {said[0]} say the same; leave one out")
    for needed in needed_by(experiment):
        if needed not in given:
            raise InputError(f"{where}: options.{needed} is missing; {experiment} needs it")


def check_together(experiment: str, built: Any, given: Mapping[str, Any]) -> None:
    """Check options as the experiment's function takes them. Raises InputError."""
    if experiment in CHECKS:
        CHECKS[experiment](built, given)


def _adapt(built: Any, given: Mapping[str, Any]) -> None:
    from nashbox.experiments.dynamics.adapt import adapt, asked

    rule, options = adapting(given)
    bound = inspect.signature(adapt).bind(built, rule, **options)
    bound.apply_defaults()
    asked(**{name: bound.arguments[name] for name in inspect.signature(asked).parameters})


def _compare(built: Any, given: Mapping[str, Any]) -> None:
    from nashbox.problem.spec import Spec

    for name in given.get("mechanisms") or ():
        spec = Spec.parse(name, "mechanisms")
        check_names(replace(built, mechanism=spec))


def _design(built: Any, given: Mapping[str, Any]) -> None:
    if "kinds" in given:
        engine(game_of(built), "design_kinds")(given["kinds"])


def _plan(built: Any, given: Mapping[str, Any]) -> None:
    if "rule" in given:
        built.with_plan(given["rule"], "options.rule")


CHECKS = {"adapt": _adapt, "compare": _compare, "design": _design, "plan": _plan}
