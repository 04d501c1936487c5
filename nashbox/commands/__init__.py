"""The commands, a module each: `add` declares the options, `work` calls the experiments.

Modules of heavy packages are imported inside the functions that need them.
"""

from nashbox.commands import audit, check, coalitions, design, plan, robust, run, solve

COMMANDS = (
    audit,
    solve,
    plan,
    design,
    robust,
    coalitions,
    run,
    check,
)  # in the order of `nashbox --help`
