"""Designs with decoys tied together."""

import pytest

import nashbox
from nashbox.experiments.audit import audit
from nashbox.problem.files import from_mapping

OPENLY = ("alone", "free", "threshold")


def equal(m, d, cost=0.05, **changes):
    body = {"game": "estimation", "sigma": 10.0, "costs": [[cost] * d] * m, "counts": "real"}
    return from_mapping({**body, **changes})


@pytest.mark.slow
@pytest.mark.parametrize(("d", "form", "ratio"), [(3, "best", 1.0666), (10, "joint", 1.049)])
def test_eight_equal_agents_use_joint_decoys(d, form, ratio, tmp_path):
    found = nashbox.design(equal(8, d), "social", form)
    assert found.chosen == "designed, joint decoys" and found.form == "joint"
    assert found.social_penalty / found.bound.sum() <= ratio
    assert found.verdict == "none_above_epsilon"
    assert (found.kind == "decoy").all() and found.no_rule_below is None
    found.save_problem(tmp_path / "rules.toml")
    again = audit(nashbox.load_problem(tmp_path / "rules.toml"), method="exact")
    assert again.social_penalty == pytest.approx(found.social_penalty, rel=1e-6)
    assert again.nash == "none_above_epsilon"


@pytest.mark.slow
def test_unequal_debts_and_open_rules_have_none():
    unequal = from_mapping(
        {"game": "estimation", "sigma": 10.0, "costs": [[0.05, 0.2]] * 4, "counts": "real"}
    )
    found = nashbox.design(unequal, "social", kinds=("alone", "free", "decoy"))
    assert found.chosen == "designed, decoys"
    openly = nashbox.design(equal(4, 2), "social", "joint", kinds=OPENLY)
    assert (openly.kind != "decoy").all() and openly.form == "joint"
