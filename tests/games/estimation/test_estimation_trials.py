"""One agent's strategies in common worlds: controls whose means are 0, and what they are worth."""

import numpy as np
import pytest

from nashbox.experiments.paired import paired
from nashbox.games.estimation import prepare
from nashbox.games.estimation import trials as module
from nashbox.measure.controls import coefficients
from nashbox.measure.seeds import Stage
from nashbox.mechanisms.subsets import BLOCK
from nashbox.strategies import Equivariant, Truthful
from tests.games import from_mapping

WORLDS, BLOCKS = 1000, 20


def honest(*counts):
    counts = list(counts)
    return Equivariant(collect=counts, submit=counts, estimator="accept")


@pytest.fixture(params=["normal", "skew"])
def game(request, tmp_path):
    """Five agents owe ten points each; measurements are normal, or exponential ones from a file."""
    changes = {}
    if request.param == "skew":
        points = np.random.default_rng(5).exponential(size=500)
        (tmp_path / "points.csv").write_text("x\n" + "\n".join(map(str, points)))
        changes = {"source": {"csv": "points.csv", "columns": ["x"]}}
    body = {"sigma": 1.0, "costs": [[0.004]] * 5, "plan": [[10]] * 5, "mechanism": "cbl"}
    return prepare(from_mapping({"game": "estimation", **body, **changes}, tmp_path))


def played(game, strategies):
    rows = [
        list(game.own_trials(0, strategies, WORLDS, 100 + block, (0.0,))) for block in range(BLOCKS)
    ]
    return [
        {
            name: np.concatenate([getattr(row[j], name) for row in rows])
            for name in ("paid", "controls", "shared")
        }
        for j in range(len(strategies))
    ]


def test_controls_have_mean_zero(game):
    """Within 4.5 standard errors, for 3 strategies times 7 controls: false alarm 2e-4 a game."""
    for found in played(game, [Truthful(), honest(8), honest(12)]):
        for name in ("controls", "shared"):
            values = found[name]
            se = values.std(axis=0) / np.sqrt(len(values))
            assert (np.abs(values.mean(axis=0)) <= 4.5 * se).all(), name


def test_a_control_that_forgets_who_holds_the_points_is_found(game, monkeypatch):
    """With the audited mean taken over the wrong number of points the means are not 0."""
    right = module._Controls._mean
    monkeypatch.setattr(
        module._Controls,
        "_mean",
        lambda self, k, start, stop: right(self, k, start, stop) * (1.0 if stop < 10 else 1.2),
    )
    values = played(game, [Truthful(), honest(8)])[1]["controls"]
    se = values.std(axis=0) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0)) > 4.5 * se).any()


@pytest.mark.parametrize("count, worth", [(9, 8), (11, 4)])
def test_a_count_next_to_what_is_owed_needs_a_fraction_of_the_worlds(game, count, worth):
    audited, other = played(game, [Truthful(), honest(count)])
    gains = audited["paid"] - other["paid"]
    controls = np.concatenate([audited["shared"], other["controls"]], axis=1)
    half = len(gains) // 2
    taken = coefficients(gains[:half], controls[:half], np.zeros(controls.shape[1]))
    left = gains[half:] - controls[half:] @ taken
    assert gains[half:].var() > worth * left.var()
    assert abs(left.mean() - gains.mean()) < 4 * gains.std() / np.sqrt(half)


def test_own_trials_pay_what_the_model_pays(game):
    """The same strategies through whole steps of the model: within 4 standard errors."""
    found = paired(game, 0, [Truthful(), honest(5)], WORLDS * BLOCKS, 7, Stage.VERIFY)
    for strategy, seen in zip([Truthful(), honest(5)], found.payoffs, strict=True):
        model = game.with_strategies({game.players[0]: strategy}).model(20_000, 8, (0.0,))
        model.step()
        paid = -model.players[0].paid
        apart = abs(paid.mean() - seen.mean)
        assert apart < 4 * np.hypot(paid.std() / np.sqrt(paid.size), seen.se)


@pytest.mark.parametrize("mechanism", ["sample_mean", "cbl", "threshold"])
def test_another_count_is_played_with_the_same_dice(mechanism):
    """More worlds than the points of a block: payments of 10 and 11 points go together. Dice of
    their own leave a correlation of .1 to .3."""
    body = {"sigma": 1.0, "costs": [[0.002]] * 5, "plan": [[10]] * 5, "mechanism": mechanism}
    game = prepare(from_mapping({"game": "estimation", **body}))
    worlds = 8 * BLOCK // 50
    first, second = game.own_trials(0, [honest(10), honest(11)], worlds, 7, (0.0,))
    assert np.corrcoef(first.paid, second.paid)[0, 1] > 0.8
