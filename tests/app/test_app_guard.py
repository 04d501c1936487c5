"""Strangers: without the token nothing is answered, and no name runs a file."""

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nashbox.app.guard import Guard
from nashbox.app.parameters import KINDS, RECOMMENDED, checked, menu
from nashbox.app.sources import Shelf, uploaded
from nashbox.games.estimation import EstimationGame
from nashbox.games.registry import builtin
from nashbox.problem.errors import InputError

TOKEN = "t-o_k.e~n"  # noqa: S105
COOKIE = f"nashbox_8765={TOKEN}"
HOST = "127.0.0.1:8765"


async def page(scope, receive, send):
    await send({"type": "let in"})


def told(kind="http", query="", method="GET", listen="127.0.0.1", **headers):
    """The first message that the guard lets out."""
    sent = []

    async def send(message):
        sent.append(message)

    named = {"host": HOST, **headers}
    scope = {
        "type": kind,
        "method": method,
        "path": "/a/b",
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in named.items()],
    }
    coroutine = Guard(page, TOKEN, listen, 8765)(scope, None, send)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    return sent[0]


def refused(answer):
    return answer.get("status") in (401, 403) or answer["type"] == "websocket.close"


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cookie": "nashbox_8765=wrong"},
        {"cookie": "nashbox_8765="},
        {"cookie": f"nashbox_8765={TOKEN}x"},
        {"cookie": f"nashbox_8765={TOKEN.upper()}"},
        {"cookie": f"other={TOKEN}"},
        {"cookie": f"nashbox_8766={TOKEN}"},
        {"cookie": COOKIE, "origin": "http://localhost:3000"},
        {"cookie": COOKIE, "origin": "http://127.0.0.1:3000"},
        {"cookie": COOKIE, "origin": "http://127.0.0.1"},
        {"cookie": COOKIE, "origin": "https://evil.example"},
        {"cookie": COOKIE, "origin": "null"},
        {"cookie": COOKIE, "host": "evil.example:8765"},
        {"cookie": COOKIE, "host": ""},
        {"origin": f"http://{HOST}"},
    ],
)
def test_strangers_and_other_sites_get_nothing(kind, headers):
    assert refused(told(kind, **headers))


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_whoever_has_the_cookie_is_let_in(kind):
    assert told(kind, cookie=COOKIE)["type"] == "let in"
    assert told(kind, cookie=f"a=b; {COOKIE}; c=d", origin=f"http://{HOST}")["type"] == "let in"
    local = {"host": "localhost:9000", "origin": "http://localhost:9000"}  # a forwarded port
    assert told(kind, cookie=COOKIE, **local)["type"] == "let in"


def test_the_first_visit_turns_the_token_into_a_cookie_and_drops_it():
    answer = told(query=f"token={TOKEN}&seed=3")
    headers = {k.decode(): v.decode() for k, v in answer["headers"]}
    assert answer["status"] == 303 and headers["location"] == "/a/b?seed=3"
    assert headers["set-cookie"].startswith(COOKIE)
    assert "SameSite=Strict" in headers["set-cookie"] and "HttpOnly" in headers["set-cookie"]
    assert refused(told(query="token=wrong"))
    assert refused(told(query=f"token={TOKEN}", method="POST"))
    assert refused(told("websocket", query=f"token={TOKEN}"))
    assert refused(told(query=f"token={TOKEN}", host="evil.example"))


def test_off_this_machine_any_name_of_the_host_will_do_with_the_token():
    far = {"listen": "lab.example", "host": "lab.example:8765"}
    assert told(cookie=COOKIE, **far)["type"] == "let in"
    assert refused(told(**far))
    assert refused(told(cookie=COOKIE, origin="http://evil.example:8765", **far))


EVIL = "open({place!r}, 'w').close()\nfrom nashbox import Mechanism, Strategy\n"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("game", ["estimation", "testing", "public_goods"])
@pytest.mark.parametrize("name", ["{file}:Evil", "evil.py:Evil", "./evil.py:Evil", "os:system", ""])
def test_names_that_no_menu_has_are_not_looked_for(tmp_path, monkeypatch, game, kind, name):
    monkeypatch.chdir(tmp_path)
    ran = tmp_path / "ran"
    (tmp_path / "evil.py").write_text(EVIL.format(place=str(ran)) + "class Evil(Strategy): pass\n")
    shown = name.format(file=tmp_path / "evil.py")
    with pytest.raises(InputError, match="the menu has no"):
        checked(builtin(game), kind, shown, {}, [RECOMMENDED, *menu(builtin(game), kind)])
    assert not ran.exists()


def test_names_within_parameters_are_not_looked_for_either(tmp_path):
    ran = tmp_path / "ran"
    evil = tmp_path / "evil.py"
    evil.write_text(EVIL.format(place=str(ran)) + "class Evil(Strategy): pass\n")
    for value in (f'["{evil}:Evil"]', f'[{{name = "{evil}:Evil"}}]', f"{evil}:Evil"):
        with pytest.raises(InputError):
            chosen = {"strategies": value, "weights": "[1.0]"}
            checked(EstimationGame, "strategies", "mixed", chosen, ["mixed"])
    assert not ran.exists()


def test_uploads_leave_nothing_however_the_server_ends(tmp_path):
    script = (
        "import os, signal, sys\nfrom nashbox.app.sources import Shelf\n"
        "print(Shelf().folder(), flush=True)\nsys.stdin.readline()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    folder = Path(server.stdout.readline().strip())
    assert folder.is_dir() and folder.parent == tmp_path
    server.communicate("\n")
    end = time.monotonic() + 20
    while folder.exists():
        assert time.monotonic() < end, "the folder outlived the server"
        time.sleep(0.02)


def test_a_shelf_is_gone_when_it_is_cleared():
    shelf = Shelf()
    source = uploaded([("p.toml", b'game = "estimation"')], shelf)
    folder = Path(source.path).parent.parent
    assert folder.is_dir()
    shelf.cleanup()
    assert not folder.exists()


# the real server


@pytest.fixture
def server(tmp_path):
    """Address, port and token of a page that serves two sessions; ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nashbox.cli", "app", "--no-open", "--port", "0", "--sessions", "2"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    url = process.stdout.readline().split()[1]
    port, token = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]{20,})", url).groups()
    yield int(port), token, process
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def asked(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def handshake(port, **headers):
    """First line of the answer to a raw web-socket client."""
    key = base64.b64encode(os.urandom(16)).decode()
    named = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        **headers,
    }
    lines = ["GET /jupyter/api/kernels/abc/channels?session_id=x HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in named.items()]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return client.recv(200).split(b"\r\n")[0].decode()


@pytest.mark.browser
def test_the_real_server_answers_nobody_without_the_token(server):
    port, token, _ = server
    paths = ["/", "/?token=wrong", "/readyz", "/resourcez", "/static/main.js", "/nowhere"]
    paths += ["/jupyter/api/kernels/abc", "/_solara/api/close/abc", "/static/public/x"]
    for path in paths:
        status, _, body = asked(port, path)
        assert status in (401, 403) and b"solara" not in body.lower(), path
    assert " 403 " in handshake(port)
    origin = f"http://127.0.0.1:{port}"
    assert " 403 " in handshake(port, Origin=origin)
    status, headers, _ = asked(port, f"/?token={token}")
    assert status == 303 and headers["location"] == "/"
    cookie = headers["set-cookie"].partition(";")[0]
    status, _, body = asked(port, "/", Cookie=cookie)
    assert status == 200 and b"nashbox" in body
    assert " 403 " in handshake(port, Cookie=cookie, Origin="http://localhost:3000")
    assert " 101 " in handshake(port, Cookie=cookie, Origin=origin) + " "


def test_a_page_off_this_machine_warns(monkeypatch, capsys):
    from nashbox.app import server

    class Started:
        started, should_exit = True, False

    address, heard = server.Address("http://lab:1/?token=x", "lab", 1), []
    server._announce(Started, address, False, False, heard.append)
    assert "warning" in capsys.readouterr().out and heard == [address]


@pytest.mark.browser
def test_where_the_page_is_can_be_had_as_json(tmp_path):
    """With '-' nothing else is on standard output."""
    line = [sys.executable, "-m", "nashbox.cli", "app", "--no-open", "--port", "0", "--json", "-"]
    server = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    try:
        text = ""
        while not text.endswith("}\n"):
            line = server.stdout.readline().decode()
            assert line, server.stderr.read()
            text += line
        found = json.loads(text)
        assert found["format"] == "nashbox-app/1" and found["host"] == "127.0.0.1"
        token = found["url"].partition("?token=")[2]
        assert found["url"] == f"http://127.0.0.1:{found['port']}/?token={token}"
        assert asked(found["port"], f"/?token={token}")[0] == 303
    finally:
        server.send_signal(signal.SIGINT)
        out, _ = server.communicate(timeout=60)
    assert out == b""
