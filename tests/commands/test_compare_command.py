"""`nashbox compare`: its JSON, table and figure, and what it refuses."""

import json

import pytest

from nashbox.games.compared import PROFILES

MEDIAN = """
import numpy as np
from nashbox import Mechanism

class Half(Mechanism):
    def mediate(self, submissions, terms, rng):
        everybody = sum(s.sum for s in submissions) / sum(s.counts for s in submissions)
        return [(s.mean + everybody) / 2 for s in submissions]
"""
TESTING = """
game = "testing"
beta = "1/4"
[[agents]]
name = "A"
p0 = ["0.6", "0.4"]
p1 = ["0.4", "0.6"]
[[agents]]
name = "B"
p0 = ["0.6", "0.4"]
p1 = ["0.4", "0.6"]
"""
PENALTY = (int, float, str)


def test_json_is_what_others_rely_on(nashbox, problem):
    text = problem(costs="[[0.1, inf], [0.1, 0.1]]")
    answer = nashbox("compare", "p.toml", "--starts", 2, "--json", "-", files={"p.toml": text})
    assert answer.code == 0 and answer.err == "" and answer.written == set()
    body = json.loads(answer.out, parse_constant=lambda token: pytest.fail(f"{token} in JSON"))
    assert body["format"] == "nashbox-compare/1"
    names = list(dict.fromkeys(row["mechanism"] for row in body["rows"]))
    assert names == [
        *("cbl", "sample_mean", "counted_mean", "baseline", "alone", "threshold", "decoy"),
        "designed (social)",
    ]
    for name in names:
        rows = [row for row in body["rows"] if row["mechanism"] == name]
        assert [row["profile"] for row in rows] == list(PROFILES)
        for row in rows:
            assert len(row["counts"]) == 2 and len(row["counts"][0]) == 2
            assert all(isinstance(p, PENALTY) for p in row["penalties"])
            assert isinstance(row["social_penalty"], PENALTY)
            assert isinstance(row["efficiency_ratio"], PENALTY)
            assert isinstance(row["honest_is_equilibrium"], bool) and row["converged"] is True
            finite = "inf" not in row["penalties"]
            total = sum(row["penalties"]) if finite else "inf"
            assert row["social_penalty"] == (pytest.approx(total) if finite else "inf")
    alone = next(row for row in body["rows"] if row["mechanism"] == "alone")
    assert alone["penalties"][0] == alone["social_penalty"] == alone["efficiency_ratio"] == "inf"
    nashbox("compare", "p.toml", "--starts", 2, "--json", "o.json")
    with open("o.json") as stream:
        assert json.load(stream) == body


@pytest.mark.slow
def test_table_and_figure(nashbox, problem):
    answer = nashbox(
        "compare",
        "p.toml",
        "--plan",
        "ir_optimal",
        "--figure",
        "f.svg",
        files={"p.toml": problem(counts='"real"')},
    )
    assert answer.code == 0 and answer.err == "" and answer.written == {"f.csv", "f.svg"}
    for piece in ("6.6430", "7.2664", "9.8354", "15.0958", "a1 0.3202", "made-up", "nobody"):
        assert piece in answer.out, piece


def test_several_mechanisms_and_plug_ins(nashbox, problem):
    files = {"games/p.toml": problem(costs="[[0.5], [0.9]]"), "half.py": MEDIAN}
    options = ["--mechanism", "half.py:Half", "--mechanism", "cbl", "--starts", 0]
    options += ["--budget", 60_000, "--json", "-"]
    answer = nashbox("compare", "games/p.toml", *options, files=files)
    assert answer.code == 0, answer.err
    body = json.loads(answer.out)
    first, second = body["mechanisms"]
    assert first["mechanism"].endswith("half.py:Half") and first["method"] == "simulated"
    assert second["mechanism"] == "cbl" and second["method"] == "exact"
    assert body["rows"][0]["penalties_se"] is not None
    table = nashbox("compare", "games/p.toml", *options[:-2], "--verbose")
    assert "Half" in table.out and "simulated" in table.out


def test_rules_of_another_file(nashbox, problem):
    files = {"p.toml": problem(), "r.toml": problem(plan='"egalitarian"')}
    answer = nashbox(
        "compare", "p.toml", "--mechanism", "cbl", "--rules", "r.toml", "--json", "-", files=files
    )
    assert [c["mechanism"] for c in json.loads(answer.out)["mechanisms"]] == ["cbl", "r.toml"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--mechanism", "cbll"], ["--mechanism", "'cbll'", "did you mean 'cbl'"]),
        (["--mechanism", "no.py:Rules"], ["--mechanism", "no.py"]),
        (["--starts", "-1"], ["starts", "-1"]),
        (["--starts", "many"], ["--starts", "whole number", "'many'"]),
        (["--seed", "-1"], ["seed", "-1"]),
        (["--epsilon", "-0.5"], ["epsilon", "-0.5"]),
        (["--budget", "10"], ["budget", "10"]),
        (["--plan", "best"], ["--plan", "'best'"]),
        (["--rules", "none.toml"], ["none.toml"]),
        (["--rules", "other.toml"], ["other.toml", "costs"]),
        (["--rules", "t.toml"], ["t.toml", "'testing'"]),
        (["--figure", "f.gif"], ["--figure", "'f.gif'"]),
        (["--json", "no/where.json"], ["no/where.json"]),
    ],
)
def test_refuses(nashbox, problem, options, words):
    files = {
        "p.toml": problem(),
        "other.toml": problem(costs="[[0.03], [0.066], [0.1]]"),
        "t.toml": TESTING,
    }
    nashbox("compare", "p.toml", *options, files=files).refuses(*words)


def test_testing_games_have_no_designed_rules(nashbox):
    refused = nashbox("compare", "t.toml", "--design", "social", files={"t.toml": TESTING})
    refused.refuses("--design", "'testing'")
    answer = nashbox("compare", "t.toml", "--starts", "1", "--json", "-")
    rows = json.loads(answer.out)["rows"]
    assert answer.code == 0 and {row["mechanism"] for row in rows} == {
        "belief_exchange",
        "no_exchange",
    }
    assert all(row["honest_is_equilibrium"] is not None for row in rows)


def test_refuses_points_of_real_counts(nashbox, problem):
    files = {"p.toml": problem(counts='"real"'), "half.py": MEDIAN}
    answer = nashbox("compare", "p.toml", "--mechanism", "half.py:Half", files=files)
    answer.refuses('counts = "real"', "Half", '"integer"')
