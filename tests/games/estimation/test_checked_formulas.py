"""The check of a mechanism finds formulas that are wrong, and lets right ones pass."""

from dataclasses import dataclass, replace

import pytest

from nashbox.games.estimation.checks import check_mechanism
from nashbox.mechanisms import Cbl, CountedMean, Decoy, PairDecoy, SampleMean, Threshold
from nashbox.mechanisms.mean_channel import MeanChannel


def formulas_of(mechanism):
    return next(row for row in check_mechanism(mechanism) if row.name == "formulas")


@pytest.mark.sparse(2)
@pytest.mark.parametrize("cls", [SampleMean, Cbl, CountedMean, Threshold, Decoy])
def test_right_formulas_pass(cls):
    assert formulas_of(cls()).passed


@pytest.mark.slow
def test_rules_without_formulas_are_not_held_to_any():
    assert formulas_of(PairDecoy()).passed is None


class WrongRisk(MeanChannel):
    def risk(self, play):
        risk, error = super().risk(play)
        return 0.9 * risk, error


class WrongBest(MeanChannel):
    def best_risk(self, n):
        return 0.9 * super().best_risk(n)


class WrongSlope(MeanChannel):
    def slope(self, n):
        return -super().slope(n)


class WrongEstimate(MeanChannel):
    def estimate(self, play, own, submitted, information):
        return 1.1 * super().estimate(play, own, submitted, information)


class AllWrong(WrongRisk):
    """Its formulas agree with each other, and not with the game."""

    def best_risk(self, n):
        return 0.9 * super().best_risk(n)

    def slope(self, n):
        return 0.9 * super().slope(n)


class NoNumber(MeanChannel):
    def risk(self, play):
        return float("nan"), 0.0


@dataclass(frozen=True)
class Mine(SampleMean):
    kind: type = MeanChannel

    def channel(self, terms, agent, k, others):
        return self.kind(float(terms.sigma[k]), others)


@pytest.mark.sparse(4)
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (WrongRisk, "best_risk"),
        (WrongBest, "best_risk"),
        (WrongSlope, "slope"),
        (AllWrong, "in simulation"),
        (WrongEstimate, "in simulation"),
        (NoNumber, "must return a risk"),
    ],
)
def test_wrong_formulas_are_found(kind, said):
    row = formulas_of(replace(Mine(), kind=kind))
    assert row.passed is False
    assert said in row.reason


def test_ones_own_right_formulas_pass():
    assert formulas_of(Mine()).passed
