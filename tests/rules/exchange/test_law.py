"""Answers of real exchanges have the law of the audited game."""

from pathlib import Path

import numpy as np
import pytest

from nashbox.experiments.audit import audit
from nashbox.problem.files import load
from nashbox.rules.exchange.agreed import read_rules
from nashbox.rules.exchange.exchanging import played
from nashbox.rules.exchange.keys import digest
from nashbox.rules.exchange.rehearsing import submission_bytes
from tests.exchanges import PICK, rules
from tests.statistics_for_tests import assert_mean

EXCHANGES = 2000
FOUR = 6.334e-5  # false-alarm rate of 4 standard errors; 18 comparisons: 0.1 % that any fails
NAMES = ["cbl", "threshold", "decoy", "sample_mean", "counted_mean", "own.py:Pick"]
NOISY = """\
game = "estimation"
sigma = 10.0
costs = [[0.05], [0.05], [0.05], [0.05], [0.05], [0.05]]
plan = [[10], [10], [10], [10], [10], [10]]
mechanism = "cbl"
"""  # three work alone, three get noise


def exact_errors(folder, game, name):
    """Squared errors of everybody when all are honest: exact penalties less what data cost."""
    terms = game.terms
    spent = np.where(terms.counts > 0, terms.counts * game.problem.costs, 0.0).sum(axis=1)
    if "Pick" not in name:
        found = audit(load(folder / "rules.toml"), method="exact")
        return np.array([agent.penalty for agent in found.agents]) - spent
    v = game.problem.sigma**2 / terms.counts  # of one agent's mean
    own = np.where(np.isfinite(v), v, 0.0)
    fallback = np.isinf(v)  # the mean of who hands in nothing is nothing: the own mean stands
    errors = []
    for i in range(game.problem.m):
        others = [np.where(fallback[j], own[i], own[j]) for j in range(3) if j != i]
        errors.append(np.mean(others, axis=0).sum())
    return np.array(errors)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_answers_have_the_law_of_the_audited_game(name, seed, tmp_path):
    (tmp_path / "own.py").write_text(PICK)
    text = rules(name).replace("0.1, inf]", "0.1, 0.1]").replace("[10, 0]", "[10, 8]")
    (tmp_path / "rules.toml").write_text(NOISY if name == "cbl" else text)
    agreed = read_rules(Path(tmp_path / "rules.toml"))
    assert name != "cbl" or np.isfinite(agreed.game.terms.alpha).sum() == 3
    model = agreed.game.model(EXCHANGES, seed, offset=3.0)
    handed = {agent.name: agent.act() for agent in model.players}
    errors = np.empty((EXCHANGES, len(handed)))
    for world in range(EXCHANGES):
        row = np.array([world])
        contents = {
            name: submission_bytes(data.rows(row), agreed.game.problem.distributions)
            for name, data in handed.items()
        }
        key = bytes.fromhex(digest("a test's key", seed, world))
        answers = played(agreed, contents, key, None, "in").answers
        told = [[float(r[5]) for r in answer.rows()] for answer in answers]
        errors[world] = ((np.array(told) - model.truth) ** 2).sum(axis=1)
    exact = exact_errors(tmp_path, agreed.game, name)
    for i in range(len(handed)):
        assert_mean(errors[:, i], exact[i], FOUR)
        with pytest.raises(AssertionError):  # a third more is seen
            assert_mean(errors[:, i], 1.33 * exact[i], FOUR)
