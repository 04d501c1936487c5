"""Mirrors in a design: decoys become mirrors where those are certain and cost less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nashbox.mechanisms.decoy.mirror_tuning import tuned_mirror
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.tables import OWES, Ruled, World, ruled

FACTORS = (1.0, 1.005, 1.01, 1.015, 1.02, 1.025)  # of all debts: mirrors carry a little more


def mirrored(world: World, aim: Goal, rules: Ruled) -> Ruled | None:
    """The best of the rules with mirrors, their counts scaled a little; None where none is used."""
    found = []
    for factor in (1.0,) if world.integer else FACTORS:
        owes = rules.draft.kind == OWES
        counts = np.where(owes, factor * rules.draft.counts, rules.draft.counts)
        scaled = rules if factor == 1 else ruled(world, replace(rules.draft, counts=counts))
        found.append(None if scaled is None else _reflected(world, scaled))
    return aim.best(found)


def _reflected(world: World, rules: Ruled) -> Ruled | None:
    """The same debts with mirrors for decoys, pair by pair."""
    rule, t, excess = rules.rule.copy(), rules.t.copy(), rules.excess.copy()
    penalties, totals = rules.penalties.copy(), rules.draft.totals
    for i, k in np.argwhere(rules.rule == "decoy"):
        n, cost = float(rules.draft.counts[i, k]), float(world.costs[i, k])
        sigma, others = float(world.sigma[k]), float(totals[k]) - n
        found = tuned_mirror(n, others, cost, sigma, world.integer)
        if found is not None and found.excess < excess[i, k]:
            penalties[i] += found.excess - excess[i, k]
            rule[i, k], t[i, k], excess[i, k] = "mirror", found.t, found.excess
    if not (rule == "mirror").any():
        return None
    return replace(rules, rule=rule, t=t, excess=excess, penalties=penalties)
