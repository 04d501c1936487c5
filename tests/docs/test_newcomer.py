"""A newcomer's path, from clone to own strategy and mechanism audited, as the tutorial prints it.

`test_pages.py` runs all of its steps but the installation; the slow test here does every step.
"""

import importlib
import os
import shlex
import subprocess
import sys

import pytest

from tests.places import ROOT

if str(ROOT / "docs") not in sys.path:
    sys.path.append(str(ROOT / "docs"))
runner = importlib.import_module("pages")

PAGE = (ROOT / "docs" / "tutorials" / "mechanism-designer.md").read_text(encoding="utf-8")
MOST = 12


def path():
    """Commands and edits in their order: ("type", line) or ("edit", file, text)."""
    found = []
    for step in runner.steps(PAGE):
        if step.title is not None:
            found.append(("edit", step.title, step.body))
        found += [("type", line) for line in step.commands]
    return found


def test_the_path_has_at_most_twelve_commands_and_edits():
    steps = path()
    assert len(steps) <= MOST
    assert steps[0][1].startswith("git clone ")
    edited = [step[1] for step in steps if step[0] == "edit"]
    audited = [step[1] for step in steps if step[1].startswith("nashbox audit ")]
    assert "copycat.py" in edited and any("no_copies.py:NoCopies" in line for line in audited)
    assert all(step[0] == "edit" or runner_knows(step[1]) for step in steps)


def runner_knows(line):
    return line.startswith((*runner.SET_UP, "nashbox "))


@pytest.mark.slow
def test_the_path_leads_from_a_clone_to_the_printed_outputs(tmp_path):
    """Everything is typed into one shell, in an empty folder with an empty environment."""
    lines = ["set -e"]
    for number, step in enumerate(path()):
        if step[0] == "edit":
            lines.append(f"cat > {shlex.quote(step[1])} <<'END OF {number}'")
            lines.append(step[2] + f"END OF {number}")
        else:
            line = step[1].replace("ADDRESS", shlex.quote(str(ROOT)))
            lines += [f"echo '### {number}'", line]
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        ["bash"],
        input="\n".join(lines),
        cwd=tmp_path,
        env={**clean, "COLUMNS": runner.WIDTH},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.split("### ")
    said = {int(part.split("\n")[0]): part.split("\n", 1)[1] for part in said[1:]}
    printed = {step.made: step.body for step in runner.steps(PAGE) if step.made}
    typed = [(n, step[1]) for n, step in enumerate(path()) if step[1] in printed]
    assert len(typed) == len(printed) >= 4
    for number, line in typed:
        lines = [text.rstrip() for text in said[number].splitlines()]
        assert lines == printed[line].splitlines()
