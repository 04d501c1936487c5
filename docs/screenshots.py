"""Take the pictures of the web page: `python docs/screenshots.py`, with Chromium and playwright."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "app"))  # where the page is driven, to test it

from app_browser import Browser, served_page  # noqa: E402

SIZE = {"width": 1280, "height": 1180}


def estimation(browser: Browser) -> None:
    """Three labs under plain pooling: after ten rounds the second one stops collecting."""
    browser.open("agents", "penalties", "rounds", "change")
    browser.click("Run")
    browser.until("count", 10)
    browser.choose("agent", "a0")
    browser.choose("strategy", "under_collector")
    before = [browser.source(name) for name in ("change", "penalties")]
    browser.click("Play this strategy")
    browser.until("count", 11)
    browser.click("Run")
    browser.until("count", 21)
    browser.changed("change", before[0])
    browser.settle()


def testing(browser: Browser) -> None:
    """A race played to its end, and five thousand more."""
    browser.open()
    browser.tab("Testing")
    browser.see("beliefs", "graph", "law")
    browser.choose("problem", "examples/testing/ring.toml")
    browser.page.wait_for_selector("[data-table=agents] >> text=lab10")
    browser.page.wait_for_selector("[data-table=solution] >> text=lab10")
    for step in range(1, 8):
        browser.click("Step")
        browser.until("step", step)
    browser.write("games", "5000")
    browser.click("Run")
    browser.until("count", 5000)
    browser.settle()


def main() -> None:
    """Take both."""
    with tempfile.TemporaryDirectory() as place, served_page(Path(place)) as served:
        url, chromium, _, _ = served
        for show in (estimation, testing):
            browser = Browser(chromium.new_page(viewport=SIZE), url)
            show(browser)
            browser.page.screenshot(path=HERE / f"page_{show.__name__}.png")
            browser.leave()


if __name__ == "__main__":
    main()
