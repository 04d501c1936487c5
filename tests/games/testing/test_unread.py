"""Alpha changes nothing where nobody looks at more than how sure she is: one is played for all."""

from itertools import product

import numpy as np
import pytest

from nashbox.experiments.audit.arena import Arena
from nashbox.games.testing import prepare_testing
from nashbox.measure.seeds import Stage
from nashbox.problem.files import from_mapping
from nashbox.strategies.testing import Quitter, RaceTruthful, Signaller

PMFS = [(["0.7", "0.3"], ["0.43", "0.57"]), (["0.61", "0.39"], ["0.2", "0.8"])]
PMFS += [(["0.5", "0.3", "0.2"], ["0.2", "0.37", "0.43"])]
LISTENERS = [
    "signaller",
    "silent",
    "truthful",
    "optimal_stopper",
    {"name": "quitter", "after": 5},
    {"name": "bluffer", "start": 3},
    {"name": "signaller", "anticipate": False, "feedback": True},
]
ALPHAS = (0.0, 0.3, 1.0)
PRICES = {"kind": "cost", "c": 0.01, "chat": 1.0}


def game(listener, others=2, **more):
    agents = [{"name": f"A{i}", "p0": a, "p1": b} for i, (a, b) in enumerate(PMFS[: others + 1])]
    for agent in agents[1:]:
        agent["strategy"] = listener
    raw = {"game": "testing", "beta": "1/20", "payoff": PRICES, "agents": agents, **more}
    return prepare_testing(from_mapping(raw))


def payments(made, strategies, worlds=400):
    """Each played by itself: side by side, rivals would toss a coin for each."""
    return [np.array(next(iter(made.trials(0, [s], worlds, 3)))) for s in strategies]


@pytest.mark.sparse(2)
@pytest.mark.parametrize("listener", LISTENERS, ids=str)
@pytest.mark.parametrize("others", [2, 1])
def test_whatever_she_reveals_everybody_is_paid_the_same_in_every_world(listener, others):
    made = game(listener, others)
    for w, anticipate, feedback in product((1.0, 0.6), (True, False), (True, False)):
        some = [Signaller(a, w, anticipate, feedback) for a in ALPHAS]
        assert len({made.alike(0, s) for s in some}) == 1
        first, *rest = payments(made, some)
        assert all((first == one).all() for one in rest)


@pytest.mark.parametrize(
    "listener", ["naive_fuser", {"name": "signaller", "weight": [1.0, 0.5]}], ids=str
)
def test_who_looks_at_sides_makes_alpha_matter(listener):
    made = game(listener, 1)
    some = [Signaller(a) for a in ALPHAS]
    assert len({made.alike(0, s) for s in some}) == len(ALPHAS)
    first, *rest = payments(made, some)
    assert any((first != one).any() for one in rest)


def test_a_class_of_a_users_may_look_at_anything(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from nashbox.strategies.testing import RaceTruthful\nclass Mine(RaceTruthful): pass\n"
    )
    made = game(f"{file}:Mine", 1)
    assert made.alike(0, Signaller(0.0)) != made.alike(0, Signaller(1.0))
    assert made.alike(1, Signaller(0.0)) == made.alike(1, Signaller(1.0))  # only A0 hears her
    mine = made.strategies["A1"]
    assert made.alike(1, mine) == made.alike(1, mine) != made.alike(1, RaceTruthful())


def test_what_she_listens_to_and_when_she_stops_is_her_own():
    made = game("signaller")
    others = [Signaller(weight=0.5), Signaller(anticipate=False), Signaller(threshold=0.2)]
    others += [Signaller(later=True), Quitter(after=2), Quitter(after=4)]
    assert len({made.alike(0, s) for s in [Signaller(), *others]}) == 1 + len(others)


def test_an_audit_plays_one_for_all_and_pays_for_one():
    made = game("signaller")
    tried = [Signaller(a, w) for a, w in product(ALPHAS, (1.0, 0.5))]
    arena = Arena(made, 0, tried, 1)
    cells = [(j, arena.places[j][0]) for j in range(len(tried))]
    assert arena.price(cells) == 2
    found = arena.play(cells, 100, Stage.VERIFY, 0)
    assert arena.spent == 200
    alone = Arena(made, 0, tried[-1:], 1).play(cells[:1], 100, Stage.VERIFY, 0)
    assert (found[cells[-1]].paid == alone[cells[0]].paid).all()
    arena.drop(0)
    assert arena.price([(j, 0) for j in range(len(tried) - 1)]) == 2
