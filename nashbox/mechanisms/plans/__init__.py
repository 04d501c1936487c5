"""Collection plans: how much each of m agents should collect of each of d distributions.

Agent i pays c_ik in (0, inf] a sample of N(mu_k, sigma_k^2); everything is pooled, so with counts
n its penalty is p_i(n) = sum_k sigma_k^2 / N_k + sum_k c_ik n_ik, N_k = sum_i n_ik. Delta_i =
o_i - p_i is what it saves over its outside option o_i, by default what it reaches alone.
Definitions: section 3.2, section 6 and appendix C of Clinton et al. (2025).

All plans but the two closed forms are convex programs of one family: a structured interior point
(``interior``) finds which work is zero, an exact vertex (``vertex``) gives the counts, and a
closed-form dual bound (``bounds``) certifies them.

Measured at m = 1000, d = 20 (one core, ``benchmarks/plans.py``): ir_optimal, nash and egalitarian
0.03 to 0.15 s, gaps below 1e-12; kalai_smorodinsky 8 to 10 s, nearly all of it for the 1000
ideals, 8 ms each. Equal agents share one ideal. Where costs differ so much that next to no room is
left between options and what can be had, work that costs too much to matter is left out
(``narrow``) and a decimal search for multipliers certifies the plan (``dual``); what gap remains is
reported.

>>> import numpy as np
>>> costs = np.array([[0.033], [0.066], [0.1]])
>>> plan = solve_plan("ir_optimal", costs, np.array([10.0]))
>>> print(plan.counts.ravel().round(4), plan.certified_gap < 1e-12)
[71.1714  6.6785  0.    ] True
"""

from __future__ import annotations

from importlib import import_module

from nashbox.mechanisms.plans.base import (
    Plan,
    PlanError,
    alone_penalties,
    compliant_penalties,
    validated,
)
from nashbox.problem.arrays import Array

__all__ = [
    "RULES",
    "Plan",
    "PlanError",
    "alone_penalties",
    "compliant_penalties",
    "solve_plan",
]

CERTIFIED = 1e-3  # largest gap of a plan that is returned
RULES = ("alone", "social", "ir_optimal", "nash", "egalitarian", "kalai_smorodinsky")


def solve_plan(rule: str, costs: Array, sigma: Array, outside: Array | None = None) -> Plan:
    """Return the plan of `rule`, one of RULES; each has a module of its own name.

    costs: (m, d) penalty per sample in (0, inf], a finite one in each column; sigma: (d,);
    outside: (m,) penalties in (0, inf] agents compare with, None for ``alone_penalties``.
    Agents with equal cost rows and options get equal counts; relabelled agents get the same plan.
    Raises PlanError for bad input, for options that no plan meets, for infinite options where
    a rule needs finite ones, and rather than return a plan about which nothing is certain.
    """
    if rule not in RULES:
        raise PlanError(f"rule must be one of {', '.join(RULES)}, got {rule!r}")
    instance = validated(costs, sigma, outside)
    counts, gap = import_module(f"{__name__}.{rule}").solve(instance)
    if not gap <= CERTIFIED:
        raise PlanError(
            f"{rule}: no plan could be certified (gap {gap:.2g}, at most {CERTIFIED:g} is allowed):"
            " costs differ by too many powers of ten, or outside options leave hardly any room "
            "between them and what can be had at best"
        )
    return Plan(rule, counts, gap)
