"""The curves of the threshold chapter: values found in other ways, and their order."""

import importlib
import sys

import numpy as np
import pytest

from tests.places import DOCS

if str(DOCS) not in sys.path:
    sys.path.append(str(DOCS))
ratios = importlib.import_module("ratios")


@pytest.mark.parametrize(("m", "ratio"), [(8, 1.227), (20, 1.213), (100, 1.148)])
def test_the_threshold_rule_for_equal_labs(m, ratio):  # computed before, apart from this code
    assert ratios.threshold(m) == pytest.approx(ratio, abs=6e-4)


@pytest.mark.sparse(1)
@pytest.mark.parametrize(("m", "social"), [(8, 13.6166), (20, 21.3531), (100, 47.1496)])
def test_decoys_for_equal_labs_and_what_nothing_gets_below(m, social):
    least = 2 * ratios.SIGMA * np.sqrt(ratios.COST * m)
    assert ratios.decoy(m) == pytest.approx(social / least, rel=1e-5)
    assert 1 < ratios.below(m) < ratios.decoy(m) < ratios.threshold(m)


def test_published_cbl_is_the_worked_case():
    assert ratios.published_cbl(20) == pytest.approx(1.815832751, rel=1e-8)
    assert ratios.published_cbl(3) == pytest.approx(np.sqrt(3), rel=1e-9)  # all work alone


@pytest.mark.parametrize("m", [3, 20])
def test_tuning_helps_and_a_step_helps_more(m):
    assert 1 < ratios.threshold(m) < ratios.tuned_cbl(m) < ratios.published_cbl(m)


def test_the_tuned_noise_is_not_beaten_by_a_plain_grid():
    m, best = 20, np.inf
    for n in np.linspace(5, 15, 21):
        for z in np.linspace(2, 40, 20):
            for alpha in np.geomspace(0.3, 30, 60):
                channel = ratios.CorruptChannel(ratios.SIGMA, z, (m - 1) * n - z, alpha)
                counts = n * np.array([0.98, 1.0, 1.02])
                penalty = channel.best_risk(counts) + ratios.COST * counts
                if penalty.argmin() == 1:  # nearly honest is best, as penalties are convex
                    best = min(best, penalty[1])
    assert ratios.over_compliance(best, m) == pytest.approx(ratios.tuned_cbl(m), rel=0.03)
