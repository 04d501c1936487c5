"""`nashbox app`: the web page."""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError, distribution

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.problem.errors import InputError, require

TEXT = "the web page: games to look at and to play, in a browser on this machine"
EXAMPLE = "nashbox app examples/figure1.toml"
NEEDED = ("solara-server", "solara-assets", "ipyvuetify", "altair")  # of the extra `web`


def declare(app: CommandParser) -> None:
    """Declare its options."""
    app.add_argument("files", metavar="FILE", nargs="*", help="problem files to choose from")
    app.add_argument(
        "--plugin",
        metavar="file.py:Class",
        action="append",
        default=[],
        help="a strategy or mechanism for the menus (may be repeated)",
    )
    app.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine alone")
    app.add_argument(
        "--port", type=shared.whole, default=8765, help="default: 8765; 0: any free one"
    )
    app.add_argument(
        "--sessions",
        type=shared.whole,
        default=8,
        metavar="N",
        help="pages served at once, with processes of their own (default: 8)",
    )
    app.add_argument("--no-open", action="store_true", help="do not open a browser")
    shared.json_output(app)


def work(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    require("--sessions", options.sessions, low=1, high=1000, integer=True)
    require("--port", options.port, low=0, high=65535, integer=True)
    from nashbox.app.parameters import known_plugin
    from nashbox.app.server import serve
    from nashbox.problem.files import load

    for name in options.plugin:
        known_plugin(name)
    for file in options.files:
        load(file)  # says now what is wrong with it
    missing = [name for name in NEEDED if not installed(name)]
    if missing:
        raise InputError(
            f"app: the page needs packages that are not installed ({', '.join(missing)}); "
            "install them with: pip install 'nashbox[web]' (in a checkout: pip install '.[web]')"
        )
    serve(
        options.host,
        options.port,
        open_browser=not options.no_open,
        files=options.files,
        plugins=options.plugin,
        sessions=options.sessions,
        ready=lambda address: shared.write_outputs(options, address),
    )
    return 0


def installed(package: str) -> bool:
    """Whether a package is installed."""
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True
