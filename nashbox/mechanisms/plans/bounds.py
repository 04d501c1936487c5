"""Certificates by weak duality: how good a plan is, without trusting whoever computed it.

Everything rests on one closed form. For weights w >= 0 of spending and any A >= 0,

    A sum_k sigma_k^2 / N_k + sum_i w_i s_i >= B(A, w) = sum_k 2 sigma_k sqrt(A min_i w_i c_ik),

since sum_i w_i c_ik n_ik >= (min_i w_i c_ik) N_k and a / N + b N >= 2 sqrt(a b). With A = sum_i w_i
the left side is sum_i w_i p_i. Multipliers come from a solver, but any will do: bad ones only make
a gap larger. A plan that is not feasible has gap inf.
"""

from __future__ import annotations

import numpy as np

from nashbox.mechanisms.plans.base import FEASIBLE, Instance, compliant_penalties
from nashbox.problem.arrays import Array


def weighted_bound(costs: Array, sigma: Array, a: float, weights: Array) -> float:
    """B(A, w) above; costs (m, d), sigma (d,), weights (m,) >= 0."""
    with np.errstate(invalid="ignore"):
        worth = np.where(np.isfinite(costs), weights[:, None] * costs, np.inf).min(axis=0)
    return float((2.0 * sigma * np.sqrt(a * worth)).sum())


def feasible(instance: Instance, counts: Array, outside: Array | None = None) -> bool:
    """Counts are >= 0, finite, 0 where impossible, and no penalty exceeds a finite option."""
    sound = np.isfinite(counts).all() and (counts >= 0).all() and (counts.sum(axis=0) > 0).all()
    if not sound or (counts[~np.isfinite(instance.costs)] != 0).any():
        return False
    if outside is None:
        return True
    penalty = compliant_penalties(counts, instance.costs, instance.sigma)
    return bool((penalty <= outside * (1.0 + FEASIBLE)).all())


def ir_optimal_gap(instance: Instance, counts: Array, lam: Array) -> float:
    """(P(n) - bound) / bound of the social penalty P over all individually rational plans.

    For lam >= 0 (0 where o_i = inf), L = sum lam: P >= P + sum_i lam_i (p_i - o_i)
    >= B(m + L, 1 + lam) - lam . o.
    """
    if not feasible(instance, counts, instance.outside):
        return float("inf")
    bound_by = np.isfinite(instance.outside)
    lam = np.where(bound_by, np.maximum(lam, 0.0), 0.0)
    o = np.where(bound_by, instance.outside, 0.0)
    c, s = instance.costs, instance.sigma
    lower = weighted_bound(c, s, len(c) + float(lam.sum()), 1.0 + lam) - float(lam @ o)
    social = float(compliant_penalties(counts, c, s).sum())
    return max(social / lower - 1.0, 0.0) if lower > 0 else float("inf")


def egalitarian_gap(instance: Instance, counts: Array, weights: Array) -> float:
    """(max_i p_i - bound) / bound; for w in the simplex max_i p_i >= sum_i w_i p_i >= B(1, w).

    The second criterion, least social penalty, never chooses: see ``egalitarian``.
    """
    if not feasible(instance, counts):
        return float("inf")
    w = np.maximum(weights, 0.0) / np.maximum(weights, 0.0).sum()
    lower = weighted_bound(instance.costs, instance.sigma, 1.0, w)
    worst = float(compliant_penalties(counts, instance.costs, instance.sigma).max())
    return max(worst / lower - 1.0, 0.0) if lower > 0 else float("inf")


def nash_gap(instance: Instance, counts: Array) -> float:
    """By which factor minus 1 the geometric mean of the savings Delta could still grow at most.

    log is concave: log Delta'_i <= log Delta_i + w_i Delta'_i - 1 with w_i = 1 / Delta_i, hence
    sum_i log Delta'_i <= sum_i log Delta_i - m + w . o - B(sum w, w) for every feasible n'.
    """
    if not feasible(instance, counts, instance.outside):
        return float("inf")
    saved = instance.outside - compliant_penalties(counts, instance.costs, instance.sigma)
    if not (saved > 0).all():
        return float("inf")
    w = 1.0 / saved
    # w . o - B - m, written so that nothing large cancels: B is near w . p.
    penalty = instance.outside - saved
    excess = float(w @ penalty) - weighted_bound(instance.costs, instance.sigma, float(w.sum()), w)
    mean = excess / len(w)
    return max(float(np.expm1(mean)), 0.0) if mean < 1.0 else float("inf")  # says nothing


def savings_bound(instance: Instance, weights: Array) -> float:
    """Upper bound of max_n min_i (o_i - p_i) / o_i over agents with weight, all o_i finite.

    min_i (o_i - p_i) / o_i <= 1 - sum_i w_i p_i / sum_i w_i o_i <= 1 - B(sum w, w) / (w . o).
    """
    w = np.where(np.isfinite(instance.outside), np.maximum(weights, 0.0), 0.0)
    lower = weighted_bound(instance.costs, instance.sigma, float(w.sum()), w)
    o = np.where(np.isfinite(instance.outside), instance.outside, 0.0)
    return 1.0 - lower / float(w @ o)


def anyone_savings_bound(instance: Instance, weights: Array) -> float:
    """Upper bound of the largest (o_i - p_i) / o_i in rational plans over agents who can sample.

    All terms of sum_i w_i (o_i - p_i) <= (w . o) * savings_bound are >= 0, so each is below that.
    """
    o, w = instance.outside, np.maximum(weights, 0.0)
    share = (w * o)[np.isfinite(instance.costs).any(axis=1)].min() / float(w @ o)
    bound = max(savings_bound(instance, w), 1e-16)  # 1e-16: the rounding of the bound
    return float(bound / share) if share > 0 else float("inf")


def kalai_smorodinsky_gap(
    instance: Instance, counts: Array, weights: Array, low: Array, high: Array
) -> float:
    """1 - t(n) / t_max, where low <= ideal <= high brackets the true ideals; all (m,).

    t(n) = min_i Delta_i / I_i >= min_i Delta_i / high_i, and for w >= 0 every t that can be had
    satisfies t sum_i w_i I_i <= sum_i w_i Delta_i <= w . o - B(sum w, w).
    """
    if not feasible(instance, counts, instance.outside):
        return float("inf")
    saved = instance.outside - compliant_penalties(counts, instance.costs, instance.sigma)
    w = np.maximum(weights, 0.0)
    top = float(w @ instance.outside) - weighted_bound(
        instance.costs, instance.sigma, float(w.sum()), w
    )
    most = top / float(w @ low) if (w @ low) > 0 else float("inf")
    return max(1.0 - float((saved / high).min()) / most, 0.0)
