"""Entry points of an installed package work wherever a built-in name does."""

import importlib
import json
import sys
import tomllib

import numpy as np
import pytest

from nashbox import Dataset
from nashbox.experiments.check import check
from nashbox.experiments.listing import listing
from tests.places import EXAMPLES

PACKAGE = EXAMPLES / "plugins" / "packaged"


def install(tmp_path, monkeypatch, points, name="nashbox-village"):
    """What pip leaves behind of a package: its code on the path, its metadata beside."""
    info = tmp_path / "site" / f"{name.replace('-', '_')}-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
    text = "".join(
        f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items())
        for group, names in points.items()
    )
    (info / "entry_points.txt").write_text(text)
    monkeypatch.syspath_prepend(str(info.parent))
    monkeypatch.syspath_prepend(str(PACKAGE))
    importlib.invalidate_caches()


@pytest.fixture
def village(tmp_path, monkeypatch):
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    install(tmp_path, monkeypatch, project["entry-points"], project["name"])
    yield
    sys.modules.pop("nashbox_village", None)


def test_entry_points_are_listed_with_their_parameters(village, nashbox):
    rows = {row["name"]: row for row in json.loads(nashbox("list", "--json", "-").out)["entries"]}
    rule, rounder = rows["all_or_nothing"], rows["rounder"]
    assert (rule["game"], rule["kind"]) == ("estimation", "mechanism")
    assert (rounder["game"], rounder["kind"]) == ("estimation", "strategy")
    assert rule["source"] == "nashbox-village (nashbox_village:AllOrNothing)"
    assert rule["parameters"][0]["doc"] == "of the owed points that counts as delivered"
    shown = nashbox("list").out
    assert "all_or_nothing" in shown and "share" in shown


def test_entry_points_are_checked_played_and_audited_by_name(village, nashbox, folder, problem):
    assert check("rounder").passed and check("all_or_nothing").passed
    assert check("rounder(step=3)").passed
    files = {"p.toml": problem(strategies='{a1 = {name = "rounder", step = 20}}')}
    played = nashbox("run", "p.toml", "--replications", 50, files=files)
    assert played.code == 0 and "rounder" in played.out
    (folder / "p.toml").write_text(problem(costs="[[0.1], [0.1]]"))
    audit = ["audit", "p.toml", "--budget", 1000, "--json", "-"]
    answer = nashbox(*audit, "--mechanism", "all_or_nothing(share=0.5)")
    assert json.loads(answer.out)["problem"]["mechanism"]["share"] == 0.5


def test_what_the_packaged_rules_do(village):
    from nashbox_village import AllOrNothing, Rounder

    from nashbox import prepare
    from tests.games import figure1

    terms = prepare(figure1(mechanism="sample_mean")).terms
    owed = terms.counts[:, 0].astype(int)
    rng = np.random.default_rng(0)

    def hand_in(counts):
        return [Dataset([rng.normal(size=(5, n))]) for n in counts]

    complete, lacking = hand_in(owed), hand_in([owed[0], owed[1] - 1, owed[2]])
    pooled = np.concatenate([s.points(0) for s in complete], axis=1).mean(axis=1)
    for answer in AllOrNothing().mediate(complete, terms, rng):
        np.testing.assert_allclose(answer[:, 0], pooled)
    assert all(np.isnan(a).all() for a in AllOrNothing().mediate(lacking, terms, rng))
    assert not any(np.isnan(a).any() for a in AllOrNothing(0.5).mediate(lacking, terms, rng))
    rounded = Rounder(step=0.5).report(complete[0], None, rng).points(0)
    assert np.array_equal(rounded * 2, np.rint(rounded * 2)) and np.unique(rounded).size > 3
    assert np.abs(rounded - complete[0].points(0)).max() <= 0.25


def test_entry_points_that_cannot_be_used_are_named_with_the_reason(tmp_path, monkeypatch, nashbox):
    points = {
        "nashbox.strategies": {
            "gone": "no_such_module_here:X",
            "wrong": "nashbox_village:AllOrNothing",
            "truthful": "nashbox_village:Rounder",
        }
    }
    install(tmp_path, monkeypatch, points, "nashbox-broken")
    problems = {entry.name: entry.problem for entry in listing().entries if entry.problem}
    assert "ModuleNotFoundError" in problems["gone"]
    assert "subclass of Strategy or RaceStrategy" in problems["wrong"]
    assert "name of a built-in strategy" in problems["truthful"]
    shown = " ".join(nashbox("list").out.split())
    assert "not usable: strategy gone of nashbox-broken" in shown
    nashbox("check", "gone").refuses("entry point 'gone' fails: ModuleNotFoundError")
    nashbox("check", "wrnog").refuses("unknown name 'wrnog'", "did you mean 'wrong'")
