"""The commands, a module each: `add` declares the options, `work` calls the experiments.

Modules of heavy packages are imported inside the functions that need them.
"""

from nashbox.commands import app, audit, check, plan, run, solve

COMMANDS = (audit, solve, plan, run, check, app)  # in the order of `nashbox --help`
