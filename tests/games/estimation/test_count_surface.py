"""The surface over two agents' counts: closed form, best responses, round trip, refusals."""

import numpy as np
import pytest

from nashbox.experiments.audit import audit
from nashbox.experiments.figures import rendered
from nashbox.games.estimation.surface import CountSurface, count_surface
from nashbox.problem.errors import InputError
from tests.games import figure1


def test_under_the_sample_mean_it_is_a_closed_form(tmp_path):
    """sigma^2 / (everybody's points) + c n."""
    problem = figure1(mechanism="sample_mean", plan="egalitarian")
    surface = count_surface(problem, ("a1", "a2"), size=9)
    third = audit(problem).agents[0].recommended[0]
    a, b = np.meshgrid(*surface.counts, indexing="ij")
    for i, cost in enumerate((0.066, 0.1)):
        exact = 100.0 / (a + b + third) + cost * (a, b)[i]
        np.testing.assert_allclose(surface.penalties[i], exact, rtol=1e-12)
    for i, cost in enumerate((0.066, 0.1)):
        own, other = surface.counts[i], surface.counts[1 - i]
        for found, theirs in zip(surface.best_responses[i], other, strict=True):
            paid = 100.0 / (own + theirs + third) + cost * own
            assert found == own[paid.argmin()]
    surface.save(tmp_path / "s.json")
    again = CountSurface.load(tmp_path / "s.json")
    np.testing.assert_array_equal(again.penalties, surface.penalties)
    assert len(surface.to_frame()) == 81


def test_under_cbl_what_is_owed_is_the_best_response_to_what_is_owed():
    problem = figure1(costs=[[0.05]] * 20)
    surface = count_surface(problem, size=201)
    owed = surface.recommended
    near = np.abs(surface.counts[1] - owed[1]).argmin()
    step = surface.counts[0][1] - surface.counts[0][0]
    assert abs(surface.best_responses[0][near] - owed[0]) <= step + 1


def test_the_data_beside_the_map_are_its_cells():
    surface = count_surface(figure1(mechanism="sample_mean", plan="egalitarian"), size=5)
    rows = rendered(surface, "svg")[1]
    for i, name in enumerate(surface.agents):
        cells = [r for r in rows if r["kind"] == "cell" and r["panel"].endswith(f"of {name}")]
        assert len(cells) == 25
        for cell in cells:
            a, b = (int(np.abs(surface.counts[j] - cell[key]).argmin()) for j, key in
                    enumerate("xy"))  # fmt: skip
            assert cell["value"] == pytest.approx(surface.penalties[i, a, b])
    best = [r for r in rows if r["series"] == f"best response of {surface.agents[0]}"]
    assert [r["x"] for r in best] == surface.best_responses[0].tolist()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"agents": ("a0", "b")}, "two of a0, a1, a2"),
        ({"agents": ("a0", "a0")}, "two of"),
        ({"distribution": "y"}, "one of x0, got 'y'"),
        ({"size": 1}, "size"),
    ],
)
def test_bad_requests(options, words):
    with pytest.raises(InputError, match=words):
        count_surface(figure1(mechanism="sample_mean"), **options)


def test_an_agent_who_cannot_sample_has_no_surface():
    problem = figure1(costs=[[0.1, "inf"], [0.1, 0.1], [0.1, 0.1]], mechanism="sample_mean")
    with pytest.raises(InputError, match="able to sample x1"):
        count_surface(problem, ("a0", "a1"), "x1")
