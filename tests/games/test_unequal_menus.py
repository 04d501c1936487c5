"""Where menus differ nobody is made to play what she cannot."""

import pytest

import nashbox
from nashbox.cli import main
from nashbox.problem.errors import InputError

GAME = """
from dataclasses import dataclass
from typing import ClassVar

from nashbox.games import Action, OneShot


@dataclass(frozen=True)
class Look(Action):
    often: float = 1.0  # share of the worlds

    def act(self, view, rng):
        return rng.random(view.worlds) < self.often


@dataclass(frozen=True)
class Work(Action):
    hard: float = 1.0  # effort

    def act(self, view, rng):
        return self.hard


@dataclass(frozen=True, kw_only=True)
class Inspection(OneShot):
    menu: ClassVar = {"look": Look, "work": Work}

    def recommended(self, i):
        return Work() if i else Look()

    def playable(self, i, strategy):
        return isinstance(strategy, Work if i else Look)

    def pay(self, view, action, received):
        looks, works = received
        return (3 * looks - works if view.index else 6 * works - looks) - 2.0

    def deviations(self, i):
        return [self.family("work", hard=(0, 1)) if i else self.family("look", often=[0.0, 0.5])]
"""


@pytest.fixture
def office(folder):
    """Write the game, and a problem with these lines more; the name of its file."""
    (folder / "office.py").write_text(GAME)

    def write(more=""):
        (folder / "p.toml").write_text(
            f'game = "office.py:Inspection"\nagents = ["boss", "clerk"]\n{more}\n'
        )
        return str(folder / "p.toml")

    return write


def test_files_name_what_a_player_can_play(office):
    with pytest.raises(InputError, match=r"strategies\.boss: boss cannot play work\(hard=0\.5\)"):
        nashbox.run(office('strategies = {boss = "work(hard=0.5)"}'))
    assert nashbox.run(office('strategies = {clerk = "work(hard=0.5)"}'), replications=2)


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--everyone", "look"],
        ["adapt", "--menu", "look,work"],
        ["adapt", "--menu", "work,work(hard=0.5)"],
        ["empirical", "--menu", "look,look(often=0.5)"],
    ],
)
def test_options_name_what_everybody_can_play(office, command, capsys):
    verb, *options = command
    assert main([verb, office(), *options]) == 2
    said = capsys.readouterr().err
    assert "cannot play" in said and said.count("\n") == 1


def test_menus_of_their_own_make_a_table(office):
    own, other = ["look", "look(often=0)"], ["work", "work(hard=0)"]
    problem = nashbox.load_problem(office())
    found = nashbox.empirical_game(problem, own, column_menu=other, worlds=10)
    ((row, column),) = found.equilibria
    assert list(row) == [0, 1] and list(column) == [0, 1]


def test_menus_name_classes(office, folder, capsys):
    path = office()
    broken = GAME.replace('"work": Work}', '"work": Work()}').replace("Inspection", "Mistaken")
    (folder / "mistaken.py").write_text(broken)
    (folder / "p.toml").write_text('game = "mistaken.py:Mistaken"\n')
    for command in (["run", path], ["list", "mistaken.py:Mistaken"]):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert "menu must be classes by name, got 'work': Work(hard=1.0)" in said
