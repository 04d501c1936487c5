"""Rules chosen with data in mind that are not normal."""

import json

import numpy as np
import pytest

from nashbox.cli import main
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping, load
from nashbox.problem.source import SHAPES, ShapedSource
from nashbox.rules.design import Design, design, on_data
from nashbox.rules.design.on_data import simulated, source_named
from tests.places import EXAMPLES


def labs(m=8, **more):
    body = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * m}
    return from_mapping({**body, **more})


def rules(kind, m=8, z=None, t=9.5861):
    table = {"name": "threshold" if kind == "threshold" else "decoy", "kind": [[kind]] * m}
    table |= {"n": [[14]] * m, "t": [[t]] * m} | ({"z": [[z]] * m} if z else {})
    return labs(m, mechanism=table)


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_have_mean_and_standard_deviation_as_said(shape, seed):
    """Of heavy tails the mean alone, at 1e-9, and the chance beyond a standard deviation."""
    points = ShapedSource(np.array([10.0, 2.0]), shape).points(1, 10, 100_000, _rng(seed)).ravel()
    assert abs(points.mean()) < 6 * 2.0 / 1e3
    within = {"skewed": 0.9117, "heavy": 0.7698}[shape]  # normal: 0.6827
    assert np.mean(np.abs(points) < 2.0) == pytest.approx(within, abs=4e-3)


def _rng(seed):
    return np.random.default_rng([seed, 51])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "shape", "expected", "usual"),
    [
        ("decoy", "heavy", 1.986, 1.676),
        ("decoy", "skewed", 3.141, 1.676),
        ("threshold", "skewed", 2.907, 1.993),
    ],
)
def test_penalties_on_other_data(kind, shape, expected, usual, seed):
    """8 labs of 14 points, 3e4 worlds, all agents: six standard errors and those of the numbers."""
    problem = rules(kind, **({"z": 8, "t": 7.0906} if kind == "threshold" else {}))
    mean, se = simulated(problem, ShapedSource(problem.sigma, shape), seed, 30_000)
    assert abs(mean.mean() - expected) < 6 * se.mean() / 2 + 0.03  # agents are not independent
    normal, _ = simulated(problem, problem.source, seed, 30_000)
    assert abs(normal.mean() - usual) < 0.04 < expected - usual - 0.2  # data are noticed


@pytest.mark.slow
def test_skewed_data_speak_against_falsehoods_and_heavy_tails_do_not():
    skewed, heavy = (design(labs(), "social", data=source_named(labs(), s)) for s in SHAPES)
    assert "decoy" not in skewed.kind and (heavy.kind == "decoy").any()
    for found in (skewed, heavy):
        judged = [c for c in found.candidates if c.robust_penalties is not None]
        best = min(sum(c.robust_penalties) for c in judged)
        assert found.robust_penalties.sum() == pytest.approx(best)
        assert (found.robust_penalties >= found.penalties - 1e-12).all()
        for c in found.candidates:  # left out: worse on normal data already
            assert c.robust_penalties is not None or c.social_penalty > best


@pytest.mark.slow
def test_the_command_says_what_it_looked_at(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(on_data, "WORLDS", 5000)
    head = 'game = "estimation"\nsigma = "source"\ncosts = [[0.02], [0.02], [0.02]]\n'
    (tmp_path / "x.csv").write_text("x0\n" + "\n".join(f"{v}" for v in range(9)) + "\n")
    (tmp_path / "p.toml").write_text(head + 'source = {csv = "x.csv", columns = ["x0"]}\n')
    goal = ("design", "p.toml", "--goal", "social")
    for data in ("measured", "x.csv"):
        assert main([*goal, "--data", data, "--json", "out.json"]) == 0
        body = json.loads((tmp_path / "out.json").read_text())
        assert body["data"] == data and len(body["robust_penalties"]) == 3
        again = Design.load(tmp_path / "out.json")
        assert again.robust_penalties.tolist() == body["robust_penalties"]
    assert "on data x.csv" in " ".join(capsys.readouterr().out.split())
    assert main([*goal, "--json", "out.json"]) == 0
    plain = json.loads((tmp_path / "out.json").read_text())
    assert not {"data", "robust_penalties", "seed"} & plain.keys()
    assert not any("robust_penalties" in c for c in plain["candidates"])


MEASURED = {
    "x.csv": "x\n" + "\n".join(f"{v}" for v in (1.5, -3.25, 10, 12.5, 4)) + "\n",
    "p.toml": 'game = "estimation"\nsigma = "source"\ncosts = [[0.05], [0.07]]\n'
    'source = {csv = "x.csv", columns = ["x"]}\n',
}
GOAL = ("--goal", "social", "--kinds", "alone,free,threshold")


def test_rules_for_real_measurements_are_said_to_be_for_normal_data(nashbox, folder):
    (folder / "sub").mkdir()
    saved = "sub/rules.toml"
    answer = nashbox("design", "p.toml", *GOAL, "--save", saved, files=MEASURED)
    first, said = answer.out.splitlines()[0], " ".join(answer.out.split())
    assert first.startswith("honesty pays") and first.endswith("(exact, for normal data)")
    assert "--data measured chooses rules" in said and "nashbox audit of the saved file" in said
    text = (folder / saved).read_text()
    assert "equilibrium if measurements are normal; nashbox audit proves it." in text
    assert nashbox("audit", saved).out.startswith("honesty pays")
    (folder / saved).write_text(text.replace("# source", "source"))
    rules, problem = load(folder / saved), load(folder / "p.toml")
    assert rules.source.columns[0].tolist() == problem.source.columns[0].tolist()
    assert rules.sigma.tolist() == problem.sigma.tolist()
    audited = nashbox("audit", saved, "--budget", "2000")
    assert audited.code == 0 and "black_box audit" in audited.out
    assert nashbox("exchange", saved, "--rehearse").code == 0


def test_rules_of_real_counts_leave_measurements_out_and_say_so(nashbox, folder):
    files = {**MEASURED, "p.toml": MEASURED["p.toml"] + 'counts = "real"\n'}
    answer = nashbox("design", "p.toml", *GOAL, "--save", "rules.toml", files=files)
    assert 'with counts = "integer" --data measured' in " ".join(answer.out.split())
    text = (folder / "rules.toml").read_text()
    assert "Measurements are left out" in text and "source" not in text
    assert "if measurements are normal; nashbox audit proves it." in text
    assert "exact audit" in nashbox("audit", "rules.toml").out


def test_rules_for_normal_data_say_nothing_of_measurements(nashbox, folder):
    text = MEASURED["p.toml"].splitlines()[0] + "\nsigma = 5.0\ncosts = [[0.05], [0.07]]\n"
    answer = nashbox("design", "p.toml", *GOAL, "--save", "rules.toml", files={"p.toml": text})
    assert answer.out.splitlines()[0].endswith("(exact)") and "measurement" not in answer.out
    saved = (folder / "rules.toml").read_text()
    assert "source" not in saved and "nashbox audit proves it" in saved


@pytest.mark.parametrize(
    ("data", "changes", "words"),
    [
        ("skew", {}, "data must be skewed, heavy, measured or a CSV file.*got 'skew'"),
        ("measured", {}, "data: measured needs real measurements"),
        ("missing.csv", {}, "missing.csv"),
        ("skewed", {"counts": "real"}, "data: needs whole numbers.*got counts = 'real'"),
    ],
)
def test_data_that_make_no_sense_are_refused(data, changes, words):
    problem = labs(**changes)
    with pytest.raises(InputError, match=words):
        design(problem, "social", data=source_named(problem, data))


@pytest.mark.slow
def test_functions_take_the_names_of_data_as_commands_do():
    problem = load(EXAMPLES / "figure1.toml")
    named = design(problem, "social", data="skewed")
    given = design(problem, "social", data=ShapedSource(problem.sigma, "skewed"))
    assert named.data == "skewed" and given.data == ""
    assert (named.robust_penalties == given.robust_penalties).all()
    with pytest.raises(InputError, match=r"^data must be skewed"):
        design(problem, "social", data="odd")
