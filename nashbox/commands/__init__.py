"""The commands, a module each: `add` declares the options, `work` calls the experiments.

Modules of heavy packages are imported inside the functions that need them.
"""

from nashbox.commands import (
    adapt,
    app,
    audit,
    check,
    coalitions,
    compare,
    design,
    empirical,
    exchange,
    init,
    list,
    new,
    plan,
    reproduce,
    robust,
    run,
    solve,
    sweep,
)

COMMANDS = (  # in the order of `nashbox --help`
    init,
    audit,
    solve,
    plan,
    compare,
    design,
    robust,
    coalitions,
    exchange,
    run,
    adapt,
    empirical,
    sweep,
    reproduce,
    check,
    new,
    list,
    app,
)
