"""Audits that go on until everybody is decided, and are resumed."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from nashbox.cli import main
from nashbox.experiments.audit import arena
from nashbox.experiments.audit.patience import Kept, Patience
from nashbox.experiments.audit.simulated import audit_player
from nashbox.problem.errors import InputError
from tests.experiments.audit.drawn_game import DrawnGame, better_by
from tests.signals import hearing

SMALL = 4_000


def found(game, patience, player=0, seed=0):
    return audit_player(game, player, 1.0, 0.01, seed, SMALL, kept=Kept(patience, player))


class Stopped(Patience):
    """Until so many blocks were played."""

    @property
    def over(self):
        self.__dict__["asked"] = self.__dict__.get("asked", 0) + 1
        return self.__dict__["asked"] > 8


@pytest.fixture
def played(monkeypatch):
    """Worlds that are really played, by stage."""
    counts = {}
    play = arena.Arena.play

    def counted(self, cells, worlds, stage, block):
        counts[stage.name] = counts.get(stage.name, 0) + worlds
        return play(self, cells, worlds, stage, block)

    monkeypatch.setattr(arena.Arena, "play", counted)
    return counts


def close_calls():
    return DrawnGame((better_by(1.3, 30.0), better_by(0.5, 30.0, "other one")))


def test_what_was_played_is_not_played_again(tmp_path, played):
    file, game = str(tmp_path / "worlds"), close_calls()
    assert found(game, Stopped(path=file, identity="x")).verdict == "undecided"
    first = played.pop("VERIFY")
    resumed = found(game, Patience(path=file, identity="x"))
    second = played.pop("VERIFY")
    whole = found(game, Patience())
    assert played["VERIFY"] == first + second and first > 1000 and second > 1000
    assert (resumed.gain, resumed.spent) == (whole.gain, whole.spent)


def test_a_line_that_was_cut_off_is_played_again(tmp_path):
    file = tmp_path / "worlds"
    patience = Patience(path=str(file), identity="x")
    game = close_calls()
    whole = found(game, patience)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    assert found(game, patience).gain == whole.gain
    file.write_bytes(content.replace(b'"worlds": 1000', b'"worlds": 1001', 1))
    assert found(game, patience).gain == whole.gain


def test_worlds_of_another_audit_or_player_are_not_taken(tmp_path, played):
    file = str(tmp_path / "worlds")
    found(close_calls(), Patience(path=file, identity="x"))
    once = played["VERIFY"]
    found(close_calls(), Patience(path=file, identity="y"))
    assert played["VERIFY"] == 2 * once
    found(close_calls(), Patience(path=file, identity="x"), player=1)
    assert played["VERIFY"] > 2 * once


@pytest.mark.slow
@pytest.mark.parametrize(("gain", "right"), [(1.3, "profitable"), (0.7, "none_above_epsilon")])
def test_everything_is_decided_and_right(gain, right):
    """100 audits with .004 a verdict: a wrong one comes with a chance of .33, three with 8e-3."""
    game = DrawnGame((better_by(gain, 20.0), better_by(-1.0, 20.0, "worse")))
    said = [found(game, Patience(), seed=seed).verdict for seed in range(100)]
    assert "undecided" not in said and said.count(right) >= 97


def test_files_of_somebody_else_are_refused(tmp_path):
    (tmp_path / "notes").write_text("my notes\n")
    with pytest.raises(InputError, match=r"notes: must hold an audit's worlds, got another file"):
        Patience(path=str(tmp_path / "notes"))
    with pytest.raises(InputError, match="no regular file"):
        Patience(path=str(tmp_path))


def test_time_is_shared_out():
    patience = Patience(ends=time.time() + 100)
    left = [patience.shared(k, 4, 2).ends - time.time() for k in range(4)]
    assert left == pytest.approx([50, 66.7, 100, 100], abs=1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--time", "10m"], "--time goes with --until-decided"),
        (["--until-decided", "--time", "soon"], "must be a time such as 90s, 10m or 2h"),
        (["--until-decided", "--time", "-1"], "must be a time such as 90s, 10m or 2h"),
    ],
)
def test_times(options, words, capsys):
    assert main(["audit", "examples/figure1.toml", *options]) == 2
    assert words in capsys.readouterr().err


PROBLEM = (
    'game = "estimation"\nsigma = 10.0\nmechanism = "cbl"\ncosts = [[0.033], [0.066], [0.1]]\n'
)
COMMAND = [
    *(sys.executable, "-m", "nashbox.cli", "audit", "p.toml", "--method", "black_box"),
    *("--budget", "8000", "--epsilon", "0.1%", "--until-decided", "--workers", "2"),
]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_an_audit_that_was_killed_ends_like_one_that_was_not(tmp_path, name):
    answers = []
    for folder in (tmp_path / "killed", tmp_path / "whole"):
        folder.mkdir()
        (folder / "p.toml").write_text(PROBLEM)
        if folder.name == "killed":
            file = folder / "p.audit-worlds"
            driver = subprocess.Popen(
                COMMAND, cwd=folder, preexec_fn=hearing, start_new_session=True
            )
            while not file.exists() or file.stat().st_size < 5_000:
                assert driver.poll() is None
                time.sleep(0.01)
            if name == "SIGKILL":
                os.killpg(driver.pid, signal.SIGKILL)
            else:
                driver.send_signal(signal.SIGINT)
            assert driver.wait(20) in (130, -signal.SIGKILL)
        subprocess.run([*COMMAND, "--json", "a.json"], cwd=folder, check=True)
        answers.append(json.loads((folder / "a.json").read_text()))
    assert answers[0] == answers[1]
    assert "undecided" not in [agent["verdict"] for agent in answers[0]["agents"]]
