"""Broken formulas, one or more for every claim: each must turn the claim's verdict."""

import numpy as np
import pytest

from nashbox.games.estimation import exhaustive
from nashbox.mechanisms import Cbl, CountedMean, SampleMean
from nashbox.mechanisms.cbl import channel, enforceable, leverage, mechanism
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.plans import egalitarian, ir_optimal, nash, social
from nashbox.mechanisms.rounding import alone_counts
from nashbox.papers.clinton2025 import (
    condition8,
    corruption,
    equal_agents,
    facts,
    hardness,
    misprints,
    theorem4,
)
from tests.papers.clinton_claims import VERDICTS, checked


def times(factor):
    """A formula off by a factor."""
    return lambda right: lambda *args, **keys: factor * right(*args, **keys)


def instead(wrong):
    """A formula replaced by another one."""
    return lambda right: wrong


def lonely(self, terms, agent, k, others):
    """A mechanism that shares nothing."""
    return MeanChannel(float(terms.sigma[k]), 0.0)


def shared(self, terms, agent, k, others):
    """A mechanism that shares everything."""
    return MeanChannel(float(terms.sigma[k]), others)


def generous(self, play):
    """Five points out of nowhere for everybody."""
    return self.sigma**2 / (play.n + self.others + 5)


def real_counts(right):
    return lambda costs, sigma, integer: right(costs, sigma, integer=False)


def dearer(right):
    return lambda a, n, T, c, sigma: right(a, n, T, 2 * c, sigma)


def steeper(right):
    return lambda self, n: right(self, n) + 1 / n


def printed_counts(instance):
    counts = np.zeros_like(instance.costs)
    cheapest = instance.costs[:, 0].argmin()
    cost = instance.costs[cheapest, 0]
    counts[cheapest] = 2 * instance.sigma[0] * np.sqrt(len(counts) * cost)
    return counts, 0.0


def one_total(plan, costs, sigma, *, integer):
    return enforceable.Enforceable(plan, plan > 0, np.ones(plan.shape[1]))


def printed_penalties(costs, sigma):
    return np.array([3.63, 5.13, 6.23])


def slack_product(n, costs, sigma):
    """Penalties that no work can push beyond working alone."""
    right = facts.compliant_penalties(n, costs, sigma)
    return np.minimum(right, facts.alone_penalties(costs, sigma))


BREAKAGES = [  # claim, where, what, by what, the verdict it turns to
    ("fact1", MeanChannel, "best_risk", times(1.01), "fails"),
    ("fact1", facts, "alone_penalties", times(1.001), "fails"),
    ("fact1", facts, "penalties_alone", real_counts, "holds"),
    ("fact2", facts, "compliant_penalties", times(0.999), "fails"),
    ("fact2", facts, "bayes_risk", times(1.001), "fails"),
    ("figure1", nash, "solve", instead(egalitarian.solve), "fails"),
    ("figure1", ir_optimal, "solve", instead(social.solve), "fails"),
    ("free-riding", SampleMean, "channel", instead(lonely), "fails"),
    ("free-riding", MeanChannel, "slope", times(1.1), "fails"),
    ("fabrication", CountedMean, "channel", instead(lonely), "fails"),
    ("unravelling", Cbl, "channel", instead(shared), "fails"),
    ("less-noise", mechanism, "corruptions", times(0.8), "fails"),
    ("condition8", condition8, "condition_8", instead(lambda *_: False), "fails"),
    ("condition8", condition8, "condition_8", instead(lambda *_: True), "holds"),
    ("corruption", corruption, "corruption", times(1 + 1e-5), "fails"),
    ("corruption", channel.CorruptChannel, "_honest", times(1 + 1e-6), "fails"),
    ("corruption", corruption, "G", times(-1), "holds"),  # the sign of G has no meaning
    ("corruption", leverage, "G", dearer, "fails"),
    ("theorem1", mechanism, "corruptions", times(0.9), "fails"),
    ("theorem1", channel.CorruptChannel, "_honest", steeper, "fails"),
    ("theorem1", enforceable, "alone_counts", times(2), "fails"),
    ("theorem2", hardness, "alone_penalties", times(2), "fails"),
    ("theorem2", MeanChannel, "_risk", instead(generous), "fails"),
    ("theorem2", Cbl, "channel", instead(lonely), "holds"),
    ("theorem3", hardness, "alone_penalties", times(2), "fails"),
    ("theorem3", hardness, "best_penalty", instead(hardness.penalty), "fails"),
    ("equal-agents", equal_agents, "compliant_penalties", times(1.001), "fails"),
    ("equal-agents", equal_agents, "penalty", times(4), "fails"),
    ("theorem4", theorem4, "compliant_penalties", times(1.001), "fails"),
    ("theorem4", MeanChannel, "slope", times(1.1), "fails"),
    ("theorem5", mechanism, "corruptions", times(0.9), "fails"),
    ("print-social-counts", social, "solve", instead(printed_counts), "holds"),
    ("print-third-penalty", misprints, "alone_penalties", instead(printed_penalties), "holds"),
    ("print-line23", misprints, "line23", instead(lambda x, *_: np.ones_like(x)), "holds"),
    ("print-fabricator", misprints, "CLOSE", instead(0.1), "holds"),
    ("print-section5", misprints, "alone_penalties", times(2), "holds"),
    ("print-nash-product", misprints, "compliant_penalties", instead(slack_product), "holds"),
    ("print-order", misprints, "compute_n_approx", instead(one_total), "holds"),
]  # fmt: skip


@pytest.fixture
def fresh():
    """Nothing computed with a broken formula is remembered, nor anything from before."""
    remembered = (
        leverage.corruption,
        channel.pitman_table,
        exhaustive._examined,
        exhaustive._floor,
    )
    for function in remembered:
        function.cache_clear()
    yield
    for function in remembered:
        function.cache_clear()


def test_every_claim_is_broken_at_least_once():
    turned = {claim for claim, *_, verdict in BREAKAGES if verdict != VERDICTS[claim]}
    assert turned == set(VERDICTS)
    assert alone_counts is enforceable.alone_counts


@pytest.mark.sparse(4)
@pytest.mark.parametrize(("claim", "where", "name", "wrong", "verdict"), BREAKAGES)
def test_a_broken_formula_turns_the_verdict(fresh, monkeypatch, claim, where, name, wrong, verdict):
    monkeypatch.setattr(where, name, wrong(getattr(where, name)))
    finding = checked(claim)
    assert finding.verdict == verdict, finding.condition
    if verdict != VERDICTS[claim]:
        assert finding.condition
