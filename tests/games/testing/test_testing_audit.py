"""Audits of testing games: what is known to pay, what is known not to, and replays."""

from dataclasses import replace

import numpy as np
import pytest

from nashbox.experiments.audit import GameAudit, audit_game
from nashbox.experiments.run import run as play
from nashbox.games.testing import prepare_testing
from nashbox.games.testing.candidates import catalogue
from nashbox.mechanisms.exchange import NoExchange
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec
from tests.testing_problems import COIN, SHARP, SIX, game

G1 = {"kind": "contest", "prize": 1.0, "cost": 0.01}


def cost(c):
    return {"kind": "cost", "c": c, "chat": 1.0}


def replayed(problem, row, games=100_000):
    """Play the best deviation as a file would name it; standard errors between promise and play."""
    best = row.best_deviation
    changed = problem.with_strategies({row.name: Spec(best.strategy, best.parameters)})
    played = play(changed, replications=games, seed=7)
    (agent,) = [a for a in played.agents if a["name"] == row.name]
    gap, se = agent["payoff"] - best.payoff, np.hypot(agent["se"], best.se)
    return gap / max(se, 1e-9)


@pytest.mark.slow
def test_contest_of_equals():
    problem = game((COIN, COIN), payoff=G1)
    audit = audit_game(problem)
    assert (audit.method, audit.nash) == ("exact", "none_above_epsilon")
    for row in audit.agents:
        assert row.payoff == pytest.approx(0.340811, abs=1e-6)
        assert row.gain.upper < 1e-8
        assert row.gain_if_belief_known.upper < 1e-8
        assert row.candidates is None
        assert row.epsilon == pytest.approx(1e-3 * row.payoff)
        assert abs(replayed(problem, row)) < 4
    assert "quitting included" in audit.class_
    assert any("alpha alone changes nothing" in note for note in audit.notes)


@pytest.mark.slow
@pytest.mark.parametrize("alpha, rival", [(0.0, 1.0), (0.5, 0.0), (1.0, 0.5)])
def test_every_pair_of_alphas(alpha, rival):
    strategies = [{"name": "signaller", "alpha": a} for a in (alpha, rival)]
    audit = audit_game(game((COIN, COIN), strategies, payoff=G1))
    assert audit.nash == "none_above_epsilon"
    assert audit.agents[0].payoff == pytest.approx(0.340811, abs=1e-6)


@pytest.mark.slow
def test_bluffing():
    problem = game((COIN, COIN), payoff=G1)
    audit = audit_game(problem, signals="any")
    assert audit.nash == "profitable"
    for row in audit.agents:
        assert row.gain.estimate == pytest.approx(0.407613, abs=1e-6)
        assert abs(replayed(problem, row)) < 4
    bluff = problem.with_strategies({"A": Spec("bluffer")})
    played = play(bluff, replications=200_000).agents[0]
    assert abs(played["payoff"] - 0.748424) < 4 * played["se"]


@pytest.mark.slow
def test_cost_payoff():
    for c, before, after, gain in ((0.005, 0.270857, 0.206494, 0.064363),
                                   (0.02, 0.509640, 0.384615, 0.125024829)):  # fmt: skip
        problem = game((COIN, COIN), payoff=cost(c))
        row = audit_game(problem).agents[0]
        assert row.verdict == "profitable"
        assert -row.payoff == pytest.approx(before, abs=1e-6)
        assert -row.best_deviation.payoff == pytest.approx(after, abs=1e-6)
        assert row.gain.estimate == pytest.approx(gain, abs=1e-6)
        assert abs(replayed(problem, row)) < 4


@pytest.mark.slow
def test_black_box_names_its_class_and_finds_optimal_stopping():
    audit = audit_game(game((COIN, COIN), payoff=cost(0.02)), method="black_box", budget=200_000)
    for word in ("alpha in {0, .25, .5, .75, 1}", "w in {1, .9, .7, .5}", "anticipating or not"):
        assert word in audit.class_
    row = audit.agents[0]
    assert (row.verdict, row.best_deviation.strategy) == ("profitable", "optimal_stopper")
    assert row.gain.lower < 0.1250248 < row.gain.upper
    name = "signaller(alpha=0.5, weight=1.0, anticipate=False)"
    lone = next(c for c in row.landscape if c.label == name)
    assert abs(lone.gain + 0.0742) < 4 * lone.se
    with pytest.raises(AssertionError):
        assert abs(lone.gain + 0.0742 * 2) < 4 * lone.se
    for candidate in row.landscape:  # alpha alone changes nothing, game by game
        if "weight=1.0, anticipate=True" in candidate.label:
            assert (candidate.gain, candidate.se) == (0.0, 0.0)


class Broadcast(NoExchange):
    """An exchange of a user's, which may tell anybody anything."""


def test_who_hears_nobody_is_tried_with_one_member_of_the_grid(seed):
    """Every other member is paid the same in every game; of a plug-in exchange nobody knows."""
    played = prepare_testing(game((COIN, COIN), payoff=cost(0.02), mechanism="no_exchange"))
    grid = [one for one in catalogue(played) if one.spec.name == "signaller"]
    grid = [one for one in grid if "threshold" not in one.spec.parameters]
    tried = [one.strategy for one in grid]
    pays = np.array(list(played.trials(0, tried, 200, seed)))
    assert len(grid) == 40 and (pays == pays[0]).all() and np.ptp(pays[0]) > 0
    kept = [one.spec.name for one in played.deviations(0)]
    assert kept.count("signaller") == 1 + 4
    foreign = replace(played, exchange=Broadcast())
    assert len(foreign.deviations(0)) == len(catalogue(foreign)) > len(kept) + 39


@pytest.mark.slow
def test_black_box_finds_what_pays():
    problem = game((COIN, COIN), payoff=cost(0.005))
    audit = audit_game(problem, method="black_box", budget=80_000)
    for row in audit.agents:
        assert row.verdict == "profitable"
        assert row.gain.lower < 0.064363 < row.gain.upper
        assert row.best_deviation.parameters["anticipate"] is False
        assert abs(replayed(problem, row)) < 4
    bluffs = audit_game(
        game((COIN, COIN), payoff=G1), method="black_box", signals="any", budget=80_000
    )
    assert {row.best_deviation.strategy for row in bluffs.agents} == {"bluffer"}
    assert bluffs.agents[0].gain.lower < 0.407613 < bluffs.agents[0].gain.upper


@pytest.mark.slow
def test_quitting_a_hopeless_race():
    problem = game((SHARP, COIN), payoff={"kind": "contest", "prize": 1.0, "cost": 0.05})
    rows = {row.name: row for row in audit_game(problem).agents}
    assert rows["B"].verdict == "profitable"
    assert abs(replayed(problem, rows["B"])) < 4
    equal = game((COIN, COIN), payoff={"kind": "contest", "prize": 1.0, "cost": 0.03})
    assert audit_game(equal).agents[0].gain.estimate == pytest.approx(0.0165, abs=2e-4)


@pytest.mark.slow
def test_named_agents_are_offered_the_recommendation():
    lone = {"name": "signaller", "anticipate": False}
    problem = game((COIN, COIN), [lone, "signaller"], payoff=cost(0.02))
    exact = audit_game(problem).agents[0]
    assert exact.gain_over_recommended.estimate == pytest.approx(-0.0742, abs=5e-5)
    simulated = audit_game(problem, method="black_box", budget=60_000).agents[0]
    over = simulated.gain_over_recommended
    assert over.lower < exact.gain_over_recommended.estimate < over.upper
    assert audit_game(problem, recommended=True).agents[0].strategy == "signaller"


@pytest.mark.sparse(1)
@pytest.mark.parametrize(
    "problem, words",
    [
        (game((COIN, COIN), [{"name": "signaller", "weight": 0.9}, "signaller"]), "w = 1 only"),
        (game((COIN, COIN), {"name": "signaller", "threshold": "1/5"}), "threshold beta only"),
        (game((COIN, COIN), {"name": "signaller", "later": True}), "same iteration only"),
        (game((COIN, COIN), "bluffer"), "signaller, truthful and inverter"),
        (game((COIN, COIN), mechanism="no_exchange"), "does not relay"),
        (game((COIN, COIN, COIN)), "two agents"),
    ],
)
def test_exact_refuses_with_a_reason(problem, words):
    with pytest.raises(InputError, match=words):
        audit_game(problem, method="exact")
    audit = audit_game(problem, budget=2000)
    assert audit.method == "black_box"
    assert any(words in note for note in audit.notes)
    assert all(row.budget_needed for row in audit.agents if row.verdict == "undecided")


@pytest.mark.slow
def test_too_many_beliefs_are_refused():
    with pytest.raises(InputError, match="at most"):
        audit_game(game((COIN, SIX)), method="exact")


def test_exhaustive_does_not_apply():
    with pytest.raises(InputError, match="exhaustive"):
        audit_game(game((COIN, COIN)), method="exhaustive")


@pytest.mark.slow
def test_results_are_saved_and_loaded(tmp_path):
    audit = audit_game(game((COIN, COIN)), method="black_box", budget=1000)
    audit.save(tmp_path / "a.json")
    again = GameAudit.load(tmp_path / "a.json")
    assert again.to_json() == audit.to_json()
    assert list(audit.to_frame()["name"]) == ["A", "B"]
    twice = audit_game(game((COIN, COIN)), method="black_box", budget=1000)
    assert twice.to_json() == audit.to_json()


@pytest.mark.slow
def test_workers_change_nothing():
    problem = game((COIN, COIN))
    one, two = (
        audit_game(problem, method="black_box", budget=1000, workers=n).to_json() for n in (1, 2)
    )
    assert one == two
