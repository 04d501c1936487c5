"""What a game of one's own answers is held to what engines count on; what it adds is kept."""

import json

import pytest

import nashbox
from nashbox.cli import main
from nashbox.experiments.audit import GameAudit
from nashbox.games import Pay
from nashbox.problem.errors import InputError

GAME = """
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nashbox.games import Action, Exact, OneShot


@dataclass(frozen=True)
class Ask(Action):
    x: float = 0.5  # of the cake

    def act(self, view, rng):
        return self.x


@dataclass(frozen=True, kw_only=True)
class Cake(OneShot):
    menu: ClassVar = {"ask": Ask}

    def recommended(self, i):
        return Ask()

    def pay(self, view, action, received):
        return np.where(received.sum(axis=0) <= 1, action, 0.0)

    def deviations(self, i):
        return [self.family("ask", x=(0.0, 1.0))]
"""
GOOD = """
    def exact(self, i):
        return Exact(0.5, 0.4, self.deviation("ask", x=0.4), reached=[0.0], recommended=0.5)
"""


@pytest.fixture
def cake(folder):
    """Write the game with some methods more; the name of its problem file."""

    def write(methods):
        (folder / "cake.py").write_text(GAME + methods)
        (folder / "cake.toml").write_text('game = "cake.py:Cake"\n')
        return str(folder / "cake.toml")

    return write


def method(name, answer):
    return f"\n    def {name}(self, *_):\n        return {answer}\n"


def test_what_a_game_adds_to_its_audit_is_told_and_kept(cake, tmp_path, capsys):
    path = cake(GOOD + method("extras", "{'price': np.float64(0.25), 'who': ['a0'], 'signals': 1}"))
    audit = nashbox.audit(path)
    assert audit.extra == {"price": 0.25, "who": ["a0"]} and audit.signals == 1
    body = audit.to_json()
    assert body["price"] == 0.25 and body["who"] == ["a0"]
    audit.save(tmp_path / "a.json")
    kept = GameAudit.load(tmp_path / "a.json")
    assert kept.to_json() == body and kept.extra == audit.extra
    assert main(["audit", path]) == 0
    assert "price: 0.25" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    ["None", "{'agents': 3}", "{'price': float('nan')}", "{'price': object()}", "{1: 2}"],
)
def test_what_no_audit_can_hold_is_refused(cake, answer):
    with pytest.raises(InputError, match=r"Cake\.extras"):
        nashbox.audit(cake(GOOD + method("extras", answer)))


@pytest.mark.parametrize("answer", ["None", "'a sentence'", "[1]"])
def test_notes_are_sentences(cake, answer):
    with pytest.raises(InputError, match=r"Cake\.notes must return a list of sentences"):
        nashbox.audit(cake(GOOD + method("notes", answer)))


@pytest.mark.parametrize(
    "answer",
    [
        "None",
        "0.5",
        "Exact(0.5, 0.5, Ask(0.4))",
        "Exact(float('nan'), 0.5, self.deviation('ask', x=0.4))",
        "Exact(0.5, float('nan'), self.deviation('ask', x=0.4))",
        "Exact(0.5, 0.5, self.deviation('ask', x=0.4), error=float('nan'))",
        "Exact('half', 0.5, self.deviation('ask', x=0.4))",
        "Exact(0.5, 0.4, self.deviation('ask', x=0.4), gain=0.1)",
        "Exact(0.5, 0.4, self.deviation('ask', x=0.4), error=-1.0)",
        "Exact(0.5, 0.4, self.deviation('ask', x=0.4), reached=[1e9])",
        "Exact(0.5, 0.4, self.deviation('ask', x=0.4), reached=['much'])",
        "Exact(0.5, 0.4, self.deviation('ask', x=0.4), covers=3)",
    ],
)
def test_formulas_answer_numbers_or_say_why_not(cake, answer):
    with pytest.raises(InputError, match=r"Cake\.exact"):
        nashbox.audit(cake(method("exact", answer)))


def test_what_the_recommendation_pays_is_compared_with_the_game(cake, folder):
    formula = "Exact(0.3, 0.5, self.deviation('ask', x=0.5), reached=[0.0], recommended=PAID)"
    path = cake(method("exact", formula.replace("PAID", "0.2")).replace("*_", "i"))
    (folder / "cake.toml").write_text(
        'game = "cake.py:Cake"\nstrategies = {a0 = "ask(x=0.3)", a1 = "ask(x=0.3)"}\n'
    )
    with pytest.raises(InputError, match=r"is paid 0\.5 .* 0\.2 by formula"):
        nashbox.audit(path)


@pytest.mark.parametrize("answer", ["float('nan')", "'free'"])
@pytest.mark.parametrize("how", ["exact", "black_box"])
def test_what_staying_away_pays_is_a_number(cake, answer, how):
    with pytest.raises(InputError, match=r"Cake\.outside: a0 must be a number"):
        nashbox.audit(cake(GOOD + method("outside", answer)), method=how, budget=2000, workers=1)


@pytest.mark.parametrize("answer", ["None", "[Ask(0.6)]", "[self.deviation('ask', x=1), 'ask']"])
def test_what_an_audit_would_leave_out_is_refused(cake, answer):
    path = cake(method("deviations", answer))
    with pytest.raises(InputError, match=r"Cake\.deviations must return"):
        nashbox.audit(path, method="black_box", budget=2000, workers=1)


@pytest.mark.parametrize(("outside", "said"), [(0.3, "yes"), (0.7, "no")])
def test_tables_say_whether_a_game_is_individually_rational(cake, outside, said, capsys):
    main(["audit", cake(GOOD + method("outside", outside))])
    told = f"individually rational (nobody is worse off than outside): {said}"
    assert told in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("pay", [("regret", -1), ("payoff", -1), ("penalty", 1), ("penalty", 0)])
def test_games_pay_payoffs_or_penalties(pay):
    with pytest.raises(InputError, match=r"Pay must be"):
        Pay(*pay)


def test_json_of_an_audit_has_no_key_for_what_nobody_added(cake):
    assert "extra" not in json.loads(json.dumps(nashbox.audit(cake(GOOD)).to_json()))


@pytest.mark.parametrize("name", ["recommended", "deviations"])
def test_what_a_game_asks_of_its_own_strategies_is_refused_by_file_and_line(cake, name, capsys):
    bounded = """
    def TRIED(self, i):
        from nashbox.problem.errors import require
        require("x", 2.0, low=0.0, high=1.0)
"""
    path = cake(bounded.replace("TRIED", name))
    assert main(["audit", path, "--budget", "2000", "--workers", "1"]) == 2
    said = capsys.readouterr().err
    assert "cake.toml: x must be a number in [0.0, 1.0], got 2.0 (cake.py, line " in said
    assert f"Cake.{name})" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    "ranges",
    [
        "x=(0.0, 0.5, 1.0)",
        "x=(1.0, 0.0)",
        "x=(0.0, float('nan'))",
        "x=[]",
        "x=(0.0, 1.0), coarse=0",
        "x=(0.0, 1.0), coarse='a'",
    ],
)
def test_families_have_members(cake, ranges):
    listed = f"[self.deviation('ask', x=1.0), self.family('ask', {ranges})]"
    path = cake(method("deviations", listed))
    with pytest.raises(InputError, match=r"cake\.toml: the family ask: (x|coarse) must be"):
        nashbox.audit(path, method="black_box", budget=2000, workers=1)


@pytest.mark.parametrize("answer", ["None", "Ask", "'ask'", "self.deviation('ask', x=1.0)"])
def test_what_is_asked_for_is_a_strategy(cake, answer, capsys):
    path = cake(method("recommended", answer).replace("*_", "i"))
    for verb in ("run", "audit"):
        assert main([verb, path]) == 2
        assert ": Cake.recommended must return a strategy" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["None", "3"])
def test_nature_tells_everybody_something(cake, answer, capsys):
    assert main(["run", cake(method("nature", answer))]) == 2
    said = capsys.readouterr().err
    assert f"Cake.nature must return one thing per player (2), got {answer}" in said


TOLD = """
    def nature(self, worlds, rng):
        return list(rng.random((self.m, worlds)))
"""
WRITING = {
    "a strategy into what nature told": (
        TOLD,
        "return self.x",
        "v = view.private; v *= 2; return v",
    ),
    "payments into what all did": ("", "return np.where", "received -= 0.1; return np.where"),
    "payments into what she did": ("", "return np.where", "action += 0.1; return np.where"),
}


@pytest.mark.parametrize("case", WRITING.values(), ids=WRITING)
def test_what_plug_ins_are_given_is_not_written_into(cake, folder, case, capsys):
    """Others are given the same arrays: what one writes, the next would take for true."""
    more, before, after = case
    path = cake(more)
    assert main(["run", path, "--replications", "5"]) == 0
    (folder / "cake.py").write_text((GAME + more).replace(before, after))
    for command in (["run", path], ["audit", path], ["check", str(folder / "cake.py") + ":Cake"]):
        assert main(command) in (1, 2)
        told = capsys.readouterr()
        assert "read-only (cake.py, line" in " ".join((told.out + told.err).split())


@pytest.mark.parametrize("command", ["run", "adapt --menu ask,ask(x=1)", "compare", "audit"])
def test_only_ruin_is_infinite(cake, folder, command, capsys):
    """`empirical` called an equilibrium what somebody gains infinitely by leaving."""
    path = cake("")
    (folder / "cake.py").write_text(GAME.replace("action, 0.0)", "action, np.inf)"))
    (folder / "cake.toml").write_text('game = "cake.py:Cake"\nstrategies = {a1 = "ask(x=1)"}\n')
    verb, *options = command.split()
    assert main([verb, path, *options]) == 2
    assert "Cake: a payment is infinitely good; only ruin may be" in capsys.readouterr().err


@pytest.mark.parametrize("agents", ["['a', 'a']", "'ab'", "2.5", "[1, 2]", "1", "true"])
@pytest.mark.parametrize("own", ["def __post_init__(self):\n        pass", ""])
def test_agents_have_names_whatever_a_class_leaves_out(cake, folder, agents, own):
    path = cake(f"\n    {own}\n")
    (folder / "cake.toml").write_text(f'game = "cake.py:Cake"\nagents = {agents}\n')
    with pytest.raises(InputError, match=r"cake\.toml: Cake: agent"):
        nashbox.load(path)


def test_players_differ(cake):
    with pytest.raises(InputError, match=r"Cake\.players: agent 'x' is named twice"):
        nashbox.load(cake("\n    @property\n    def players(self):\n        return ['x', 'x']\n"))


def test_deviations_are_the_same_when_asked_again(cake, folder, capsys):
    """Else two audits with one seed try different things."""
    cake(method("deviations", "[self.deviation('ask', x=np.random.default_rng().random())]"))
    assert main(["check", f"{folder / 'cake.py'}:Cake", "--json", "-"]) == 1
    assert "a0: deviations(i) are others when asked again" in capsys.readouterr().out


KINDS = """
from dataclasses import dataclass
from typing import ClassVar
from nashbox.games import Action, Exact, OneShot
@dataclass(frozen=True)
class Sell(Action):
    q: float = 0.0
    def act(self, view, rng):
        return self.q
@dataclass(frozen=True, kw_only=True)
class Duopoly(OneShot):
    menu: ClassVar = {"sell": Sell}
    def recommended(self, i):
        return Sell()
    def kind(self, i):
        return "seller"
    def pay(self, view, action, received):
        return action * (1 - 0.2 * view.index - sum(received))
    def deviations(self, i):
        return [self.family("sell", q=(0.0, 1.0))]
    def exact(self, i):
        q = (1 - 0.2 * i) / 2
        return Exact(0.0, q**2, self.deviation("sell", q=q), reached=[q**2])
"""


def test_each_is_asked_for_her_own_formula_whatever_a_game_calls_a_kind(folder):
    (folder / "duopoly.py").write_text(KINDS)
    found = nashbox.audit({"game": "duopoly.py:Duopoly", "agents": 2})
    assert [a.gain.estimate for a in found.agents] == pytest.approx([0.25, 0.16], rel=1e-12)
