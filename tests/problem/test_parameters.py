"""Parameters describe themselves, are listed, and can be set from the command line."""

import json
from dataclasses import dataclass, field
from typing import ClassVar

import pytest

from nashbox.experiments.listing import KINDS, Listing, listing
from nashbox.games.registry import builtin
from nashbox.problem.errors import InputError
from nashbox.problem.files import GAMES
from nashbox.problem.parameters import Parameter, described_parameters, label_of
from nashbox.problem.spec import Spec
from nashbox.problem.written import read_menu


@dataclass(frozen=True)
class Base:
    needed: float  # units of the measurements
    plain: int = 3
    words: str = field(default="a", metadata={"doc": "what is said", "units": "words"})
    table: object = field(default_factory=lambda: {"a": 1})  # by name


@dataclass(frozen=True)
class Derived(Base):
    plain: int = 4  # now with a comment
    hidden: int = field(default=0, init=False)  # not a parameter


def test_fields_describe_themselves():
    assert described_parameters(Derived) == [
        Parameter("needed", "float", None, True, "units of the measurements"),
        Parameter("plain", "int", 4, False, "now with a comment"),
        Parameter("words", "str", "a", False, "what is said (words)"),
        Parameter("table", "object", "{'a': 1}", False, "by name"),
    ]
    assert described_parameters(Base)[1].doc == ""
    assert described_parameters(int) == []


def test_a_class_without_source_has_parameters_without_comments():
    space = {}
    exec("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1  # no", space)  # noqa: S102
    assert described_parameters(space["A"]) == [Parameter("x", "int", 1, False, "")]


def test_a_class_is_labelled_by_its_name_or_by_what_it_is_called():
    @dataclass(frozen=True)
    class HighBid:
        size: float = 1.0

    @dataclass(frozen=True)
    class BidOfMine(HighBid):
        called: ClassVar = "bid"

    class Other(BidOfMine):
        pass

    said = [label_of(cls(0.5)) for cls in (HighBid, BidOfMine, Other)]
    assert said == ["high_bid(size=0.5)", "bid(size=0.5)", "other(size=0.5)"]


@pytest.mark.parametrize("game", GAMES)
def test_labels_of_strategies_name_them_as_files_do(game):
    """The defaults of all classes of a menu."""
    for name, cls in builtin(game).menu.items():
        assert cls().label.partition("(")[0] == name


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.game} {kind.kind}")
def test_every_built_in_parameter_is_described(kind):
    assert kind.builtin
    for name, cls in kind.builtin.items():
        assert cls.__doc__, name
        assert all(p.doc and not p.required for p in described_parameters(cls)), name


def test_the_list_names_everything_of_both_games(nashbox, tmp_path):
    body = json.loads(nashbox("list", "--json", "-").out)
    found = {(row["game"], row["kind"], row["name"]) for row in body["entries"]}
    wanted = {(kind.game, kind.kind, name) for kind in KINDS for name in kind.builtin}
    wanted |= {(name, "game", name) for name in GAMES}
    game = next(row for row in body["entries"] if row["name"] == "estimation")
    sigma = next(p for p in game["parameters"] if p["name"] == "sigma")
    assert sigma["required"] and "of one point" in sigma["doc"]
    assert wanted <= found
    cbl = next(row for row in body["entries"] if row["name"] == "cbl")
    assert cbl["parameters"] == [
        {
            "name": "alpha_factor",
            "type": "float",
            "default": 1.0,
            "required": False,
            "doc": "times the noise that the paper asks for",
        }
    ]
    shown = nashbox("list").out
    assert all(name in shown for _, _, name in wanted) and "times the noise that" in shown
    only = json.loads(nashbox("list", "--game", "testing", "--json", "-").out)["entries"]
    assert {row["game"] for row in only} <= {"testing", None}
    listing().save(tmp_path / "list.json")
    assert Listing.load(tmp_path / "list.json").to_json() == listing().to_json()
    assert set(listing().to_frame()["game"]) >= {"estimation", "testing"}


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("cbl", "cbl", {}),
        ("cbl()", "cbl", {}),
        ("cbl(alpha_factor=0.5)", "cbl", {"alpha_factor": 0.5}),
        ("a(b=-1e-3, c=true, d=False, e=inf)", "a", {"b": -1e-3, "c": True, "d": False,
                                                     "e": float("inf")}),
        ("a(kind=own_mean, say='two words')", "a", {"kind": "own_mean", "say": "two words"}),
        ("equivariant(collect=[1, 2], shift=(0.5, 1))", "equivariant",
         {"collect": [1, 2], "shift": [0.5, 1]}),
        ("my(1)/p.py:Good(x=2)", "my(1)/p.py:Good", {"x": 2}),
        ("s(region={'a': 1})", "s", {"region": {"a": 1}}),
        ("s(low=-inf, x=.5)", "s", {"low": float("-inf"), "x": 0.5}),
    ],
)  # fmt: skip
def test_calls_are_read(text, name, parameters):
    found = Spec.parse_call(text, "--mechanism")
    assert found == Spec(name, parameters)
    assert Spec.parse_call(found.label, "--mechanism") == found
    assert read_menu(f"{text}, {found.label}", "--menu") == [found.to_json()] * 2


@pytest.mark.parametrize(
    "text", ["cbl(0.5)", "cbl(x=)", "cbl(**x)", "cbl(x=1", "(x=1)", "cbl(x=f(1))", "cbl(x=1))"]
)
def test_other_texts_are_refused_or_no_names(text):
    if text.endswith(")"):
        with pytest.raises(InputError, match=r"--everyone: must be a name.*alpha_factor=0.5"):
            Spec.parse_call(text, "--everyone")
    else:
        assert Spec.parse_call(text, "--everyone").name == text


PLUG_IN = """
from dataclasses import dataclass
from nashbox import Mechanism, Strategy

@dataclass(frozen=True)
class Part(Strategy):
    share: float = 1.0

    def gather(self, view, rng):
        return (self.share * view.counts).astype(int)

@dataclass(frozen=True)
class Scaled(Mechanism):
    factor: float = 1.0

    def mediate(self, submissions, terms, rng):
        return [self.factor * s.mean for s in submissions]
"""


def test_parameters_of_a_plug_in_are_set_on_the_command_line(nashbox, problem):
    files = {"games/p.toml": problem(), "mine/p.py": PLUG_IN}
    run = ["run", "games/p.toml", "--replications", 20, "--json", "-"]
    answer = nashbox(*run, "--everyone", "mine/p.py:Part(share=0.5)", files=files)
    body = json.loads(answer.out)
    whole = json.loads(nashbox(*run).out)
    for half, full in zip(body["agents"], whole["agents"], strict=True):
        assert half["collected"] == [int(full["collected"][0] * 0.5)]
    assert body["problem"]["strategies"]["a0"] == {"name": "../mine/p.py:Part", "share": 0.5}
    answer = nashbox(*run, "--mechanism", "mine/p.py:Scaled(factor=2)")
    assert json.loads(answer.out)["problem"]["mechanism"] == {
        "name": "../mine/p.py:Scaled",
        "factor": 2,
    }
    audit = ["audit", "games/p.toml", "--json", "-", "--mechanism", "cbl(alpha_factor=0.5)"]
    assert json.loads(nashbox(*audit).out)["problem"]["mechanism"]["alpha_factor"] == 0.5
    run[1:] = ["games/p.toml", "--replications", 20, "--everyone"]
    nashbox(*run, "mine/p.py:Part(sahre=1)").refuses("--everyone", "'sahre'", "did you mean")
    nashbox(*run, "mine/p.py:Part(share=x)").refuses("--everyone", "must be a number", "'x'")
    nashbox(*run, "withholder(fraction=2)").refuses("--everyone", "withholder.fraction", "2")
    checked = nashbox("check", "mine/p.py:Part(share=0.5)", "--json", "-")
    assert json.loads(checked.out)["passed"]


def test_parameters_of_testing_games(nashbox):
    race = {
        "game.toml": 'game = "testing"\nbeta = "1/10"\n'
        + "".join(
            f'[[agents]]\nname = "{n}"\np0 = ["0.6", "0.4"]\np1 = ["0.4", "0.6"]\n' for n in "AB"
        )
    }
    run = ["run", "game.toml", "--replications", 20, "--everyone"]
    shown = nashbox(*run, "signaller(alpha=0.25, weight=0.9)", "--json", "-", files=race)
    played = json.loads(shown.out)["agents"]
    assert {agent["strategy"] for agent in played} == {"signaller(alpha=0.25, weight=0.9)"}
    nashbox(*run, "quitter(after=0)").refuses("--everyone", "after")


def test_the_help_says_how(nashbox, capsys):
    from nashbox.cli import main

    for command in ("audit", "run"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert "'cbl(alpha_factor=0.5)'" in " ".join(capsys.readouterr().out.split())


def test_no_parameter_is_called_name():
    """Files and answers write it where the strategy's own name stands."""
    with pytest.raises(InputError, match=r"p\.toml: mine: no parameter can be called 'name'"):
        Spec.parse("mine(name=z)", "p.toml")
