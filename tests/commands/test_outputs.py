"""What commands write: the JSON formats, exit codes, tables, and nothing else."""

import json
import math

import pytest

from nashbox.experiments.audit import Audit
from nashbox.experiments.audit.base import VERDICTS
from nashbox.experiments.run import Run
from nashbox.rules.planning import PlanReport

number = (int, float)
INF = "costs = [[0.1, inf], [0.1, 0.1]]"


def holds(value, shape):
    """Whether a JSON value has a shape: a type, a literal, a list of one shape, a dict of shapes.

    A dict must have these keys and may have more; a tuple of shapes offers a choice.
    """
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            key in value and holds(value[key], inner) for key, inner in shape.items()
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(holds(item, shape[0]) for item in value)
    if isinstance(shape, tuple):
        return any(holds(value, inner) for inner in shape)
    if isinstance(shape, type):
        return isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
    return value == shape


PENALTY = (int, float, "inf")
GAIN = {"estimate": PENALTY, "lower": PENALTY, "upper": PENALTY}
AUDIT = {
    "format": "nashbox-audit/1",
    "game": "estimation",
    "mechanism": str,
    "plan": str,
    "method": ("exact", "exhaustive", "black_box"),
    "class": str,
    "epsilon": (None, int, float),
    "delta": number,
    "seeds": dict,
    "versions": {"python": str, "nashbox": str, "numpy": str},
    "problem": {"game": "estimation", "costs": list, "sigma": list},
    "nash": VERDICTS,
    "individually_rational": (bool, None),
    "social_penalty": PENALTY,
    "efficiency_ratio": PENALTY,
    "condition_8": bool,
    "agents": [
        {
            "name": str,
            "recommended": [number],
            "penalty": PENALTY,
            "penalty_alone": PENALTY,
            "epsilon": number,
            "verdict": VERDICTS,
            "gain": GAIN,
            "candidates": (None, int),
            "best_deviation": {"strategy": str, "parameters": dict, "penalty": PENALTY},
        }
    ],
}
PLAN = {
    "format": "nashbox-plan/1",
    "rule": str,
    "counts": [[number]],
    "penalties": [PENALTY],
    "penalties_alone": [PENALTY],
    "social_penalty": PENALTY,
    "certified_gap": (None, int, float),
    "condition_8": bool,
    "cbl": {
        "counts": [[number]],
        "alone": [[bool]],
        "totals": [number],
        "alpha": [[(int, float, None)]],
        "penalties": [PENALTY],
        "social_penalty": PENALTY,
    },
}
RUN = {
    "format": "nashbox-run/1",
    "rounds": int,
    "replications": int,
    "agents": [{"name": str, "penalty": PENALTY, "error": PENALTY, "cost": number, "se": number}],
    "steps": [dict],
}
CHECK = {
    "format": "nashbox-check/1",
    "passed": bool,
    "checks": [{"name": str, "passed": (bool, None), "reason": str}],
}


def test_shapes_can_fail():
    assert holds({"a": [1], "b": None, "c": 0}, {"a": [int], "b": (None, int)})
    for wrong in ({"a": [1]}, {"a": [True], "b": 1}, {"a": 1, "b": 1}, {"a": [1.5], "b": 1}, []):
        assert not holds(wrong, {"a": [int], "b": (None, int)})


@pytest.mark.sparse(3)
@pytest.mark.parametrize(
    ("command", "changes", "shape"),
    [
        (["audit"], {}, AUDIT),
        (["audit"], {"mechanism": '"cbl"', "counts": '"real"'}, AUDIT),
        (["audit", "--method", "exhaustive"], {"strategies": '{a0 = "free_rider"}'}, AUDIT),
        (["audit", "--method", "black_box", "--budget", 3000], {}, AUDIT),
        (["audit", "--method", "black_box", "--budget", 3000], {"costs": INF[8:]}, AUDIT),
        (["audit"], {"costs": INF[8:], "mechanism": '"alone"'}, AUDIT),
        (["audit", "--plan", "my.csv"], {}, AUDIT),
        (["plan"], {}, PLAN),
        (["plan"], {"counts": '"real"', "costs": INF[8:]}, PLAN),
        (["plan", "--rule", "alone"], {}, PLAN),
        (["plan"], {"plan": '"my.csv"'}, PLAN),
        (["run", "--replications", 9], {}, RUN),
        (["run", "--replications", 9, "--rounds", 3], {"costs": INF[8:]}, RUN),
    ],
)
def test_json(nashbox, problem, command, changes, shape):
    files = {"p.toml": problem(**changes), "my.csv": "agent,x0\na0,5\na1,5\na2,0\n"}
    answer = nashbox(command[0], "p.toml", *command[1:], "--json", "-", files=files)
    assert answer.code == 0 and answer.err == "" and answer.written == set(), answer.err
    body = json.loads(answer.out, parse_constant=lambda token: pytest.fail(f"{token} in JSON"))
    for key, inner in shape.items():
        assert holds(body.get(key), inner), (key, body.get(key))
    nashbox(command[0], "p.toml", *command[1:], "--json", "o.json")
    with open("o.json") as stream:
        assert json.load(stream) == body


@pytest.mark.slow
def test_check_json(nashbox):
    for target in ("withholder", "cbl"):
        answer = nashbox("check", target, "--json", "-")
        body = json.loads(answer.out)
        assert holds(body, CHECK) and body["passed"] and answer.code == 0


def test_numbers_that_json_lacks(nashbox, problem):
    files = {"p.toml": problem(costs="[[0.1, inf], [0.1, 0.1]]", mechanism='"alone"')}
    body = json.loads(nashbox("audit", "p.toml", "--json", "-", files=files).out)
    first = body["agents"][0]
    assert first["penalty"] == first["penalty_alone"] == body["social_penalty"] == "inf"
    assert body["problem"]["costs"][0][1] == "inf"
    assert body["epsilon"] is None and first["candidates"] is None
    body = json.loads(nashbox("plan", "p.toml", "--json", "-").out)
    assert body["penalties_alone"][0] == "inf"
    assert None in [cell for row in body["cbl"]["alpha"] for cell in row]


def test_the_epsilon_asked_for(nashbox, problem):
    files = {"p.toml": problem()}
    body = json.loads(nashbox("audit", "p.toml", "--json", "-", files=files).out)
    for agent in body["agents"]:
        assert agent["epsilon"] == pytest.approx(max(1e-9, 1e-3 * abs(agent["penalty"])))
    body = json.loads(nashbox("audit", "p.toml", "--epsilon", 0.25, "--json", "-").out)
    assert body["epsilon"] == 0.25 and {a["epsilon"] for a in body["agents"]} == {0.25}


def test_gain_over_recommended_is_for_named_agents(nashbox, problem):
    files = {"p.toml": problem(strategies='{a1 = "over_collector"}')}
    for method in ("exact", "exhaustive", "black_box"):
        answer = nashbox(
            "audit", "p.toml", "--method", method, "--budget", 3000, "--json", "-", files=files
        )
        agents = json.loads(answer.out)["agents"]
        assert ["gain_over_recommended" in agent for agent in agents] == [False, True, False]
        assert holds(agents[1]["gain_over_recommended"], GAIN)
    answer = nashbox("audit", "p.toml", "--profile", "recommended", "--json", "-")
    assert not any("gain_over_recommended" in a for a in json.loads(answer.out)["agents"])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),
        (["--strict"], 1),
        (["--strict", "--mechanism", "alone"], 0),
        (["--strict", "--epsilon", "1000"], 0),
        (["--strict", "--json", "o.json"], 1),
    ],
)
def test_strict(nashbox, problem, options, code):
    answer = nashbox("audit", "p.toml", *options, files={"p.toml": problem()})
    assert answer.code == code and answer.err == "" and "honest" in answer.out
    assert answer.written == ({"o.json"} if "o.json" in options else set())


@pytest.mark.sparse(1)
@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "PNG"])
def test_figures(nashbox, problem, kind):
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind.lower()]
    files = {"p.toml": problem()}
    for command in (["plan"], ["audit"], ["run", "--replications", 9]):
        name = f"{command[0]}.{kind}"
        answer = nashbox(command[0], "p.toml", *command[1:], "--figure", name, files=files)
        assert answer.code == 0 and answer.written == {name, f"{command[0]}.csv"}
        with open(name, "rb") as stream:
            assert stream.read(len(start)) == start


def test_names_are_shown_as_they_are(nashbox, problem):
    names = ["[red]a[/red]", "[/]", ":smile:", "雪"]
    table = "agent,[bold]x\n" + "".join(f"{name},0.1\n" for name in names)
    files = {"p.toml": problem(costs='"c.csv"'), "c.csv": table}
    for command in (["plan"], ["audit"], ["run", "--replications", 9, "--rounds", 2]):
        out = nashbox(command[0], "p.toml", *command[1:], files=files).out
        assert all(name in out for name in names)
    assert "[bold]x" in nashbox("plan", "p.toml").out


def test_every_method_prints_its_table(nashbox, problem):
    files = {"p.toml": problem(strategies='{a0 = {name = "mixer", weight = 0.5}}')}
    for method in ("exact", "exhaustive", "black_box"):
        options = ["--method", method, "--budget", 3000]
        answer = nashbox("audit", "p.toml", *options, files=files)
        assert answer.code == 0 and f"{method} audit" in answer.out and answer.err == ""


ROUND_TRIPS = {
    Audit: ["audit"],
    PlanReport: ["plan"],
    Run: ["run", "--replications", 9, "--rounds", 2],
}


@pytest.mark.parametrize("kind", ROUND_TRIPS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"costs": "[[0.1, inf], [0.1, 0.1]]", "mechanism": '"cbl"'},
        {"strategies": '{a1 = "free_rider"}'},
    ],
)
def test_save_and_load(nashbox, problem, folder, kind, changes):
    command = ROUND_TRIPS[kind]
    files = {"p.toml": problem(**changes)}
    assert nashbox(command[0], "p.toml", *command[1:], "--json", "a.json", files=files).code == 0
    loaded = kind.load("a.json")
    loaded.save("b.json")
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()
    assert loaded.to_frame().shape[0] >= 2
    assert loaded.plot() is not None


def test_load_names_what_is_wrong(nashbox, problem):
    from nashbox import InputError

    nashbox("plan", "p.toml", "--json", "plan.json", files={"p.toml": problem(), "x.json": "{"})
    for kind, path, words in (
        (Audit, "plan.json", "plan.json: format must be 'nashbox-audit/1', got 'nashbox-plan/1'"),
        (Run, "x.json", "x.json: is not valid JSON"),
        (PlanReport, "no.json", "no.json: cannot be read"),
    ):
        with pytest.raises(InputError, match=words):
            kind.load(path)


def test_infinity_survives_a_round_trip(nashbox, problem):
    files = {"p.toml": problem(costs="[[0.1, inf], [0.1, 0.1]]", mechanism='"alone"')}
    nashbox("audit", "p.toml", "--json", "a.json", files=files)
    assert math.isinf(Audit.load("a.json").agents[0].penalty)


def test_interrupted(nashbox, problem, monkeypatch):
    def interrupt(options):
        raise KeyboardInterrupt

    monkeypatch.setattr("nashbox.commands.shared.load_problem", interrupt)
    answer = nashbox("plan", "p.toml", "--json", "o.json", files={"p.toml": problem()})
    assert answer == (130, "", "nashbox: interrupted\n", set())
