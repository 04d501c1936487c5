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
    """Three labs under plain pooling: the second one rides free, then the first collects less."""
    browser.open("agents", game=None)
    browser.until("answer", "plan")
    browser.choose("agent", "a0")
    browser.choose("strategy", "under_collector")
    browser.click("Play this strategy")
    browser.until("count", 2)
    browser.until("answer", "plan")
    browser.settle()


def testing(browser: Browser) -> None:
    """A race played for seven steps, and five thousand more."""
    browser.open("beliefs", "graph", "law", game="examples/testing/ring.toml")
    browser.page.wait_for_selector("[data-table=solution] >> text=lab10")
    for step in range(1, 8):
        browser.click("Step")
        browser.until("step", step)
    browser.write("games", "5000")
    browser.click("Run")
    browser.until("count", 5000)
    browser.until("answer", "open")
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
