"""Stores are read by columns: the same frame, bit by bit, as from a dict per row."""

import random

import numpy as np
import pandas as pd
import pytest

from benchmarks.sweeps import dict_per_row, fill
from nashbox.experiments.sweep import columns, load, scan
from nashbox.experiments.sweep.schema import checksum, is_whole

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
    monkeypatch.setattr(columns, "BLOCK", dice.choice([200, 5000, 1 << 21]))
    names = dice.sample(sorted(VALUES), dice.randrange(6))
    cells = [
        payload(dice, dice.sample(names, len(names) - (dice.random() < 0.1) * bool(names)), 3, n)
        for n in [dice.choice([0, 1, 1, 4]) for _ in range(20)]
    ]
    cells += [[{}]] * dice.randrange(2)
    path = tmp_path / "s.sqlite"
    fill(path, cells)
    for steps in (False, True):
        found, expected = load(path, steps=steps), dict_per_row(path, steps)
        pd.testing.assert_frame_equal(found, expected, check_exact=True)
        for name in found.select_dtypes("float"):
            assert (found[name].to_numpy().tobytes()) == expected[name].to_numpy().tobytes()


def test_usual_rows_need_no_parser_of_all_json(monkeypatch, tmp_path):
    monkeypatch.setattr(columns, "parsed", None)
    dice = random.Random(1)  # noqa: S311
    fill(tmp_path / "s.sqlite", [payload(dice, ["float", "flag"], 3, n) for n in (1, 1, 4)])
    assert len(load(tmp_path / "s.sqlite", steps=True)) == 18


def test_floats_are_those_of_python():
    rng = np.random.default_rng(3)
    below = np.nextafter(2.0 ** rng.integers(-30, 30, 500), 0)
    kinds = [
        rng.random(20_000),
        rng.standard_normal(20_000) * 1e6,
        np.exp(rng.uniform(-700, 700, 5_000)),
        rng.integers(0, 10**6, 5_000) / 4,
        [0.0, -0.0, 1.0, 5e-324, 1.7976931348623157e308, 0.1, 2.0**53 + 2, *below],
    ]
    texts = [repr(float(value)) for kind in kinds for value in kind]
    halves = [k for k in range(2**52 + 1, 2**52 + 400)]  # all n + 1/2 near 2^52, and their ties
    texts += [f"{k}.5" for k in halves] + [f"{2 * k}.{d}" for k in halves for d in ("0", "999")]
    width = max(map(len, texts)) + 1
    table = np.frombuffer("".join(t.ljust(width) for t in texts).encode(), np.uint8)
    found = scan._floats(table.reshape(len(texts), width))
    assert found.tobytes() == np.array([float(text) for text in texts]).tobytes()


@pytest.mark.parametrize("odd", ["", "'", '"', "\\", "\\\\'", "\x7f", "\n", "ü", "\\x7f", "\\n"])
def test_checksums_of_long_payloads_are_those_of_short_ones(odd):
    rows = [("k", "i'", "ok", "x" * 2000 + text, None, "t") for text in (odd, "\\" + odd, "y")]
    for row in rows:
        assert [is_whole(row, checksum(other)) for other in rows] == [row == o for o in rows]
