"""`nashbox init`: a problem file from a table of costs and a file of measurements."""

import io
import json
import sys
import tomllib

import pytest

from nashbox import load

COSTS = "agent,x,y\nlab1,0.1,0.2\nlab2,0.3,inf\n"
DATA = "x,y\n1,10\n3,\n5,40\n"


def test_tables_of_a_spreadsheet_become_a_problem(nashbox, folder):
    files = {
        "k.csv": "\ufeffMarker;Hospital;Volume\r\n12,50;Süd 🧪;20\r\n20;Nord;inf\r\n",
        "m.csv": "day\tmarker\tvolume\n1\t101,5\t7,25\n2\t93,0\tNA\n3\t85,0\t17,5\n",
    }
    answer = nashbox("init", "k.csv", "m.csv", "--currency", "400 EUR", files=files)
    assert (answer.code, answer.written) == (0, {"problem.toml"})
    problem = load("problem.toml")
    assert (problem.names, problem.distributions) == (("Süd 🧪", "Nord"), ("Marker", "Volume"))
    assert problem.costs.tolist() == [[0.03125, 0.05], [0.05, float("inf")]]
    assert tomllib.loads((folder / "problem.toml").read_text())["sigma"] == "source"
    assert problem.sigma.tolist() == pytest.approx([6.7371, 5.125], abs=1e-4)
    assert "12.5 EUR" in (folder / "problem.toml").read_text()
    assert "1 cell of m.csv without a measurement left out" in answer.out
    assert nashbox("audit", "problem.toml", "--budget", 2000).code == 0


def test_a_table_that_can_be_read_as_it_stands_is_named(nashbox, folder):
    (folder / "out").mkdir()
    answer = nashbox("init", "c.csv", "--sigma", "10,8", "--save", "out/p.toml", "--json", "-",
                     files={"c.csv": COSTS})  # fmt: skip
    body = json.loads(answer.out)
    assert body["format"] == "nashbox-init/1" and body["sigma"] == [10.0, 8.0]
    assert tomllib.loads((folder / "out" / "p.toml").read_text())["costs"] == "../c.csv"
    assert load("out/p.toml").names == ("lab1", "lab2")


@pytest.mark.parametrize(
    ("header", "names"),
    [("x,Lab,y", ("2", "5")), ("who,x,y", ("1", "4")), ("site,agent,y", None)],
)
def test_the_column_of_agents_has_any_of_several_names_or_is_the_first(nashbox, header, names):
    files = {"c.csv": f"{header}\n1,2,3\n4,5,6\n"}
    assert nashbox("init", "c.csv", "--sigma", 9, files=files).code == 0
    assert load("problem.toml").names == (names or ("2", "5"))


def test_units_that_look_wrong_are_warned_of(nashbox):
    """sigma^2/cost is 4 for the first, 3.99... for the second."""
    costs = "agent,x\nlab1,25\nlab2,25.1\n"
    answer = nashbox("init", "c.csv", "--sigma", 10, files={"c.csv": costs})
    assert answer.code == 0 and "units look wrong" in answer.out and "lab2" in answer.out
    assert "1 of 2 costs" in " ".join(answer.out.split()) and "--currency" in answer.out
    answer = nashbox("init", "c.csv", "--sigma", 10, "--currency", 2, "--save", "q.toml")
    assert answer.code == 0 and "units look wrong" not in answer.out


REFUSED = [
    ([], ["COSTS is missing"]),
    (["c.csv"], ["needs a file of measurements", "--sigma"]),
    (["nowhere.csv", "--sigma", 1], ["nowhere.csv: cannot be read"]),
    (["c.csv", "nowhere.csv"], ["nowhere.csv: cannot be read"]),
    (["c.csv", "d.csv", "--columns", "x,z"], ["d.csv: has no column 'z'"]),
    (["c.csv", "d.csv", "--columns", "x"], ["one column per distribution (2), got 1"]),
    (["c.csv", "z.csv"], ["z.csv: has no column 'y'", "--columns"]),
    (["c.csv", "--sigma", "1,2,3"], ["--sigma", "one per distribution (2)", "got 3"]),
    (["c.csv", "--sigma", "0"], ["--sigma", "> 0", "got 0"]),
    (["c.csv", "--sigma", "a"], ["--sigma must be numbers", "got 'a'"]),
    (["c.csv", "--sigma", 1, "--columns", "x,y"], ["--columns are of a file of measurements"]),
    (["bad.csv", "--sigma", 1], ["bad.csv: row 3 (lab2), column x: cost must be", "got -1"]),
    (["empty.csv", "--sigma", 1], ["empty.csv: row 2 (lab1), column x: cost", "got ''"]),
    *(
        (["c.csv", "--sigma", 1, f"--currency={v}"], ["--currency must be", repr(v)])
        for v in ("EUR", "0", "-3", "nan", "1.2.3", "1e60", "")
    ),
    (["c.csv", "--sigma", 1, "--save", "there.toml"], ["'there.toml' exists", "--save"]),
    (["c.csv", "--sigma", 1, "--save", "c.csv"], ["c.csv"]),
    (["c.csv", "--sigma", 1, "--save", "p.txt"], ["must end in .toml"]),
    (["c.csv", "--sigma", 1, "--save", "no/p.toml"], ["there is no directory no"]),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_bad_input_is_one_line_and_nothing_is_written(nashbox, arguments, words):
    files = {
        "c.csv": COSTS,
        "d.csv": DATA,
        "z.csv": "x,z\n1,2\n3,4\n",
        "there.toml": "mine\n",
        "bad.csv": "agent,x\nlab1,1\nlab2,-1\n",
        "empty.csv": "agent,x,y\nlab1,,2\n",
    }
    nashbox("init", *arguments, files=files).refuses(*words)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_at_a_terminal_it_asks_until_the_answer_will_do(nashbox, monkeypatch):
    typed = "nowhere.csv\nc.csv\n-1 EUR\n2 EUR\n\nten\n10,8\n"
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    answer = nashbox("init", files={"c.csv": COSTS})
    assert answer.code == 0 and answer.err.count("Table of costs") == 2
    assert "nowhere.csv: cannot be read" in answer.err and "got '-1 EUR'" in answer.err
    problem = load("problem.toml")
    assert problem.sigma.tolist() == [10.0, 8.0] and problem.costs[0].tolist() == [0.05, 0.1]


def test_measurements_are_asked_for_by_their_columns(nashbox, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("c.csv\n\nd.csv\n"))
    assert "columns x, y" in nashbox("init", files={"c.csv": COSTS, "d.csv": DATA}).err
    assert load("problem.toml").sigma[0] == pytest.approx((8 / 3) ** 0.5)


def test_no_answer_writes_nothing(nashbox, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("c.csv\n"))
    answer = nashbox("init", files={"c.csv": COSTS})
    assert (answer.code, answer.written) == (2, set()) and "no answer" in answer.err


@pytest.mark.parametrize("text", ["1,000 EUR", "1.234", "12,500 EUR", "999.999"])
def test_thousands_and_fractions_that_look_alike_are_refused(nashbox, folder, text):
    files = {"c.csv": "lab,x\nA,100\nB,200\n"}
    words = ("init", "c.csv", "--sigma", 10, "--save", "q.toml")
    answer = nashbox(*words, "--currency", text, files=files)
    assert answer.code == 2 and "may be" in answer.err and not (folder / "q.toml").exists()
    for odd in ("1_000", "\uff11\uff12", "1 000 EUR", "1,000,000"):
        answer = nashbox(*words, "--currency", odd, files=files)
        assert answer.code == 2 and "--currency must be" in answer.err
    for k, plain in enumerate(("1000 EUR", "0,125 EUR", "12.5", "0.125", "4e2", "400EUR")):
        into = (*words[:-1], f"{k}.toml")
        assert nashbox(*into, "--currency", plain, files=files).code == 0
