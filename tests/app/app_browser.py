"""The page in a real browser: Debian's Chromium, headless, the network cut off."""

import atexit
import contextlib
import functools
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from app_isolated import PROXY, RULES, loopback_only
from app_watch import SOURCE

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "screenshots"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLOWED = float(os.environ.get("NASHBOX_SLOWED", "1"))  # Chromium's processor: times slower
SLOWLY = 120_000  # ms: a busy machine is no failure


class Browser:
    """One page of the app with everything that went wrong in it."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.errors, self.foreign = [], []
        page.set_default_timeout(SLOWLY)
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._note(request.url))
        page.on("websocket", lambda socket: self._note(socket.url))
        if SLOWED != 1:
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})

    def _note(self, url):
        if not re.match(r"(data|blob):|(http|ws)://127\.0\.0\.1[:/]", url):
            self.foreign.append(url)

    def open(self, *figures, game="examples/figure1.toml"):
        self.page.goto(f"{self.url}&{urlencode({'game': game})}" if game else self.url)
        self.see(*figures)

    def leave(self):
        """Go elsewhere as a user does: the page can say good-bye."""
        self.page.goto("about:blank")

    def see(self, *figures):
        for name in figures:
            self.page.wait_for_selector(f"[data-figure={name}]")

    def click(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, label, value):
        select = self.page.locator(".v-select", has=self.page.locator(f"label:text-is('{label}')"))
        select.click()
        item = self.page.locator(".menuable__content__active .v-list-item")
        item.filter(has_text=re.compile(f"^\\s*{re.escape(value)}\\s*$")).click()

    def write(self, label, text):
        box = self.page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Enter")

    def upload(self, files):
        self.page.locator("input[type=file]").set_input_files(
            [
                {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
                for name, content in files.items()
            ]
        )

    def source(self, figure):
        return self.page.locator(f"[data-figure={figure}]").evaluate("e => e.outerHTML")

    def changed(self, figure, before):
        """Wait until a figure is another one."""
        self.page.wait_for_function(
            "([name, old]) => {const e = document.querySelector(`[data-figure=${name}]`);"
            " return e && e.outerHTML !== old}",
            arg=[figure, before],
        )

    def settle(self):
        """Wait until everything asked for is done and drawn."""
        self.page.wait_for_selector("[data-busy='0'][data-drawing='0']")

    def until(self, attribute, value):
        self.page.wait_for_selector(f"[data-{attribute}='{value}']")

    def count(self):
        return int(self.page.locator("[data-count]").get_attribute("data-count"))

    def ink(self, figure):
        """Pixels of a figure, as the browser shows it, that are not white."""
        import matplotlib.image

        shot = self.page.locator(f"[data-figure={figure}]").screenshot()
        pixels = matplotlib.image.imread(io.BytesIO(shot), format="png")[..., :3]
        return int((pixels.min(axis=-1) < 0.9).sum())

    def picture(self, name):
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


@contextlib.contextmanager
def started(place, *options, **environment):
    """Start the app; yields its process, its address and whether it has a network of its own.

    place: an empty folder, where `calls` then lists whom the app called off the machine.
    """
    (place / "sitecustomize.py").write_text(SOURCE)
    (place / "calls").touch()
    path = os.pathsep.join([str(place), str(ROOT), os.environ.get("PYTHONPATH", "")])
    own = {"PYTHONPATH": path, "CALLS": str(place / "calls"), **environment}
    with loopback_only() as alone, (place / "stderr").open("w") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "nashbox.cli", "app", "--no-open", "--port", "0", *options],
            cwd=ROOT,
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            url = re.search(r"http://\S+", server.stdout.readline())
            if url is None:
                raise RuntimeError((place / "stderr").read_text())
            yield server, url[0], alone
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)
            server.stdout.close()


@contextlib.contextmanager
def chromium(alone):
    """A Chromium that asks nobody off the machine. Raises RuntimeError where it is missing."""
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("this needs Debian's chromium: apt-get install -y chromium")
    found = _playwright().chromium.launch(
        executable_path=path, args=[*SWITCHES, *([] if alone else [RULES, PROXY])]
    )
    yield found
    found.close()


@functools.cache
def _playwright():
    """The one driver of all browsers."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise RuntimeError("this needs playwright: pip install -e '.[dev,web]'") from None
    driver = sync_playwright().start()
    atexit.register(driver.stop)
    return driver


@contextlib.contextmanager
def served_page(place):
    """Start the app and a Chromium; yields address, browser, file of calls off the machine, pid."""
    with started(place) as (server, url, alone), chromium(alone) as found:
        yield url, found, place / "calls", server.pid
