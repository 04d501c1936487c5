"""Work in processes: answers, failures, cancelling, and the server around them."""

import os
import queue
import socket
import subprocess
import sys
import threading
import time

import pytest
from app_browser import Browser
from app_watch import SOURCE

from nashbox.app.jobs import Ended, Idle, Trouble, Worker, end_all
from nashbox.app.server import absolute, bound
from nashbox.problem.errors import InputError

PATIENCE = 60  # seconds: a busy machine is no failure


class Servant:
    """What a worker serves in these tests."""

    def __init__(self):
        self.left = 0

    def add(self, send, *numbers):
        send(sum(numbers))
        self.left = 2

    def spare(self, send):
        if self.left:
            self.left -= 1
            send(f"spare {self.left}")
        return self.left > 0

    def refuse(self, send):
        raise InputError("p.toml: sigma must be\na number > 0")

    def fail(self, send):
        raise KeyError("a")

    def leave(self, send):
        os._exit(3)

    def breed(self, send):
        """Start a child that would outlive its parent, and wait for ever."""
        import multiprocessing

        child = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(1000,))
        child.start()
        send(child.pid)
        time.sleep(1000)


@pytest.fixture
def worker():
    heard = queue.Queue()
    made = Worker(Servant, heard.put)
    made.heard = heard
    yield made
    made.cancel()


def next_of(worker):
    return next_of_queue(worker.heard)


def next_of_queue(heard):
    return heard.get(timeout=PATIENCE)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_requests_are_answered_in_order_and_spare_time_is_used(worker):
    worker.request("add", 1, 2)
    assert [next_of(worker) for _ in range(4)] == [3, Idle("add"), "spare 1", "spare 0"]
    worker.request("add", 5)
    assert next_of(worker) == 5


def test_failures_are_told_and_the_process_goes_on(worker, capfd):
    worker.request("refuse")
    assert next_of(worker) == Trouble("p.toml: sigma must be a number > 0")
    assert next_of(worker) == Idle("refuse")
    worker.request("fail")
    assert next_of(worker) == Trouble("KeyError: 'a'")
    assert next_of(worker) == Idle("fail")
    worker.request("add", 1)
    assert next_of(worker) == 1
    assert "Traceback" in capfd.readouterr().err  # for whoever looks after the server


def test_a_process_that_dies_is_reported_and_replaced(worker):
    worker.request("leave")
    assert next_of(worker) == Ended(3)
    assert not worker.running
    worker.request("add", 1)
    assert next_of(worker) == 1


def test_what_comes_after_the_end_starts_no_process(worker):
    """A server that ended waited for ever for a figure that was asked for while it closed."""
    worker.request("add", 1)
    assert next_of(worker) == 1
    worker.close()
    worker.request("add", 2)
    assert not worker.running
    new = Worker(Servant, worker.heard.put)
    end_all()
    new.request("add", 3)
    assert not new.running


def test_a_process_that_serves_once_takes_nothing_from_the_next():
    """What is asked for while its end is still being heard has a process of its own."""
    heard, gate = queue.Queue(), threading.Event()

    def hear(update):
        heard.put(update)
        if update == Idle("add"):
            assert gate.wait(PATIENCE)

    made = Worker(Servant, hear, once=True)
    made.request("add", 1, 2)
    assert [next_of_queue(heard) for _ in range(2)] == [3, Idle("add")]
    assert not made.running
    made.request("add", 5)
    assert next_of_queue(heard) == 5
    gate.set()
    assert next_of_queue(heard) == Idle("add")
    assert not made.running


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks processes up in /proc")
def test_cancelling_ends_the_process_and_what_it_has_started(worker):
    worker.request("breed")
    child = next_of(worker)
    assert alive(child)
    worker.cancel()
    end = time.monotonic() + PATIENCE
    while alive(child):
        assert time.monotonic() < end, "the child outlived the cancelled work"
        time.sleep(0.05)
    assert worker.heard.empty()
    worker.request("add", 1)
    assert next_of(worker) == 1


# the server


def test_a_port_in_use_is_one_message(nashbox, monkeypatch):
    monkeypatch.setattr("nashbox.commands.app.installed", lambda package: True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = nashbox("app", "--no-open", "--port", port)
    answer.refuses(f"--port {port}: cannot be served: Address already in use")


def test_any_free_port_can_be_asked_for():
    with bound("127.0.0.1", 0) as found:
        assert found.getsockname()[1] > 0


def test_bad_options_are_one_message(nashbox):
    nashbox("app", "--port", "70000").refuses("--port must be a whole number in [0, 65535]")
    nashbox("app", "missing.toml").refuses("missing.toml: cannot be read")
    nashbox("app", "--plugin", "x.py:Y").refuses("--plugin: x.py cannot be read")


def test_without_the_extra_the_command_says_how_to_get_it(nashbox, monkeypatch):
    monkeypatch.setattr("nashbox.commands.app.installed", lambda package: False)
    nashbox("app").refuses("pip install 'nashbox[web]'", "solara-assets")


def test_plugins_are_named_by_their_whole_path(folder):
    assert absolute("ideas.py:Liar") == f"{folder / 'ideas.py'}:Liar"
    assert absolute("truthful") == "truthful"


# what the browser's tests rely on


class NoPage:
    def set_default_timeout(self, milliseconds):
        pass

    def on(self, event, handler):
        pass


def test_requests_off_the_machine_are_noticed():
    shown = Browser(NoPage(), "")
    for url in ("http://127.0.0.1:8765/x", "ws://127.0.0.1:80/", "data:image/png;base64,"):
        shown._note(url)
    assert shown.foreign == []
    for url in ("https://cdn.example/a.js", "http://127.0.0.1.example/", "ws://10.0.0.1/"):
        shown._note(url)
    assert len(shown.foreign) == 3


def test_calls_of_the_server_off_the_machine_are_noticed(folder):
    (folder / "sitecustomize.py").write_text(SOURCE)
    program = (
        "import sys; sys.audit('socket.connect', None, ('127.0.0.1', 80));"
        "sys.audit('socket.connect', None, ('192.0.2.1', 80));"
        "sys.audit('socket.getaddrinfo', 'cdn.example', 80)"
    )
    environment = {**os.environ, "PYTHONPATH": str(folder), "CALLS": str(folder / "calls")}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    written = (folder / "calls").read_text()
    assert written.count("\n") == 2 and "192.0.2.1" in written and "cdn.example" in written
