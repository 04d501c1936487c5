"""Designs with mirrors, which are used on demand."""

import pytest

import nashbox
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping

KINDS = ("alone", "free", "decoy", "mirror")


@pytest.mark.slow
@pytest.mark.parametrize(("m", "social"), [(3, 8.2554), (8, 13.5112)])
def test_equal_agents_with_mirrors(m, social):
    body = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * m, "counts": "real"}
    found = nashbox.design(from_mapping(body), "social", kinds=KINDS)
    assert set(found.kind.ravel()) == {"mirror"} and found.verdict == "none_above_epsilon"
    assert social - 1e-4 < found.social_penalty < social + 1e-3
    assert found.no_rule_below < found.social_penalty


def test_mirrors_need_decoys():
    body = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 3}
    with pytest.raises(InputError, match="decoy for mirror"):
        nashbox.design(from_mapping(body), "social", kinds=("alone", "free", "threshold", "mirror"))
