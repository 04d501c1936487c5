"""The page in a real browser; a test that uses it fails where Chromium or playwright is missing."""

import pytest
from app_browser import Browser, served_page


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The app's address, a Chromium, the file of calls off the machine, the server's process."""
    with served_page(tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.fixture
def browser(served):
    """A fresh page; afterwards no error in its console, no request off the machine."""
    url, chromium, calls, _ = served
    context = chromium.new_context(viewport={"width": 1500, "height": 2100})
    shown = Browser(context.new_page(), url)
    yield shown
    shown.leave()
    context.close()
    assert shown.errors == []
    assert shown.foreign == []
    assert calls.read_text() == ""
