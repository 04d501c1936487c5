"""Models that nobody uses are forgotten, with all their arrays."""

import gc
import weakref

import numpy as np
import pytest

from nashbox.experiments.dynamics import BestResponse
from nashbox.games.estimation import prepare
from nashbox.games.testing import prepare_testing
from nashbox.model.population import Population
from nashbox.problem.files import load
from tests.games import figure1
from tests.places import EXAMPLES
from tests.table_oracle import TableOracle


def estimation():
    model = prepare(figure1()).model(10, 0)
    model.step()
    return model


def race():
    return prepare_testing(load(EXAMPLES / "testing" / "case_a.toml")).model(10, 0).play()


def population():
    model = Population(TableOracle(np.eye(2)), BestResponse(), np.zeros(2, int))
    model.step()
    return model


@pytest.mark.parametrize("make", [estimation, race, population])
def test_a_model_is_forgotten(make):
    model = make()
    names = [agent.unique_id for agent in model.players]
    assert names == list(range(1, len(names) + 1))
    forgotten = weakref.ref(model)
    del model
    gc.collect()
    assert forgotten() is None
