"""Decoys tied together in a design: for who owes the same of several distributions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nashbox.mechanisms.decoy.ball_tuning import ball
from nashbox.mechanisms.decoy.tied_rules import ALIKE, closed_ball
from nashbox.mechanisms.decoy.tuning import tuned
from nashbox.mechanisms.threshold.bundle import Pair
from nashbox.rules.design.tables import OWES, Draft, World


@dataclass(frozen=True)
class Held:
    """t: half axis of every pair, in units of measurements; excess: the risk added in sum."""

    t: float
    excess: float
    z: float = np.nan  # decoys compare with everybody


def secret_excess(pairs: tuple[Pair, ...]) -> float:
    """What tied decoys add to the risk, inf where debts are unequal or nothing enforces them."""
    first = pairs[0]
    if not _alike(pairs):
        return float("inf")
    if len(pairs) == 1:
        single = tuned(first.n, first.others, first.cost, first.sigma, False)
        return float("inf") if single is None else single.excess
    rule = ball(len(pairs), first.n, first.others, first.cost, first.sigma)
    return float("inf") if rule is None else rule.excess


def secret_rule(pairs: tuple[Pair, ...], *, integer: bool) -> Held | None:
    """The same with its proof, None where there is none."""
    if not _alike(pairs):
        return None
    n, N, cost, sigma = pairs[0].n, pairs[0].others, pairs[0].cost, pairs[0].sigma
    if len(pairs) == 1:
        single = tuned(n, N, cost, sigma, integer)
        return None if single is None else Held(single.t, single.excess)
    rule = closed_ball(len(pairs), n, N, cost, sigma)
    if isinstance(rule, str):
        return None
    return Held(rule.radius * sigma * float(np.sqrt(1 / n + 1 / N)), rule.excess)


def _alike(pairs: tuple[Pair, ...]) -> bool:
    table = np.array([[p.n, p.others, p.cost, p.sigma] for p in pairs])
    spread = np.ptp(table, axis=0) <= ALIKE * np.abs(table).max(axis=0)
    return bool(np.isfinite(table).all() and spread.all() and table[0, 0] > 0)


def levelled(world: World, draft: Draft) -> Draft | None:
    """The draft with each agent's counts averaged over distributions that are all alike, or None.

    Distributions are searched one after the other, and so differ by rounding.
    """
    costs, kind = world.costs, draft.kind
    same = (costs == costs[:, :1]).all() and (world.sigma == world.sigma[0]).all()
    if not same or not (kind == OWES).any():
        return None
    counts = np.repeat(draft.counts[:, :1], kind.shape[1], axis=1)
    if (kind == kind[:, :1]).all():
        counts = np.repeat(draft.counts.mean(axis=1, keepdims=True), kind.shape[1], axis=1)
    return replace(draft, kind=np.repeat(kind[:, :1], kind.shape[1], axis=1), counts=counts)
