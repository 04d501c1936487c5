"""Figure 1 and the numbers of appendix C: five divisions of the work, and one more."""

from __future__ import annotations

from typing import Any

from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.clinton2025 import drawing
from nashbox.papers.clinton2025.instances import figure1
from nashbox.papers.findings import finding, table
from nashbox.rules.planning import plan_report

# what appendix C prints: counts, penalties
PRINTED = {
    "alone": ((55, 39, 32), (3.63, 5.13, 6.23)),
    "social": ((95, 0, 0), (4.19, 1.05, 1.05)),
    "ir_optimal": ((71, 7, 0), (3.63, 1.72, 1.28)),
    "nash": ((35, 23, 16), (2.50, 2.89, 2.92)),
    "egalitarian": ((41, 21, 14), (2.69, 2.69, 2.69)),
}
LAST_DIGIT = 1.0, 0.01  # of a printed count and of a printed penalty
COLUMNS = ("plan", "agent", "count", "printed count", "penalty", "printed penalty", "alone")


def check_figure1(quick: bool, seed: int) -> Finding:
    """Solve the plans and compare every number that is printed."""
    rows: list[list[Any]] = []
    wrong: list[tuple[str, float, float]] = []
    numbers, gaps, compared = [], [], 0
    for rule in drawing.PANELS:
        report = plan_report(figure1(counts="real", plan=rule))
        gaps.append(report.certified_gap or 0.0)
        printed = PRINTED.get(rule)
        for i in range(3):
            n, p = float(report.counts[i, 0]), float(report.penalties[i])
            texts = (None, None) if printed is None else (printed[0][i], printed[1][i])
            for value, text, digit in zip((n, p), texts, LAST_DIGIT, strict=True):
                compared += text is not None
                if text is not None and abs(value - text) > digit * (1 + 1e-9):
                    wrong.append((f"{rule}, agent {i + 1}", value, text))
            alone = float(report.penalties_alone[i])
            rows.append([rule, f"agent {i + 1}", n, texts[0], p, texts[1], alone])
        social = None if printed is None else sum(printed[1])
        numbers.append(Number(f"social penalty, {rule}", report.social_penalty, 1e-9, social))
    said = "; ".join(
        f"{who}: {text:g} is printed, {value:.5g} is right" for who, value, text in wrong
    )
    right = f"{compared - len(wrong)} of {compared} printed numbers are right to one unit of "
    right += "their last digit (the paper rounds some counts up and cuts some penalties off)"
    certified = max(gaps) <= 1e-9
    return finding(
        [],
        certified and not wrong,
        right,
        condition=f"misprints are corrected ({said}): {right}"
        if certified and len(wrong) <= compared // 10
        else None,
        otherwise=f"{right}; plans are certified to {max(gaps):.1g}: {said}",
        method="exact",
        computed="The plans as convex programs for costs 0.033, 0.066, 0.1, sigma = 10, d = 1, with"
        f" closed-form dual bounds (largest certified relative gap {max(gaps):.1g}); penalties"
        " under the sample mean when everybody complies. The expected social penalties are sums"
        " of printed penalties.",
        shown=numbers,
        tables=[table("Figure 1: real-valued counts and penalties", COLUMNS, rows)],
    )


CLAIMS = (
    Claim(
        "figure1",
        "Figure 1 (a)-(e) and appendix C",
        "The counts and penalties of three agents who work alone, minimise the social penalty, do "
        "so under individual rationality, and share the work by Nash and egalitarian bargaining.",
        check_figure1,
        drawing.figure1,
    ),
)
