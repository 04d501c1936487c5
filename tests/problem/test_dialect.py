"""CSV as spreadsheets write it, for every table that a problem names."""

import itertools

import numpy as np
import pytest

from nashbox import load_problem as load
from nashbox.problem.dialect import rows_of_text
from nashbox.problem.errors import InputError

ROWS = [["agent", "x", "y"], ["one", "0.5", "12"], ["two", "1e-1", "inf"], ["three", "-.25", "3."]]


def written(rows, mark, decimal, end="\n", mark_of_order=""):
    lines = [mark.join(cell.replace(".", decimal) for cell in row) for row in rows]
    return (mark_of_order + end.join(lines) + end).encode()


DIALECTS = [(m, d) for m, d in itertools.product(",;\t", ".,") if (m, d) != (",", ",")]


@pytest.mark.parametrize(("mark", "decimal"), DIALECTS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("first", ["", "\ufeff"])
def test_every_dialect_says_the_same(mark, decimal, end, first):
    found = rows_of_text(written(ROWS, mark, decimal, end, first), "t.csv")
    assert [row for _, row in found] == ROWS and [line for line, _ in found] == [1, 2, 3, 4]


def test_names_may_hold_what_parts_cells_elsewhere():
    text = b'agent;x, left;y\na;1;2\n"b; and c";3;4\n'
    assert [row for _, row in rows_of_text(text, "t.csv")] == [
        ["agent", "x, left", "y"],
        ["a", "1", "2"],
        ["b; and c", "3", "4"],
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("agent,x,y\na,1,5,2,5\n", "row 2 (a): must have 3 cells as the header has, got 5; with"),
        ("x\n1,5\n2,5\n", "part the cells by semicolons or tabs"),
        ("a;b,c\n1;2,3\n", "may be parted by commas or semicolons"),
        ("agent;x\na;1,5\nb;2.5\n", "row 2 holds '1,5' and row 3 '2.5'"),
        ("agent\tx\na\t1.5\nb\t2,5\n", "row 3 holds '2,5' and row 2 '1.5'"),
    ],
)
def test_what_cannot_be_told_apart_is_refused_with_the_remedy(text, words):
    with pytest.raises(InputError) as refused:
        rows_of_text(text.encode(), "t.csv")
    assert words in str(refused.value) and len(str(refused.value)) <= 500


@pytest.mark.parametrize(("mark", "decimal"), DIALECTS)
def test_costs_plans_and_measurements_are_read_in_any_dialect(tmp_path, mark, decimal):
    dice = np.random.default_rng(1)
    points = dice.normal(20, 3, (40, 2)).round(3)
    rows = [["x", "y", "remark"], *([f"{a}", f"{b}", "ok"] for a, b in points)]
    rows[3][1], rows[5][0], rows[9][0] = "", "NA", "n/a"
    (tmp_path / "m.csv").write_bytes(written(rows, mark, decimal))
    costs = [["agent", "x", "y"], ["a", "0.5", "inf"], ["b", "0.25", "0.125"]]
    (tmp_path / "c.csv").write_bytes(written(costs, mark, decimal))
    plan = [["agent", "x", "y"], ["a", "3", "0"], ["b", "4", "5"]]
    (tmp_path / "n.csv").write_bytes(written(plan, mark, decimal))
    (tmp_path / "p.toml").write_text(
        'game = "estimation"\nsigma = "source"\ncosts = "c.csv"\nplan = "n.csv"\n'
        'source = {csv = "m.csv", columns = ["x", "y"]}\n'
    )
    problem = load(tmp_path / "p.toml")
    assert problem.costs.tolist() == [[0.5, np.inf], [0.25, 0.125]]
    x, y = np.delete(points[:, 0], [4, 8]), np.delete(points[:, 1], 2)
    np.testing.assert_allclose(problem.sigma, [x.std(), y.std()], rtol=1e-14)
    assert problem.source.left_out == (2, 1)


def test_missing_measurements_are_counted_in_a_note(nashbox):
    files = {
        "m.csv": "x\n" + "".join(f"{v}\n" for v in range(40)) + "NA\n#N/A\nn/a\n",
        "p.toml": 'game = "estimation"\nsigma = "source"\ncosts = [[0.5], [0.6]]\n'
        'mechanism = "sample_mean"\nsource = {csv = "m.csv", columns = ["x"]}\n',
    }
    answer = nashbox("audit", "p.toml", "--json", "-", "--budget", "2000", files=files)
    assert answer.code == 0
    assert "cells without a measurement are left out: 3 of x0" in answer.out


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('sigma = "source"\n', "sigma = 'source' asks for measurements"),
        ("sigma = []\n", "or 'source', got 0"),
        ('sigma = "source"\nsource = {csv = "m.csv", columns = ["x"]}\n', "must differ"),
    ],
)
def test_a_spread_that_is_not_there_is_refused(nashbox, keys, words):
    files = {"m.csv": "x\n1\n1\n", "p.toml": f'game = "estimation"\ncosts = [[0.5], [1]]\n{keys}'}
    nashbox("plan", "p.toml", files=files).refuses(words)
