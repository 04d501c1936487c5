"""Nothing is called exact that formulas say of another rule than the one that is played."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from nashbox import Mechanism
from nashbox.experiments.audit.promises import hold_formulas
from nashbox.games.estimation.exact import exact_answer, unavailable
from nashbox.mechanisms import MECHANISMS, Alone, Cbl, PairDecoy, SampleMean, Threshold
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.problem.errors import ContractError
from nashbox.strategies import STRATEGIES, Truthful, Withholder
from tests.games import alike as game


class TellsAll(Cbl):
    def inform(self, submissions, terms, rng, readers):
        return [SampleMean().mediate(submissions, terms, rng)[i] for i in readers]


class Mediates(SampleMean):
    def mediate(self, submissions, terms, rng):
        return [s.mean for s in submissions]


class AsksForLess(Threshold):
    def terms(self, problem, plan):
        return super().terms(problem, 0.5 * plan)


class Beside:
    """Not a mechanism, and looked up before one."""

    def mediate(self, submissions, terms, rng):
        return [s.mean for s in submissions]


class MixedIn(Beside, SampleMean):
    pass


@pytest.mark.parametrize("mechanism", [TellsAll, Mediates, AsksForLess, MixedIn])
def test_formulas_are_not_inherited_with_other_rules(mechanism):
    said = unavailable(game(mechanism(), owed=12.0))
    assert said is not None and "formulas of" in said and mechanism.__name__ in said


@pytest.mark.parametrize("method", ["gather", "report", "estimate", "mixture"])
def test_plays_are_not_inherited_with_other_acts(method):
    def act(self, *arguments):
        return getattr(Truthful, method)(self, *arguments)

    strategy = type("Other", (Truthful,), {method: act})()
    said = unavailable(game(SampleMean(), [strategy]))
    assert f"Other has another {method} than the formulas of Truthful" in said


@pytest.mark.parametrize("mechanism", [c for c in MECHANISMS.values() if c is not PairDecoy])
def test_formulas_of_our_own_and_of_plain_subclasses_count(mechanism):
    assert unavailable(game(mechanism(), owed=12.0)) is None
    assert unavailable(game(type("Mine", (mechanism,), {})(), owed=12.0)) is None


@pytest.mark.parametrize("name", sorted({*STRATEGIES} - {"mixed", "scaler", "shrinker"}))
def test_plays_of_our_own_count(name):
    said = unavailable(game(SampleMean(), [STRATEGIES[name]()])) or ""
    assert "another" not in said


def halves(self, terms, agent, k, others):
    return MeanChannel(float(terms.sigma[k]), 1.1 * others)


@dataclass(frozen=True)
class FalseChannel(Mechanism):
    def mediate(self, submissions, terms, rng):
        return SampleMean().mediate(submissions, terms, rng)

    channel = halves


class BoldAtBest(FalseChannel):
    """Formulas that are right where she is honest, and promise too much elsewhere."""

    def channel(self, terms, agent, k, others):
        found = MeanChannel(float(terms.sigma[k]), others)
        return _Optimist(found.sigma, others, owed=float(terms.counts[agent, k]))


@dataclass(frozen=True)
class _Optimist(MeanChannel):
    owed: float = 0.0

    def best_risk(self, n):
        return super().best_risk(n) * np.where(np.asarray(n) == self.owed, 1.0, 0.9)

    def risk(self, play):
        value, error = super().risk(play)
        return value * (1.0 if play.n == self.owed else 0.9), error


class Pessimist(FalseChannel):
    """Formulas that overlook what can be had: alone she is worse off than she says."""

    def channel(self, terms, agent, k, others):
        return MeanChannel(float(terms.sigma[k]), 0.7 * others)


class LiesAboveTwenty(Truthful):
    def report(self, data, view, rng):
        return data.shifted(np.where(view.counts > 20, 3.0, 0.0))

    def plays(self, view):
        return [replace(play, weight=1.0) for play in super().plays(view)]


@pytest.mark.parametrize("mechanism", [FalseChannel, BoldAtBest, Pessimist])
def test_formulas_of_ones_own_are_compared_with_the_game(mechanism, seed):
    played = game(mechanism(), owed=12.0)
    with pytest.raises(ContractError, match=r"a0: .* by formula.*; correct channel or plays"):
        hold_formulas(played, 0, exact_answer(played, 0), seed)


def test_plays_of_ones_own_are_compared_with_the_game(seed):
    played = game(SampleMean(), [LiesAboveTwenty()], owed=30.0)
    with pytest.raises(ContractError, match=r"lies_above_twenty .what is audited. has the penalty"):
        hold_formulas(played, 0, exact_answer(played, 0), seed)


class RealCounts(FalseChannel):
    pass


def test_real_counts_are_played_as_whole_ones():
    played = game(RealCounts(), owed=12.0)
    real = replace(played, problem=replace(played.problem, counts="real"))
    with pytest.raises(ContractError, match="by formula"):
        hold_formulas(real, 0, exact_answer(real, 0))


class Mine(Mechanism):
    def mediate(self, submissions, terms, rng):
        return SampleMean().mediate(submissions, terms, rng)

    def channel(self, terms, agent, k, others):
        return MeanChannel(float(terms.sigma[k]), others)


class Quarter(Withholder):
    fraction = 0.25


@pytest.mark.sparse(3)
@pytest.mark.parametrize(
    "mechanism", [Mine, *(type(f"My{c.__name__}", (c,), {}) for c in (Cbl, Threshold, Alone))]
)
def test_right_formulas_are_believed(mechanism, seed):
    played = game(mechanism(), owed=12.0, d=2)
    for i in range(2):
        hold_formulas(played, i, exact_answer(played, i), seed)
