"""The tutorial's game: short, and everything works on it."""

import json
import re
from pathlib import Path

import pytest

import nashbox
from tests.places import DOCS

PAGE = DOCS / "games.md"
BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.fixture
def files():
    return dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))


def test_the_game_is_at_most_70_lines(files):
    assert len(files["bertrand.py"].splitlines()) <= 70


COMMANDS = [
    "check bertrand.py:Bertrand",
    "check bertrand.py:Bertrand --problem bertrand.toml",
    "run bertrand.toml --replications 50 --figure f.png",
    "audit bertrand.toml --budget 20000 --report r.html --figure f.svg",
    "audit bertrand.toml --profile recommended --budget 5000",
    "adapt bertrand.toml --menu price(p=0.6),price(p=0.3) --rounds 2 --figure f.png",
    "empirical bertrand.toml --menu price(p=0.6),price(p=0.3)",
    "compare bertrand.toml --starts 1 --figure f.png",
    "sweep costs.toml --workers 1 --export out.csv",
    "run bertrand.toml --everyone price(p=0.4)",
]


@pytest.mark.sparse(6)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_works_on_it(nashbox, files, command):
    json_too = [] if command.startswith("sweep") else ["--json", "-"]
    answer = nashbox(*command.split(), *json_too, files=files)
    assert answer.code == 0, answer.err
    if json_too:
        assert json.loads(answer.out)["format"].startswith("nashbox-")
    assert "Traceback" not in answer.err


def test_the_known_gain_is_found(files, tmp_path, monkeypatch):
    """Undercutting takes the whole market: the gain is half of the monopoly's profit."""
    monkeypatch.chdir(tmp_path)
    for name, text in files.items():
        Path(name).write_text(text)
    row = nashbox.audit("bertrand.toml", budget=100_000).agents[0]
    assert row.verdict == "profitable"
    assert row.gain.estimate == pytest.approx(0.5 * 0.4 * 0.4, rel=1e-4)


@pytest.mark.slow
def test_the_skeleton_passes_its_check_and_its_test(nashbox, tmp_path):
    import subprocess
    import sys

    made = nashbox("new", "game", "CakeGame")
    assert made.code == 0
    assert nashbox("check", "cake_game.py:CakeGame").code == 0
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_cake_game.py"], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout
