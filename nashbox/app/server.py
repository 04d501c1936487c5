"""Serves the page on this machine: no fonts, scripts or reports from or to anywhere else."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import warnings
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nashbox.app.guard import LOOPBACK, Guard, new_token
from nashbox.problem.errors import InputError

OFFLINE = {  # read by solara when it is imported
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",  # it would report the start to a third party
    "SOLARA_ASSETS_PROXY": "true",  # this server hands out the scripts of solara-assets
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # and asks nobody for others
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",  # it would lie over the page's last lines
    "SOLARA_MODE": "production",
    "SOLARA_APP": "nashbox.app.ui.page",
}
KEPT = "75s"  # with the 40 s until silence is noticed less than two minutes
SOCKETS: dict[str, Any] = {
    "ws_max_size": 2**26,
    "ws_ping_interval": 20.0,  # s between two questions whether a browser is still there
    "ws_ping_timeout": 20.0,  # s until its answer must have come
}
GRACE = "SOLARA_KERNEL_CULL_TIMEOUT"  # how long a page that lost its browser keeps its processes


@dataclass(frozen=True)
class Address:
    """Where the page is: `url` holds the token that the first visit needs."""

    url: str
    host: str
    port: int

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-app/1."""
        return {"format": "nashbox-app/1", **vars(self)}


def serve(
    host: str,
    port: int,
    *,
    open_browser: bool,
    files: Sequence[str],
    plugins: Sequence[str],
    sessions: int = 8,
    ready: Callable[[Address], None] = lambda address: None,
) -> None:
    """Serve until interrupted, `sessions` pages at once. Raises InputError for host and port.

    ready: hears where, once the page can be visited.
    """
    listening = bound(host, port)
    os.environ.update(OFFLINE)
    os.environ.setdefault(GRACE, KEPT)
    os.environ["NASHBOX_APP"] = json.dumps(
        {
            "files": list(files),
            "plugins": [absolute(name) for name in plugins],
            "sessions": sessions,
        }
    )
    shown = f"[{host}]" if ":" in host else host
    number, token = listening.getsockname()[1], new_token()
    url = f"http://{shown}:{number}/?token={token}"

    warnings.filterwarnings("ignore", module="solara")  # advice for its developers and public sites
    import uvicorn
    from solara.server import settings
    from solara.server.starlette import app

    settings.theme.variant = settings.ThemeVariant.light
    settings.theme.title = "nashbox"
    served = Guard(app, token, host, number)
    server = uvicorn.Server(uvicorn.Config(served, log_level="error", **SOCKETS))
    address = Address(url, host, number)
    told = (server, address, open_browser, host in LOOPBACK, ready)
    threading.Thread(target=_announce, args=told, daemon=True).start()
    from nashbox.app.jobs import end_all

    try:
        server.run(sockets=[listening])
    finally:
        end_all()


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to host and port (0: any free one). Raises InputError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"--host {host} --port {port}: cannot be served: {reason}") from error
    return found


def absolute(plugin: str) -> str:
    """A plug-in's file by its whole path, wherever its class is looked up."""
    file, colon, name = plugin.rpartition(":")
    return f"{Path(file).resolve()}:{name}" if colon else plugin


def _announce(
    server: Any, address: Address, open_browser: bool, own: bool, ready: Callable[[Address], None]
) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.05)
    ready(address)
    print(f"nashbox: {address.url} (Ctrl-C ends it)", flush=True)
    if not own:
        print(
            "nashbox: warning: this address is open to the network, and what is sent is not "
            "encrypted: whoever sees the address with its token, or listens on the way, can have "
            "work done on this machine in your name",
            flush=True,
        )
    if open_browser:
        webbrowser.open(address.url)
