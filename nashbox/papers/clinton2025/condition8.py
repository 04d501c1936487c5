"""Condition (8): how often it holds, over random cost tables from alike to very different."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nashbox.experiments.proportion import proportion_interval
from nashbox.mechanisms.cbl.enforceable import condition_8
from nashbox.mechanisms.plans import solve_plan
from nashbox.papers.claim import Claim, Finding, Number, Parts, claim_in_parts
from nashbox.papers.clinton2025 import drawing
from nashbox.papers.clinton2025.instances import SIGMA, Array, generator
from nashbox.papers.findings import finding, table

SPREADS = (0.0, 0.001, 0.01, 0.1, 0.4, 1.6)  # standard deviation of log costs
SERIES = (("ir_optimal", 1), ("ir_optimal", 2), ("ir_optimal", 3), ("nash", 2))  # plan and d
SIMILAR = 0.1  # spread up to which costs count as similar
CONFIDENCE = 0.99
COLUMNS = ("series", "spread of log costs", "instances", "(8) holds", "from", "to")


def sufficient(plan: Array, costs: Array, sigma: Array) -> bool:
    """The paper's sufficient condition: collect no more, and get no less, than alone."""
    alone = sigma / np.sqrt(costs)
    return bool((plan <= alone * (1 + 1e-9)).all() and (plan.sum(0) >= alone * (1 - 1e-9)).all())


def part_condition8(quick: bool, seed: int, part: int) -> dict[str, Any]:
    """A share of the instances of every plan, dimension and spread."""
    rng = generator(seed, 8, part)
    rows, exceptions = [], 0
    trials = 4 if quick else 50
    for rule, d in SERIES:
        for spread in SPREADS:
            held = 0
            for _ in range(trials):
                m = int(rng.integers(2, 13))
                costs = 0.05 * np.exp(rng.normal(0.0, spread, size=(m, d)))
                sigma = np.full(d, SIGMA)
                plan = solve_plan(rule, costs, sigma).counts
                holds = condition_8(plan, costs, sigma)
                exceptions += sufficient(plan, costs, sigma) and not holds
                held += holds
            rows.append([rule, d, spread, trials, held])
    return {"rows": rows, "exceptions": exceptions}


def merge_condition8(parts: Sequence[Mapping[str, Any]]) -> Finding:
    """Add up and say when it holds."""
    counted: dict[tuple[str, int, float], list[int]] = {}
    for part in parts:
        for rule, d, spread, trials, held in part["rows"]:
            entry = counted.setdefault((rule, d, spread), [0, 0])
            entry[0] += trials
            entry[1] += held
    exceptions = sum(part["exceptions"] for part in parts)
    rows = [
        [f"{rule}, d = {d}", spread, trials, held / trials,
         *proportion_interval(held, trials, CONFIDENCE)]
        for (rule, d, spread), (trials, held) in counted.items()
    ]  # fmt: skip

    def share(chosen: Callable[[str, int, float], bool]) -> Number:
        mine = [entry for key, entry in counted.items() if chosen(*key)]
        trials, held = sum(e[0] for e in mine), sum(e[1] for e in mine)
        low, top = proportion_interval(held, trials, CONFIDENCE)
        return Number("", held / trials, (top - low) / 2)

    opt = "ir_optimal"
    same = share(lambda rule, d, s: s == 0)
    single = share(lambda rule, d, s: rule == opt and d == 1)
    similar = share(lambda rule, d, s: rule == opt and d > 1 and 0 < s <= SIMILAR)
    different = share(lambda rule, d, s: rule == opt and d > 1 and s > SIMILAR)
    fair = share(lambda rule, d, s: rule == "nash" and 0 < s <= SIMILAR)
    good = same.value == single.value == 1.0
    usual = similar.value - (similar.error or 0) > 0.5
    numbers = [
        replace(similar, name="share with (8), n_opt, d > 1, similar but unequal costs"),
        replace(different, name="share with (8), n_opt, d > 1, different costs"),
        replace(fair, name="share with (8), Nash's plan, d = 2, similar but unequal costs"),
        replace(same, name="share with (8), all costs the same", expected=1.0),
        replace(single, name="share with (8), n_opt, d = 1", expected=1.0),
        Number("instances that meet a sufficient condition and break (8)", exceptions, None, 0),
    ]
    return finding(
        numbers,
        good and usual,
        "it is common among similar costs",
        condition="costs are exactly the same, or d = 1, where (8) is individual rationality "
        f"itself: with d > 1 and costs that differ by at most about {SIMILAR:.0%}, n_opt lets "
        "single agents do nearly all of the work on a distribution, and (8) holds in "
        f"{similar.value:.0%} of the instances (with Nash's plan in {fair.value:.0%}), so that "
        "CBL takes the branch in which the cheapest work alone"
        if good
        else None,
        otherwise=f"it held in {same.value:.0%} of the instances with equal costs only",
        method="exact",
        computed=f"(8) for n_opt and for Nash's plan on {sum(t for t, _ in counted.values())} "
        "random cost tables: 2 to 12 agents, costs 0.05 times log-normal factors of the spread "
        f"shown; intervals of Clopper and Pearson at {CONFIDENCE:.0%}.",
        tables=[table("Share of instances with (8)", COLUMNS, rows)],
    )


CLAIMS: tuple[Claim, ...] = (
    claim_in_parts(
        "condition8",
        "Condition (8) and 'On condition (8)', section 4",
        "Condition (8) is satisfied at n_opt if agents have the same or similar costs, and "
        "whenever nobody collects more, or gets less, than alone.",
        Parts(lambda quick: 8 if quick else 20, part_condition8, merge_condition8),
        drawing.condition8,
    ),
)
