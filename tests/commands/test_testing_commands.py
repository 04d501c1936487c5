"""Testing games from the command line: bad input, keys of the answers, examples, figures."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from nashbox.problem.files import load
from tests.places import EXAMPLES
from tests.testing_problems import agent, text

GAMES = EXAMPLES / "testing"
SOLVE = {
    "format", "arithmetic", "error_bound", "tail_mass", "kl", "alone", "p_wins", "p_tie",
    "expected_min", "expected_max", "error_winner", "error_loser", "error_interactive", "pooled",
}  # fmt: skip
AUDIT = {
    "format", "game", "mechanism", "plan", "method", "class", "epsilon", "delta", "seeds",
    "versions", "problem", "nash", "individually_rational", "social_payoff", "efficiency_ratio",
    "condition_8", "agents",
}  # fmt: skip
LABELLED = "label,symbol\n0,a\n0,b\n1,b\n"


def spoken(strategy):
    return agent("A", more=f"strategy = {strategy}\n") + agent("B")


BAD = [
    (text(beta=None), ["'beta' is missing"]),
    (text(beta="0.5"), ["beta must be in (0, 1/2)", "0.5"]),
    (text(beta='"x"'), ["beta must be a probability", "'x'"]),
    (text(prior="0.9"), ["prior must have", "1/10", "0.9"]),
    (text(prior="1.5"), ["prior must be a probability", "1.5"]),
    (text(bta="0.1"), ["unknown key 'bta'", "did you mean 'beta'"]),
    (text(agents=agent("A")), ["at least two [[agents]]", "got 1"]),
    (text(agents=""), ["'agents' is missing"]),
    (text(agents="agents = 3\n"), ["agents must be tables", "got 3"]),
    (text(agents=agent("A") + agent("A")), ["'A' is named twice"]),
    (text(agents=agent("A") + agent(None)), ["agent number 2", "'name'"]),
    (text(agents=agent("A") + agent("B", more="p2 = 1\n")), ["agent B", "unknown key 'p2'"]),
    (text(agents=agent("A") + agent("B", p0="[0.6, 0.5]")), ["agent B", "p0 must sum to"]),
    (text(agents=agent("A") + agent("B", p0="[1.6, -0.6]")), ["agent B", "p0[0]", "1.6"]),
    (text(agents=agent("A") + agent("B", p0="[1.0]")), ["agent B", "same number of symbols"]),
    (text(agents=agent("A") + agent("B", p0="0.5")), ["agent B", "p0 must be a list"]),
    (text(agents=agent("A") + agent("B", p1='["0.6", "0.4"]')), ["agent B", "must differ"]),
    (text(agents=spoken("{alpha = 0.5}")), ["agent A: strategy", "a table with a name"]),
    (text(agents=spoken('{name = "signaller", alpha = 1.5}')), ["agent A", "alpha", "[0, 1]"]),
    (text(agents=spoken('{name = "signaller", weight = -0.1}')), ["agent A", "weight", "-0.1"]),
    (text(agents=spoken('{name = "signaller", weight = [0.5, 2]}')), ["weight", "[0", "2"]),
    (text(agents=spoken('{name = "signaller", weight = []}')), ["weight", "[]"]),
    (text(agents=spoken('{name = "signaller", anticipate = 1}')), ["anticipate", "true or false"]),
    (text(agents=spoken('{name = "signaller", threshold = 0.6}')), ["threshold", "0.6"]),
    (text(agents=spoken('{name = "signaller", beta = 0.6}')), ["no parameter 'beta'"]),
    (text(agents=spoken('"signaler"')), ["unknown name 'signaler'", "did you mean 'signaller'"]),
    (text(agents=spoken('"none.py:Liar"')), ["none.py"]),
    (text(strategies='{C = "silent"}'), ["strategies: unknown agent 'C'"]),
    (text(mechanism='"cbl"'), ["mechanism", "unknown name 'cbl'", "belief_exchange"]),
    (text(payoff='{kind = "prize"}'), ["payoff", "contest, cost, win", "'prize'"]),
    (text(payoff='{kind = "contest", prise = 1}'), ["no parameter 'prise'"]),
    (text(payoff='{kind = "cost", c = -1}'), ["cost.c", "[0.0, inf)", "-1"]),
    (text(payoff='{kind = "win", prize = 1}'), ["win has no parameter"]),
    (text(graph='"circle"'), ["graph", "unknown networkx generator 'circle'", "cycle"]),
    (text(graph='[["A", "C"]]'), ["graph: edge 1", "unknown agent 'C'"]),
    (text(graph='[["A", "A"]]'), ["graph: edge 1", "two agents"]),
    (text(graph='[["A"]]'), ["graph: edge 1", "pair"]),
    (text(graph='"edges.csv"'), ["edges.csv: cannot be read"]),
    (text(graph='{name = "watts_strogatz"}'), ["watts_strogatz", "failed"]),
    (text(cap="0"), ["cap must be a whole number", "got 0"]),
    (text(agents=agent("A") + '[[agents]]\nname = "B"\ncsv = "d.csv"\nlabel = "l"\n'),
     ["d.csv", "no column 'l'"]),
    (text(agents=agent("A") + '[[agents]]\nname = "B"\ncsv = "d.csv"\nsmoothing = -1\n'),
     ["agent B", "smoothing", "-1"]),
    (text(agents=agent("A") + '[[agents]]\nname = "B"\ncsv = "bad.csv"\n'),
     ["bad.csv", "row 3", "label must be 0 or 1", "'2'"]),
    (text(agents=agent("A") + '[[agents]]\nname = "B"\ncsv = "none.csv"\n'), ["none.csv", "read"]),
    (text(agents=agent("A") + agent("B", more='csv = "d.csv"\n')), ["p0 and p1, or csv"]),
]  # fmt: skip
FILES = {"d.csv": LABELLED, "bad.csv": "label,symbol\n0,a\n2,b\n"}


@pytest.mark.parametrize("content, words", BAD, ids=[" ".join(w)[:40] for _, w in BAD])
def test_bad_files(nashbox, content, words):
    for command in ("solve", "audit", "run"):
        nashbox(command, "g.toml", files={"g.toml": content, **FILES}).refuses(*words)


@pytest.mark.sparse(1)
@pytest.mark.parametrize(
    ("strategy", "words"),
    [("optimal_stopper", "needs prices c > 0"), ("best_response", "needs a game of two agents")],
)
def test_strategies_that_do_not_fit_the_game_are_refused_with_the_file(nashbox, strategy, words):
    three = spoken(f'"{strategy}"') + agent("C")
    for command in ("audit", "run"):
        answer = nashbox(command, "g.toml", files={"g.toml": text(agents=three)})
        answer.refuses(f"g.toml: agent A: {strategy} {words}")


def test_bad_options(nashbox, problem):
    files = {"g.toml": text(), "e.toml": problem()}
    nashbox("solve", "e.toml", files=files).refuses("e.toml", "testing", "estimation")
    nashbox("plan", "g.toml").refuses("g.toml", "estimation", "testing")
    nashbox("audit", "g.toml", "--plan", "social").refuses("--plan", "social")
    nashbox("audit", "g.toml", "--method", "exhaustive").refuses("exhaustive", "black_box")
    nashbox("audit", "g.toml", "--epsilon", "-1").refuses("epsilon", "-1")
    nashbox("audit", "g.toml", "--budget", "10").refuses("budget", "10")
    nashbox("run", "g.toml", "--replications", "0").refuses("replications", "0")
    nashbox("run", "g.toml", "--rounds", "0").refuses("rounds", "0")
    nashbox("run", "g.toml", "--everyone", "liar").refuses("--everyone", "liar")
    nashbox("run", "g.toml", "--mechanism", "cbl").refuses("--mechanism", "cbl")


def test_solve(nashbox):
    answer = nashbox("solve", "g.toml", "--json", "-", files={"g.toml": text()})
    body = json.loads(answer.out)
    assert body.keys() >= SOLVE
    assert body["format"] == "nashbox-solve/1"
    assert body["alone"]["A"]["expected_stopping_time"] == pytest.approx(25.157629, abs=1e-6)
    assert body["p_wins"]["B"] == pytest.approx(0.475879, abs=1e-6)
    shown = nashbox("solve", "g.toml")
    assert "25.157629" in shown.out and shown.code == 0


def test_floats_are_read_by_their_shortest_decimal(nashbox):
    numbers = [
        json.loads(nashbox("solve", "g.toml", "--json", "-", files={"g.toml": content}).out)
        for content in (text(), text(beta="0.1", agents=agent("A", "[0.6, 0.4]") + agent("B")))
    ]
    assert numbers[0]["p_tie"] == numbers[1]["p_tie"]


@pytest.mark.slow
def test_audit(nashbox):
    answer = nashbox("audit", "g.toml", "--json", "-", files={"g.toml": text()})
    body = json.loads(answer.out)
    assert body.keys() >= AUDIT
    assert (body["format"], body["game"], body["nash"]) == (
        "nashbox-audit/1", "testing", "none_above_epsilon",
    )  # fmt: skip
    row = body["agents"][0]
    assert row.keys() >= {"name", "payoff", "epsilon", "verdict", "gain", "candidates"}
    assert not row.keys() & {"penalty", "recommended", "penalty_alone"}
    assert row["best_deviation"].keys() >= {"strategy", "parameters", "payoff"}
    bluff = nashbox("audit", "g.toml", "--signals", "any", "--strict")
    assert bluff.code == 1 and " gains " in bluff.out


@pytest.mark.slow
def test_best_deviations_are_written_as_files_take_them(nashbox):
    found = nashbox("audit", "g.toml", "--signals", "any", "--json", "-", files={"g.toml": text()})
    best = json.loads(found.out)["agents"][0]["best_deviation"]
    inside = ", ".join(f"{k} = {json.dumps(v)}" for k, v in best["parameters"].items())
    deviation = f'strategies = {{A = {{name = "{best["strategy"]}", {inside}}}}}\n'
    files = {"d.toml": text(changes=deviation)}
    played = nashbox("run", "d.toml", "--replications", 50_000, "--json", "-", files=files)
    agent_a = json.loads(played.out)["agents"][0]
    assert abs(agent_a["payoff"] - best["payoff"]) < 4 * agent_a["se"]


def test_run(nashbox):
    options = ("--rounds", 2, "--replications", 500, "--seed", 3, "--json", "-")
    answer = nashbox("run", "g.toml", *options, files={"g.toml": text()})
    body = json.loads(answer.out)
    assert body.keys() >= {"format", "rounds", "replications", "agents", "steps"}
    assert [(s["Step"], s["AgentID"]) for s in body["steps"]] == [
        (1, "A"), (1, "B"), (2, "A"), (2, "B"),
    ]  # fmt: skip
    for row in body["agents"]:
        assert row.keys() >= {"name", "payoff", "error", "cost", "se"}
    steps = body["records"]["steps"]
    ends = {(g["game"], g["agent"]): g["stop"] for g in body["records"]["games"]}
    for key, stop in ends.items():
        assert [s["step"] for s in steps if (s["game"], s["agent"]) == key] == [*range(1, stop + 1)]
    again = nashbox("run", "g.toml", *options)
    assert again.out == answer.out


def test_overrides(nashbox):
    files = {"g.toml": text()}
    alone = nashbox("run", "g.toml", "--mechanism", "no_exchange", "--json", "-", files=files)
    assert json.loads(alone.out)["agents"][0]["reasons"]["anticipation"] == 0
    silent = nashbox("run", "g.toml", "--everyone", "silent", "--json", "-")
    assert json.loads(silent.out)["agents"][0]["strategy"] == "silent"
    profile = text(beta='"1/4"').replace('name = "A"', 'name = "A"\nstrategy = "quitter"')
    fair = nashbox("audit", "h.toml", "--profile", "recommended", files={"h.toml": profile})
    assert "exact audit" in fair.out


@pytest.mark.slow
def test_figures(nashbox):
    files = {"g.toml": text()}
    for command in (
        ("solve", "g.toml"), ("run", "g.toml", "--replications", 300), ("audit", "g.toml"),
        ("audit", "g.toml", "--method", "black_box", "--budget", 1000),
    ):  # fmt: skip
        answer = nashbox(*command, "--figure", "f.svg", files=files)
        assert answer.written == {"f.svg", "f.csv"} and answer.code == 0, answer
        Path("f.svg").unlink()
        Path("f.csv").unlink()


def test_examples(nashbox):
    for path in sorted(GAMES.glob("*.toml")):
        answer = nashbox("run", path, "--replications", 200, "--json", "-")
        assert answer.code == 0, (path, answer.err)
        body = json.loads(answer.out)
        assert body["unfinished"] == 0
    ring = load(GAMES / "ring.toml")
    assert [len(ring.neighbours(i)) for i in range(10)] == [2] * 10
    star = load(GAMES / "star.toml")
    assert [len(star.neighbours(i)) for i in range(10)] == [9] + [1] * 9


@pytest.mark.slow
def test_estimated_pmfs(nashbox):
    problem = load(GAMES / "breast_cancer.toml")
    assert problem.alphabets["texture"] == ("q1", "q2", "q3", "q4")
    model = problem.models[0]
    assert (model.p0[0], model.p1[0]) == (Fraction(263, 718), Fraction(25, 428))
    answer = nashbox("solve", GAMES / "breast_cancer.toml")
    assert "estimated from data" in answer.out


def test_edges_from_a_file(nashbox):
    agents = "".join(agent(n) for n in "ABC")
    files = {"g.toml": text(graph='"e.csv"', agents=agents), "e.csv": "from,to\nA,C\nC,B\n"}
    assert nashbox("run", "g.toml", "--replications", 10, files=files).code == 0
    assert load("g.toml").edges == ((0, 2), (1, 2))


PAGE = (GAMES / "README.md").read_text(encoding="utf-8")


def test_the_class_of_the_page_plugs_in(nashbox):
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    answer = nashbox("check", "mine.py:Patient", "--strict", files={"mine.py": block})
    assert answer.code == 0, answer.out
    spec = spoken('{name = "mine.py:Patient", least = 30}')
    played = nashbox("run", "g.toml", "--json", "-", files={"g.toml": text(agents=spec)})
    assert json.loads(played.out)["agents"][0]["tau"] > 30
