"""The commands, a module each: `add` declares the options, `work` calls the experiments.

Modules of heavy packages are imported inside the functions that need them.
"""

from nashbox.commands import audit, check, plan, reproduce, run, solve

COMMANDS = (audit, solve, plan, run, reproduce, check)  # in the order of `nashbox --help`
