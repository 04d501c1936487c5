"""Strategies: contracts, the informed Bayesian against enumeration, plug-ins, receivers."""

from itertools import product

import numpy as np
import pytest

from nashbox.experiments.check import check
from nashbox.experiments.run import run as play
from nashbox.games.testing.receivers import flip_symmetric, value_of_alpha
from nashbox.mechanisms.exchange import EXCHANGES
from nashbox.problem.errors import InputError
from nashbox.problem.observations import ObservationModel
from nashbox.problem.spec import Spec
from nashbox.strategies import STRATEGIES
from nashbox.strategies.testing import TESTING_STRATEGIES, Signaller
from nashbox.strategies.testing.informed import Filter, log_ratio
from tests.testing_problems import COIN, SHARP, THREE, game
from tests.testing_simulation import assert_mean

FALSE_ALARM = 6.3e-5  # four standard errors, two-sided


@pytest.mark.sparse(1)
@pytest.mark.parametrize("name", sorted({**TESTING_STRATEGIES, **EXCHANGES}.keys() - STRATEGIES))
def test_built_in_classes_keep_their_contract(name):
    report = check(name)
    assert report.passed, [row for row in report.checks if row.passed is False]


def likelihoods(model, alpha, shown):
    """P(shown signals | theta) by listing all symbols and coins; log odds from prior 1/2."""
    logs = model.log_likelihood_ratios
    out = np.zeros(2)
    for symbols in product(range(model.symbols), repeat=len(shown)):
        path = np.cumsum([logs[y] for y in symbols])
        for coins in product((1, -1), repeat=len(shown)):
            if not np.allclose(path * coins, shown):
                continue
            luck = np.prod([alpha if c == 1 else 1 - alpha for c in coins])
            for theta, pmf in enumerate((model.p0, model.p1)):
                out[theta] += luck * np.prod([float(pmf[y]) for y in symbols])
    return out


@pytest.mark.sparse(8)
@pytest.mark.parametrize("pmfs", [COIN, SHARP, THREE])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.5, 1.0])
def test_informed_bayesian_against_all_histories(pmfs, alpha):
    model = ObservationModel.parse(*pmfs)
    rng = np.random.default_rng(4)
    logs = np.array(model.log_likelihood_ratios)
    for _ in range(6):
        path = np.cumsum(logs[rng.integers(0, model.symbols, 4)])
        coins = np.where(rng.random(4) < alpha, 1, -1)
        heard = Filter(model, alpha, 0.0)
        state = heard.first(1, 1.0)
        for s in path * coins:
            state = heard.update(state, np.array([s]))
        true = likelihoods(model, alpha, path * coins)
        assert log_ratio([state])[0] == pytest.approx(np.log(true[1] / true[0]), abs=1e-9)
        assert np.exp(state[0, 1]) == pytest.approx(true.sum(), abs=1e-12)


@pytest.mark.slow
def test_half_tells_nothing_in_a_symmetric_model():
    audited = game((COIN, COIN), [{"name": "signaller", "anticipate": False}, "informed_bayesian"])
    deaf = game((COIN, COIN), {"name": "signaller", "anticipate": False})
    informed, alone = (play(p, replications=20_000) for p in (audited, deaf))
    assert informed.extra["laws"]["B"] == alone.extra["laws"]["B"]
    sure = game((SHARP, COIN), [{"name": "signaller", "anticipate": False}, "informed_bayesian"])
    assert play(sure, replications=20_000).agents[1]["tau"] < 15  # alone it takes 25


@pytest.mark.slow
def test_mirror_images_hide_what_a_signal_means():
    """A receiver that does not know which hypothesis is which learns nothing from alpha = 1/2."""
    strategies = [{"name": "signaller", "anticipate": False}, "unknown_model_bayesian"]
    run = play(game((SHARP, COIN), strategies), replications=50_000)
    assert_mean_near(run.agents[1], 25.157629)
    known = {"name": "unknown_model_bayesian",
             "models": [{"p0": SHARP[0], "p1": SHARP[1], "weight": 3}]}  # fmt: skip
    told = play(game((SHARP, COIN), [strategies[0], known]), replications=5000)
    informed = play(game((SHARP, COIN), [strategies[0], "informed_bayesian"]), replications=5000)
    assert told.extra["laws"] == informed.extra["laws"]


def assert_mean_near(agent, exact):
    assert abs(agent["tau"] - exact) < 4 * agent["tau_se"]


def test_optimal_stopper_is_the_best_response_where_nothing_is_heard():
    """c = .02: two net observations, 50/13 iterations, error 4/13."""
    payoff = {"kind": "cost", "c": 0.02, "chat": 1.0}
    run = play(game((COIN, COIN), "optimal_stopper", payoff=payoff), replications=200_000)
    agent = run.agents[0]
    assert abs(agent["payoff"] + 0.384615) < 4 * agent["se"]
    assert_mean_near(agent, 50 / 13)
    with pytest.raises(InputError, match="prices c > 0"):
        play(game((COIN, COIN), "optimal_stopper"), replications=10)


def test_quitters_and_other_thresholds():
    quitter = {"name": "quitter", "after": 8}
    run = play(game((COIN, COIN), [quitter, "signaller"]), replications=2000)
    assert max(n for n, count in enumerate(run.extra["laws"]["A"]) if count) == 8
    assert run.agents[0]["reasons"]["quit"] > 0.1
    hasty = {"name": "signaller", "threshold": "1/5"}
    run = play(game((COIN, COIN), [hasty, "signaller"]), replications=2000)
    assert run.agents[0]["won"] < 0.1  # stops first, and does not qualify under (6b)
    silent = play(game((COIN, COIN), "silent"), replications=100_000)
    assert_mean_near(silent.agents[0], 25.157629)


def test_weights_may_be_a_sequence():
    assert [Signaller(weight=[0.5, 1.0]).w(n) for n in (1, 2, 3)] == [0.5, 1.0, 1.0]
    late = {"name": "signaller", "weight": [0.9] * 5 + [1.0]}
    same = play(game((COIN, COIN)), replications=2000, seed=3)
    fused = play(game((COIN, COIN), late), replications=2000, seed=3)
    assert (
        fused.extra["laws"]["first"] == same.extra["laws"]["first"]
    )  # nobody can cross before iteration 6


@pytest.mark.slow
def test_value_of_alpha():
    report = value_of_alpha(game((SHARP, COIN)), games=8_000)
    best = {(row.receiver, row.objective): row.best for row in report.rows}
    assert flip_symmetric(game((SHARP, COIN)), 1) and not flip_symmetric(game((SHARP, COIN)), 0)
    symmetric, asymmetric = "B sends (symmetric)", "A sends (asymmetric)"
    for objective in ("E tau", "error", "entropy (nats)"):
        assert best[f"informed Bayesian, {symmetric}", objective] in ("0.5", "not resolved")
        assert best[f"informed Bayesian, {asymmetric}", objective] == "irrelevant"
    assert best[f"own observations only, {symmetric}", "E tau"] == "irrelevant"
    assert best[f"informed Bayesian, {symmetric}", "E tau"] == "0.5"
    assert best[f"informed Bayesian, {symmetric}", "entropy (nats)"] == "0.5"
    for objective in ("E tau", "win probability"):
        assert best[f"naive w = 0.5, {symmetric}", objective] == "0"


PLUGIN = """
from dataclasses import dataclass
import numpy as np
from nashbox import Decision, Exchange, Outcome, Payoff, Revealed, Signaller, Word

@dataclass(frozen=True)
class Patient(Signaller):
    least: int = 20
    def decide(self, mind, words, rng):
        found = super().decide(mind, words, rng)
        ready = mind.iteration >= self.least
        return Decision(found.threshold & ready)

class Forgetful(Signaller):
    def decide(self, mind, words, rng):
        mind.memory["list"] = np.zeros(3)
        return super().decide(mind, words, rng)

class Careless(Signaller):
    def decide(self, mind, words, rng):
        return Decision(np.random.rand(mind.games) < 0.1)

class Liar(Signaller):
    def signal(self, mind, rng):
        return Revealed(np.full(mind.games, 9.0))

class Muffler(Exchange):
    def mediate(self, submissions, circle, rng):
        def half(j):
            said = submissions[j]
            return Word(circle.names[j], Revealed(0.5 * said.log_odds, said.present))
        return [
            [half(j) for j in heard if submissions[j] is not None] for heard in circle.neighbours
        ]

@dataclass(frozen=True)
class Bonus(Payoff):
    size: float = 2.0
    def pay(self, outcome):
        return self.size * (outcome.declared == outcome.theta) - 0.01 * outcome.tau

def accuracy(outcome):
    return 1.0 - outcome.wrong
"""


@pytest.fixture
def plugins(folder):
    (folder / "mine.py").write_text(PLUGIN)
    return folder


def test_plug_ins_play(plugins):
    bonus = {"kind": "mine.py:Bonus", "size": 1.0}
    problem = game((COIN, COIN), {"name": "mine.py:Patient", "least": 30},
                   mechanism="mine.py:Muffler", payoff=bonus)  # fmt: skip
    agent = play(problem, replications=2000).agents[0]
    assert agent["tau"] > 30
    assert agent["payoff"] == pytest.approx(1 - agent["error"] - 0.01 * agent["tau"])
    plain = game((COIN, COIN), payoff="mine.py:accuracy")
    agent = play(plain, replications=2000).agents[0]
    assert agent["payoff"] == pytest.approx(1 - agent["error"])


@pytest.mark.parametrize(
    "name, broken",
    [("Patient", None), ("Forgetful", "plays"), ("Careless", "uses_only_its_generator"),
     ("Liar", "paper_signals"), ("Muffler", None)],
)  # fmt: skip
def test_check_sees_what_is_broken(plugins, name, broken):
    report = check(f"mine.py:{name}", plugins)
    assert [row.name for row in report.checks if row.passed is False] == (
        [broken] if broken else []
    )


def test_adaptive_strategies_revise_between_games(plugins):
    (plugins / "learner.py").write_text(
        "from dataclasses import dataclass, replace\nfrom nashbox import Signaller\n\n"
        "@dataclass(frozen=True)\nclass Learner(Signaller):\n"
        "    def revise(self, outcome):\n"
        "        return replace(self, alpha=min(1.0, float(self.alpha) + 0.25))\n"
    )
    problem = game((COIN, COIN)).with_strategies({"A": Spec("learner.py:Learner")})
    run = play(problem, rounds=3, replications=100)
    labels = [row["strategy"] for row in run.steps if row["AgentID"] == "A"]
    assert labels == ["learner", "learner(alpha=0.75)", "learner(alpha=1)"]


def test_a_wrong_number_is_rejected():
    run = np.random.default_rng(0).random(10_000)
    with pytest.raises(AssertionError):
        assert_mean(run, 0.55, FALSE_ALARM)
