"""`nashbox adapt` and `nashbox empirical` as users run them."""

import json
import runpy
import subprocess
import sys

import pytest

from nashbox.cli import main
from tests.places import EXAMPLES

HUNDRED = str(EXAMPLES / "dynamics" / "hundred.toml")
TWENTY = str(EXAMPLES / "dynamics" / "twenty.toml")
LABS = str(EXAMPLES / "dynamics" / "two_labs.toml")
LIAR = """
from dataclasses import dataclass
from nashbox import Revision, Strategy

@dataclass(frozen=True)
class Liar(Strategy):
    offset: float = 3.0

    def report(self, data, view, rng):
        return data.shifted(self.offset)

@dataclass(frozen=True)
class Stubborn(Revision):
    def choose(self, agent, rng):
        return agent.choice
"""


def test_data_fall_under_the_sample_mean_and_stay_under_cbl(nashbox):
    options = ["--rule", "best_response", "--compare", "sample_mean,cbl", "--rounds", "6"]
    done = nashbox("adapt", HUNDRED, *options, "--figure", "f.png", "--json", "a.json")
    assert done.code == 0 and done.written == {"a.json", "f.csv", "f.png"}
    said = " ".join(done.out.split())
    assert "447.214 at first, 44.7214 in the end" in said
    assert "447.214 at first, 447.214 in the end" in said
    with open("a.json") as file:
        body = json.load(file)
    assert body["format"] == "nashbox-adapt/1"
    assert [run["mechanism"] for run in body["runs"]] == ["sample_mean", "cbl"]
    assert [round(row["data"], 2) for row in body["runs"][0]["rounds"]][:2] == [447.21, 44.72]


def test_a_menu_a_graph_and_a_few_liars(nashbox):
    options = [
        "--rule", "imitation", "--menu", "truthful,fabricator(fraction=0.3)", "--start",
        "fabricator=3", "--graph", "watts_strogatz_graph(k=4, p=0.1)", "--rounds", "12",
        "--mechanism", "counted_mean", "--json", "-",
    ]  # fmt: skip
    first, second = (json.loads(nashbox("adapt", TWENTY, *options).out) for _ in range(2))
    assert first == second
    (run,) = first["runs"]
    assert run["rounds"][0]["shares"] == {"truthful": 0.85, "fabricator(fraction=0.3)": 0.15}
    assert run["rounds"][-1]["share_honest"] == 0.0 and len(run["steps"]) == 13 * 20
    assert first["graph"].startswith("watts") and first["rule"]["look"] == "best"


@pytest.mark.parametrize("rule", ["logit", "replicator", "fictitious_play"])
def test_every_rule_prints_a_table(nashbox, rule):
    menu = ["--menu", "truthful,under_collector", "--rounds", "3"]
    done = nashbox("adapt", TWENTY, "--rule", rule, *menu, "--figure", "f.svg")
    assert done.code == 0 and rule in done.out and "penalties: exact" in done.out
    assert done.written == {"f.csv", "f.svg"}


def test_plugins_of_both_kinds(nashbox):
    menu = "truthful,ideas/liar.py:Liar,{name = 'ideas/liar.py:Liar', offset = 5.0}"
    options = ["--menu", menu, "--rounds", "2", "--worlds", "50", "--start", "Liar(offset=5.0)=4"]
    files = {"ideas/liar.py": LIAR}
    done = nashbox(
        "adapt", TWENTY, "--rule", "ideas/liar.py:Stubborn", *options, "--json", "-", files=files
    )
    assert done.code == 0, done.err
    (run,) = json.loads(done.out)["runs"]
    assert run["rounds"][-1]["shares"] == {"truthful": 0.8, "Liar": 0.0, "Liar(offset=5.0)": 0.2}
    assert not run["exact"] and run["worlds"] == 50


def test_the_dilemma_is_tabulated_and_solved(nashbox, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    options = ["--menu", "truthful,under_collector(factor=0.75)"]
    done = nashbox("empirical", LABS, *options, "--json", "e.json", "--figure", "e.png")
    assert done.code == 0 and done.written == {"e.csv", "e.json", "e.png"}
    assert done.out.count("no equilibrium") == 3
    with open("e.json") as file:
        body = json.load(file)
    assert body["format"] == "nashbox-empirical/1" and body["row_menu"][0] == "truthful"
    (found,) = body["equilibria"]
    assert found["row"] == found["column"] == [0.0, 1.0]
    assert body["pure"][1][1]["nash_conv"]["upper"] == 0.0
    measured = nashbox("empirical", LABS, *options, "--method", "simulated", "--json", "-")
    assert json.loads(measured.out)["row_se"][0][0] > 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--rule", "logit"], ["menu"]),
        (["--rule", "lgit", "--menu", "truthful,ignorer"], ["'lgit'", "did you mean 'logit'"]),
        (["--rule", "logit,imitation", "--menu", "truthful,ignorer"], ["--rule", "one rule"]),
        (["--menu", "truthful,fabricatr"], ["'fabricatr'", "fabricator"]),
        (["--menu", "truthful"], ["at least two"]),
        (["--menu", "truthful,truthful"], ["truthful twice"]),
        (["--menu", "truthful,(ignorer"], ["--menu", "brackets closed"]),
        (["--menu", "truthful,fabricator(fraction)"], ["--menu: must be a name", "parameters as"]),
        (["--menu", "truthful,fabricator(fraction=x y)"], ["--menu: must be a name", "=x y)'"]),
        (["--menu", "truthful,{name}"], ["--menu: must be a table", "'{name}'"]),
        (["--menu", "truthful,ignorer", "--start", "ignorer"], ["--start", "entry=count"]),
        (["--menu", "truthful,ignorer", "--start", "ignorer=-1"], ["--start", "entry=count"]),
        (["--menu", "truthful,ignorer", "--start", "ignored=1"], ["'ignored'", "'ignorer'"]),
        (["--menu", "truthful,ignorer", "--start", "ignorer=21"], ["at most 20", "21"]),
        (["--menu", "truthful,ignorer", "--start", "truthful=3"], ["20 in all", "3"]),
        (["--start", "ignorer=2"], ["--start: names entries", "give a menu"]),
        (["--honest", "ignorer"], ["--honest: names entries", "give a menu"]),
        (["--method", "simulated"], ["--method: best responses", "give a menu"]),
        (["--revising", "0.5"], ["--revising: best responses", "got 0.5"]),
        (["--rule", "replicator", "--order", "random"], ["--order: the replicator moves"]),
        (["--rule", "replicator", "--revising", "0.5"], ["--revising: the replicator moves"]),
        (["--menu", "truthful,ignorer", "--graph", "ring"], ["looks at no neighbours"]),
        (["--menu", "truthful,ignorer", "--temperature", "1"], ["--temperature", "logit"]),
        (["--menu", "truthful,ignorer", "--revising", "1.5"], ["revising", "1.5"]),
        (["--menu", "truthful,ignorer", "--rounds", "0"], ["rounds", "0"]),
        (["--menu", "truthful,ignorer", "--worlds", "1"], ["worlds", "1"]),
        (["--menu", "truthful,ignorer", "--honest", "nobody"], ["honest", "'nobody'"]),
        (["--menu", "truthful,fabricator", "--method", "exact"], ["'exact'", "not measured"]),
        (["--compare", "cbl,sbl"], ["--compare: unknown name 'sbl'"]),
        (["--order", "random"], ["sequential or simultaneous"]),
    ],
)
def test_bad_options_of_adapt(nashbox, options, words):
    nashbox("adapt", TWENTY, *options).refuses(*words)


def test_an_unknown_graph_and_real_counts(nashbox):
    liars = ["--rule", "imitation", "--menu", "truthful,fabricator"]
    nashbox("adapt", TWENTY, *liars, "--graph", "rink").refuses("graph", "'rink'")
    nashbox("adapt", HUNDRED, *liars).refuses('counts = "real"', "not measured")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], ["--menu"]),
        (["--menu", "truthful,ignorer", "--row", "a7"], ["--row: unknown agent 'a7'"]),
        (["--menu", "truthful,ignorer", "--row", "a0", "--column", "a0"], ["two agents", "'a0'"]),
        (["--menu", "truthful,ignorer", "--tolerance", "-1"], ["--tolerance", "-1"]),
    ],
)
def test_bad_options_of_empirical(nashbox, options, words):
    nashbox("empirical", LABS, *options).refuses(*words)


def test_strategies_of_the_file_are_said_to_be_ignored(nashbox, problem):
    files = {"p.toml": problem(strategies='{a0 = "shifter"}')}
    done = nashbox("adapt", "p.toml", "--menu", "truthful,ignorer", "--rounds", "1", files=files)
    assert done.code == 0 and "note: the strategies of the problem are not played" in done.out


def test_the_survival_example_is_an_experiment_of_a_sweep():
    share_honest = runpy.run_path(str(EXAMPLES / "dynamics" / "survival.py"))["share_honest"]
    problem = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 12}
    assert share_honest({**problem, "mechanism": "sample_mean"}, 1) == {
        "share_honest": 0.0,
        "data": 0.0,
    }
    alone = share_honest({**problem, "mechanism": "alone"}, 1)
    assert alone["share_honest"] == 1.0 and alone["data"] == 12 * 45


@pytest.mark.slow
def test_the_survival_example_prints_and_draws(tmp_path):
    script = EXAMPLES / "dynamics" / "survival.py"
    done = subprocess.run(
        [sys.executable, script, "--quick"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "took over" in done.stdout and (tmp_path / "survival.png").stat().st_size > 5000


def test_gains_within_the_error_are_named(nashbox):
    menu = ["--menu", "truthful,fabricator(fraction=0.9)", "--rounds", "2", "--worlds", "100"]
    done = nashbox("adapt", TWENTY, "--rule", "imitation", *menu)
    assert done.code == 0 and "within the error of the penalties" in done.out


def test_help_lists_both(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "adapt" in out and "empirical" in out


@pytest.mark.parametrize("agents", ["", "agents = 3\n", 'agents = ["x", "y", "z"]\n'])
def test_mechanisms_are_compared_however_the_agents_are_given(nashbox, agents):
    menu = ["--menu", "contribute,contribute(share=0)", "--compare", "publish,publish"]
    files = {"p.toml": f'game = "public_goods"\n{agents}'}
    done = nashbox("adapt", "p.toml", *menu, "--rounds", "1", files=files)
    assert done.code == 0 and f"2 mechanisms, {3 if agents else 4} agents" in done.out
    found = json.loads(nashbox("adapt", "p.toml", *menu, "--rounds", "1", "--json", "-").out)
    assert found["players"] == (3 if agents else 4)
