"""What audits say in words: whom a verdict is about, and which deviation deserves to be named."""

import re
from dataclasses import replace

import pytest

from nashbox import audit
from nashbox.experiments.audit.words import verdict_in_words

FREE = {"mechanism": '"cbl"', "strategies": '{a0 = "free_rider"}'}
WAYS = [
    (FREE, "no equilibrium: somebody gains by leaving a strategy of her own"),
    ({}, "the plan does not fit the mechanism"),
    ({"strategies": '{a2 = "fabricator"}'}, "the plan does not fit the mechanism"),
    ({"mechanism": '"counted_mean"'}, "honesty does not pay"),
    ({"mechanism": '"cbl"'}, "honesty pays"),
]


@pytest.mark.parametrize(("changes", "words"), WAYS)
def test_only_those_who_comply_tell_whether_honesty_pays(nashbox, problem, changes, words):
    told = nashbox("audit", "p.toml", "--report", "r.html", files={"p.toml": problem(**changes)})
    assert told.code == 0 and told.out.startswith(words)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (("counts", "counts"), "the plan does not fit"),
        (("counts", "counts and estimate"), "the rules do not fit"),
        (("counts", "counts and report"), "honesty does not pay"),
    ],
)
def test_another_use_of_the_answer_is_no_lie(folder, problem, how, words):
    (folder / "p.toml").write_text(problem())
    found = audit(folder / "p.toml")
    paying = [a for a in found.agents if a.verdict == "profitable"]
    ways = zip(paying, how, strict=True)
    rows = [replace(a, best_deviation=replace(a.best_deviation, how=way)) for a, way in ways]
    assert verdict_in_words(replace(found, agents=rows)).startswith(words)


def last_cells(out):
    """The last column of the last table of an audit, by agent; lines of a cell are joined."""
    found = {}
    agent = ""
    for line in out.splitlines():
        if line.startswith("\u2502"):
            cells = [cell.strip() for cell in line.strip("\u2502").split("\u2502")]
            agent = cells[0] or agent
            before = "" if cells[0] else found[agent] + " "
            found[agent] = (before + cells[-1]).strip()
    return found


@pytest.mark.parametrize("more", [(), ("--method", "exhaustive")])
def test_what_is_honest_is_not_named_as_a_deviation(nashbox, problem, folder, more):
    """a0 had better comply; a1 and a2 do, and nothing is better."""
    files = {"p.toml": problem(**FREE)}
    out = nashbox("audit", "p.toml", "--report", "r.html", *more, files=files).out
    assert last_cells(out) == {
        "a0": "what is recommended",
        "a1": "none that is better",
        "a2": "none that is better",
    }
    assert "pitman" not in out  # a legend for words that stand nowhere
    assert "<b>a0</b>: what is recommended. Her penalty" in (folder / "r.html").read_text("utf-8")


def test_an_open_verdict_names_no_deviation_that_loses(nashbox, problem):
    """Under CBL a1 loses by all that was tried; a black box of few worlds cannot be sure."""
    options = ("--method", "black_box", "--budget", 20000)
    out = nashbox("audit", "p.toml", *options, files={"p.toml": problem(**FREE)}).out
    assert last_cells(out)["a1"] == "none better as measured"


def test_a_gain_and_its_bounds_stand_in_one_cell(nashbox, problem, monkeypatch):
    files = {"p.toml": problem()}
    exact = nashbox("audit", "p.toml", files=files).out
    assert " gain \u2503" in exact and "[from, to]" not in exact
    monkeypatch.setenv("COLUMNS", "120")
    bounded = nashbox("audit", "p.toml", "--method", "black_box", "--budget", 4000).out
    assert " gain [from, to] \u2503" in bounded
    assert "all true with a chance of 99 %" in " ".join(bounded.split())
    assert re.search(r"\u2502 +-?[.\d]+ \[-?[.\d]+, -?[.\d]+\] \u2502", bounded)


def test_no_row_takes_three_lines_at_80_columns(nashbox, problem, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for more in ((), ("--method", "black_box", "--budget", 4000)):
        out = nashbox("audit", "p.toml", *more, files={"p.toml": problem()}).out
        rows = [line for line in out.splitlines() if line.startswith("\u2502")]
        starts = [line[2] != " " for line in rows]
        assert len(rows) >= 4
        assert all(any(starts[k : k + 2]) for k in range(len(rows) - 1))
        assert not re.search(r"\[[^\]]*\n", out)  # intervals are whole
