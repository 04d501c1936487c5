"""Honest agents are played as one array, and nothing but time tells."""

import numpy as np
import pytest

from nashbox.agents import honest_crowd as module
from nashbox.games.estimation import prepare
from nashbox.problem.files import from_mapping


def _rounds(mechanism, strategies, monkeypatch, least, **more):
    monkeypatch.setattr(module, "LEAST", least)
    costs = [[0.05, 0.02]] * 6 + [[0.07, 0.03]] * 6
    raw = {"game": "estimation", "sigma": [10.0, 3.0], "mechanism": mechanism, "costs": costs}
    raw |= {"strategies": strategies, **more}
    model = prepare(from_mapping(raw)).model(30, 3, offset=np.array([1.5, 0.0]), what_if=True)
    found = []
    for _ in range(2):
        model.step()
        for agent in model.players:
            found += [agent.errors, agent.collected, agent.submitted]
            found += [agent.cost[:, None], agent.penalty[:, None], agent.error[:, None]]
    return np.concatenate(found, axis=1), model.datacollector


LIARS = {
    "a3": "free_rider", "a5": {"name": "collector", "factor": 2.0},
    "a6": {"name": "withholder", "fraction": 0.3}, "a7": {"name": "withholder", "fraction": 0.0},
    "a8": {"name": "withholder", "fraction": 1.0},
}  # fmt: skip


@pytest.mark.parametrize("mechanism", ["sample_mean", "counted_mean", "alone", "baseline"])
@pytest.mark.parametrize("strategies", [{}, LIARS])
def test_crowds_change_nothing(mechanism, strategies, monkeypatch):
    together, kept = _rounds(mechanism, strategies, monkeypatch, 8)
    alone, expected = _rounds(mechanism, strategies, monkeypatch, 100)
    assert np.array_equal(together, alone)
    frames = (kept.get_agent_vars_dataframe(), expected.get_agent_vars_dataframe())
    assert frames[0].equals(frames[1])
    social = [c.get_model_vars_dataframe()["social_penalty"].tolist() for c in (kept, expected)]
    assert social[0] == social[1]


def test_who_cannot_measure_and_is_told_nothing_errs_without_end(monkeypatch):
    costs = {"costs": [[float("inf"), 0.02]] * 9 + [[0.05, 0.02]]}
    together, _ = _rounds("alone", {}, monkeypatch, 8, **costs)
    assert np.isinf(together).any()
    assert np.array_equal(together, _rounds("alone", {}, monkeypatch, 100, **costs)[0])
