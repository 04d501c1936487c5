"""Decoys over intervals of costs and sigmas, and on other data than they were made for."""

import numpy as np
import pytest
from scipy.stats import norm

from nashbox.games.estimation import prepare
from nashbox.mechanisms.decoy.channel import FALLS, RISES, DecoyChannel
from nashbox.mechanisms.decoy.estimated import kept
from nashbox.mechanisms.decoy.estimated_channel import EstimatedChannel
from nashbox.mechanisms.decoy.mirror_channel import MirrorChannel
from nashbox.mechanisms.decoy.told import gain_by_width
from nashbox.problem.plays import Play
from nashbox.rules.robust import robust
from nashbox.rules.robust.pair import TOLERANCE, Doubt, worst
from nashbox.rules.robust.rules import rows
from tests.games import worked_case
from tests.statistics_for_tests import assert_mean

OWED, COST, N, T = 14.0, 0.05, 98.0, 9.5861
NODES = np.polynomial.legendre.leggauss(300)


def information(a):
    """J as an integral of the squared score."""
    x, weights = NODES
    a = np.asarray(a)[..., None]
    m, q = a * x, norm.sf(a) / a
    psi = norm.pdf(m)
    return a[..., 0] * ((m * psi) ** 2 / (psi + q) @ weights)


def gain_by_hand(e, f, left=None):
    """What the best count of 1 ... 80 saves at e times the cost and f times sigma."""
    n, v = np.arange(1.0, 80.0), (10 * f) ** 2
    if left is None:
        J = information(T / (10 * f * np.sqrt(1 / n + 1 / N)))
    else:  # the window moves with sigma
        J = 1 - left(T / (10 * np.sqrt(1 / n + 1 / N)))
    price = v * ((1 - J) / n + J / (n + N)) + e * COST * n
    return price[int(OWED) - 1] - price.min()


@pytest.mark.parametrize("doubt", [Doubt(0.1), Doubt(0.0, 0.08), Doubt(0.1, 0.05)])
@pytest.mark.parametrize("kind", ["published", "estimated"])
def test_worst_gain_of_a_decoy_by_hand(kind, doubt):
    moving = kind == "estimated"
    channel = EstimatedChannel(10.0, OWED, N, T / 10) if moving else DecoyChannel(10.0, OWED, N, T)
    left = (lambda a: kept(a, N - 1)) if moving else None
    found = worst(channel, OWED, COST, doubt, True)
    steps = 41 if doubt.sigma else 1
    grid = [
        gain_by_hand(e, f, left)
        for e in np.linspace(1 - doubt.costs, 1 + doubt.costs, 5 if doubt.costs else 1)
        for f in np.linspace(1 - doubt.sigma, 1 + doubt.sigma, steps)
    ]
    assert max(grid) <= found.bound + 1e-10
    assert found.certain and found.found <= found.bound <= found.found + 2 * TOLERANCE * 2
    assert found.found == pytest.approx(max(grid), abs=4 * TOLERANCE)
    here = gain_by_hand(found.cost_factor, found.sigma_factor, left)
    assert here == pytest.approx(found.found, abs=1e-9)
    if moving and not doubt.costs:  # a wrong sigma is a wrong cost
        assert (
            found.found < 0.3 * worst(DecoyChannel(10.0, OWED, N, T), OWED, COST, doubt, True).found
        )


def test_second_derivative_in_the_variance():
    """v (v F)'' = DJ/2 - D^2 J/4 by differences of J itself; half the constant is exceeded."""
    v = np.geomspace(1e-3, 1e4, 4001)
    step = 1e-3 * v

    def left(v):
        return v * (1 - information(1 / np.sqrt(v)))

    bent = v * (left(v + step) - 2 * left(v) + left(v - step)) / step**2
    assert -FALLS < bent.min() < -0.9 * FALLS and 0.99 * RISES < bent.max() < RISES
    a = np.geomspace(0.05, 20, 4001)
    D = gain_by_width(a)
    again = 0.5 * D - 0.25 * np.gradient(D, np.log(a))
    assert again.max() == pytest.approx(bent.max(), rel=1e-3)


CHANNELS = [
    DecoyChannel(10.0, 5.0, 20.0, 12.0),
    EstimatedChannel(10.0, 5.0, 20.0, 1.2),
    MirrorChannel(10.0, 5.0, 20.0, 12.0),
]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda c: type(c).__name__)
def test_errors_on_normal_points_are_the_formula(channel, seed):
    """40,000 worlds, two counts; false alarms: 6 at 1e-6, and a fifth more is refuted."""
    rng = np.random.default_rng([seed, 41])
    values = 10 * rng.standard_normal(1_000_000)
    found = channel.errors(np.array([3, 5]), values, 40_000, rng)
    for j, n in enumerate((3.0, 5.0)):
        exact = channel.risk(Play(n, n, n, 0.0, 1.0))[0]
        assert_mean(found[:, j], exact, false_alarm=1e-6)
        with pytest.raises(AssertionError):
            assert_mean(found[:, j], 1.2 * exact, false_alarm=1e-6)


def rules(kind="decoy", m=8, joint=False, d=1, t=T, **more):
    table = {"kind": [[kind] * d] * m, "n": [[14] * d] * m, "t": [[t] * d] * m}
    body = {"name": "decoy", "joint": joint, **table, **more}
    return worked_case(m=m, d=d, mechanism=body)


def test_agents_under_decoys_are_looked_at_like_any():
    result = robust(rules(), costs=0.02, drop=1)
    assert result.rules[0].name == "decoy" and all(a.certified for a in result.rules[0].agents)
    assert not result.rules[0].drops[0].dishonest  # one of eight who drops out does no harm
    three = rows(prepare(rules(m=3)), Doubt(0.1), None)
    assert not three[0].honest


def test_mirrors_are_looked_at_and_not_called_proven():
    agents = rows(prepare(rules("mirror")), Doubt(0.05, 0.05), None)
    assert not agents[0].certified
    assert agents[0].gain.found > 0
