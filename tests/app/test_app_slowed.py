"""What is typed or chosen arrives on a slow machine too: all such tests, again and again."""

import ast
import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

HERE = Path(__file__).parent
SLOWED = 6  # times slower: Chromium's processor
BUSY = 2  # processes beside it that compute all the time
TIMES = 10
BY_HAND = {"write", "choose", "fill", "press", "uncheck", "upload"}  # what a test does by hand
BY_THE_CLOCK = {  # its limit of 300 ms is for a processor that is not slowed
    "test_clicks_are_answered_while_twenty_labs_are_audited_and_the_audit_can_be_cancelled"
}


def by_hand():
    """Tests that type or choose, as pytest names them."""
    for path in sorted(HERE.glob("test_app_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or "browser" not in _names(node.args):
                continue
            called = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
            if node.name.startswith("test_") and called & BY_HAND and node.name not in BY_THE_CLOCK:
                yield f"{path}::{node.name}"


def _names(arguments):
    return {one.arg for one in arguments.args}


@contextlib.contextmanager
def busy():
    """Processes that take what processor there is."""
    made = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for one in made:
            one.kill()
            one.wait()


def test_the_tests_that_type_and_choose_are_found():
    found = list(by_hand())
    assert len(found) >= 10 and any("beta_can_be_edited" in one for one in found)


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("time", range(TIMES))
def test_nothing_typed_or_chosen_is_lost_on_a_slow_machine(time):
    line = [sys.executable, "-m", "pytest", "-n", "0", "-m", "browser and not long", *by_hand()]
    with busy():
        slow = {**os.environ, "NASHBOX_SLOWED": str(SLOWED)}
        played = subprocess.run(line, env=slow, cwd=ROOT, capture_output=True, text=True)
    print(played.stdout.strip().splitlines()[-1])
    assert played.returncode == 0, played.stdout[-4000:]
