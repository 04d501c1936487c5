"""Where decoys can be tied together: equal debts, and a certificate that closes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.decoy.ball_certificate import least_penalty
from nashbox.mechanisms.decoy.ball_tuning import Ball, ball
from nashbox.mechanisms.decoy.terms import DecoyTerms
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem

ALIKE = 1e-9  # relative difference of what is taken as equal
CLOSED = 1e-3  # relative error of a certificate that counts as closed


def closed_ball(d: int, n: float, others: float, cost: float, sigma: float) -> Ball | str:
    """The joint decoy for n points of each of d distributions, or why there is none."""
    rule = ball(d, n, others, cost, sigma)
    if rule is None:
        return "no radius makes what is owed optimal"
    c = cost / sigma**2
    here = d * (1 / (n + others) + c * n) + rule.excess / sigma**2
    low = least_penalty(d, rule.radius, n, others, c, here)
    if not low >= here * (1 - CLOSED):
        return f"its certificate leaves {1 - low / here:.2g} of her penalty, more than {CLOSED:g}"
    return rule


def tie(problem: EstimationProblem, counts: Array, kind: NDArray[np.str_], t: Array) -> Array:
    """Half axes of joint decoys, (m, d), where `t` is for separate ones.

    Raises InputError where debts are unequal, or no joint decoy is certain.
    """
    out, totals = t.copy(), counts.sum(axis=0)
    for i in range(len(counts)):
        owed = np.flatnonzero(kind[i] == "decoy")
        if owed.size < 2:
            continue
        quantities = {
            "sigma": problem.sigma[owed],
            "counts owed": counts[i, owed],
            "counts of the others": (totals - counts[i])[owed],
            "costs": problem.costs[i, owed],
        }
        _alike(problem.names[i], quantities)
        n, N, cost, sigma = (
            float(quantities[key][0])
            for key in ("counts owed", "counts of the others", "costs", "sigma")
        )
        rule = closed_ball(int(owed.size), n, N, cost, sigma)
        if isinstance(rule, str):
            raise InputError(f"decoy.joint: {problem.names[i]}: {rule}; use joint = false")
        out[i, owed] = rule.radius * sigma * np.sqrt(1 / n + 1 / N)
    return out


def check_ties(terms: DecoyTerms) -> None:
    """Raise InputError where decoys tied together are not for equal debts, or not a ball."""
    for i in range(len(terms.counts)):
        owed = list(terms.tied_decoys(i))
        if not owed:
            continue
        promised = np.array([terms.promised(i, k) for k in owed])
        if not (promised > 0).all():
            raise InputError(
                f"decoy.joint: {terms.names[i]}: the others must owe points of every distribution "
                f"that is tied, got {promised.min():g}"
            )
        _alike(
            terms.names[i],
            {
                "sigma": terms.sigma[owed],
                "counts owed": terms.counts[i, owed],
                "counts of the others": promised,
                "t": terms.t[i, owed],
            },
        )


def _alike(name: str, quantities: dict[str, Array]) -> None:
    for what, values in quantities.items():
        if float(np.ptp(values)) > ALIKE * float(np.abs(values).max()):
            raise InputError(
                f"decoy.joint: {name}: {what} must be equal over the distributions that are tied "
                f"(there is no certificate for unequal ones), got {values.min():g} to "
                f"{values.max():g}; use joint = false"
            )
