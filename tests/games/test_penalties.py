"""A game of one's own may pay penalties: whatever tells of it says so, with the same numbers."""

import json

import pytest

import nashbox
from nashbox.experiments.audit import GameAudit

ICE = """
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nashbox.games import Action, OneShot
from nashbox.games.base import Pay


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
