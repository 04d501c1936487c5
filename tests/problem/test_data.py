"""Points of which sums are looked at first have the law of points that are drawn at once."""

import numpy as np
import pytest

from nashbox.problem.data import Collected
from nashbox.problem.source import NormalSource

R, N, A = 40_000, 5, 2
SIGMA, MU = np.array([3.0]), np.array([1.5])
ORDERS = {
    "part": lambda data, part: [part.sum],
    "part, all": lambda data, part: [part.sum, data.sum],
    "all, part": lambda data, part: [data.sum, part.sum],
    "points": lambda data, part: [data.points(0), part.sum],
    "another part": lambda data, part: [part.sum, data.first([A + 1]).sum, data.sum],
    "part of nothing looked at": lambda data, part: [data.sum],
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_law_of_points_behind_sums(order):
    """Means and covariances within 5.5 standard errors: 20 numbers, false alarm 8e-7 an order."""
    data = Collected(NormalSource(SIGMA), SIGMA, MU, np.array([N]), R, np.random.default_rng(7))
    part = data.first([A])
    ORDERS[order](data, part)
    points = data.points(0)
    assert np.allclose(part.sum[:, 0], points[:, :A].sum(axis=1))
    assert np.allclose(data.sum[:, 0], points.sum(axis=1))
    assert np.array_equal(part.points(0), points[:, :A])

    errors = points - MU
    assert (np.abs(errors.mean(axis=0)) <= 5.5 * SIGMA / np.sqrt(R)).all()
    products = errors[:, :, None] * errors[:, None, :]
    wanted = np.eye(N) * SIGMA**2
    se = SIGMA**2 * np.sqrt((1 + np.eye(N)) / R)  # of normal products
    assert (np.abs(products.mean(axis=0) - wanted) <= 5.5 * se).all()


def test_parts_of_no_points_and_of_all():
    source = NormalSource(np.array([3.0, 1.0]))
    for counts, parts in (((4, 3), (0, 3)), ((4, 0), (4, 0)), ((0, 0), (0, 0)), ((4, 3), (9, 1))):
        data = Collected(
            source, source.sigma, np.zeros(2), np.array(counts), 10, np.random.default_rng(1)
        )
        part = data.first(parts)
        kept = np.minimum(counts, parts)
        assert (part.counts == kept).all()
        for k in range(2):
            shown = part.sum[:, k].copy()
            assert np.allclose(shown, part.points(k).sum(axis=1))
            assert part.points(k).shape == (10, kept[k])
            assert np.allclose(data.sum[:, k], data.points(k).sum(axis=1))
            if kept[k] == counts[k]:
                assert np.allclose(shown, data.sum[:, k])
