"""Every result's plot has units on its axes and errors where there are some; its data equal it."""

import csv
import io
import math

import matplotlib as mpl
import numpy as np
import pytest

import nashbox
from nashbox.experiments.audit import audit, audit_game
from nashbox.experiments.audit.words import ALL
from nashbox.experiments.figures import CYCLE, drawn, rendered, save_figure
from nashbox.experiments.figures.standing import StandingChart
from nashbox.experiments.run import run
from nashbox.experiments.run import run as play
from nashbox.games.testing.receivers import value_of_alpha
from nashbox.games.testing.solving import solve_problem
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping, load
from nashbox.rules.planning import plan_report
from tests.games import figure1
from tests.places import EXAMPLES

mpl.use("Agg")


def race():
    return load(EXAMPLES / "testing" / "case_a.toml")


def two_columns():
    return figure1(costs=[[0.03, 0.1], [0.06, 0.05], [0.1, 0.07]], mechanism="sample_mean")


MADE = {
    "plan": lambda: plan_report(two_columns()),
    "exact audit": lambda: audit(figure1(mechanism="sample_mean")),
    "box audit": lambda: audit(two_columns(), method="black_box", budget=2000),
    "standing": lambda: StandingChart(audit(two_columns())),
    "one round": lambda: run(two_columns(), replications=200),
    "rounds": lambda: run(two_columns(), replications=200, rounds=3),
    "race": lambda: play(race(), replications=150, seed=2),
    "races": lambda: play(race(), replications=150, rounds=2),
    "solution": lambda: solve_problem(race()),
    "exact race audit": lambda: audit_game(race()),
    "grid race audit": lambda: audit_game(race(), method="black_box", budget=1000),
    "auction": lambda: audit(load(EXAMPLES / "auction.toml"), method="black_box", budget=1000),
    "receivers": lambda: value_of_alpha(race(), games=100),
}


@pytest.fixture(scope="module")
def shown():
    """(result, rows) of a figure by name, drawn once."""
    known = {}

    def get(name):
        if name not in known:
            result = MADE[name]()
            known[name] = result, rendered(result, "svg")[1]
        return known[name]

    return get


def select(rows, **wanted):
    return [row for row in rows if all(row.get(k) == v for k, v in wanted.items())]


def numbers(rows, key):
    return [row[key] for row in rows]


@pytest.mark.sparse(2)
@pytest.mark.parametrize("name", MADE)
def test_axes_say_what_is_drawn_in_which_units(shown, name):
    import matplotlib.pyplot as plt

    figure = shown(name)[0].plot().figure
    for ax in figure.axes:
        if hasattr(ax, "_colorbar"):
            assert "payoff" in ax.get_ylabel()
            continue
        for label in (ax.get_xlabel(), ax.get_ylabel()):
            twin = label == "" and any(
                other is not ax and other.bbox.bounds == ax.bbox.bounds for other in figure.axes
            )  # the axis below belongs to the other one
            good = label == "agent" or "(" in label or label.startswith("probability")
            assert good or twin, (name, label)
        for line in ax.get_lines():
            assert mpl.colors.to_hex(line.get_color()).upper() in CYCLE
    plt.close(figure)


@pytest.mark.sparse(2)
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_file_beside_a_figure_is_what_is_drawn(tmp_path, kind):
    import matplotlib.pyplot as plt

    result = MADE["one round"]()
    save_figure(result, tmp_path / f"f.{kind}")
    assert {p.name for p in tmp_path.iterdir()} == {f"f.{kind}", "f.csv"}
    table = list(csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text())))
    figure = result.plot().figure
    rows = drawn(figure)
    plt.close(figure)
    assert len(table) == len(rows) > 0
    for written, row in zip(table, rows, strict=True):
        for key, text in written.items():
            value = row.get(key, "")
            assert (float(text) if isinstance(value, float) else text) == value
    before = (tmp_path / "f.csv").read_bytes()
    save_figure(result, tmp_path / f"f.{kind}")  # its own data may be replaced
    assert (tmp_path / "f.csv").read_bytes() == before


def test_data_of_somebody_else_are_left_alone(nashbox, folder, problem):
    files = {"p.toml": problem(costs='"costs.csv"'), "costs.csv": "agent,x\na,0.1\nb,0.2\n"}
    nashbox("plan", "p.toml", "--figure", "costs.png", files=files).refuses("costs.csv", "another")
    assert (folder / "costs.csv").read_text() == files["costs.csv"]
    with pytest.raises(InputError, match="holds something else"):
        save_figure(MADE["one round"](), folder / "costs.svg")


def test_plan(shown):
    plan, rows = shown("plan")
    for k, name in enumerate(plan.distributions):
        bars = select(rows, series=f"points of {name}", kind="bar")
        assert numbers(bars, "y") == plan.counts[:, k].tolist()
        assert numbers(bars, "x_label") == list(plan.names)
    stacked = select(rows, series=f"points of {plan.distributions[1]}", kind="bar")
    assert numbers(stacked, "base") == plan.counts[:, 0].tolist()
    assert numbers(select(rows, series="penalty", kind="bar"), "y") == plan.penalties.tolist()
    alone = numbers(select(rows, series="penalty alone", kind="segment"), "y")
    assert alone == np.repeat(plan.penalties_alone, 2).tolist()


def test_gains_of_an_exact_audit(shown):
    result, rows = shown("exact audit")
    for agent in result.agents:
        curve = {row["x"]: row["y"] for row in select(rows, series=agent.name, kind="error")}
        assert len(curve) > 10
        for candidate in agent.landscape:
            if candidate.collected[0] in curve:
                assert curve[candidate.collected[0]] == candidate.gain
    best = next(row for row in rows if row["series"] == "best response with its bounds")
    gain = result.agents[0].gain
    assert (best["y"], best["low"], best["high"]) == pytest.approx(
        (gain.estimate, gain.lower, gain.upper), abs=1e-9
    )


def test_gains_of_a_simulated_audit(shown):
    result, rows = shown("box audit")
    tried = select(rows, series="deviations examined (2 s.e.)", kind="error")
    first = [c for c in result.agents[0].landscape if c.gain > -2 * result.agents[0].penalty]
    assert numbers(tried, "y") == [c.gain for c in first]
    assert any(c.se > 0 for c in first)
    for row, candidate in zip(tried, first, strict=True):
        ends = (candidate.gain - 2 * candidate.se, candidate.gain + 2 * candidate.se)
        assert (row["low"], row["high"]) == pytest.approx(ends)
    gain = result.agents[0].gain
    shown_gain = select(rows, series="gain with its bounds", kind="error")[0]
    assert shown_gain["y"] == gain.estimate
    assert (shown_gain["low"], shown_gain["high"]) == pytest.approx(
        (min(gain.lower, gain.estimate), max(gain.upper, gain.estimate))
    )


def test_standing(shown):
    result, rows = shown("standing")
    agents = result.audit.agents
    now = select(rows, series="as played (2 s.e.)")
    assert numbers(now, "y") == [a.penalty for a in agents]
    assert numbers(now, "x_label") == [a.name for a in agents]
    after = select(rows, series="with the best deviation found (2 s.e.)")
    assert numbers(after, "y") == [a.best_deviation.penalty for a in agents]


def has_errors(rows, values, errors):
    assert numbers(rows, "y") == pytest.approx(values, rel=1e-12)
    assert min(errors) > 0
    half = [(row["high"] - row["low"]) / 2 for row in rows]
    assert half == pytest.approx([2 * e for e in errors], rel=1e-9)


def test_rounds(shown):
    one, rows = shown("one round")
    bars = select(rows, series="penalty (2 s.e.)", kind="error")
    has_errors(bars, [a["penalty"] for a in one.agents], [a["se"] for a in one.agents])
    costs = numbers(select(rows, series="cost of data"), "y")
    assert costs == pytest.approx([a["cost"] for a in one.agents])
    several, rows = shown("rounds")
    steps = [[s for s in several.steps if s["Step"] == t] for t in (1, 2, 3)]
    social = select(rows, series="social penalty (2 s.e.)", kind="error")
    sums = [[sum(s[key] for s in step) for step in steps] for key in ("penalty", "se")]
    has_errors(social, *sums)
    points = [sum(map(sum, (s["collected"] for s in step))) for step in steps]
    assert numbers(select(rows, series="points collected", kind="line"), "y") == points


@pytest.mark.slow
def test_a_race(shown):
    played, rows = shown("race")
    path = select(rows, series="A: belief", kind="line")
    games = {r["game"] for r in played.extra["records"]["steps"]}
    beliefs = [
        [(r["step"], r["belief"]) for r in played.extra["records"]["steps"]
         if r["game"] == g and r["agent"] == "A"]
        for g in games
    ]  # fmt: skip
    assert [(row["x"], row["y"]) for row in path] in beliefs
    signals = select(rows, series="A: signal", kind="point")
    assert len(signals) == len(path)
    assert {row["y"] for row in select(rows, kind="reference", axis=path[0]["axis"])} == {0.1, 0.9}
    shares = np.array(played.extra["laws"]["A"]) / played.replications
    marks = select(rows, series="A, simulated (2 s.e.)", kind="error")
    assert numbers(marks, "y") == pytest.approx(shares.tolist())
    peak = int(shares.argmax())
    half = math.sqrt(shares[peak] * (1 - shares[peak]) / played.replications)
    assert (marks[peak]["high"] - marks[peak]["low"]) / 2 == pytest.approx(2 * half)
    assert all(row["high"] > row["low"] for row in marks)
    first = np.array(played.extra["laws"]["first"]) / played.replications
    bars = select(rows, series="first stop, simulated (2 s.e.)", kind="bar")
    assert numbers(bars, "y") == pytest.approx(first.tolist())
    errors = [r for r in rows if r["kind"] == "error" and r["x_label"] in ("A", "B")]
    has_errors(errors, [a["payoff"] for a in played.agents], [a["se"] for a in played.agents])


def test_races_round_by_round(shown):
    played, rows = shown("races")
    mine = [s for s in played.steps if s["AgentID"] == "A"]
    line = select(rows, series="A", kind="error")
    has_errors(line, [s["payoff"] for s in mine], [s["se"] for s in mine])
    assert numbers(line, "x") == [1.0, 2.0]


def test_exact_laws(shown):
    report, rows = shown("solution")
    law = report.solution.laws["A"]
    mass = np.array([0.5, 0.5]) @ law.stop.sum(axis=1)
    assert numbers(select(rows, series="A alone", kind="line"), "y") == pytest.approx(mass.tolist())


@pytest.mark.slow
def test_payoff_surface(shown):
    result, rows = shown("grid race audit")
    agent = result.agents[0]
    panel = [r for r in rows if r["kind"] == "cell" and r["panel"].startswith("A: payoff")]
    assert len(panel) == 40
    for candidate in agent.landscape:
        if candidate.label.count(", ") != 2:
            continue  # another way to stop
        alpha, weight, anticipate = (
            part.split("=")[1].rstrip(")") for part in candidate.label.split(", ")
        )
        how = "anticipating" if anticipate == "True" else "not anticipating"
        cell = [
            r for r in panel
            if r["panel"].endswith(f", {how}") and float(r["x_label"]) == float(alpha)
            and float(r["y_label"]) == float(weight)
        ]  # fmt: skip
        assert len(cell) == 1
        assert cell[0]["value"] == pytest.approx(agent.payoff + candidate.gain, abs=1e-12)
        half = (cell[0]["high"] - cell[0]["low"]) / 2
        assert half == pytest.approx(2 * candidate.se, abs=1e-12)


def test_gains_of_an_auction_are_those_of_its_own_deviations(shown):
    """Payoff surfaces over alpha and w, of a race, are what it had."""
    result, rows = shown("auction")
    assert {row["axis"] for row in rows} == {"gain: payoff won (units of the payoff)"}
    assert {row["panel"] for row in rows} == {f"auction, black_box audit: {ALL[result.nash]}"}
    tried = select(rows, series="deviations examined (2 s.e.)", kind="error")
    first = result.agents[0]
    assert first.payoff == 0.0  # on whose scale nothing is far worse
    assert numbers(tried, "y") == [c.gain for c in first.landscape] != []


@pytest.mark.slow
def test_gains_of_a_race(shown):
    result, rows = shown("exact race audit")
    bars = select(rows, series="gain with its bounds", kind="error")
    assert bars[0]["y"] == result.agents[0].gain.estimate


@pytest.mark.slow
def test_receivers(shown):
    report, rows = shown("receivers")
    row = report.rows[0]
    line = select(rows, series=row.receiver, axis=f"{row.objective} (2 s.e.)")
    assert numbers(line, "y") == pytest.approx(list(row.values))
    half = [(r["high"] - r["low"]) / 2 for r in line]
    assert half == pytest.approx([2 * e for e in row.errors])


def test_dollars_in_names_are_dollars(nashbox):
    files = {
        "p.toml": 'game = "estimation"\nsigma = 1.0\ncosts = "c.csv"\n',
        "c.csv": "agent,$x$\n$\\frac{$,0.1\nb,0.1\n",
    }
    assert nashbox("plan", "p.toml", "--figure", "f.svg", files=files).code == 0


LONG = """
from dataclasses import dataclass
from typing import ClassVar
from nashbox.games import Action, OneShot, Pay

@dataclass(frozen=True)
class Wait(Action):
    minutes: float = 1.0
    def act(self, view, rng):
        return self.minutes

@dataclass(frozen=True, kw_only=True)
class WaitingTogetherForSomethingToHappen(OneShot):
    pays: ClassVar = Pay("penalty", -1)
    menu: ClassVar = {"wait": Wait}
    def recommended(self, i):
        return Wait()
    def pay(self, view, action, received):
        return action * received.mean(axis=0)
    def deviations(self, i):
        return [self.deviation("wait", minutes=0.5)]
"""


@pytest.mark.parametrize("work", ["audit", "run", "compare", "adapt", "empirical"])
def test_no_word_is_cut(folder, work):
    name = "rules_of_a_game_with_a_long_name.py:WaitingTogetherForSomethingToHappen"
    (folder / "rules_of_a_game_with_a_long_name.py").write_text(LONG)
    (folder / "long.toml").write_text(f'game = "{name}"\nagents = 2\n')
    menu = ["wait", "wait(minutes=0.5)"]
    result = {
        "audit": lambda: nashbox.audit("long.toml", budget=1000, workers=1),
        "run": lambda: nashbox.run("long.toml", replications=5, rounds=2),
        "compare": lambda: nashbox.compare("long.toml", starts=1),
        "adapt": lambda: nashbox.adapt("long.toml", menu=menu, rounds=2),
        "empirical": lambda: nashbox.empirical_game("long.toml", menu, worlds=100),
    }[work]()
    axes = result.plot()
    figure = axes.figure
    figure.canvas.draw()
    for ax in figure.axes:
        for text in (ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts):
            box = text.get_window_extent()
            cut = box.x0 < 0 or box.y0 < 0 or box.x1 > figure.bbox.x1 or box.y1 > figure.bbox.y1
            assert not cut or not text.get_text(), text.get_text()
    if work == "adapt":
        assert all(tick == int(tick) for tick in axes.get_xticks())
    if work == "empirical":
        assert not [text for text in axes.texts if "±" in text.get_text()]


@pytest.mark.sparse(1)
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_names_that_a_font_lacks_are_no_warnings(tmp_path, kind, recwarn):
    path = tmp_path / f"f.{kind}"
    problem = from_mapping({"game": "tullock", "agents": ["日本", "x"]})
    save_figure(play(problem, replications=2), path)
    assert "日本" in path.with_suffix(".csv").read_text(encoding="utf-8") and not list(recwarn)
