"""The searches of a design: thresholds, decoys, mirrors, apart and tied together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.ticker import Ticker
from nashbox.rules.design import joint as joint_form
from nashbox.rules.design import starts
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.joint_decoys import levelled
from nashbox.rules.design.mirrors import mirrored
from nashbox.rules.design.offered import Offered, of_ruled
from nashbox.rules.design.rivals import PLAN, aim_of, rivals_of
from nashbox.rules.design.search import Found, search
from nashbox.rules.design.tables import OWES, Draft, Ruled, World
from nashbox.rules.design.whole import rounded, whole

Array = NDArray[np.float64]

JOINT_PAIRS = 400  # of agents and distributions beyond which "best" does not try the joint form


def world_of(
    problem: EstimationProblem, kinds: Sequence[str], *, integer: bool, secret: bool = False
) -> World:
    """The cost table with what may be used; thresholds alone unless `secret` or they may not."""
    openly = "threshold" in kinds
    return World(
        problem.costs, problem.sigma, integer=integer, openly=openly, secret=secret or not openly
    )


def searched_offers(
    problem: EstimationProblem, goal: str, form: str, kinds: Sequence[str], tell: Ticker
) -> tuple[list[tuple[str, Offered]], dict[str, str]]:
    """The rules that searches find, and by name how they searched; "" is said of all."""
    _, aim = aim_of(problem, goal)
    offers: list[tuple[str, Offered]] = []
    how: dict[str, str] = {}
    words = ""
    _, drafts = rivals_of(problem, world_of(problem, kinds, integer=problem.integer), aim)
    many = problem.m * problem.d > JOINT_PAIRS and form == "best"
    if many and "threshold" in kinds and "decoy" in kinds:
        words = f"thresholds were not searched apart from decoys (more than {JOINT_PAIRS} pairs)"
    elif "threshold" in kinds:
        offers, how, drafts = _open_offers(problem, aim, form, drafts, tell)
    if "decoy" in kinds:
        real = world_of(problem, kinds, integer=False, secret=True)
        world = replace(real, integer=problem.integer)
        found = search(real, aim, [*drafts, *_searched_starts(real, aim)])
        said = "; ".join(part for part in (_how(found), words) if part)
        rules = _separate(world, aim, found, drafts)
        if rules is not None and (form != "joint" or problem.d == 1):
            offers.append(("designed, decoys", of_ruled(rules)))
            how["designed, decoys"] = said
            better = mirrored(world, aim, rules) if "mirror" in kinds else None
            if better is not None:
                offers.append(("designed, mirrors", of_ruled(better)))
                how["designed, mirrors"] = said
        if found is not None and problem.d > 1 and form != "separate":
            tied = _tied_decoys(world, aim, found.rules.draft, [] if form == "joint" else offers)
            if tied is not None:
                offers.append(("designed, joint decoys", of_ruled(tied)))
                how["designed, joint decoys"] = said
            elif form == "joint":
                none = "no decoys tied together were found that are proven (debts must be equal)"
                how[""] = "; ".join(part for part in (how.get("", ""), none) if part)
    tell(5, 6)
    return offers, how


def _open_offers(
    problem: EstimationProblem,
    aim: Goal,
    form: str,
    drafts: list[Draft],
    tell: Ticker,
) -> tuple[list[tuple[str, Offered]], dict[str, str], list[Draft]]:
    """What thresholds offer, how they were searched, and drafts for others to start from."""
    real = World(problem.costs, problem.sigma, integer=False)
    world = replace(real, integer=problem.integer)
    drafts = [*drafts, *_searched_starts(real, aim)]
    tell(1, 6)
    found = search(real, aim, drafts)
    tell(2, 6)
    offers: list[tuple[str, Offered]] = []
    separate = _separate(world, aim, found, [])
    if separate is not None and form != "joint":
        offers.append(("designed, separate", of_ruled(separate)))
    tell(3, 6)
    skipped = ""
    if form != "separate" and problem.d > 1:
        if form == "best" and problem.m * problem.d > JOINT_PAIRS:
            skipped = f"the joint form was not tried (more than {JOINT_PAIRS} pairs)"
        else:
            tied = _joint(real, world, aim, found, separate, drafts)
            if tied is not None:
                offers.append(("designed, joint", of_ruled(tied)))
            elif form == "joint":
                skipped = "no joint rules were found that meet the conditions"
    elif form == "joint" and separate is not None:  # with one distribution the forms are the same
        offers.append(("designed, joint", replace(of_ruled(separate), joint=True)))
    tell(4, 6)
    words = "; ".join(part for part in (_how(found), skipped) if part)
    if found is not None:  # the same debts under other rules are never worse
        drafts = [*drafts, found.rules.draft]
    drafts += [separate.draft] if separate is not None else []
    return offers, {"": words}, drafts


def _how(found: Found | None) -> str:
    """How the kinds were searched, in words."""
    if found is None:
        return "no start could be made rational"
    if found.complete:
        return f"every choice of kinds was tried ({found.tried} tables)"
    return f"{found.tried} starts and changes of kinds were tried, not all"


def _searched_starts(real: World, aim: Goal) -> list[Draft]:
    """Columns searched one after the other from both ends, for the goal and for the sum."""
    from nashbox.mechanisms.plans import PlanError, solve_plan

    home, lean = starts.everybody_alone(real), starts.no_leverage(real)
    drafts = [starts.column_by_column(real, aim, start) for start in (home, lean)]
    if aim.name != "social":
        drafts.append(starts.column_by_column(real, replace(aim, name="social"), home))
    for rule in dict.fromkeys((PLAN.get(aim.name, aim.name), "egalitarian", "social")):
        try:
            plan = solve_plan(rule, real.costs, real.sigma, aim.outside)
        except PlanError:
            continue
        drafts.append(starts.of_plan(real, plan.counts))
    return drafts


def _separate(world: World, aim: Goal, found: Found | None, drafts: list[Draft]) -> Ruled | None:
    """The rules found; with whole numbers those near them and near the last of the drafts."""
    if found is None:
        return None
    if not world.integer:
        return found.rules
    return aim.best(whole(world, aim, draft) for draft in (found.rules.draft, *drafts[-1:]))


def _joint(
    real: World,
    world: World,
    aim: Goal,
    found: Found | None,
    separate: Ruled | None,
    drafts: list[Draft],
) -> Ruled | None:
    if found is None:
        return None
    everybody = [d for d in drafts if (d.kind == OWES).mean() > 0.5][-1:]
    best = joint_form.improved(real, aim, [found.rules.draft, *everybody])
    if not world.integer:
        return best
    near = [rounded(world, best.draft)] if best is not None else []
    near += [separate.draft] if separate is not None else []
    return joint_form.improved(world, aim, near)


def _tied_decoys(
    world: World, aim: Goal, draft: Draft, offers: list[tuple[str, Offered]]
) -> Ruled | None:
    """Decoys tied together where debts are equal, if they look better than all `offers`."""
    level = levelled(world, draft)
    if level is None:
        return None
    real = replace(world, integer=False)
    found = joint_form.scaled(real, aim, level, tie_free=False)
    if found is None or any(aim.value(rules.penalties) <= found[0] for _, rules in offers):
        return None
    near = [found[1]]
    if world.integer:
        near = [rounded(world, found[1])]
        near += [rounded(world, replace(found[1], counts=found[1].counts + x)) for x in (-1, 1)]
    return aim.best(joint_form.tied(world, draft, tie_free=False) for draft in near)
