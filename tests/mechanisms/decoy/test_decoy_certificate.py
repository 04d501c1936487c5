"""No lie and no count gains under a decoy: the parts of the proof, and that it can fail."""

import numpy as np
import pytest
from scipy.stats import norm

from nashbox.mechanisms.decoy.certificate import BEYOND, NARROW, PROVEN, WIDE, floor, let_through
from nashbox.mechanisms.decoy.harnack import taylor_range
from nashbox.mechanisms.decoy.told import lost
from tests import decoy_boxes
from tests.decoy_boxes import analytic, cover


def shown(a, lie):
    """F/v where the others' mean is told within the window, and else that she failed."""
    above, below = norm.sf(a - lie), norm.sf(a + lie)
    Q = above + below
    first = lie * Q + norm.pdf(a - lie) - norm.pdf(a + lie)
    second = (1 + lie**2) * Q + (a + lie) * norm.pdf(a - lie) + (a - lie) * norm.pdf(a + lie)
    return second - first**2 / Q


def test_windows_of_designs_are_covered():
    found = cover(2.5, 4.5)
    assert not found.open.size and found.boxes > 100


@pytest.mark.slow
def test_windows_that_matter_are_covered():
    found = cover(0.5, 8.08)
    assert not found.open.size


@pytest.mark.long
def test_all_windows_are_covered():
    """6.7 million boxes; the range that the package relies on."""
    found = cover(*PROVEN)
    assert not found.open.size


def test_withholding_openly_is_not_covered(monkeypatch):
    """There a lie makes failures one-sided, and the failure itself informs."""
    monkeypatch.setattr(decoy_boxes, "MOST", 20_000)
    found = cover(2.8, 2.83, shown)
    assert found.open.size
    v1, _, d1, d2 = found.open.T
    lies = 0.5 * (d1 + d2) / np.sqrt(v1)
    assert (np.abs(lies - 0.9) < 0.2).any()
    a = np.array([2.83])
    assert float(shown(a, 0.0)[0]) == pytest.approx(0.0458, abs=5e-4)
    assert float(shown(a, 0.5)[0]) == pytest.approx(0.0173, abs=5e-4)


def test_the_taylor_range_holds_and_reaches_far_enough():
    for a, reach in ((0.5, 0.63), (1.1, 0.70), (2.5, 0.45), (3.7, 0.30), (5.5, 0.20)):
        assert taylor_range(a, analytic) == pytest.approx(reach, abs=0.006)
        lies = np.linspace(0, taylor_range(a, analytic), 40)
        share = lost(np.full(40, a), lies)
        assert (share >= share[0]).all()
        complex_lies = (lies * np.exp(0.0j)).astype(complex)
        np.testing.assert_allclose(analytic(a, complex_lies).real, share, rtol=1e-9)


def test_far_lies_are_told_no_more_than_the_bound():
    x = np.linspace(3.5, 6, 11)
    most = x * norm.pdf(x) + norm.sf(x) + norm.pdf(x) ** 2 / norm.cdf(x)
    for a in (0.5, 2.0, 5.0):
        assert (1 - lost(np.full(11, a), a + x) <= most + 1e-13).all()
        assert (most <= 1 - lost(a)).all() or a == 0.5
        assert 3.5 <= decoy_boxes.far_lies(a) <= 4.5
    with pytest.raises(ValueError, match="far lies"):
        decoy_boxes.far_lies(1e-4)


def test_narrow_and_wide_windows():
    lies = np.linspace(0.0, 6.0, 200)
    for a in (0.01, 0.1, 0.3, NARROW):
        assert (1 - lost(a, lies) <= let_through(a) + 1e-14).all()
    assert 1 - let_through(NARROW) >= 0.978
    assert float(lost(WIDE)) < BEYOND


@pytest.mark.slow
def test_the_floor_is_below_every_count_and_lie(seed):
    """Also where a window is so narrow that it deters nothing, and the floor is below honesty."""
    rng = np.random.default_rng([seed, 24])
    loose = 0
    for _ in range(30):
        N, t, c = np.exp(rng.uniform([0, -3, -5], [5, 3, 3]))
        n = np.geomspace(1e-3, 1e3, 500) * np.sqrt(1 / c)
        sd = np.sqrt(1 / n + 1 / N)
        lies = np.linspace(0, 8, 17)[:, None] * sd
        share = lost(t / sd, lies / sd)
        prices = share / n + (1 - share) / (n + N) + c * n
        best = float(prices[0].min())
        low = floor(t, N, c, best)
        assert low <= prices.min() * (1 + 1e-10)
        assert low <= best
        loose += low < best * (1 - 1e-6)
    assert 0 < loose < 30
