"""What `list` says of games that do not come along, and what tables say of their strategies."""

import json

import pytest

import nashbox as package
from nashbox.experiments.listing import listing
from nashbox.problem.errors import InputError
from nashbox.problem.parameters import summary

CAKE = '''
"""A game of one's own."""
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nashbox.games import Action, OneShot


@dataclass(frozen=True)
class Ask(Action):
    """Ask for a share of the cake,
    whatever others do.

    It may be too much.
    """

    share: float = 0.5  # of the cake

    def act(self, view, rng):
        return self.share


@dataclass(frozen=True)
class Mumble(Action):
    loud: float = 0.1

    def act(self, view, rng):
        return self.loud


@dataclass(frozen=True, kw_only=True)
class Cake(OneShot):
    """A cake to be shared."""

    menu: ClassVar = {"ask": Ask, "mumble": Mumble}

    size: float = 1.0  # kilogram

    def recommended(self, i):
        return Ask(1 / self.m)

    def pay(self, view, action, received):
        return np.where(received.sum(axis=0) <= 1 + 1e-9, self.size * action, 0.0)

    def deviations(self, i):
        return [self.family("ask", share=[0.0, 0.3, 0.5]), self.deviation("mumble")]


@dataclass(frozen=True, kw_only=True)
class Late(Cake):
    """It knows its menu once it is made."""

    @property
    def menu(self):
        return {"ask": Ask}
'''
ASKS = "ask: ask for a share of the cake, whatever others do; share: of the cake"
FILE = 'game = "cake.py:Cake"\nstrategies = {a0 = {name = "ask", share = 0.3}, a1 = "mumble"}\n'


@pytest.fixture
def cake(folder):
    (folder / "mine").mkdir()
    for place in (folder, folder / "mine"):
        (place / "cake.py").write_text(CAKE)
    return folder


def told(entries):
    return {(entry["kind"], entry["name"]): entry for entry in entries}


def test_a_game_of_ones_own_is_listed_as_others_are(nashbox, cake):
    for words in (["mine/cake.py:Cake"], ["--game", "mine/cake.py:Cake"]):
        found = told(json.loads(nashbox("list", *words, "--json", "-").out)["entries"])
        kinds = {"strategy": ("ask", "mumble"), "mechanism": ("publish",)}
        names = {(kind, name) for kind, some in kinds.items() for name in some}
        assert {*found} == {("game", "mine/cake.py:Cake"), *names}
        game = found["game", "mine/cake.py:Cake"]
        assert game["doc"] == "A cake to be shared."
        assert [p["name"] for p in game["parameters"]] == ["agents", "size"]
        assert found["strategy", "ask"]["parameters"][0]["doc"] == "of the cake"
        assert found["strategy", "mumble"]["doc"] == ""
    printed = nashbox("list", "mine/cake.py:Cake").out
    assert "kilogram" in printed and "Ask for a share of the cake" in printed
    assert {e.game for e in listing("cake.py:Cake", cake / "mine").entries} == {"cake.py:Cake"}
    assert "cake" not in nashbox("list").out


def test_a_shipped_game_is_listed_by_its_name_alone(nashbox):
    by_name, by_option = (nashbox("list", *words, "--json", "-") for words in (
        ["auction"], ["--game", "auction"]
    ))  # fmt: skip
    assert by_name.out == by_option.out and '"bid"' in by_name.out


def test_a_game_that_knows_its_menu_once_it_is_made_has_no_strategies_yet(nashbox, cake):
    found = told(json.loads(nashbox("list", "cake.py:Late", "--json", "-").out)["entries"])
    assert {kind for kind, _ in found} == {"game", "mechanism"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gone.py:Cake"], "list: gone.py cannot be read"),
        (["cake.py:Ask"], "list: 'cake.py:Ask' must be a subclass of Game, got the class Ask"),
        (["cake.py:Pie"], "list: cake.py has no class 'Pie'"),
        (["auctoin"], "did you mean 'auction'?"),
        (["--game", "auctoin"], "--game: unknown name 'auctoin'"),
        (["auction", "--game", "cournot"], "--game: name one game only"),
    ],
)
def test_what_is_no_game_is_refused(nashbox, cake, words, said):
    nashbox("list", *words).refuses(said)
    with pytest.raises(InputError, match="list: unknown name 'x'"):
        listing("x")


def test_tables_say_what_strategies_of_ones_own_game_do(nashbox, cake):
    (cake / "p.toml").write_text(FILE)
    menu = ["--menu", "ask(share=0.3),mumble"]
    for words in (["run"], ["audit"], ["adapt", *menu], ["empirical", *menu]):
        said = " ".join(nashbox(words[0], "p.toml", *words[1:]).out.split())
        assert ASKS in said and "mumble: " not in said, words
    said = " ".join(nashbox("compare", "p.toml").out.split())
    assert ASKS.partition(";")[0] in said


def test_a_name_of_two_games_is_explained_by_neither(cake):
    for place in (cake, cake / "mine"):
        (place / "p.toml").write_text(FILE.replace("cake.py", "pie.py"))
        text = CAKE.replace("of the cake", f"of {place.name}")
        (place / "pie.py").write_text(text)
    one = package.run(cake / "p.toml", replications=2)
    assert "ask: ask for a share" in str(one.sheets()[0])
    package.run(cake / "mine" / "p.toml", replications=2)
    assert "ask: ask for a share" not in str(one.sheets()[0])


def test_only_what_a_class_says_itself_is_its_summary():
    class Said:
        """Do it
        twice.

        Or more often.
        """

    class Silent(Said):
        pass

    assert summary(Said) == "Do it twice." and summary(Silent) == ""
