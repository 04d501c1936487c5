"""What is taken back when later worlds show a heavy tail, and what is not claimed early."""

from types import SimpleNamespace

import numpy as np
import pytest

import nashbox
from benchmarks.zoo import MEMBERS, PLUGINS
from nashbox.experiments.audit.screen import Outlook
from nashbox.experiments.audit.standing import Standing
from nashbox.experiments.audit.verify import Verification
from nashbox.measure.tally import TailMoments
from nashbox.problem.files import from_mapping


def judged(*blocks):
    """A candidate of a game without states of nature, judged after each block of her gains."""
    outlook = Outlook(0, 0, 0.0, 0.0, 1.0, 0, np.zeros(0))
    standing = Standing(1, outlook, 0, gains={(0, 0): TailMoments()})
    looker = object.__new__(Verification)
    looker.arena = SimpleNamespace(places=[[0], [0]])
    looker.screened, looker.out = SimpleNamespace(worst=0), SimpleNamespace(epsilon=0.0)
    looker.sizes, looker.delta = (1000,) * len(blocks), 0.01
    looker.levels, looker.purse = {1: 0.008}, SimpleNamespace(leaders={1})
    for look, block in enumerate(blocks):
        standing.main.merge(TailMoments.of(np.asarray(block)))
        looker._judge(standing, look)
        yield standing.settled, standing.lower, standing.upper


@pytest.mark.parametrize("sign", [1, -1])
def test_what_was_said_before_a_heavy_tail_showed_is_taken_back(sign):
    calm = sign * (1.0 + np.random.default_rng(0).standard_normal((2, 20_000)))
    tail = calm[1].copy()
    tail[7] = -sign * 5000.0
    (before, low, up), (after, lower, upper) = judged(calm[0], tail)
    assert (low > 0.9) if sign > 0 else (before and up < -0.9)
    assert not after and lower == -np.inf and upper == np.inf
    settled = list(judged(*calm))[-1]
    assert settled[1] > 0.9 if sign > 0 else settled[2] < -0.9


@pytest.mark.slow
@pytest.mark.parametrize("unlucky", [1, 13, 23, 28])
def test_noise_with_a_heavy_tail_makes_nobody_profitable(unlucky):
    """Each of these was `profitable` at a gain of epsilon, with bounds of a normal mean."""
    case = MEMBERS["noisy_mean"].case("t2.5", 1.0)
    problem = from_mapping(case.problem, PLUGINS, "zoo")
    found = nashbox.audit(
        problem, method="black_box", epsilon=case.epsilon, seed=unlucky, budget=40_000, workers=1
    )
    assert "profitable" not in {row.verdict for row in found.agents}
