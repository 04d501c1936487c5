"""The commands, a module each.

TEXT and EXAMPLE of a module are for --help, `declare` adds its options once they are asked for,
`work` calls the experiments and returns the exit code. Modules of heavy packages are imported
inside the functions that need them.
"""

from importlib import import_module

NAMES = (  # in the order of `nashbox --help`
    "init audit solve plan compare design robust coalitions exchange run adapt empirical sweep "
    "reproduce check new list app"
)
COMMANDS = [import_module(f"nashbox.commands.{name}") for name in NAMES.split()]
