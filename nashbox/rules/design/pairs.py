"""Designs that two who collude do not gain by breaking, or little: decoys for pairs.

Everybody owes the same. With declared partners the social penalty is made small over the debt; if
all pairs are compared, over the debts at which copies of one mean save a pair at most COPIES of
what it pays by the formula. Penalties are simulated: the formulas bound them from above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit.base import of_all
from nashbox.experiments.audit.findings import PlayerFinding
from nashbox.experiments.audit.simulated import audit_player
from nashbox.experiments.toml import toml_value
from nashbox.games.estimation import prepare
from nashbox.mechanisms.pairs import PairTerms, told, tuning
from nashbox.mechanisms.pairs.mechanism import believed_of_others, check_equal
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.goals import Goal
from nashbox.problem.options import Choice, held
from nashbox.problem.spec import Spec
from nashbox.problem.ticker import Ticker
from nashbox.rules.design.designed import Design
from nashbox.rules.design.offered import Offered
from nashbox.rules.design.rivals import aim_of, design_of, for_normal_data, rivals_of
from nashbox.rules.design.searched import world_of

Array = NDArray[np.float64]

PAIRS = ("none", "declared", "all")
COPIES = 0.006  # simulated, about a quarter more: less than 1 %
WORLDS, BLOCK = 1_000_000, 50_000
BUDGET = 400_000  # worlds of the audit of one agent of each kind
POINTS = 60  # debts tried where they are real numbers


AMONG = Choice(
    "decoys that two who collude do not gain by breaking: the file's partners, or anybody (agents "
    "of equal costs; all pairs: copies of one mean save less than 1 %)",
    words=PAIRS,
    usual=PAIRS[0],
)


@held
def design_for_pairs(
    problem: EstimationProblem,
    goal: Goal,
    pairs: Annotated[str, AMONG],
    progress: Ticker | None = None,
) -> Design:
    """Search the debt at which decoys for pairs cost least.

    pairs: "declared" or "all". Agents have the same costs, so that all goals agree. Raises
    InputError where they have not, or no windows exist.
    """
    if pairs == "declared" and not problem.partners:
        raise InputError(
            f"pairs: partners are needed in {problem.shown}, and none are declared; say who "
            f"might collude, as in {_example(problem)}"
        )
    problem = for_normal_data(problem)
    check_equal(problem, np.ones(problem.costs.shape))
    tell = progress or (lambda done, total: None)
    steps = problem.d + 2
    tell(0, steps)
    debts = np.empty(problem.costs.shape)
    for k in range(problem.d):
        debts[:, k] = _best_debt(problem, k, pairs)
        tell(k + 1, steps)
    rules = Spec("pair_decoy", {"pairs": pairs})
    game = prepare(replace(problem, plan=debts, mechanism=rules))
    terms = game.terms
    assert isinstance(terms, PairTerms)  # noqa: S101 - published by these rules
    stated: dict[str, object] = {"pairs": pairs, "pair_t": [terms.pair_t.tolist()]}
    if pairs == "declared":
        stated["t"] = [list(row) for row in terms.t.tolist()]
    designed = replace(problem, plan=debts, mechanism=Spec("pair_decoy", stated))
    penalties, se = honest_penalties(terms)
    tell(problem.d + 1, steps)
    answers = [_audited(designed, i) for i in _kinds(terms)] if problem.integer else []
    tell(steps, steps)
    return _result(problem, designed, goal, terms, penalties, se, answers)


def _example(problem: EstimationProblem) -> str:
    first, second = (toml_value(name) for name in (*problem.names, "another")[:2])
    return f"partners = {{{first} = {second}}}"


def honest_penalties(terms: PairTerms, worlds: int = WORLDS, seed: int = 0) -> tuple[Array, Array]:
    """What everybody pays if all comply, and standard errors, both (m,).

    Means are drawn, not points, and only what falsehoods cost is simulated: the rest is known.
    """
    counts, costs, sigma = terms.counts, terms.costs, terms.sigma
    m, d = counts.shape
    extra, squares = np.zeros(m), np.zeros(m)
    rng = np.random.default_rng(seed)
    for begin in range(0, worlds, BLOCK):
        size = min(BLOCK, worlds - begin)
        world = np.zeros((size, m))
        for k in range(d):
            Y = sigma[k] / np.sqrt(counts[:, k]) * rng.standard_normal((size, m))
            means = told.Means(Y, np.ones(Y.shape, dtype=bool))
            others = believed_of_others(means, terms, k, rng)
            world += (Y + (m - 1) / m * (others - Y)) ** 2 - Y.mean(axis=1, keepdims=True) ** 2
        extra += world.sum(axis=0)
        squares += (world**2).sum(axis=0)
    mean = extra / worlds
    known = (sigma**2 / counts.sum(axis=0)).sum() + (costs * counts).sum(axis=1)
    return known + mean, np.sqrt(np.maximum(squares / worlds - mean**2, 0.0) / worlds)


def _best_debt(problem: EstimationProblem, k: int, pairs: str) -> float:
    """The debt of distribution k with the least penalty by the union bound. Raises InputError."""
    m, c = problem.m, float(problem.costs[0, k] / problem.sigma[k] ** 2)
    best, least = None, np.inf
    for x in _debts(problem, c):
        if pairs == "all":
            windows = tuning.of_all_pairs(x, m, c, integer=problem.integer)
            if windows is None or tuning.of_copies(x, m, c, windows.pair_t) > COPIES:
                continue
            paid = tuning.paid_in_pairs(x, x, m, c, windows.pair_t)
        else:
            windows = tuning.of_partners(x, m, c, integer=problem.integer)
            if windows is None:
                continue
            paid = tuning.paid_with_partner(x, x, m, c, windows)
        if paid < least:
            best, least = x, paid
    if best is None:
        raise InputError(
            f"{problem.shown}: no decoys for pairs were found for {problem.distributions[k]}: "
            f"{tuning.LEAST} agents are needed, who owe less than each collects alone"
        )
    return best


def _debts(problem: EstimationProblem, c: float) -> Iterator[float]:
    alone = 1 / np.sqrt(c)
    low, high = alone / problem.m, alone
    if not problem.integer:
        yield from np.geomspace(low, 0.98 * high, POINTS).tolist()
        return
    whole = np.unique(np.rint(np.geomspace(max(low, 1.0), max(high, 1.0), 4 * POINTS)))
    yield from whole.tolist()


def _kinds(terms: PairTerms) -> list[int]:
    """An agent of each kind: with a partner, and without."""
    return sorted({int(np.argmax(terms.partner >= 0)), int(np.argmin(terms.partner))})


def _audited(designed: EstimationProblem, i: int) -> PlayerFinding:
    game = prepare(designed, recommended=True)
    return audit_player(game, i, None, 0.01, 0, BUDGET)


def _result(
    problem: EstimationProblem,
    designed: EstimationProblem,
    goal: str,
    terms: PairTerms,
    penalties: Array,
    se: Array,
    answers: list[PlayerFinding],
) -> Design:
    bound, aim = aim_of(problem, goal)
    kinds = ["alone", "free", "threshold"]
    rivals, _ = rivals_of(problem, world_of(problem, kinds, integer=problem.integer), aim)
    name = "all pairs compared" if terms.pairs == "all" else "declared partners compared"
    none, kind = np.full(terms.counts.shape, np.nan), np.full(terms.counts.shape, "pair")
    copies = [
        tuning.of_copies(
            float(terms.counts[0, k]),
            problem.m,
            float(terms.costs[0, k] / terms.sigma[k] ** 2),
            float(terms.pair_t[k] / terms.sigma[k]),
        )
        for k in range(problem.d)
    ]
    return design_of(
        problem,
        designed,
        aim,
        bound,
        Offered(kind, terms.counts, none, terms.t, none, False, penalties),
        [(name, penalties), *((rival, rules.penalties) for rival, rules in rivals)],
        form="pairs",
        chosen=name,
        search="debts were searched with the union bound on falsehoods; penalties are simulated "
        f"(standard error {float(np.sqrt((se**2).sum())):.2g} of their sum at most)",
        gain=max((answer.gain.upper for answer in answers), default=float("nan")),
        verdict=of_all(answer.verdict for answer in answers) if answers else "undecided",
        audited="black box, an agent of each kind" if answers else "",
        pairs=terms.pairs,
        pair_t=terms.pair_t,
        copies=max(copies) if terms.pairs == "all" else 0.0,
        no_rule_below=None,
        no_rule_below_how="not known for rules that deter pairs",
    )
