"""Agents of one kind are played as one array, and nothing but time tells."""

from fractions import Fraction

import numpy as np
import pytest

from nashbox.games.registry import prepare_game
from nashbox.model import testing as module
from nashbox.problem.draw import Observer, Streams
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.observations import ObservationModel
from nashbox.strategies.testing import Signaller

COIN = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"]}
DIE = {"p0": ["0.5", "0.3", "0.2"], "p1": ["0.2", "0.3", "0.5"]}
PROOF = {"p0": ["0.5", "0.5", "0"], "p1": ["0.3", "0.5", "0.2"]}
PLAIN = {"name": "signaller", "alpha": 0.5}
KINDS = [
    (COIN, PLAIN), (DIE, PLAIN), (COIN, {"name": "silent"}),
    (COIN, {"name": "signaller", "anticipate": False, "threshold": 0.02}),
    (PROOF, {"name": "inverter"}),
]  # fmt: skip
ALONE = [
    (COIN, {"name": "naive_fuser"}), (COIN, {"name": "signaller", "weight": 0.6}),
    (DIE, {"name": "signaller", "later": True}),
]  # fmt: skip


def _game(graph, kinds, m, mechanism="belief_exchange"):
    chosen = [kinds[i % len(kinds)] for i in range(m)]
    agents = [{"name": f"a{i}", **model, "strategy": s} for i, (model, s) in enumerate(chosen)]
    raw = {"game": "testing", "beta": "1/10", "agents": agents, "graph": graph, "cap": 30}
    return prepare_game(from_mapping({**raw, "mechanism": mechanism}))


def _played(game, worlds, seed):
    model = game.opened(worlds, seed, None, 2).play()
    columns = [
        [o.tau, o.wrong, o.qualified, o.share, o.declared, a.reason]
        for o, a in zip(model.outcomes(), model.players, strict=True)
    ]
    return model, np.array(columns, dtype=float), model.datacollector.tables["steps"]


CASES = [
    ("cycle", KINDS[:1], 12, "belief_exchange"),
    ("complete", KINDS[:1], 10, "belief_exchange"),
    ("star", KINDS[1:2], 12, "no_exchange"),
    ("wheel", KINDS, 45, "belief_exchange"),
    ("cycle", [KINDS[0], *ALONE, *KINDS[:1]], 20, "belief_exchange"),
    ("empty", KINDS[:2], 16, "belief_exchange"),
]


@pytest.mark.sparse(8)
@pytest.mark.parametrize("many", [0, 200])
@pytest.mark.parametrize("case", CASES)
def test_crowds_change_nothing(case, many, seed, monkeypatch):
    monkeypatch.setattr("nashbox.agents.signaller_crowd.ROOM", 30)  # listeners come in parts
    monkeypatch.setattr("nashbox.agents.signaller_crowd.MANY", many)  # as bits, or pair by pair
    monkeypatch.setattr("nashbox.problem.draw.CACHE", 50)  # agents observe in parts
    game = _game(*case)
    together, found, steps = _played(game, 12, seed)
    assert together.crowds
    monkeypatch.setattr(module, "LEAST", 10**6)
    alone, expected, rows = _played(game, 12, seed)
    assert not alone.crowds
    assert np.array_equal(found, expected)
    assert steps == rows


@pytest.mark.parametrize("words", [1, 1 << 20])
@pytest.mark.parametrize("p", ["1/3", "1/65537"])  # the second leaves one cell, 0, open
def test_streams_give_what_each_generator_gives_by_itself(p, words, seed, monkeypatch):
    monkeypatch.setattr("nashbox.problem.draw.CACHE", 40_000)
    monkeypatch.setattr("nashbox.problem.draw.WORDS", words)
    whole = Fraction(1)
    for pmfs in (
        ([whole - Fraction(p), Fraction(p)], [Fraction(p), whole - Fraction(p)]),
        ([Fraction(1, 7)] * 7, [*[Fraction(1, 9)] * 6, Fraction(1, 3)]),
    ):
        observer = Observer(ObservationModel(*map(tuple, pmfs)))
        one, other = (np.random.default_rng(seed).spawn(3) for _ in range(2))
        streams = Streams(one)
        for size, split in ((20_001, 7000), (20_001, 20_001), (19_998, 0), (7, 3), (15_000, 10)):
            found = np.concatenate(list(observer.draw_many(streams, size, split)))
            assert np.array_equal(found, [observer.draw(rng, size, split) for rng in other])


def test_strategies_are_replaced_before_the_first_step_or_not_at_all():
    game = _game("cycle", KINDS[:1], 12)
    model, swapped = game.opened(20, 5, None, 2), Signaller(threshold=0.4)
    model.players[3].strategy = swapped
    model.step()
    assert model.crowds and model.players[3] in model.alone
    model.players[4].strategy = swapped
    with pytest.raises(InputError, match="agent a4: a strategy can be replaced before the first"):
        model.step()


def test_deviators_meet_crowds(seed, monkeypatch):
    game = _game("cycle", KINDS[:1], 15)
    tried = [Signaller(alpha=0.1), Signaller(weight=0.5), Signaller(feedback=True, weight=0.5)]
    together = np.array(list(game.trials(3, tried, 20, seed)))
    monkeypatch.setattr(module, "LEAST", 10**6)
    assert np.array_equal(together, np.array(list(game.trials(3, tried, 20, seed))))
