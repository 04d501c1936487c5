"""`design`: the rules with the best value of a goal under which honesty is an equilibrium.

Nobody is worse off than outside, and no agent gains by any deviation: both are proven for what is
returned. That no better rules exist is not: the distance to the plan that compliance would allow
bounds what may be missed, and `search` says how the discrete choices were searched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit import audit
from nashbox.games.estimation import prepare, solved_plan
from nashbox.mechanisms.plans import compliant_penalties
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.errors import InputError, brief
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.source import NormalSource
from nashbox.problem.spec import Spec
from nashbox.rules.bound import Floor, no_rule_below
from nashbox.rules.design import joint as joint_form
from nashbox.rules.design import starts
from nashbox.rules.design.designed import Candidate, Design
from nashbox.rules.design.goals import GOALS, Goal
from nashbox.rules.design.joint_decoys import levelled
from nashbox.rules.design.mirrors import mirrored
from nashbox.rules.design.search import Found, search
from nashbox.rules.design.tables import ALONE, FREE, OWES, Draft, Ruled, World, ruled
from nashbox.rules.design.whole import whole
from nashbox.rules.planning import plan_report
from nashbox.strategies import Truthful
from nashbox.strategies.response import price

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]

FORMS = ("best", "separate", "joint")
PLAN = {"social": "ir_optimal"}  # the plan whose compliance bounds a goal; else its own name
NAMES = {FREE: "free", OWES: "threshold", ALONE: "alone"}
KINDS = ("alone", "free", "threshold", "decoy")
OPENLY = KINDS[:3]  # without falsehoods
EVERY = (*KINDS, "mirror")  # mirrors on demand: a proof for every rule, and little to win
JOINT_PAIRS = 400  # of agents and distributions beyond which "best" does not try the joint form


@dataclass(frozen=True, eq=False)
class _Rules:
    """What a problem file says of rules, with the penalties it promises."""

    kind: NDArray[np.str_]
    counts: Array
    z: Array
    t: Array
    alpha: Array
    joint: bool
    penalties: Array


def design(
    problem: EstimationProblem,
    goal: str,
    form: str = "best",
    progress: Progress | None = None,
    kinds: Sequence[str] = KINDS,
) -> Design:
    """Search the best rules for a problem's costs; its plan and mechanism play no part.

    goal: one of GOALS. form: "separate", "joint", or the better of both. kinds: what may be used,
    of EVERY; without "decoy" nobody is told a falsehood. Raises InputError if no rules were found
    that meet all outside options.
    """
    kinds = checked_kinds(kinds)
    if goal not in GOALS:
        raise InputError(f"goal must be one of {', '.join(GOALS)}, got {brief(goal)}")
    if form not in FORMS:
        raise InputError(f"form must be one of {', '.join(FORMS)}, got {brief(form)}")
    problem = for_normal_data(problem)
    steps = 6
    tell = progress or (lambda done, total: None)
    tell(0, steps)
    order = canonical(problem)
    there, how = _offers(order.put(problem), goal, form, kinds, tell)
    bound, aim = aim_of(problem, goal)
    offers, _ = rivals_of(problem, _world(problem, kinds, integer=problem.integer), aim)
    offers += [(name, order.back(rules)) for name, rules in there]
    best = _best(aim, offers)
    if best is None:
        raise InputError(
            f"{problem.shown}: outside_option: no rules were found under which every agent is "
            "better off than outside and gains nothing by breaking them"
        )
    chosen, rules = best
    designed = (
        replace(problem, plan=PLAN.get(goal, goal), mechanism=Spec("cbl"))
        if chosen == "CBL"
        else problem_of(problem, rules)
    )
    certificate = audit(designed, method="exact", recommended=True)
    tell(steps, steps)
    return _result(problem, designed, goal, aim, rules, bound, certificate, chosen, offers, how)


def checked_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds in the order of KINDS. Raises InputError where rules cannot be made of them."""
    given = tuple(kinds)
    held = {"threshold", "decoy"} & set(given) and not ("mirror" in given and "decoy" not in given)
    if not ({"alone", "free"} <= set(given) <= set(EVERY) and held):
        raise InputError(
            f"kinds (--kinds) must be of {', '.join(EVERY)}, with alone, free and threshold or "
            f"decoy, and decoy for mirror, got {', '.join(map(str, given)) or 'none'}"
        )
    return tuple(kind for kind in EVERY if kind in given)


def _world(
    problem: EstimationProblem, kinds: Sequence[str], *, integer: bool, secret: bool = False
) -> World:
    """The cost table with what may be used; thresholds alone unless `secret` or they may not."""
    openly = "threshold" in kinds
    return World(
        problem.costs,
        problem.sigma,
        integer=integer,
        openly=openly,
        secret=secret or not openly,
    )


def _offers(
    problem: EstimationProblem, goal: str, form: str, kinds: Sequence[str], tell: Progress
) -> tuple[list[tuple[str, _Rules]], dict[str, str]]:
    """The rules that searches find, and by name how they searched; "" is said of all."""
    bound, aim = aim_of(problem, goal)
    offers: list[tuple[str, _Rules]] = []
    how: dict[str, str] = {}
    words = ""
    _, drafts = rivals_of(problem, _world(problem, kinds, integer=problem.integer), aim)
    many = problem.m * problem.d > JOINT_PAIRS and form == "best"
    if many and "threshold" in kinds and "decoy" in kinds:
        words = f"thresholds were not searched apart from decoys (more than {JOINT_PAIRS} pairs)"
    elif "threshold" in kinds:
        offers, how, drafts = _open_offers(problem, bound, aim, form, drafts, tell)
    if "decoy" in kinds:
        real = _world(problem, kinds, integer=False, secret=True)
        world = replace(real, integer=problem.integer)
        found = search(real, aim, [*drafts, *_searched_starts(real, aim, bound)])
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
                offers.append(("designed, joint decoys", _of_tied(tied, "decoy")))
                how["designed, joint decoys"] = said
            elif form == "joint":
                none = "no decoys tied together were found that are proven (debts must be equal)"
                how[""] = "; ".join(part for part in (how.get("", ""), none) if part)
    tell(5, 6)
    return offers, how


def _open_offers(
    problem: EstimationProblem,
    bound: Array,
    aim: Goal,
    form: str,
    drafts: list[Draft],
    tell: Progress,
) -> tuple[list[tuple[str, _Rules]], dict[str, str], list[Draft]]:
    """What thresholds offer, how they were searched, and drafts for others to start from."""
    real = World(problem.costs, problem.sigma, integer=False)
    world = replace(real, integer=problem.integer)
    drafts = [*drafts, *_searched_starts(real, aim, bound)]
    tell(1, 6)
    found = search(real, aim, drafts)
    tell(2, 6)
    offers: list[tuple[str, _Rules]] = []
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
                offers.append(("designed, joint", _of_tied(tied)))
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


@dataclass(frozen=True)
class _Order:
    """Agents and distributions in an order of their own, so that the user's does not matter."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]

    def put(self, problem: EstimationProblem) -> EstimationProblem:
        """The problem in this order."""
        plan = problem.plan
        return replace(
            problem,
            names=tuple(problem.names[i] for i in self.rows),
            distributions=tuple(problem.distributions[k] for k in self.columns),
            costs=problem.costs[np.ix_(self.rows, self.columns)],
            sigma=problem.sigma[self.columns],
            plan=plan if isinstance(plan, str) else plan[np.ix_(self.rows, self.columns)],
            source=NormalSource(problem.sigma[self.columns]),
        )

    def back(self, rules: _Rules) -> _Rules:
        """Rules for the problem in this order as rules for the user's."""
        rows, columns = np.argsort(self.rows), np.argsort(self.columns)
        place = np.ix_(rows, columns)
        tables = {key: getattr(rules, key)[place] for key in ("kind", "counts", "z", "t", "alpha")}
        return replace(rules, penalties=rules.penalties[rows], **tables)


def canonical(problem: EstimationProblem) -> _Order:
    """Distributions by their sorted prices, then agents by their prices and options."""
    prices = problem.costs * problem.sigma**2
    columns = np.lexsort(np.sort(prices, axis=0)[::-1])
    keys = np.column_stack([prices[:, columns], np.nan_to_num(problem.outside, nan=-1.0)])
    return _Order(np.lexsort(keys.T[::-1]), columns)


def _best(aim: Goal, offers: list[tuple[str, _Rules]]) -> tuple[str, _Rules] | None:
    """The first of the rational offers that none beats by more than rounding."""
    best: tuple[str, _Rules] | None = None
    record = (np.inf, np.inf)
    for name, rules in offers:
        value = aim.value(rules.penalties)
        gain = 1e-10 * abs(value[0])
        if not np.isfinite(value[0]):
            continue
        if (
            best is None
            or value[0] < record[0] - gain
            or (value[0] <= record[0] + gain and value[1] < record[1] * (1 - 1e-10))
        ):
            best, record = (name, rules), value
    return best


def for_normal_data(problem: EstimationProblem) -> EstimationProblem:
    """The same costs with normal data and honest agents: what rules are made for."""
    return replace(problem, source=NormalSource(problem.sigma), strategies={})


def aim_of(problem: EstimationProblem, goal: str) -> tuple[Array, Goal]:
    """Penalties of the plan that compliance would allow, and the goal with its options."""
    plan, _ = solved_plan(replace(problem, plan=PLAN.get(goal, goal)))
    bound = compliant_penalties(plan, problem.costs, problem.sigma)
    given = problem.outside
    alone = alone_penalties(problem.costs, problem.sigma, integer=problem.integer)
    outside = np.where(np.isnan(given), alone, given)
    if goal == "kalai_smorodinsky":
        real = alone_penalties(problem.costs, problem.sigma, integer=False)
        gains = np.where(np.isnan(given), real, given) - bound
        scale = np.maximum(gains, 1e-12 * outside)
    else:
        scale = np.ones(problem.m)
    return bound, Goal(goal, outside, scale)


def rivals_of(
    problem: EstimationProblem, world: World, aim: Goal
) -> tuple[list[tuple[str, _Rules]], list[Draft]]:
    """What a design has to beat, exactly, and the same as drafts to start from."""
    game = prepare(replace(problem, plan=PLAN.get(aim.name, aim.name), mechanism=Spec("cbl")))
    terms = game.terms
    cbl = np.array(
        [price(game.view(i), Truthful().plays(game.view(i)))[0] for i in range(problem.m)]
    )
    alone = getattr(terms, "alone", np.zeros(terms.counts.shape, dtype=bool))
    kind = np.where(alone & (terms.counts > 0), ALONE, np.where(terms.counts > 0, OWES, FREE))
    held = "thresholds" if world.openly else "decoys"
    drafts = {
        f"{held} at CBL's counts": Draft(kind, terms.counts.astype(float)),
        "no leverage": starts.no_leverage(world),
        "no leverage, in turns": starts.no_leverage_shared(world),
        "alone": starts.everybody_alone(world),
    }
    offers = []
    for name, draft in drafts.items():
        rules = ruled(world, draft)
        if rules is not None:
            offers.append((name, of_ruled(rules)))
    names = np.vectorize({**NAMES, OWES: "noise"}.__getitem__)(kind)
    z = np.where(kind == OWES, terms.counts, np.nan)
    alpha = np.asarray(getattr(terms, "alpha", np.full(kind.shape, np.nan)))
    offers.append(
        ("CBL", _Rules(names, terms.counts, z, np.full(kind.shape, np.nan), alpha, False, cbl))
    )
    return offers, list(drafts.values())


def _searched_starts(real: World, aim: Goal, bound: Array) -> list[Draft]:
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
    tries = [whole(world, aim, draft) for draft in (found.rules.draft, *drafts[-1:])]
    good = [r for r in tries if r is not None and aim.rational(r.penalties)]
    return min(good, key=lambda r: aim.value(r.penalties)) if good else None


def _joint(
    real: World,
    world: World,
    aim: Goal,
    found: Found | None,
    separate: Ruled | None,
    drafts: list[Draft],
) -> joint_form.Tied | None:
    if found is None:
        return None
    everybody = [d for d in drafts if (d.kind == OWES).mean() > 0.5][-1:]
    best = joint_form.improved(real, aim, [found.rules.draft, *everybody])
    if not world.integer:
        return best
    from nashbox.rules.design.whole import rounded

    near = [rounded(world, best.draft)] if best is not None else []
    near += [separate.draft] if separate is not None else []
    return joint_form.improved(world, aim, near)


def _tied_decoys(
    world: World, aim: Goal, draft: Draft, offers: list[tuple[str, _Rules]]
) -> joint_form.Tied | None:
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
        from nashbox.rules.design.whole import rounded

        near = [rounded(world, found[1])]
        near += [rounded(world, replace(found[1], counts=found[1].counts + x)) for x in (-1, 1)]
    rules = [joint_form.tied(world, draft, tie_free=False) for draft in near]
    good = [r for r in rules if r is not None and aim.rational(r.penalties)]
    return min(good, key=lambda r: aim.value(r.penalties)) if good else None


def of_ruled(rules: Ruled) -> _Rules:
    """What drafted rules say and promise."""
    kind = np.vectorize(NAMES.__getitem__)(rules.draft.kind)
    kind = np.where(rules.rule == "", kind, rules.rule)
    nothing = np.full(kind.shape, np.nan)
    return _Rules(kind, rules.draft.counts, rules.z, rules.t, nothing, False, rules.penalties)


def _of_tied(tied: joint_form.Tied, owes: str = "threshold") -> _Rules:
    kind = np.vectorize({**NAMES, OWES: owes}.__getitem__)(tied.draft.kind)
    nothing = np.full(kind.shape, np.nan)
    return _Rules(kind, tied.draft.counts, tied.z, tied.t, nothing, True, tied.penalties)


def problem_of(problem: EstimationProblem, rules: _Rules) -> EstimationProblem:
    """The problem under the designed rules."""

    def table(values: Array) -> tuple[tuple[float | None, ...], ...]:
        return tuple(tuple(None if x != x else float(x) for x in row) for row in values.tolist())

    parameters = {
        "kind": rules.kind.tolist(),
        "n": rules.counts.tolist(),
        "z": table(rules.z),
        "t": table(rules.t),
    }
    name = "decoy" if np.isin(rules.kind, ["decoy", "mirror"]).any() else "threshold"
    if name == "threshold" or rules.joint:
        parameters = {"joint": rules.joint, **parameters}
    return replace(problem, mechanism=Spec(name, parameters))


def _result(
    problem: EstimationProblem,
    designed: EstimationProblem,
    goal: str,
    aim: Goal,
    rules: _Rules,
    bound: Array,
    certificate: object,
    chosen: str,
    offers: list[tuple[str, _Rules]],
    how: dict[str, str],
) -> Design:
    from nashbox.experiments.audit import Audit

    assert isinstance(certificate, Audit)  # noqa: S101 - for the type checker
    report = plan_report(problem, PLAN.get(goal, goal))
    below = no_rule_below(problem, goal)
    if rules.joint and problem.d > 1:
        below = Floor(None, "not known for rules that tie distributions together")
    return Design(
        goal=goal,
        form="joint" if rules.joint else "separate",
        names=problem.names,
        distributions=problem.distributions,
        counts=rules.counts,
        kind=rules.kind,
        z=rules.z,
        t=rules.t,
        alpha=rules.alpha,
        penalties=rules.penalties,
        penalties_alone=report.penalties_alone,
        outside=aim.outside,
        bound=bound,
        certified_gap=aim.gap(rules.penalties, bound),
        condition_8=report.condition_8,
        cbl=report.cbl,
        chosen=chosen,
        search=how.get(chosen, how.get("", "")) or "none of the searched rules was better",
        no_rule_below=below.value,
        no_rule_below_how=below.how,
        gain=max(agent.gain.upper for agent in certificate.agents),
        verdict=certificate.nash,
        candidates=[
            Candidate(
                name,
                r.penalties.tolist(),
                float(r.penalties.sum()),
                float(r.penalties.max()),
                aim.rational(r.penalties),
            )
            for name, r in offers
        ],
        designed=designed,
        problem=designed.to_json(),
    )
