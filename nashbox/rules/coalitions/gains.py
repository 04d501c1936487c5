"""`coalitions`: what agents gain who deviate together and share what they know."""

from __future__ import annotations

from math import comb
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame, prepare
from nashbox.games.estimation.exact import exact_answer
from nashbox.measure.looks import tail
from nashbox.problem.errors import InputError, whole
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import of_game
from nashbox.problem.options import Real, Seed, Whole, held
from nashbox.problem.ticker import Ticker
from nashbox.rules.coalitions.coalition import Coalition, Coalitions
from nashbox.rules.coalitions.exact import exact_price
from nashbox.rules.coalitions.schemes import CLASS, Scheme
from nashbox.rules.coalitions.search import MeasuredCoalition, bound, searched, spent
from nashbox.rules.coalitions.who import alike, candidates

Array = NDArray[np.float64]

MOST = 60  # coalitions searched for one size


DELTA = Real("chance that any lower bound is wrong", "P", low=1e-9, high=0.5)
BUDGET = Whole("worlds in which each coalition's winner is measured", "N", low=1000, high=1e8)


@of_game("estimation")
@held
def coalitions(
    problem: EstimationProblem,
    *,
    size: Annotated[int, Whole("agents together", "K", low=2)] = 2,
    delta: Annotated[float, DELTA] = 0.01,
    seed: Seed = 0,
    budget: Annotated[int, BUDGET] = 20_000,
    progress: Ticker | None = None,
) -> Coalitions:
    """Search what coalitions of `size` gain; everybody outside is honest.

    Gains found are lower bounds of what can be gained: the class of schemes is named in the
    result. `delta` is the chance that any lower bound is wrong, `budget` the worlds in which each
    coalition's winner is measured. Where there are more than 60 coalitions of different agents,
    those of size k are the best one of size k - 1 and one more agent. Raises InputError for real
    counts and for mechanisms that are not translation-equivariant.
    """
    if problem.m < 2:
        raise InputError(f"a coalition needs at least two agents, got {problem.m}")
    size = whole("size", size, low=2, high=problem.m)
    if not problem.integer:
        raise InputError(
            f'{problem.shown}: counts = "real" cannot be simulated, as points are drawn in whole '
            'numbers; use counts = "integer"'
        )
    game = prepare(problem, recommended=True)
    if not game.mechanism.equivariant:
        raise InputError(
            f"{problem.shown}: mechanism {type(game.mechanism).__name__} must be "
            "translation-equivariant for coalitions, and says that it is not"
        )
    chosen, search, complete = _chosen(game, size, seed)
    found = []
    for j, members in enumerate(chosen):
        if progress is not None:
            progress(j, len(chosen))
        found.append(_row(game, searched(game, members, budget, seed), delta / len(chosen)))
    return Coalitions(
        mechanism=problem.mechanism.name,
        plan=problem.plan_name,
        size=size,
        class_=CLASS,
        search=search,
        complete=complete,
        delta=delta,
        worlds=budget,
        coalitions=found,
        seeds={"seed": seed},
        problem=problem.to_json(),
    )


def _chosen(game: EstimationGame, size: int, seed: int) -> tuple[list[tuple[int, ...]], str, bool]:
    """Coalitions to search, in words how they were chosen, and whether they stand for all."""
    found, every = candidates(game, size)
    if len(found) <= MOST or every:
        if every:
            words = f"all {len(found)} coalitions" if len(found) > 1 else "the only coalition"
            return found, f"{words} of {size}", True
        return (
            found,
            f"{len(found)} coalitions that stand for all {comb(game.problem.m, size)}: agents "
            "with equal costs and terms are exchangeable",
            True,
        )
    if size == 2:
        # by what could be gained at most: the full information of both
        order = sorted(found, key=lambda pair: bound(game, pair) - _honest(game, pair))
        return (
            order[:MOST],
            f"the {MOST} of {len(found)} different pairs with the most to gain under full "
            "information",
            False,
        )
    smaller, _, _ = _chosen(game, size - 1, seed)
    best = max(smaller, key=lambda pair: searched(game, pair, 2000, seed).gain)
    more = [next((i for i in group if i not in best), None) for group in alike(game)]
    return (
        [tuple(sorted((*best, i))) for i in more if i is not None][:MOST],
        f"the best coalition of {size - 1} found and one more agent of each kind, of "
        f"{comb(game.problem.m, size)} coalitions",
        False,
    )


def _honest(game: EstimationGame, members: tuple[int, ...]) -> float:
    if game.without_formula is None:
        return sum(exact_answer(game, i).penalty for i in members)
    return 0.0


def _row(game: EstimationGame, measured: MeasuredCoalition, delta: float) -> Coalition:
    problem, members = game.problem, measured.members
    owed = game.terms.counts[list(members)].sum(axis=0)
    honest = float(measured.penalties.sum())
    upper = exact = None
    if game.without_formula is None and np.isfinite(honest):
        known, least = _honest(game, members), exact_price(game, members)
        upper = known - bound(game, members)
        exact = None if least is None else known - least
    common, slopes = common_gain(
        measured.penalties, float(measured.error.sum()), game, members, measured.scheme
    )
    return Coalition(
        members=[problem.names[i] for i in members],
        represents=_represents(game, members),
        owed=owed.tolist(),
        collected=list(measured.scheme.collected),
        forms=list(measured.scheme.forms),
        penalties=measured.penalties.tolist(),
        penalties_se=np.sqrt(np.diag(measured.covariance))[:-1].tolist(),
        error=measured.error.tolist(),
        cost=float(spent(game, members, measured.scheme).sum()),
        gain=measured.gain,
        se=measured.saved.se,
        lower=measured.saved.claim(-tail(delta)),
        upper=upper,
        exact=exact,
        common=common,
        common_se=max(0.0, float(slopes @ measured.covariance @ slopes)) ** 0.5,
        tried=measured.tried,
    )


def _represents(game: EstimationGame, members: tuple[int, ...]) -> int:
    """How many coalitions of equal agents look like this one."""
    total = 1
    for group in alike(game):
        inside = sum(i in group for i in members)
        if inside:
            total *= comb(len(group), inside)
    return total


def common_gain(
    penalties: object, error: float, game: EstimationGame, members: tuple[int, ...], scheme: Scheme
) -> tuple[float, Array]:
    """The largest g such that every member saves g without payments, and its slopes.

    The points are divided among the members (in expectation: who collects may be drawn by lot); a
    linear program. Its duals are the slopes (members + 1,) in the honest penalties, which sum to
    1, and, last, in `error`: -1. NaN where g is.
    """
    from scipy.optimize import linprog

    honest = np.asarray(penalties, dtype=float)
    if not np.isfinite(honest).all() or not np.isfinite(error):
        return float("nan"), np.full(len(members) + 1, np.nan)
    costs = game.problem.costs[list(members)]
    g, d = costs.shape
    free = np.isfinite(costs)
    # variables: C_ik row by row, then g
    upper = np.zeros((g, g * d + 1))
    for i in range(g):
        upper[i, i * d : (i + 1) * d] = np.where(free[i], costs[i], 0.0)
        upper[i, -1] = 1.0
    equal = np.zeros((d, g * d + 1))
    for k in range(d):
        equal[k, k : g * d : d] = 1.0
    limits = [(0.0, None if ok else 0.0) for ok in free.ravel()] + [(None, None)]
    goal = np.zeros(g * d + 1)
    goal[-1] = -1.0
    found = linprog(
        goal, A_ub=upper, b_ub=honest - error, A_eq=equal, b_eq=scheme.collected, bounds=limits
    )
    if found.x is None:
        return float("nan"), np.full(g + 1, np.nan)
    return float(found.x[-1]), -np.append(found.ineqlin.marginals, 1.0)
