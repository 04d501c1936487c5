"""The README is what the program does (test_pages.py runs its blocks and commands)."""

import re

import pytest

from nashbox.cli import main
from tests.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_real_output():
    assert README.count("<!-- output:") >= 4


@pytest.mark.sparse(1)
@pytest.mark.parametrize(("name", "key"), [("Lazy", "strategies"), ("HalfEach", "mechanism")])
def test_classes_of_the_readme_plug_in(name, key, tmp_path, capsys):
    block = next(b for b in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if name in b)
    (tmp_path / "mine.py").write_text(block)
    assert main(["check", "--strict", f"{tmp_path / 'mine.py'}:{name}"]) == 0
    chosen = f'{{a0 = "mine.py:{name}"}}' if key == "strategies" else f'"mine.py:{name}"'
    (tmp_path / "game.toml").write_text(
        f'game = "estimation"\nsigma = 10.0\ncosts = [[0.033], [0.066], [0.1]]\n{key} = {chosen}\n'
        + ('mechanism = "sample_mean"\n' if key == "strategies" else "")
    )
    assert main(["audit", str(tmp_path / "game.toml"), "--budget", "50000"]) == 0
    assert " gains " in capsys.readouterr().out


def test_ci_runs_the_test_command_of_the_readme():
    commands = [line for line in README.splitlines() if line.endswith("&& .venv/bin/pytest")]
    assert len(commands) == 1
    assert "grep -m1 '&& .venv/bin/pytest$' README.md" in (ROOT / ".ci" / "run").read_text()
