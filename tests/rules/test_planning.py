"""What `plan` says of counts that were rounded."""

import numpy as np
import pytest

from nashbox.rules.planning import PlanReport, plan_report
from nashbox.tables.printing import sheet_of
from tests.games import figure1, from_mapping

TWO = {"game": "estimation", "sigma": 10.0, "costs": [[0.05], [0.07]]}
BEFORE = "before counts were rounded"


def said(report):
    sheet = sheet_of(report)
    legend = [line for _, lines in sheet.tables for line in lines]
    return [*legend, *(note.plain for note in sheet.notes)]


def test_whom_rounding_leaves_worse_off_than_alone_is_named(tmp_path):
    report = plan_report(from_mapping(TWO))
    over = report.penalties[0] - report.penalties_alone[0]
    assert report.hurt == {"a0": pytest.approx(over)} and over == pytest.approx(0.0227, abs=1e-4)
    told = said(report)
    assert "note: worse off than alone because counts are rounded: a0 by 0.0227" in told
    assert sum(line.endswith(BEFORE) for line in told) == 2  # the gap, and condition (8)
    report.save(tmp_path / "plan.json")
    again = PlanReport.load(tmp_path / "plan.json")
    assert again.hurt == report.hurt and said(again) == told
    assert again.penalties.tolist() == report.penalties.tolist()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"counts": "real"}, "ir_optimal"),  # nothing is rounded
        ({"costs": [[0.05], [0.7]]}, "social"),  # worse off by the plan itself
        ({"outside_option": {"a0": 5.0}}, "ir_optimal"),  # she has less to lose
        ({}, "alone"),
    ],
)
def test_nobody_is_named_whom_rounding_does_not_hurt(changes, rule):
    report = plan_report(from_mapping({**TWO, **changes}), rule)
    assert report.hurt is None and not any("worse off than" in line for line in said(report))
    exact = changes.get("counts") == "real"
    assert any(line.endswith(BEFORE) for line in said(report)) is not exact


def test_whole_counts_can_be_better_than_the_certified_gap_says():
    """Why the gap is said to be of counts before they were rounded."""
    report = plan_report(figure1(plan="egalitarian"))
    owed = np.array([40.0, 20.0, 13.0])
    better = 100 / owed.sum() + np.array([0.033, 0.066, 0.1]) * owed
    assert better.max() < 0.996 * report.penalties.max() and report.certified_gap < 1e-9


def test_an_audit_says_what_of_its_efficiency_is_of_real_counts(nashbox):
    text = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.07]]\n'
    for more, rounded in (("", True), ('counts = "real"\n', False)):
        answer = nashbox("audit", "p.toml", "--method", "exact", files={"p.toml": text + more})
        assert ("of counts before they were rounded" in " ".join(answer.out.split())) is rounded
