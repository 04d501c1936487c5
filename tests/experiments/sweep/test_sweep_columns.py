"""Stores are read by columns: the same frame, bit by bit, as from a dict per row."""

import random

import pandas as pd
import pytest

from benchmarks.sweeps import dict_per_row, fill
from nashbox.experiments.sweep import Store, load, packs
from nashbox.experiments.sweep.schema import checksum

VALUES = {
    "float": lambda dice: dice.gauss(0.0, 1.0),
    "integer": lambda dice: dice.randrange(-1000, 1000),
    "number": lambda dice: dice.choice([0, 0.5, 1, float("inf"), -2.5e-300]),
    "large": lambda dice: dice.randrange(10**15, 2**62),
    "text": lambda dice: dice.choice(["a", 'b"', "inf", "}{,:", '},{"AgentID":"', "", "ü"]),
    "deep": lambda dice: dice.choice(['{"x": "\\"y"}', "\\", "\\inf", "c,{}"]),
    "flag": lambda dice: dice.random() < 0.5,
    "maybe": lambda dice: dice.choice([None, True]),
    "hole": lambda dice: dice.choice([None, 0.25]),
    "mixed": lambda dice: dice.choice([1, 1.0, "1", None, False]),
    "nan": lambda dice: dice.choice([float("nan"), -float("inf"), -0.0, 3]),
    "huge": lambda dice: dice.choice([2**63, -(2**63), 2**200, 1]),
    "nested": lambda dice: dice.choice([[1, [None, "nan"]], {"inf": [], "x": {"\\": 0.1}}, []]),
    "word": lambda dice: dice.choice(["inf", "-inf", "nan", "\\inf", "\\", None]),
    "long": lambda dice: "x" * dice.randrange(600),
}


def payload(dice, names, agents, steps):
    rows = []
    for step in range(steps):
        for agent in range(agents):
            row = {"AgentID": f"a{agent}", **({"Step": step} if steps > 1 else {})}
            row |= {name: VALUES[name](dice) for name in names}
            if dice.random() < 0.1:
                row = dict(sorted(row.items()))
            if dice.random() < 0.1:
                row["now and then"] = 1.5
            rows.append(row)
    return rows


@pytest.mark.sparse(8)
@pytest.mark.parametrize("number", range(40))
def test_the_frame_is_that_of_a_dict_per_row(tmp_path, monkeypatch, number):
    dice = random.Random(number)  # noqa: S311
    monkeypatch.setattr(packs, "BLOCK", dice.choice([200, 5000, 1 << 21]))
    names = dice.sample(sorted(VALUES), dice.randrange(6))
    cells = [
        payload(dice, dice.sample(names, len(names) - (dice.random() < 0.1) * bool(names)), 3, n)
        for n in [dice.choice([0, 1, 1, 4]) for _ in range(20)]
    ]
    cells += [[{}]] * dice.randrange(2)
    path = tmp_path / "s.sqlite"
    fill(path, cells)
    expected = {steps: dict_per_row(path, steps) for steps in (False, True)}
    for packed in (True, False):
        if not packed:
            with Store.to_write(path) as store:
                store.unpack()
        for steps in (False, True):
            found = load(path, steps=steps)
            pd.testing.assert_frame_equal(found, expected[steps], check_exact=True)
            for name in found.select_dtypes("float"):
                assert (
                    found[name].to_numpy().tobytes() == expected[steps][name].to_numpy().tobytes()
                )


@pytest.mark.parametrize("odd", ["", "'", '"', "\\", "\\\\'", "\x7f", "\n", "ü", "\\x7f", "\\n"])
def test_rows_that_differ_in_a_letter_have_other_checksums(odd):
    rows = [("k", "i'", "ok", "x" * 2000 + text, None, "t") for text in (odd, "\\" + odd, "y")]
    assert len(set(map(checksum, rows))) == 3


@pytest.mark.parametrize("huge", [2**63, -(2**200), 10**400])
@pytest.mark.parametrize("other", [1, 0.5])
def test_whole_numbers_of_any_size_are_read(tmp_path, huge, other):
    fill(tmp_path / "s.sqlite", [[{"n": huge}], [{"n": other}]])
    assert load(tmp_path / "s.sqlite")["n"].tolist() == [huge, other]
