"""Serves the page on this machine: no fonts, scripts or reports from or to anywhere else."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import warnings
import webbrowser
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from nashbox.problem.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
OFFLINE = {  # read by solara when it is imported
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",  # it would report the start to a third party
    "SOLARA_ASSETS_PROXY": "true",  # this server hands out the scripts of solara-assets
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # and asks nobody for others
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_KERNEL_CULL_TIMEOUT": "15m",  # a page that lost its browser keeps processes so long
    "SOLARA_THEME_SHOW_BANNER": "false",  # it would lie over the page's last lines
    "SOLARA_MODE": "production",
    "SOLARA_APP": "nashbox.app.ui.page",
}
App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


def serve(
    host: str, port: int, *, open_browser: bool, files: Sequence[str], plugins: Sequence[str]
) -> None:
    """Serve until interrupted. Raises InputError if host and port cannot be had."""
    listening = bound(host, port)
    os.environ.update(OFFLINE)
    os.environ["NASHBOX_APP"] = json.dumps(
        {"files": list(files), "plugins": [absolute(name) for name in plugins]}
    )
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listening.getsockname()[1]}/"

    warnings.filterwarnings("ignore", module="solara")  # advice for its developers and public sites
    import uvicorn
    from solara.server import settings
    from solara.server.starlette import app

    settings.theme.variant = settings.ThemeVariant.light
    settings.theme.title = "nashbox"
    guarded = host in LOOPBACK
    served = own_page_only(app, host) if guarded else app
    server = uvicorn.Server(uvicorn.Config(served, log_level="error", ws_max_size=2**26))
    told = (server, url, open_browser, guarded)
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


def own_page_only(app: App, host: str) -> App:
    """Refuse what other sites send through the user's browser to a page on this machine.

    They can point a name of theirs at the loopback address, or open a web socket; both show in the
    headers Host and Origin.
    """
    known = {*LOOPBACK, host}

    async def guarded(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = {
                key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
            }
            origin = headers.get("origin", "").rpartition("//")[2]
            named = [headers.get("host", ""), *([origin] if origin else [])]
            if any(hostname(name) not in known for name in named):
                await _refuse(scope, send)
                return
        await app(scope, receive, send)

    return guarded


def hostname(authority: str) -> str:
    """Return host of `host:port`.

    >>> hostname("127.0.0.1:8765"), hostname("[::1]:80"), hostname("localhost")
    ('127.0.0.1', '[::1]', 'localhost')
    """
    head, colon, port = authority.rpartition(":")
    return head if colon and port.isdigit() else authority


async def _refuse(scope: MutableMapping[str, Any], send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": []})
    await send({"type": "http.response.body", "body": b"this page answers to its own machine only"})


def absolute(plugin: str) -> str:
    """A plug-in's file by its whole path, wherever its class is looked up."""
    file, colon, name = plugin.rpartition(":")
    return f"{Path(file).resolve()}:{name}" if colon else plugin


def _announce(server: Any, url: str, open_browser: bool, guarded: bool) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.05)
    print(f"nashbox: {url} (Ctrl-C ends it)", flush=True)
    if not guarded:
        print("nashbox: whoever can reach this address can have work done here", flush=True)
    if open_browser:
        webbrowser.open(url)
