"""Strategies whose parameters are lists, tuples or arrays work like any other."""

import json

import pytest

import nashbox
from nashbox.cli import main
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec

GAME = """
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nashbox.games import Action, OneShot


@dataclass(frozen=True)
class Split(Action):
    on: tuple = (2, 2, 1)  # soldiers by field

    def __post_init__(self):
        object.__setattr__(self, "on", KEPT)

    def act(self, view, rng):
        return np.tile(self.on, (view.worlds, 1))


@dataclass(frozen=True, kw_only=True)
class Blotto(OneShot):
    menu: ClassVar = {"split": Split}

    worth: list[float] = field(default_factory=lambda: [1.0, 1.0, 1.0])  # of the fields
    said: dict = field(default_factory=dict)  # anything

    def recommended(self, i):
        return Split()

    def pay(self, view, action, received):
        won = np.sign(received[view.index] - received[1 - view.index])
        return (won * np.array(self.worth)).sum(axis=1)

    def deviations(self, i):
        return [self.deviation("split", on=row) for row in np.array([[5, 0, 0], [3, 0, 2]])]
"""


@pytest.fixture(params=["np.array(self.on)", "self.on"])
def blotto(folder, request):
    """Write the game, its strategy with arrays or with what files give, and a problem; its name."""
    (folder / "blotto.py").write_text(GAME.replace("KEPT", request.param))

    def write(more=""):
        (folder / "p.toml").write_text(f'game = "blotto.py:Blotto"\n{more}\n')
        return str(folder / "p.toml")

    return write


def test_every_command_plays_them(blotto, folder, capsys):
    path, menu = blotto("strategies.a0.name = 'split'\nstrategies.a0.on = [0, 3, 2]"), "split,"
    for command in (
        ["check", f"{folder / 'blotto.py'}:Blotto", "--strict"],
        ["run", path, "--replications", "5"],
        ["audit", path, "--budget", "20000", "--workers", "1"],
        ["adapt", path, "--menu", f"{menu}split(on=[3, 0, 2])", "--rounds", "2"],
        ["empirical", path, "--menu", f"{menu}split(on=[3, 0, 2])"],
        ["compare", path, "--budget", "2000", "--starts", "1"],
    ):
        assert main(command) == 0, capsys.readouterr()


def test_labels_can_be_typed_again(blotto):
    audit = nashbox.audit(blotto(), budget=20_000, workers=1)
    best = audit.agents[0].best_deviation
    assert json.loads(json.dumps(audit.to_json()))["agents"][0]["best_deviation"]["parameters"]
    label = Spec(best.strategy, best.parameters).label
    assert label in ("split(on=[5, 0, 0])", "split(on=[3, 0, 2])")
    (first, _) = nashbox.run(blotto(f"strategies.a0 = '{label}'"), replications=2).agents
    assert first["strategy"].startswith("split(on=")


def test_what_a_file_gives_is_the_default_where_it_is(blotto):
    path = blotto("strategies.a0 = {name = 'split', on = [2, 2, 1]}")
    (first, _) = nashbox.run(path, replications=2).agents
    assert first["strategy"] == "split"
    run = nashbox.adapt(path, menu=["split(on=[2, 2, 1])", "split(on=[5, 0, 0])"], rounds=1)
    assert list(run.honest) == ["split(on=[2, 2, 1])"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("worth = 3", r"Blotto\.worth must be a list, got 3"),
        ("said = [1]", r"Blotto\.said must be a table, got \[1\]"),
        ("strategies.a0 = 'split(on=3)'", r"strategies\.a0: Split\.on must be a list, got 3"),
    ],
)
def test_fields_hold_what_they_say(blotto, line, said):
    with pytest.raises(InputError, match=said):
        nashbox.load(blotto(line))


@pytest.mark.parametrize("when", ["1979-05-27", "07:32:00", "1979-05-27T07:32:00Z"])
def test_dates_are_refused(blotto, when, capsys):
    """No answer can hold them: they ended in a traceback once all had been computed."""
    path = blotto(f"said = {{who = ['ann', {{since = {when}}}]}}")
    for command in (["run", path, "--json", "-"], ["check", "blotto.py:Blotto", "--problem", path]):
        assert main(command) == 2
        said = capsys.readouterr()
        assert "p.toml: said.who[1].since must not be a date or time; write a text" in said.err
        assert not said.out and said.err.count("\n") == 1
