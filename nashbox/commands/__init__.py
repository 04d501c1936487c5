"""The commands, a module each: `add` declares the options, `work` calls the experiments.

Modules of heavy packages are imported inside the functions that need them.
"""

from nashbox.commands import audit, check, list, new, plan, run, solve

COMMANDS = (audit, solve, plan, run, check, list, new)  # in the order of `nashbox --help`
