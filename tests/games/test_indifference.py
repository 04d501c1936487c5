"""Who is indifferent gains nothing: no verdict is left to the rounding of her payoffs."""

from itertools import product
from math import prod

import numpy as np
import pytest

import nashbox
from nashbox.experiments.dynamics.measure import empirical_game

THIRDS = {"name": "mixed", "weights": [1, 1, 1]}
ROCK = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
FLOOD = {"a0": {"name": "quantity", "q": 2.0}, "a1": {"name": "quantity", "q": 1.7}}

CASES = {  # every player of these is indifferent between all that she may do
    "mixed equilibrium": {
        "game": "table",
        "payoffs": {"row": ROCK, "column": np.transpose(ROCK).tolist()},
        "strategies": {"row": THIRDS, "column": THIRDS},
    },
    "unequal weights": {
        "game": "table",
        "payoffs": {"row": [[0.2, 0], [0, 0.1]], "column": [[0.1, 0], [0, 0.2]]},
        "strategies": {
            "row": {"name": "mixed", "weights": [2, 1]},
            "column": {"name": "mixed", "weights": [1, 2]},
        },
    },
    "decimals": {
        "game": "table",
        "payoffs": {"row": [[0.3, -0.1], [-0.3, 0.1]], "column": [[7, 7], [7, 7]]},
        "strategies": {"column": {"name": "mixed", "weights": [0.1, 0.3]}},
    },
    "one entry each": {"game": "table", "payoffs": {"row": [[0.3]], "column": [[-0.7]]}},
    "all cells alike": {
        "game": "table",
        "payoffs": {"row": [[0.1] * 3] * 2, "column": [[7] * 3] * 2},
    },
    "a pot that returns all": {
        "game": "public_goods",
        "agents": 7,
        "multiplier": 7,
        "endowment": 0.3,
    },
    "a flooded market": {"game": "cournot", "agents": 3, "strategies": FLOOD},
}


@pytest.mark.parametrize("name", CASES)
def test_exact_audits_decide_it(name):
    found = nashbox.audit(CASES[name], method="exact")
    assert [a.gain.estimate for a in found.agents] == [0] * len(found.agents)
    assert {a.verdict for a in found.agents} == {"none_above_epsilon"}


@pytest.mark.sparse(1)
@pytest.mark.parametrize("endowment", [0.3e-9, 0.3e9, 0.3])
def test_black_boxes_take_no_rounding_for_a_gain(endowment):
    problem = CASES["a pot that returns all"] | {"endowment": endowment}
    found = nashbox.audit(problem, method="black_box", budget=20_000, workers=1)
    assert {a.verdict for a in found.agents} == {"none_above_epsilon"}


def nash_conv(paid, profile):
    """What all could gain, summed over all cells."""
    total = 0.0
    for i, own in enumerate(paid):
        each = np.zeros(own.shape[i])
        for cell in product(*map(range, own.shape)):
            chance = prod(
                x[k] for j, (x, k) in enumerate(zip(profile, cell, strict=True)) if j != i
            )
            each[cell[i]] += chance * own[cell]
        total += max(0.0, each.max() - each @ profile[i])
    return total


@pytest.mark.parametrize("shift", [0.0, 2.0**20, 2.0**40])
def test_a_constant_costs_no_digits(shift, seed):
    rng = np.random.default_rng(seed)
    for sizes in ((2, 3), (3, 1, 4), (2, 3, 2, 2)):
        paid = rng.integers(-99, 100, size=(len(sizes), *sizes)).astype(float)
        weights = [rng.integers(1, 9, size=size) for size in sizes]
        names = [f"p{i}" for i in range(len(sizes))]
        found = nashbox.audit(
            {
                "game": "table",
                "payoffs": {n: (own + shift).tolist() for n, own in zip(names, paid, strict=True)},
                "strategies": {
                    n: {"name": "mixed", "weights": w.tolist()}
                    for n, w in zip(names, weights, strict=True)
                },
            }
        )
        expected = nash_conv(paid, [w / w.sum() for w in weights])
        assert found.nash_conv == pytest.approx(expected, abs=1e-12)
        assert "undecided" not in {a.verdict for a in found.agents}


def test_what_is_audited_may_be_better_than_all_deviations(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("from nashbox.games.table import Table\n\nclass Mine(Table):\n    pass\n")
    same = [[3, 0], [0, 1]]
    found = nashbox.audit({"game": f"{file}:Mine", "payoffs": {"row": same, "column": same}})
    assert found.method == "exact"
    assert [a.gain.estimate for a in found.agents] == [-3, -3]


THIRDS_OF_PAYOFFS = {
    "t.nfg": 'NFG 1 R "t" { "row" "column" } { 2 2 }\n1/3 0 1/2 0 2/3 0 1/2 0\n',
    "t.csv": "row,column,row,column\n1,1,1/3,0\n2,1,1/2,0\n1,2,2/3,0\n2,2,1/2,0\n",
}


@pytest.mark.parametrize("file", THIRDS_OF_PAYOFFS)
def test_thirds_are_read_without_rounding(file, tmp_path):
    """(1/3 + 2/3)/2 is 1/2."""
    (tmp_path / file).write_text(THIRDS_OF_PAYOFFS[file])
    even = {"name": "mixed", "weights": [1, 1]}
    payoffs = str(tmp_path / file)
    found = nashbox.audit({"game": "table", "payoffs": payoffs, "strategies": {"column": even}})
    assert found.nash == "none_above_epsilon" and found.nash_conv == 0
    assert found.agents[0].gain.estimate == 0


def test_payoffs_of_a_table_are_told_as_they_stand_there(tmp_path):
    """What is taken off all of them and put back costs a digit: 0.9 came as 0.8999999999999999."""
    row, column = [[0.1, 0.3], [-0.7, 0.6]], [[0.9, -0.5], [-0.4, 0.7]]
    (tmp_path / "t.toml").write_text(f"row = {row}\ncolumn = {column}\n")
    (tmp_path / "p.toml").write_text('game = "table"\npayoffs = "t.toml"\n')
    found = empirical_game(nashbox.load_problem(tmp_path / "p.toml"), menu=["1", "2"])
    assert found.row_payoffs.tolist() == row
    assert found.column_payoffs.tolist() == column
