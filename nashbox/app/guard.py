"""Who may use the page: whoever has its token, from a page of its own address, and nobody else.

The printed address holds a random token. The first visit turns it into a cookie and drops it from
the address. Without it nothing is answered, whatever is asked for, web sockets included. Other
sites can send requests through the user's browser, or point a name of theirs at this machine:
the cookie is not sent along from there (SameSite), and the headers Host and Origin tell.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]
REFUSAL = b"nashbox: this page needs the address with the token that `nashbox app` has printed\n"


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


class Guard:
    """An ASGI application around the page's."""

    def __init__(self, app: App, token: str, host: str, port: int) -> None:
        """host, port: what the server listens on; on loopback no other name is answered."""
        self.app, self.token = app, token
        self.cookie = f"nashbox_{port}"  # a browser has one jar for all ports of a host
        self.hosts = {*LOOPBACK, host} if host in LOOPBACK else None

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        if not self.of_this_page(headers):
            await _refuse(scope, send, 403)
        elif self.known(headers):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and self.given(scope):
            await self._welcome(scope, send)
        else:
            await _refuse(scope, send, 401)

    def of_this_page(self, headers: MutableMapping[str, str]) -> bool:
        """Whether Host is this server's and Origin, if there is one, the same host and port."""
        host = headers.get("host", "")
        if self.hosts is not None and hostname(host) not in self.hosts:
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        found = urlsplit(origin)
        return found.scheme in ("http", "https") and found.netloc == host

    def known(self, headers: MutableMapping[str, str]) -> bool:
        """Whether the cookie holds the token."""
        try:
            jar = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        return self.cookie in jar and self._same(jar[self.cookie].value)

    def given(self, scope: Scope) -> bool:
        """Whether the address holds the token."""
        pairs = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
        return scope["method"] in ("GET", "HEAD") and self._same(pairs.get("token", ""))

    def _same(self, word: str) -> bool:
        return hmac.compare_digest(word.encode(), self.token.encode())

    async def _welcome(self, scope: Scope, send: Any) -> None:
        """Set the cookie, and go on at the same address without the token."""
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        rest = urlencode([pair for pair in pairs if pair[0] != "token"])
        path = quote("/" + scope["path"].lstrip("/\\"))  # never another host's
        place = f"{path}?{rest}" if rest else path
        cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"
        headers = [
            (b"location", place.encode("latin-1", "replace")),
            (b"set-cookie", cookie.encode()),
            (b"cache-control", b"no-store"),
            (b"referrer-policy", b"no-referrer"),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def hostname(authority: str) -> str:
    """Return host of `host:port`.

    >>> hostname("127.0.0.1:8765"), hostname("[::1]:80"), hostname("localhost")
    ('127.0.0.1', '[::1]', 'localhost')
    """
    head, colon, port = authority.rpartition(":")
    return head if colon and port.isdigit() else authority


async def _refuse(scope: Scope, send: Any, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSAL})
