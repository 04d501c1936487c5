"""A game of one's own may pay penalties: whatever tells of it says so, with the same numbers."""

import json

import pytest

import nashbox
import nashbox as package
from nashbox.experiments.audit import GameAudit

ICE = """
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nashbox.games import Action, OneShot
from nashbox.games.pay import Pay


@dataclass(frozen=True)
class Salt(Action):
    amount: float = 1.0  # kilogram

    def act(self, view, rng):
        return self.amount


@dataclass(frozen=True, kw_only=True)
class Ice(OneShot):
    pays: ClassVar = Pay("penalty", -1)
    menu: ClassVar = {"salt": Salt}

    price: float = 0.4  # of a kilogram

    def recommended(self, i):
        return Salt()

    def pay(self, view, action, received):
        return self.price * action + np.exp(-received.sum(axis=0))

    def deviations(self, i):
        return [self.family("salt", amount=(0.0, 2.0))]
"""
FILE = 'game = "ice.py:Ice"\nagents = ["Zoë", "Jürgen"]\n'


@pytest.fixture
def ice(folder):
    (folder / "ice.py").write_text(ICE)
    (folder / "p.toml").write_text(FILE)
    return str(folder / "p.toml")


def test_audits_and_runs_tell_the_same_penalties(ice, tmp_path):
    audit = nashbox.audit(ice, budget=2000, workers=1)
    body, played = audit.to_json(), nashbox.run(ice, replications=2)
    assert "payoff" not in json.dumps({**body, "notes": []})
    for told, agent in zip(body["agents"], played.agents, strict=True):
        assert told["penalty"] == pytest.approx(agent["penalty"]) and told["penalty"] > 0
        best = told["best_deviation"]
        assert best["penalty"] == pytest.approx(told["penalty"] - told["gain"]["estimate"])
    assert body["social_penalty"] == pytest.approx(sum(a["penalty"] for a in played.agents))
    audit.save(tmp_path / "a.json")
    assert GameAudit.load(tmp_path / "a.json").to_json() == body
    assert "penalty" in audit.to_frame() and "penalty" in audit._repr_html_()
    assert "penalty saved" in audit.plot().get_ylabel()


def test_reports_and_sweeps_tell_penalties(nashbox, ice):
    small = ("--budget", "2000", "--workers", "1")
    assert nashbox("audit", "p.toml", *small, "--report", "a.html").code == 0
    with open("a.html", encoding="utf-8") as file:
        page = file.read()
    assert "A penalty is better when it is lower" in page and "Sum of the penalties" in page
    assert "range of penalties" in page and "payoff" not in page
    with open("s.toml", "w", encoding="utf-8") as file:
        file.write('problem = "p.toml"\nexperiment = "audit"\nstore = "s.sqlite"\nseeds = 1\n')
        file.write("options = {budget = 2000}\n[grid]\nprice = [0.2, 0.4]\n")
    assert nashbox("sweep", "s.toml", "--workers", "1", "--export", "s.csv").code == 0
    with open("s.csv", encoding="utf-8") as file:
        header = file.readline()
    assert ",penalty," in header and "social_penalty" in header and "payoff" not in header


def test_comparisons_tell_penalties_too(ice, tmp_path):
    found = nashbox.compare(ice, budget=200_000, starts=2)
    played = {a["name"]: a["penalty"] for a in nashbox.run(ice, replications=2).agents}
    body = found.to_json()
    assert "payoff" not in json.dumps({**body, "notes": [], "problem": {}})
    rows = {row["profile"]: row for row in body["rows"]}
    assert rows["honest"]["penalties"] == pytest.approx(list(played.values()))
    sums = {name: row["social_penalty"] for name, row in rows.items()}
    assert sums["worst"] >= sums["best"] > 0 and sums["honest"] == pytest.approx(
        sum(played.values())
    )
    assert {"penalty", "se"} <= {*found.to_frame()} and "payoff" not in found.to_frame()
    text = " ".join(str(found.sheets()[0]).split()) + found.to_markdown()
    assert "sum of penalties" in text and "payoff" not in text
    assert found.plot().get_ylabel() == "sum of penalties (units of the game)"
    path = tmp_path / "c.json"
    found.save(path)
    assert type(found).load(path).to_json() == json.loads(json.dumps(body))


def told(shown):
    return " ".join(shown.split())


def test_games_of_two_tell_penalties(nashbox, ice, tmp_path):
    menu = [{"name": "salt", "amount": amount} for amount in (0.0, 1.0)]
    found = package.empirical_game(package.load_problem(ice), menu)
    assert found.pays == "penalty" and (found.row_payoffs < 0).all()  # its JSON holds payoffs
    frame = found.to_frame()
    assert (frame["row_penalty"] == -found.row_payoffs.ravel()).all()
    assert "column_penalty" in frame and not any("payoff" in name for name in frame)
    said = found.to_markdown()
    assert "Zoë pays" in said and "penalties exact" not in said and "payoff" not in said
    axes = found.plot()
    assert "(penalty below)" in axes.get_xlabel() and "-" not in axes.texts[0].get_text()
    path = tmp_path / "e.json"
    found.save(path)
    assert type(found).load(path).to_frame().equals(frame)
    del (old := found.to_json())["pays"]  # as versions before wrote it
    assert "row_payoff" in type(found).from_json(old).to_frame()


def test_paths_of_adaptation_tell_penalties(nashbox, ice):
    told_all = nashbox("adapt", "p.toml", "--menu", "salt,salt(amount=0)", "--rounds", "1").out
    assert "social penalty" in told_all and "penalties: simulated" in told_all
    assert "payoff" not in told_all


def test_games_of_two_in_estimation_tell_penalties(nashbox, problem, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    files = {"e.toml": problem()}
    words = ["empirical", "e.toml", "--menu", "truthful,under_collector(factor=0.9)"]
    said = nashbox(*words, "--figure", "f.svg", files=files).out
    assert "a0 pays" in said and "penalties exact" in said and " -" not in said
    assert "payoff" not in said
    mean = ["--method", "simulated", "--worlds", "300"]
    assert "of the estimated penalties" in told(nashbox(*words, *mean).out)
