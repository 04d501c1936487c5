"""The commands, a module each: `add` declares the options, `work` calls the experiments.

Modules of heavy packages are imported inside the functions that need them.
"""

from nashbox.commands import audit, check, plan, run, solve, sweep

COMMANDS = (audit, solve, plan, run, sweep, check)  # in the order of `nashbox --help`
