"""Browsers that are lost without a word, as many as come: raw web sockets that run the page."""

import base64
import contextlib
import http.client
import json
import os
import re
import socket
import struct
import time
import uuid

import pytest
from app_browser import started
from test_app_sessions import children, until

pytestmark = pytest.mark.browser
MOST, LOST = 8, 20  # sessions that a server has unless told otherwise; browsers that come and go


def cookies(url):
    """What a browser has after its first visit."""
    port, query = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/\?token=.*)", url).groups()
    kept = []
    for path in (query, "/"):
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
        connection.request("GET", path, headers={"Cookie": "; ".join(kept)})
        answer = connection.getresponse()
        answer.read()
        given = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        kept += [value.partition(";")[0] for value in given]
    return int(port), "; ".join(kept)


def frame(text):
    """A masked text frame, as clients send them."""
    body, mask = text.encode(), os.urandom(4)
    length = struct.pack("!BH", 0x80 | 126, len(body))
    return b"\x81" + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(body))


def message(kind, session, content):
    names = {"msg_id": uuid.uuid4().hex, "session": session, "username": "", "version": "5.3"}
    return json.dumps(
        {
            "header": {**names, "msg_type": kind, "date": "2026-01-01T00:00:00Z"},
            "parent_header": {},
            "metadata": {},
            "content": content,
            "buffers": [],
            "channel": "shell",
        }
    )


def page(port, cookie):
    """Open the page as a browser does, and never answer again, not even a ping."""
    kernel, session, comm = str(uuid.uuid4()), uuid.uuid4().hex, uuid.uuid4().hex
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    lines = [
        f"GET /jupyter/api/kernels/{kernel}/channels?session_id={session} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        f"Cookie: {cookie}",
    ]
    client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    assert b" 101 " in client.recv(1000)
    opened = {"comm_id": comm, "target_name": "solara.control", "data": {}}
    run = {"method": "run", "args": {"path": "", "appName": None}}
    client.sendall(frame(message("comm_open", session, opened)))
    client.sendall(frame(message("comm_msg", session, {"comm_id": comm, "data": run})))
    return client


@pytest.mark.long
def test_lost_browsers_leave_at_most_eight_sessions_and_none_two_minutes_later(tmp_path):
    place = tmp_path / "server"
    place.mkdir()
    with started(place) as (server, url, _), contextlib.ExitStack() as sockets:
        port, cookie = cookies(url)
        idle = children(server.pid)
        first = sockets.enter_context(page(port, cookie))
        until(lambda: children(server.pid) > idle, 60, "the page does not begin")
        time.sleep(5)
        one = len(children(server.pid) - idle)
        gone = [sockets.enter_context(page(port, cookie)) for _ in range(LOST - 1)]
        until(lambda: len(children(server.pid) - idle) >= MOST * one, 120, "too few sessions")
        time.sleep(5)  # a page's answer has a process of its own for a moment
        until(lambda: len(children(server.pid) - idle) == MOST * one, 60, "not eight sessions")
        for client in gone[::2]:  # the others fall silent and stay connected
            client.close()
        assert first.fileno() > 0
        until(lambda: not children(server.pid) - idle, 120, "lost pages keep processes")
