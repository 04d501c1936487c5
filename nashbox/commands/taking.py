"""Options of commands as the functions behind them declare them: see `problem.options`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from nashbox.problem.options import MISSING, Flag, Option, options_of


def options_with_own(work: Callable[..., Any]) -> Mapping[str, Option]:
    """Options of a function, and those of its verb that only one game has."""
    from nashbox.games.registry import own_options

    return {**options_of(work), **own_options(work.__name__)}


def take(
    command: argparse.ArgumentParser, options: Mapping[str, Option], but: Collection[str] = ()
) -> None:
    """Add options to a command, but for those of these names.

    What is not given is None there, and left to the function.
    """
    for name, option in options.items():
        if name not in but:
            add(command, name, option)


def add(command: argparse.ArgumentParser, name: str, option: Option) -> None:
    """Add one option."""
    more: dict[str, Any] = {"help": _help(option), "dest": name}
    if isinstance(option, Flag):
        command.add_argument(dashed(name, option), action="store_true", default=None, **more)
        return
    command.add_argument(
        dashed(name, option),
        action="append" if option.many else "store",
        choices=None if option.metavar else list(option.among) or None,
        metavar=option.metavar,
        type=_type(option),
        required=option.required,
        **more,
    )


def dashed(name: str, option: Option) -> str:
    """An option as it is typed."""
    return "--" + (option.flag or name).replace("_", "-")


def asked(
    given: argparse.Namespace, options: Mapping[str, Option], folder: Path | None = None
) -> dict[str, Any]:
    """What a command was given of some options, as their function takes it. Raises InputError.

    folder: of the problem, from which plug-ins are found.
    """
    found = {}
    for name, option in options.items():
        value = getattr(given, name, None)
        if value is not None:
            text = isinstance(value, str)
            found[name] = option.written(value, dashed(name, option), folder) if text else value
    return found


def whole(options: Mapping[str, Option], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What a function works with: what was chosen, and the defaults of all else."""
    found = {name: chosen.get(name, option.default) for name, option in options.items()}
    read = {n: value if value is None else options[n].read(n, value) for n, value in found.items()}
    return {name: None if value is MISSING else value for name, value in read.items()}


def _help(option: Option) -> str:
    """What --help says, the default at the end."""
    usual = option.usual
    if not usual and isinstance(option.default, (str, int, float)):
        usual = "" if isinstance(option.default, bool) else str(option.default)
    words = [option.help, f"(default: {usual})" if option.help else f"default: {usual}"]
    return " ".join(words if usual else words[:1]).strip().replace("%", "%%")


def _type(option: Option) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return option.parsed(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read
