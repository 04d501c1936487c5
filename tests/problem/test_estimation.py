"""Problem files that are good: defaults, names, and what a problem says of itself."""

import json

import numpy as np
import pytest

from nashbox import load_problem
from nashbox.problem.errors import InputError, brief, finite, positive, require, told
from nashbox.problem.files import from_mapping
from nashbox.problem.spec import Spec, suggest
from tests.games import FIGURE1, figure1
from tests.places import EXAMPLES


def test_defaults():
    problem = figure1()
    assert (problem.plan, problem.mechanism, problem.counts) == (
        "ir_optimal",
        Spec("cbl"),
        "integer",
    )
    assert problem.strategies == {} and problem.outside_option == {} and problem.source.normal
    assert problem.names == ("a0", "a1", "a2") and problem.distributions == ("x0",)
    assert problem.costs.tolist() == FIGURE1 and problem.sigma.tolist() == [10.0]


OTHERS = [
    ('game = "tullock"\nstrategies = {a1 = {name = "recommended", x = 2.0}}', "strategies.a1"),
    ('game = "testing"\nbeta = "1/10"\n'
     'agents = [{name = "A", p0 = [0.6, 0.4], p1 = [0.4, 0.6]},'
     ' {name = "B", p0 = [0.6, 0.4], p1 = [0.4, 0.6],'
     ' strategy = {name = "recommended", x = 2.0}}]', "agent B: strategy"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), OTHERS)
def test_the_recommendation_has_no_parameters_in_any_game(tmp_path, text, place):
    (tmp_path / "p.toml").write_text(text)
    words = f"{place}: 'recommended' has no parameters, got {{'x': 2.0}}"
    with pytest.raises(InputError, match=words):
        load_problem(tmp_path / "p.toml")


def test_the_example_is_figure_1():
    problem = load_problem(EXAMPLES / "figure1.toml")
    assert problem.costs.tolist() == FIGURE1 and problem.mechanism.name == "sample_mean"


def test_files_are_found_beside_the_problem(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "c.csv").write_text("agent,x,y\nlab1,0.1,inf\nlab2,inf,2e-1\n")
    (tmp_path / "plan.csv").write_text("agent,x,y\nlab2,0,7\nlab1,5,0\n")
    (tmp_path / "m.csv").write_text("when,x,y\n1,2.0,\n2,3.0,5\n3,,7\n")
    (tmp_path / "p.toml").write_text(
        'game = "estimation"\nsigma = [1.0, 2]\ncosts = "data/c.csv"\nplan = "plan.csv"\n'
        'source = {csv = "m.csv"}\noutside_option = {lab2 = 12}\n'
        'strategies = {lab1 = "free_rider", lab2 = "recommended"}\n'
    )
    monkeypatch.chdir("/")
    problem = load_problem(tmp_path / "p.toml")
    assert problem.names == ("lab1", "lab2") and problem.distributions == ("x", "y")
    assert problem.costs.tolist() == [[0.1, np.inf], [np.inf, 0.2]]
    assert problem.plan.tolist() == [[5.0, 0.0], [0.0, 7.0]]  # in the order of the costs
    assert [column.tolist() for column in problem.source.columns] == [[2.0, 3.0], [5.0, 7.0]]
    assert np.array_equal(problem.outside, [np.nan, 12.0], equal_nan=True)
    assert problem.strategies == {"lab1": Spec("free_rider")}


@pytest.mark.parametrize("costs", ["inf", float("inf")])
def test_inf_as_json_and_toml_write_it(costs):
    assert np.isinf(figure1(costs=[[costs, 1], [2, 3]]).costs[0, 0])


def test_a_problem_can_be_written_down():
    changes = {
        "strategies": {"a1": {"name": "withholder", "fraction": 0.25}},
        "mechanism": {"name": "cbl", "alpha_factor": 0.5},
        "outside_option": {"a0": 3.5},
        "costs": [[0.1, "inf"], [0.2, 0.3]],
    }
    body = json.loads(json.dumps(figure1(**changes).to_json()))
    names = [body.pop("agents"), body.pop("distributions")]
    again = from_mapping(body)
    assert again.to_json() == figure1(**changes).to_json()
    assert names == [["a0", "a1"], ["x0", "x1"]]


@pytest.mark.parametrize("scale", [1e-20, 1e20])
def test_units_do_not_matter(scale):
    """The same game in other units of money and length is read, and its plan scales."""
    from nashbox.rules.planning import plan_report

    plain, scaled = (
        figure1(),
        figure1(sigma=10.0 * scale, costs=[[c * scale**2] for [c] in FIGURE1]),
    )
    assert plan_report(scaled).counts.tolist() == plan_report(plain).counts.tolist()


@pytest.mark.parametrize("rule", ["ir_optimal", "social", "nash", "egalitarian", "alone"])
@pytest.mark.parametrize("spread", [1e-6, 1e6])
def test_unlike_costs_give_a_plan_without_warnings(rule, spread):
    from nashbox.rules.planning import plan_report

    report = plan_report(figure1(costs=[[0.1 * spread], [0.1]], plan=rule))
    assert np.isfinite(report.penalties).all() and (report.counts >= 0).all()


def test_require():
    require("x", 1, low=1, high=1, integer=True)
    require("x", 10**400 - 10**400 + 2.0, integer=True)
    for value in ("1", None, True, float("nan"), float("inf"), 10**400, 1.5, [], 3, 0):
        with pytest.raises(InputError, match=r"^x must be a whole number in \(0, 2\], got "):
            require("x", value, low=0, high=2, open_low=True, integer=True)


def test_numbers_and_messages():
    assert [finite(v) for v in (0, -1.5, True, "1", None, float("nan"), 10**400)] == [
        True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert [positive(v) for v in (1e-50, 1, 1e50, 0, -1, 1e-60, 1e60, True)] == [
        True, True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert len(brief("x" * 10_000)) < 140 and brief([1]) == "[1]"
    assert told(ValueError("two\n lines")) == "ValueError: two lines"
    assert told(ZeroDivisionError()) == "ZeroDivisionError"
    assert suggest("b2", ["b1", "b22"]) == "allowed: b1, b22; did you mean 'b22'?"
    assert "and 75 more" in suggest("b2", [f"a{i}" for i in range(100)])
