"""The shipped examples do what they say."""

import subprocess
import sys

import numpy as np
import pytest

from nashbox.cli import main
from nashbox.experiments.audit import audit
from nashbox.experiments.check import check
from nashbox.problem.files import load
from tests.places import EXAMPLES


def test_figure_1_is_audited_from_the_command_line(capsys, tmp_path):
    figure = tmp_path / "gains.png"
    assert main(["audit", str(EXAMPLES / "figure1.toml"), "--figure", str(figure)]) == 0
    assert "0.22287" in capsys.readouterr().out
    assert figure.stat().st_size > 10_000


def test_the_labs_measure_real_wines_that_are_not_normal():
    problem = load(EXAMPLES / "wine" / "labs.toml")
    assert (problem.m, problem.d) == (20, 3)
    sizes = [column.size for column in problem.source.columns]
    assert sizes == [178] * 3
    skewed = problem.source.columns[1]
    assert ((skewed - skewed.mean()) ** 3).mean() / skewed.std() ** 3 > 0.8
    spreads = [column.std() for column in problem.source.columns]
    np.testing.assert_allclose(spreads, problem.sigma, rtol=2e-3)


@pytest.mark.long
def test_the_labs_are_decided_at_one_per_cent_of_the_penalty():
    result = audit(load(EXAMPLES / "wine" / "labs.toml"), epsilon=0.001)
    assert result.method == "black_box" and result.nash != "profitable"
    assert all(a.penalty > 0.095 for a in result.agents)  # so 0.001 is at most about 1 %
    assert sum(a.verdict == "undecided" for a in result.agents) <= 2
    for agent in result.agents:
        assert agent.normal_theory["gain"] == pytest.approx(0, abs=1e-9)


def test_the_large_example_is_written_by_its_script(tmp_path, capsys):
    script = EXAMPLES / "large" / "make.py"
    folder = tmp_path / "large"
    subprocess.run([sys.executable, script, folder, "60", "4"], check=True)
    problem = load(folder / "large.toml")
    assert problem.costs.shape == (60, 4) and np.isinf(problem.costs).any()
    assert main(["plan", str(folder / "large.toml")]) == 0
    assert "certified gap" in capsys.readouterr().out


@pytest.mark.sparse(4)
@pytest.mark.parametrize(
    "name",
    [
        "robust_means.py:Median",
        "robust_means.py:TrimmedMean",
        "rich_liar.py:RichLiar",
        "parrot.py:Parrot",
        "parrot.py:Parrot(echo=-1)",
        "packaged/nashbox_village/__init__.py:Rounder",
        "packaged/nashbox_village/__init__.py:AllOrNothing",
    ],
)
def test_plugins_keep_their_contract(name):
    report = check(name, EXAMPLES / "plugins")
    assert report.passed, [row for row in report.checks if row.passed is False]


@pytest.mark.slow
def test_a_new_strategy_of_a_few_lines_is_audited_with_no_other_change(tmp_path, capsys):
    source = (EXAMPLES / "plugins" / "rich_liar.py").read_text()
    assert len(source.splitlines()) <= 25
    (tmp_path / "mine.py").write_text(source)
    (tmp_path / "game.toml").write_text(
        'game = "estimation"\nsigma = 10.0\ncosts = [[0.033], [0.066], [0.1]]\n'
        'mechanism = "sample_mean"\nstrategies = {a0 = "mine.py:RichLiar"}\n'
    )
    assert main(["audit", str(tmp_path / "game.toml"), "--budget", "60000"]) == 0
    out = capsys.readouterr().out
    assert "rich_liar" in out and " gains " in out
    assert main(["audit", str(tmp_path / "game.toml"), "--budget", "60000", "--strict"]) == 1


def test_the_robust_means_are_what_they_are_called():
    from nashbox import Dataset, prepare
    from nashbox.problem.spec import find_object
    from tests.games import figure1

    terms = prepare(figure1(mechanism="sample_mean")).terms
    rng = np.random.default_rng(0)
    handed_in = [Dataset([rng.normal(size=(4, n))]) for n in (5, 3, 2)]
    points = np.sort(np.concatenate([s.points(0) for s in handed_in], axis=1), axis=1)
    for name, expected in (
        ("Median", np.median(points, axis=1)),
        ("TrimmedMean", points[:, 1:-1].mean(axis=1)),  # a tenth of ten points at either end
    ):
        rules = find_object(f"robust_means.py:{name}", EXAMPLES / "plugins", "test")()
        for answer in rules.mediate(handed_in, terms, rng):
            np.testing.assert_allclose(answer[:, 0], expected)


def test_a_parrot_says_what_it_heard_last(tmp_path):
    """A parrot among parrots hears nothing but zeros; beside a truthful agent its last belief."""
    from nashbox.experiments.run import run as play
    from nashbox.problem.files import from_mapping

    coin = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"]}
    truth = {"name": "truthful", "anticipate": False}
    for echo in (1.0, -1.0):
        parrot = {"name": "parrot.py:Parrot", "echo": echo, "anticipate": False}
        agents = [
            {"name": "P", **coin, "strategy": parrot},
            {"name": "T", **coin, "strategy": truth},
        ]
        game = {"game": "testing", "beta": "1/100", "agents": agents}
        played = play(from_mapping(game, EXAMPLES / "plugins"), replications=20, seed=3)
        rows = {(r["game"], r["agent"], r["step"]): r for r in played.extra["records"]["steps"]}
        repeated = 0
        for (game_, agent, step), row in rows.items():
            before = rows.get((game_, "T", step - 1))
            if agent == "P" and before is not None:
                said = before["signal"] if echo == 1.0 else 1 - before["signal"]
                assert row["signal"] == pytest.approx(said, abs=1e-12)
                repeated += 1
        assert repeated > 100
    assert all(r["signal"] == 0.5 for r in rows.values() if r["agent"] == "P" and r["step"] == 1)


@pytest.mark.slow
def test_commands_of_the_gallery_run(monkeypatch, capsys):
    import re
    import shlex

    monkeypatch.chdir(EXAMPLES.parent)
    text = (EXAMPLES / "plugins" / "README.md").read_text()
    lines = [
        line for line in re.findall(r"^nashbox .*$", text, re.MULTILINE) if " new " not in line
    ]
    assert len(lines) == 3
    for line in lines:
        assert main(shlex.split(line)[1:]) == 0, line
