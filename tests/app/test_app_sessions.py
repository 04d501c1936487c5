"""Pages come and go: never more than the server was started for, and nothing of them stays."""

import os
import signal
import time
from pathlib import Path

import pytest
from app_browser import Browser, chromium, started

pytestmark = pytest.mark.browser
COSTS = "agent,x,y\nnorth,0.1,inf\nsouth,0.2,0.3\n"
GRACE = 6  # seconds that a lost page's processes stay


def children(pid):
    """Every process below one, by its number, but for Python's own watcher of shared memory."""
    below = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if fields[0] != "Z" and b"resource_tracker" not in words:
            below.setdefault(int(fields[1]), []).append(int(entry.name))
    found, left = set(), [pid]
    while left:
        left += (new := below.get(left.pop(), []))
        found.update(new)
    return found


def until(what, seconds, said):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, said
        time.sleep(0.1)


def lost(found):
    """Kill a browser so that its pages cannot say good-bye."""
    session = found.new_browser_cdp_session()
    infos = session.send("SystemInfo.getProcessInfo")["processInfo"]
    for info in infos:
        if info["type"] == "browser":
            os.kill(info["id"], signal.SIGKILL)


def test_lost_browsers_leave_no_sessions_and_one_too_many_is_told_so(tmp_path):
    place = tmp_path / "server"
    place.mkdir()
    most = 3
    quickly = {"SOLARA_KERNEL_CULL_TIMEOUT": f"{GRACE}s"}
    with started(place, "--sessions", str(most), **quickly) as (server, url, alone):
        idle = children(server.pid)
        sessions = set()
        for _ in range(2):
            with pytest.raises(Exception, match="closed"), chromium(alone) as found:
                pages = [found.new_context().new_page() for _ in range(most + 1)]
                for page in pages[:most]:
                    Browser(page, url).open("agents")
                full = children(server.pid)
                Browser(pages[most], url).page.goto(url)
                said = pages[most].locator("[data-message=full]")
                said.wait_for(timeout=60_000)
                assert f"shows {most} pages already" in said.inner_text()
                assert "--sessions" in said.inner_text()
                until(lambda full=full: children(server.pid) <= full, 60, "one page too many works")
                assert not full & sessions, "processes of a lost browser were kept"
                sessions = full - idle
                lost(found)
                found.new_context()
            until(lambda: children(server.pid) <= idle, GRACE + 40, "lost pages keep processes")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_an_ended_server_leaves_neither_folder_nor_process(tmp_path, number):
    place, folders = tmp_path / "server", tmp_path / "folders"
    place.mkdir()
    folders.mkdir()
    with started(place, TMPDIR=str(folders)) as (server, url, alone), chromium(alone) as found:
        browser = Browser(found.new_context().new_page(), url)
        browser.open("agents")
        browser.upload({"mine.csv": COSTS})
        browser.page.get_by_text("mine.csv").first.wait_for()
        browser.settle()
        until(lambda: list(folders.glob("nashbox*")), 30, "nothing was uploaded")
        mine = children(server.pid)
        server.send_signal(number)
        until(lambda: not list(folders.glob("nashbox*")), 30, "a folder outlived the server")
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in mine), 30, "a process stays")


def test_a_problem_that_was_uploaded_reads_no_file_of_the_server(tmp_path):
    place = tmp_path / "server"
    place.mkdir()
    secret = tmp_path / "secret.csv"
    secret.write_text(COSTS)
    evil, ran = tmp_path / "evil.py", tmp_path / "ran"
    evil.write_text(f"open({str(ran)!r}, 'w').close()\n")
    rest = "game = 'estimation'\nsigma = 1.0\n"
    bad = [
        f"{rest}costs = '{secret}'\n",
        f"{rest}costs = '../../../../../../../../..{secret}'\n",
        f"{rest}costs = [[0.1], [0.2]]\nmechanism = '{evil}:Evil'\n",
        f"{rest}costs = [[0.1], [0.2]]\nstrategies = {{a0 = '{evil}:Evil'}}\n",
    ]
    with started(place) as (_, url, alone), chromium(alone) as found:
        browser = Browser(found.new_context().new_page(), url)
        browser.open("agents")
        for content in bad:
            browser.upload({"mine.toml": content})
            said = browser.page.locator("[data-message=trouble]")
            said.wait_for(timeout=60_000)
            assert "mine.toml" in said.inner_text()
            assert "north" not in browser.page.content()
            browser.page.reload()
            browser.see("agents")
        assert not ran.exists()
