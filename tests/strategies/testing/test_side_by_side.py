"""Signallers side by side play, game by game, as each plays alone."""

from itertools import product

import numpy as np
import pytest

from nashbox.games.testing import prepare_testing
from nashbox.model.testing import RaceModel
from nashbox.model.well import Copies, Well
from nashbox.problem.files import from_mapping
from nashbox.strategies.testing import RaceTruthful, Signaller
from nashbox.strategies.testing.side_by_side import SideBySide, is_plain

GAMES = 300
PMFS = [(["0.7", "0.3"], ["0.43", "0.57"]), (["0.61", "0.39"], ["0.2", "0.8"])]
PMFS += [(["0.5", "0.3", "0.2"], ["0.2", "0.37", "0.43"])]


def game(m):
    agents = [{"name": f"A{i}", "p0": a, "p1": b} for i, (a, b) in enumerate(PMFS[:m])]
    raw = {"game": "testing", "beta": "1/20", "agents": agents}
    truthful = {"name": "signaller", "alpha": 1.0, "weight": 0.8}
    for agent in agents[1:]:
        agent["strategy"] = truthful  # no coins but the deviator's
    return prepare_testing(from_mapping(raw))


def played(made, strategy, well, games):
    model = RaceModel(
        made.problem, made.exchange, {**made.strategies, "A0": strategy},
        replications=games, rng=5, record=0, well=well,
    ).play()  # fmt: skip
    return np.array([(p.tau, p.declared, p.qualified, p.reason) for p in model.players])


@pytest.mark.parametrize("m", [2, 3])
def test_every_part_plays_as_it_plays_alone(m):
    made = game(m)

    parts = tuple(
        Signaller(*values) for values in product((0.0, 1.0), (1.0, 0.7, 0.0), (True, False))
    )
    well = Well(made.problem, GAMES, 3)
    many = played(made, SideBySide(parts), Copies(well, len(parts)), GAMES * len(parts))
    for k, part in enumerate(parts):
        assert (many[..., k :: len(parts)] == played(made, part, well, GAMES)).all(), part
    by_part = [many[..., k :: len(parts)] for k in range(len(parts))]
    assert any((one != by_part[0]).any() for one in by_part[1:]), "all parts play alike"


def test_every_part_tosses_its_own_coin():
    """|share - alpha| over 4.9 standard errors: a false alarm in a million, for each of three."""
    parts = (Signaller(0.25), Signaller(0.75), Signaller(1.0))
    made = game(2)
    R = 90_000
    model = RaceModel(
        made.problem, made.exchange, {**made.strategies, "A0": SideBySide(parts)},
        replications=R, rng=2, record=0, well=Copies(Well(made.problem, R // 3, 3), 3),
    )  # fmt: skip
    truth = model.players[0].act().truth
    for k, part in enumerate(parts):
        error = np.sqrt(part.alpha * (1 - part.alpha) / (R / 3))
        assert abs(truth[k::3].mean() - part.alpha) <= 4.9 * error


def test_what_needs_more_than_alpha_weight_and_anticipation_plays_alone():
    assert is_plain(Signaller(0.25, 0.9, False))
    others = [
        RaceTruthful(),
        Signaller(later=True),
        Signaller(feedback=True),
        Signaller(threshold=0.2),
    ]
    assert not any(map(is_plain, [*others, Signaller(weight=[0.5, 1.0])]))
