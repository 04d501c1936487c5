"""Rules of one's own with formulas: a channel of a class that nobody has heard of works everywhere.

It knows what a channel has to know and nothing else. All answers must be those of the rules that it
speaks for; what only those know (how risks depend on sigma) has to be said to be unknown.
"""

from dataclasses import replace

import numpy as np
import pytest

from nashbox.experiments.audit import audit
from nashbox.experiments.compare import compare
from nashbox.experiments.dynamics import adapt
from nashbox.games.estimation import prepare
from nashbox.problem.errors import ContractError
from nashbox.problem.plays import Play
from nashbox.problem.pollution import PollutedPool
from nashbox.problem.spec import Spec
from nashbox.rules.robust import robust
from nashbox.strategies import BestResponder
from tests.games import figure1

OWN = """
from dataclasses import dataclass

from nashbox.mechanisms import Cbl, CountedMean, Decoy, SampleMean, Threshold
from nashbox.problem.channel import Channel


@dataclass  # has no hash
class Own(Channel):
    inside: Channel

    def best_risk(self, n):
        return self.inside.best_risk(n)

    def slope(self, n):
        return self.inside.slope(n)

    def best_play(self, n):
        return self.inside.best_play(n)

    def risk(self, play):
        return self.inside.risk(play)

    def estimate(self, *known):
        return self.inside.estimate(*known)


class Speaks:
    def channel(self, terms, agent, k, others):
        return Own(super().channel(terms, agent, k, others))


class Mine(Speaks, SampleMean): ...
class Counting(Speaks, CountedMean): ...
class Noisy(Speaks, Cbl): ...
class Comparing(Speaks, Threshold): ...
class Misleading(Speaks, Decoy): ...
"""
NAMES = {
    "sample_mean": "Mine",
    "counted_mean": "Counting",
    "cbl": "Noisy",
    "threshold": "Comparing",
    "decoy": "Misleading",
}


@pytest.fixture(params=NAMES)
def both(request, folder):
    """A problem under shipped rules, and under the same with a channel of one's own."""
    (folder / "own.py").write_text(OWN)
    known = replace(figure1(mechanism=request.param), folder=folder)
    return known, replace(known, mechanism=Spec(f"own.py:{NAMES[request.param]}"))


@pytest.mark.sparse(6)
@pytest.mark.parametrize("method", ["exact", "exhaustive"])
def test_audits(both, method):
    known, found = (audit(problem, method=method).agents for problem in both)
    for ours, theirs in zip(known, found, strict=True):
        assert theirs.verdict == ours.verdict != "undecided"
        assert theirs.gain.estimate == pytest.approx(ours.gain.estimate, abs=1e-6)


@pytest.mark.sparse(3)
def test_comparisons(both):
    known, found = (compare(problem, mechanisms=[problem.mechanism]) for problem in both)
    for ours, theirs in zip(known.rows, found.rows, strict=True):
        assert theirs.penalties == pytest.approx(ours.penalties, rel=1e-9)
        assert theirs.honest_is_equilibrium is ours.honest_is_equilibrium is not None


def test_populations_of_honest_strategies(both):
    menu = ("truthful", "withholder(fraction=0.5)", "free_rider")
    known, found = (adapt(problem, menu=menu, rounds=2, method="exact") for problem in both)
    for ours, theirs in zip(known.runs[0].rounds, found.runs[0].rounds, strict=True):
        assert theirs["social_penalty"] == pytest.approx(ours["social_penalty"], rel=1e-9)


@pytest.mark.sparse(5)
@pytest.mark.parametrize("sigma", [0.0, 0.05])
def test_intervals(both, sigma):
    """What is proven for costs; how risks depend on sigma is not known, and is looked at."""
    known, found = (robust(problem, costs=0.1, sigma=sigma, drop=1).rules[0] for problem in both)
    for ours, theirs in zip(known.agents, found.agents, strict=True):
        size = 2e-4 * ours.penalty + 1e-9  # what intervals are halved down to
        assert theirs.gain.found == pytest.approx(ours.gain.found, abs=size)
        assert theirs.margin == pytest.approx(ours.margin, abs=size)
        assert theirs.certified == (sigma == 0.0)
        assert ours.gain.bound >= theirs.gain.found - 1e-9
    assert [d.gain for d in found.drops] == pytest.approx([d.gain for d in known.drops], abs=1e-6)


def test_what_a_channel_of_ones_own_does_not_know_is_said_to_be_unknown(folder):
    (folder / "own.py").write_text(OWN)
    problem = replace(figure1(mechanism=Spec("own.py:Mine")), folder=folder)
    (channel,) = prepare(problem).view(0).risks().known()
    pool = PollutedPool.of([Play(5.0, 9.0, 5.0)], 10.0)
    assert not pool.honest
    assert channel.risk_among(Play.truthful(5.0), pool) is None
    assert channel.scaled(2.0) is None
    assert channel.bend(5.0, 0.1, 1.0, integer=True) is None
    assert channel.errors(np.array([5]), np.ones(3), 10, np.random.default_rng(0)) is None
    assert channel.copied_risk(5, 5, 5, 5) == np.inf


LOSSY = """
from dataclasses import dataclass

from nashbox.mechanisms import SampleMean


@dataclass(frozen=True)
class Lossy(SampleMean):
    def mediate(self, submissions, terms, rng):
        return [2 * x for x in super().mediate(submissions, terms, rng)]
"""


def test_formulas_are_not_inherited_by_other_rules(nashbox, folder, problem):
    """Whoever asks, also a strategy that answers best: it took the formulas of the plain mean."""
    (folder / "lossy.py").write_text(LOSSY)
    game = prepare(replace(figure1(mechanism=Spec("lossy.py:Lossy")), folder=folder))
    risks = game.view(0).risks()
    assert risks.channels == (None,)
    assert risks.missing.endswith("Lossy has another mediate than the formulas of SampleMean")
    with pytest.raises(ContractError, match="another mediate"):
        BestResponder(eager=True).gather(game.view(0), np.random.default_rng(0))
    file = problem(mechanism='"lossy.py:Lossy"')
    answer = nashbox("robust", "p.toml", "--costs", "5%", files={"p.toml": file})
    answer.refuses("another mediate than the formulas of SampleMean")
