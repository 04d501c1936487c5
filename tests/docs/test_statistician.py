"""From two spreadsheet files to a report to sign, as the tutorial prints it."""

import importlib
import re
import sys

import pytest

from tests.places import ROOT

if str(ROOT / "docs") not in sys.path:
    sys.path.append(str(ROOT / "docs"))
generate, runner = importlib.import_module("generate"), importlib.import_module("pages")

HEADING = "From two spreadsheets to a report to sign"
PATH = runner.steps(generate.section("docs/tutorials/consortium.md", HEADING) + "\n")
MOST = 8


def typed():
    return [line for step in PATH for line in step.commands]


def test_it_takes_at_most_eight_commands_from_files_with_semicolons_and_decimal_commas():
    assert 2 <= len(typed()) <= MOST
    assert typed()[0].startswith("nashbox init ") and "--currency '400 EUR'" in typed()[0]
    sheets = [step for step in PATH if step.title is not None]
    assert len(sheets) == 2 and all(sheet.title in typed()[0] for sheet in sheets)
    for sheet in sheets:
        assert re.search(r"\d,\d+;\d+,\d", sheet.body) and "." not in sheet.body


@pytest.mark.slow
def test_the_path_leads_to_the_report(tmp_path):
    """Only the two files and the commands: nothing else of the page is needed."""
    with runner.workspace(tmp_path):
        run = runner.Run(tmp_path)
        for step in PATH:
            if step.title is not None or step.commands:
                run.step(step)
        report = (tmp_path / "agreement.html").read_text(encoding="utf-8")
    assert "Four hospitals: who measures what" in report
    assert "Honesty pays" in report and "North" in report and "threshold" in report
    printed = [step.body for step in PATH if step.made == typed()[-1]]
    assert [line.rstrip() for line in run.last[1].splitlines()] == printed[0].splitlines()
