"""What reads the words of a command, and prints its --help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from nashbox.problem.errors import InputError
from nashbox.problem.spec import did_you_mean

QUOTED = re.compile(r"'([^']*)'")
GROUPS = {  # of options in --help, by what they are called; all others are what a command is about
    "chance and effort": (
        "--seed --budget --time --until-decided --worlds --replications --starts --delta --workers "
        "--engine --quick"
    ),
    "what is written": (
        "--json --figure --report --title --commitment --save --export --steps --out --answers"
    ),
    "of every command": "--help --verbose --debug",
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one message, as for all bad input."""

    def options(self) -> list[str]:
        """Everything that begins with a dash."""
        return [name for action in self._actions for name in action.option_strings]

    def flag(self, name: str) -> str | None:
        """The option that says an argument of this name, None without one."""
        found = (a.option_strings[-1] for a in self._actions if a.dest == name if a.option_strings)
        return next(found, None)

    def error(self, message: str) -> NoReturn:
        """Refuse, with what may have been meant. Raises InputError."""
        got, _, allowed = message.partition(" (choose from ")
        word = QUOTED.findall(got)[-1:] if allowed else []
        hint = did_you_mean(word[0], QUOTED.findall(allowed)) if word else ""
        raise InputError(f"{message}{hint} (see {self.prog} --help)")


class Once(argparse.Action):
    """An option with a value, which may be given once: the second would hide the first."""

    def __call__(self, parser: Any, namespace: Any, value: Any, option: str | None = None) -> None:
        """Keep the value. Raises ArgumentError where there is one already."""
        before = getattr(namespace, self.dest, None)
        if option is not None and before is not self.default:
            raise argparse.ArgumentError(self, f"may be given once, got {before!r} as well")
        setattr(namespace, self.dest, value)


class CommandParser(Parser):
    """Parts the options of a command in its --help: its own first, then what many have."""

    declare: Callable[[CommandParser], None] | None = None  # adds its options, when needed

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False)
        self.register("action", None, Once)
        self.register("action", "store", Once)
        self.titled = {title: self.add_argument_group(title) for title in GROUPS}
        self.add_argument("-h", "--help", action="help", help="show this help message and exit")

    def _declared(self) -> None:
        if self.declare is not None:
            declare, self.declare = self.declare, None
            declare(self)

    def parse_known_args(self, *arguments: Any, **options: Any) -> Any:
        """Parse, with all options."""
        self._declared()
        return super().parse_known_args(*arguments, **options)

    def format_help(self) -> str:
        """Explain all options."""
        self._declared()
        return super().format_help()

    def add_argument(self, *names: Any, **more: Any) -> argparse.Action:
        """Add an argument to the group that lists it."""
        for title, options in GROUPS.items():
            if set(names) & set(options.split()):
                return self.titled[title].add_argument(*names, **more)
        return super().add_argument(*names, **more)


def add_command(commands: Any, module: ModuleType) -> None:
    """Add the command that a module of `nashbox.commands` is."""
    command: CommandParser = commands.add_parser(
        module.__name__.rpartition(".")[2],
        help=module.TEXT,
        description=module.TEXT,
        epilog=module.EXAMPLE if "\n" in module.EXAMPLE else f"example:\n  {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "--verbose", action="store_true", help="print all notes, not the first few"
    )
    command.add_argument(
        "--debug", action="store_true", help="print the traceback of an error in a class of yours"
    )
    command.set_defaults(work=module.work, parser=command)
    command.declare = module.declare  # later, as that loads what they are options of
