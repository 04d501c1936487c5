"""A design that keeps every gain below epsilon over the whole interval, if there is one.

The counts and kinds of the design at the nominal costs, and of its rivals, are given thresholds
that hold over the interval; the best of them is improved by moving single counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit.epsilon import Epsilon, share_of
from nashbox.games.estimation import prepare
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.spec import Spec
from nashbox.rules.design.designed import Design
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.offered import of_ruled, problem_of
from nashbox.rules.design.rivals import PLAN, aim_of, for_normal_data, rivals_of
from nashbox.rules.design.tables import ALONE, FREE, OWES, Draft, Ruled, World, ruled
from nashbox.rules.design.whole import moves
from nashbox.rules.robust.pair import Doubt, worst
from nashbox.rules.robust.rules import ROUNDING, AgentRow, rows
from nashbox.rules.robust.tuning import robust_rule

Array = NDArray[np.float64]

WORK = 6000  # rules made, at most, while counts are moved
STEPS = (0.85, 0.95, 1.05, 1.15)  # by which real counts are moved
HALVINGS = 6
STRETCHES = (1.0, 0.6, 0.8, 1.2)  # of all counts, where the counts given cannot hold
SCALES = [2.0**j for j in range(1, 9)]  # of epsilon
LESS = 0.99  # of epsilon, where a share of unknown penalties is aimed at
FALL = 0.98  # by which epsilon is lowered from one table of counts to the next


@dataclass(frozen=True, eq=False)
class RobustDesign:
    """problem: under rules that hold over the interval, or come closest.

    holds: whether nobody gains more than epsilon, or is worse off than outside by more, over the
    whole interval, proven: the yardstick is `rows`, which is what tables show. start: whose kinds
    and counts they came from. Where none hold, least_epsilon: the smallest multiple of epsilon that
    rules were found to need; widest: the share of the intervals that the nominal design's kinds and
    counts can hold. reason: in words.
    """

    problem: EstimationProblem
    holds: bool
    start: str
    reason: str
    least_epsilon: float | None = None
    widest: float | None = None


def robust_design(
    problem: EstimationProblem, nominal: Design, doubt: Doubt, epsilon: Epsilon
) -> RobustDesign:
    """Search rules for the goal of `nominal` under which nobody gains more than epsilon."""
    problem = for_normal_data(problem)
    _, aim = aim_of(problem, nominal.goal)
    world = World(problem.costs, problem.sigma, integer=problem.integer)
    first = _draft(nominal)
    _, rivals = rivals_of(problem, world, aim)
    named = {"the design": first, **{f"rival {j + 1}": d for j, d in enumerate(rivals)}}

    def value(rules: Ruled | None) -> tuple[float, float]:
        return (np.inf, np.inf) if rules is None else aim.value(rules.penalties)

    def make(draft: Draft) -> Ruled | None:
        return _held(world, draft, doubt, epsilon, aim.outside)

    made = {name: make(draft) for name, draft in named.items()}
    start = min(made, key=lambda name: value(made[name]))
    best = made[start]
    least = 1.0
    if not np.isfinite(value(best)[0]):
        start, best, least = _reached(world, named, doubt, epsilon, aim)
    if best is not None and least <= 1:
        best = _climbed(world, best, make, value)
    found = [] if best is None else [(start, problem_of(problem, of_ruled(best)))]
    found += _as_they_are(problem, nominal)
    judged = [(name, rules, rows(prepare(rules), doubt, epsilon)) for name, rules in found]
    holding = [entry for entry in judged if all(row.honest and row.rational for row in entry[2])]
    if holding:
        name, rules, _ = min(
            holding, key=lambda entry: aim.value(np.array([row.penalty for row in entry[2]]))
        )
        words = "nobody gains more than epsilon in the whole interval"
        return RobustDesign(rules, True, name, words)
    name, rules, agents = min(judged, key=lambda entry: _needed(entry[2]))
    widest = _widest(world, first, doubt, epsilon, aim.outside)
    least = _needed(agents)
    return RobustDesign(rules, False, name, _words(least, widest), least, widest)


def _as_they_are(
    problem: EstimationProblem, nominal: Design
) -> list[tuple[str, EstimationProblem]]:
    """Rules made for the costs as said, which may hold over the interval without more."""
    assert nominal.designed is not None  # noqa: S101 - only a loaded design has none
    plan = PLAN.get(nominal.goal, nominal.goal)
    return [
        ("the design", nominal.designed),
        ("CBL", replace(problem, plan=plan, mechanism=Spec("cbl"))),
    ]


def _needed(agents: Sequence[AgentRow]) -> float:
    """The multiple of epsilon that covers all gains and all losses against staying outside."""
    return max(max(agent.excess, agent.shortfall) for agent in agents)


def _words(least: float, widest: float | None) -> str:
    text = (
        "the search found no rules that keep every gain, and every loss against staying outside, "
        "below epsilon over the whole interval"
    )
    if np.isfinite(least):
        text += f"; the best found need {least:.{3 if least >= 1.005 else 9}g} epsilon"
    if widest is not None:
        text += (
            f"; the design's kinds and counts can hold epsilon over {widest:.3g} of the interval"
        )
    return text


def _draft(design: Design) -> Draft:
    kind = np.select([design.kind == "alone", design.kind == "free"], [ALONE, FREE], OWES)
    return Draft(kind, np.asarray(design.counts, dtype=float))


def _held(
    world: World,
    draft: Draft,
    doubt: Doubt,
    epsilon: Epsilon,
    outside: Array,
    scale: float = 1.0,
) -> Ruled | None:
    """Rules for a draft that hold a multiple of epsilon over the interval, or None.

    A share is one of what each pays under these very rules, which is not known before they are
    made: a little less than that of what she pays under rules for the costs as said is tried first,
    then all of it, if she does pay as much.
    """
    m = world.costs.shape[0]
    if isinstance(epsilon, (int, float)):
        return robust_ruled(world, draft, doubt, np.full(m, scale * epsilon), outside)
    said = ruled(world, draft)
    if said is None:
        return None
    share = scale * share_of(epsilon)
    rules = robust_ruled(world, draft, doubt, LESS * share * said.penalties, outside)
    if rules is None:
        rules = robust_ruled(world, draft, doubt, share * said.penalties, outside)
        if rules is not None and (said.penalties > rules.penalties * (1 + ROUNDING)).any():
            return None
    return rules


def robust_ruled(
    world: World, draft: Draft, doubt: Doubt, own: Array, outside: Array
) -> Ruled | None:
    """Thresholds for a draft that hold over the interval, or None. own: (m,) epsilons.

    Work alone and free data are as they are: what they let an agent gain is taken off her epsilon,
    and what is left is shared by the pairs that owe. Nobody may be worse off than outside by more
    than epsilon, anywhere.
    """
    shape = draft.counts.shape
    z, t, added = (np.full(shape, np.nan) for _ in range(3))
    prices, left = np.zeros(shape), own.copy()
    totals = draft.totals
    for i, k in np.argwhere(draft.kind != OWES):
        n, c, s = float(draft.counts[i, k]), float(world.costs[i, k]), float(world.sigma[k])
        home = draft.kind[i, k] == ALONE
        if not home and not totals[k] > 0:
            return None
        channel = MeanChannel(s, 0.0) if home else MeanChannel(s, float(totals[k]), pooled=False)
        left[i] -= max(0.0, worst(channel, n, c, doubt, world.integer).bound)
        prices[i, k] = s**2 / (n if home else totals[k]) + (c * n if n else 0.0)
    owing = (draft.kind == OWES).sum(axis=1)
    if (left < 0).any():
        return None
    for i, k in np.argwhere(draft.kind == OWES):
        n, c, s = float(draft.counts[i, k]), float(world.costs[i, k]), float(world.sigma[k])
        held = robust_rule(
            n,
            float(totals[k]) - n,
            c,
            s,
            world.integer,
            doubt,
            float(left[i] / owing[i]),
        )
        if held is None:
            return None
        z[i, k], t[i, k], added[i, k] = held.z, held.t, held.excess
        prices[i, k] = s**2 / totals[k] + c * n + held.excess
    rule = np.where(draft.kind == OWES, "threshold", "")
    rules = Ruled(draft, rule, prices.sum(axis=1), added, z, t)
    return rules if _rational(world, rules, doubt, own, outside) else None


def _rational(world: World, rules: Ruled, doubt: Doubt, own: Array, outside: Array) -> bool:
    """Whether nobody is worse off than outside by more than epsilon, where outside is alone.

    Given outside options are looked at in the certificate.
    """
    draft, totals = rules.draft, rules.draft.totals
    alone = world.alone_prices().sum(axis=1) * (1 - 1e-9)
    for i in range(world.costs.shape[0]):
        if not np.isfinite(world.costs[i]).all() or outside[i] < alone[i]:
            continue
        margin = 0.0
        for k, s in enumerate(world.sigma):
            n, c = float(draft.counts[i, k]), float(world.costs[i, k])
            channel = _channel(rules, i, k, float(s), float(totals[k]) - n)
            margin += worst(channel, n, c, doubt, world.integer, "alone").bound
        if margin > own[i]:
            return False
    return True


def _channel(
    rules: Ruled, i: int, k: int, sigma: float, others: float
) -> MeanChannel | ThresholdChannel:
    kind = rules.draft.kind[i, k]
    if kind == ALONE:
        return MeanChannel(sigma, 0.0)
    if kind == FREE:
        return MeanChannel(sigma, others, pooled=False)
    return ThresholdChannel(sigma, float(rules.z[i, k]), others, float(rules.t[i, k]))


def _climbed(
    world: World,
    best: Ruled,
    make: Callable[[Draft], Ruled | None],
    value: Callable[[Ruled | None], tuple[float, float]],
) -> Ruled:
    """Move counts while that helps."""
    work, improved = 0, True
    most = WORK // draft_size(best.draft)
    while improved and work < most:
        improved = False
        for draft in _neighbours(world, best.draft):
            new = make(draft)
            work += 1
            if new is not None and value(new) < value(best):
                best, improved = new, True
                break
            if work >= most:
                break
    return best


def draft_size(draft: Draft) -> int:
    """Pairs that owe, at least 4."""
    return max(4, int((draft.kind == OWES).sum()))


def _neighbours(world: World, draft: Draft) -> Iterator[Draft]:
    """Other counts: of one agent, of equal ones, of a whole distribution."""
    if world.integer:
        for kind, counts in moves(world, draft):
            yield Draft(kind, counts)
    seen: set[tuple[int, float, float]] = set()
    for i, k in np.argwhere(draft.kind == OWES):
        key = (int(k), float(world.costs[i, k]), float(draft.counts[i, k]))
        if key in seen:
            continue
        seen.add(key)
        same = (world.costs[:, k] == key[1]) & (draft.counts[:, k] == key[2])
        groups = [same & (draft.kind[:, k] == OWES)]
        if sum(other[0] == int(k) for other in seen) == 1:  # once for each distribution
            groups.append(draft.kind[:, k] == OWES)
        for group in groups:
            for step in STEPS:
                moved = draft.counts[group, k] * step
                counts = draft.counts.copy()
                counts[group, k] = np.maximum(np.rint(moved), 1.0) if world.integer else moved
                if (counts != draft.counts).any():
                    yield replace(draft, counts=counts)


def _reached(
    world: World, named: Mapping[str, Draft], doubt: Doubt, epsilon: Epsilon, aim: Goal
) -> tuple[str, Ruled | None, float]:
    """Counts moved until epsilon is enough, from where the smallest multiple of it is.

    Returns the start, the rules at the least multiple reached, and that (1: epsilon is enough).
    """

    def at(draft: Draft, scale: float) -> Ruled | None:
        rules = _held(world, draft, doubt, epsilon, aim.outside, scale)
        return rules if rules is not None and aim.rational(rules.penalties) else None

    reached = {}
    for name, draft in named.items():
        for stretch in STRETCHES:
            start = _stretched(world, draft, stretch)
            scale = halved(SCALES, lambda s, start=start: at(start, s) is not None)  # type: ignore[misc]
            if scale is not None:
                reached[name, stretch] = (scale, start)
    if not reached:
        return "", None, np.inf
    key = min(reached, key=lambda k: reached[k][0])
    scale, draft = reached[key]
    work, improved = 0, True
    most = WORK // draft_size(draft)
    while scale > 1 and improved and work < most:
        improved = False
        for other in _neighbours(world, draft):
            work += 1
            less = max(1.0, scale * FALL)
            if at(other, less) is not None:
                while less > 1 and at(other, max(1.0, less * FALL)) is not None:
                    less = max(1.0, less * FALL)
                scale, draft, improved = less, other, True
                break
            if work >= most:
                break
    return key[0], at(draft, scale), scale


def _stretched(world: World, draft: Draft, by: float) -> Draft:
    """All counts owed multiplied, at least 1 if they are whole."""
    counts = draft.counts * by
    if world.integer:
        counts = np.maximum(np.rint(counts), 1.0)
    return Draft(draft.kind, np.where(draft.kind == OWES, counts, draft.counts))


def _widest(
    world: World, draft: Draft, doubt: Doubt, epsilon: Epsilon, outside: Array
) -> float | None:
    """The share of the intervals that thresholds at these kinds and counts can hold."""

    def possible(width: float) -> bool:
        narrower = Doubt(doubt.costs * width, doubt.sigma * width)
        return _held(world, draft, narrower, epsilon, outside) is not None

    return halved([2.0**-j for j in range(1, 8)], possible)


def halved(scales: Sequence[float], good: Callable[[float], bool]) -> float | None:
    """The first scale that is good, sharpened towards the one before (1 at first).

    >>> round(halved([2.0, 4.0, 8.0], lambda s: s > 3), 2)
    3.02
    """
    previous = 1.0
    for scale in scales:
        if good(scale):
            bad, fine = previous, scale
            for _ in range(HALVINGS):
                middle = float(np.sqrt(bad * fine))
                bad, fine = (bad, middle) if good(middle) else (middle, fine)
            return fine
        previous = scale
    return None
