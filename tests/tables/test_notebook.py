"""Results and problems in a notebook: one line as repr, the terminal's sheet as HTML."""

import importlib
import pkgutil
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import nashbox
from nashbox.experiments.markdown import escaped
from nashbox.experiments.sweep import report
from nashbox.problem.files import problem_of
from nashbox.problem.notebook import Shown
from nashbox.tables.printing import SHEETS, print_result, sheet_of
from tests.places import EXAMPLES

FRESH = (
    "import sys, nashbox; assert 'rich' not in sys.modules and 'pandas' not in sys.modules\n"
    f"r = nashbox.audit({str(EXAMPLES / 'figure1.toml')!r})\n"
    "print(len(repr(r))); print(r._repr_html_())"
)


class Text(HTMLParser):
    """The words of a piece of HTML; whatever is opened is closed."""

    def __init__(self, source):
        super().__init__()
        self.words, self.open = [], []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data.split()


def test_after_a_plain_import_a_result_shows_itself():
    done = subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    length, source = done.stdout.split("\n", 1)
    assert int(length) < 200 and "<table>" in source and ">gains<" in source


def classes(kind):
    for cls in kind.__subclasses__():
        yield cls
        yield from classes(cls)


@pytest.mark.slow
def test_every_class_that_shows_itself_has_a_sheet():
    for module in pkgutil.walk_packages(nashbox.__path__, "nashbox."):
        if ".app" not in module.name and "__main__" not in module.name:
            importlib.import_module(module.name)
    found = {c for c in classes(Shown) if c.__module__.startswith("nashbox.")}
    leaves = {c.__name__ for c in found if not any(d in found for d in c.__subclasses__())}
    assert leaves and leaves <= set(SHEETS)
    assert all(cls.__repr__ is Shown.__repr__ for cls in found)


@pytest.mark.parametrize("name", ["figure1", "public_goods", "battle", "testing/case_a"])
def test_problems_show_who_plays_what(name):
    problem = nashbox.load(EXAMPLES / f"{name}.toml")
    assert len(repr(problem)) < 200 and problem.game in repr(problem)
    assert set(problem.names) <= set(Text(problem._repr_html_()).words)


def test_the_sheet_is_the_terminals(capsys):
    run = nashbox.run(EXAMPLES / "figure1.toml", replications=20)
    print_result(run)
    frame = "┏┓┗┛┡┩┳┻┃│━─└┘┴╇╈┼├┤ \n"
    printed = [word.strip(frame) for word in capsys.readouterr().out.split()]
    assert set(filter(None, printed)) <= set(Text(run._repr_html_()).words)
    assert repr(run) == f"<Run: {sheet_of(run).headline}>"


def test_names_are_no_markup():
    problem = problem_of(
        {"game": "estimation", "sigma": 2.0, "costs": [[1.0]], "agents": ["<b>&x"],
         "distributions": ["<i>"]}
    )  # fmt: skip
    assert "<b>" not in problem._repr_html_() and "<b>&x" in Text(problem._repr_html_()).words


def test_what_is_half_made_has_a_repr():
    assert repr(object.__new__(report.SweepReport)) == "<SweepReport>"


@pytest.mark.slow
def test_a_sweep_draws_what_it_is_about(folder):
    (folder / "p.toml").write_text('game = "estimation"\nsigma = 5.0\ncosts = [[0.1], [0.2]]\n')
    (folder / "s.toml").write_text(
        'problem = "p.toml"\nexperiment = "run"\nstore = "s.sqlite"\nseeds = 2\n'
        "options = {replications = 20}\n[grid]\nsigma = [2.0, 5.0, 9.0]\n"
        'mechanism = ["cbl", "sample_mean"]\n'
    )
    done = nashbox.sweep("s.toml", workers=1)
    axes = done.plot()
    assert "sigma" in axes.get_xlabel() and "penalty" in axes.get_ylabel()
    labels = {text.get_text() for text in axes.get_legend().texts}
    assert labels == {f"{m}, {a}" for m in ("cbl", "sample_mean") for a in ("a0", "a1")}
    other = done.plot(x="mechanism", y="cost", by=["sigma", "AgentID"])
    assert other.get_xlabel() == "mechanism" and "6 of 6" not in repr(done)
    with pytest.raises(nashbox.InputError, match="no column 'tau'"):
        done.plot(y="tau")


def test_all_ways_to_show_a_sheet_say_the_same():
    """Terminal, HTML and Markdown: the same cells, legends and notes, names being no markup."""
    labs = {"game": "estimation", "sigma": 2.0, "costs": [[1.0], [2.0]], "agents": ["a_b|*", "<i>"]}
    audit = nashbox.audit({**labs, "mechanism": "sample_mean"})
    (sheet,) = audit.sheets()
    source = audit.to_markdown()
    lines = source.splitlines()
    (table, legend), *_ = sheet.tables
    assert lines[0] == f"**{escaped(sheet.headline)}**"
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == sum(len(table.rows) + 2 for table, _ in sheet.tables)
    assert rows[1].count("--:") == sum(column.justify == "right" for column in table.columns)
    assert rows[2].startswith(r"| a\_b\|\* |") and rows[3].startswith(r"| \<i\> |")
    assert all(escaped(words) in lines for words in legend)
    assert all(f"- {escaped(note.plain)}" in lines for note in sheet.notes)
    shown = set(re.sub(r"\\(.)", r"\1", source).split()) - {"|", "-", "---", "--:"}
    told = {word.strip("*") for word in shown}
    assert {word.strip("*") for word in Text(audit._repr_html_()).words} <= told
