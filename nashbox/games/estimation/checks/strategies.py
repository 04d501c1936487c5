"""The checks of a strategy: shapes, untouched inputs, own randomness, its promises."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial

import numpy as np

from nashbox.games.checking import (
    BrokenError,
    CheckRow,
    SkippedError,
    deterministic,
    held,
    left_alone,
    pickles,
    repeated,
    run_all,
    same_arrays,
)
from nashbox.games.estimation.checks.situations import (
    NEEDED,
    PARTS,
    POINTS,
    WORLDS,
    Setting,
    Situation,
    each_game,
    gap_between,
    points,
)
from nashbox.games.estimation.promises.equivariance import hold_equivariant
from nashbox.games.estimation.promises.rules import MechanismPiece
from nashbox.games.estimation.promises.seats import Seat
from nashbox.games.estimation.ready import prepare
from nashbox.games.promises.dice import hold_dice
from nashbox.games.promises.independence import hold_apart
from nashbox.problem.arrays import Array
from nashbox.problem.data import Dataset
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.plays import Play
from nashbox.problem.terms import View
from nashbox.problem.ticker import Ticker
from nashbox.strategies import Strategy

SEED = 5


def check_strategy_on(
    strategy: Strategy, problem: EstimationProblem | None, progress: Ticker | None = None
) -> list[CheckRow]:
    """Hold a strategy to the contract, in a problem of the user's as well."""
    if problem is None:
        return check_strategy(strategy, None, progress)
    game = prepare(problem, recommended=True)
    own = (problem.shown, problem, game.mechanism, game.terms)
    return check_strategy(strategy, own, progress)


def check_strategy(
    strategy: Strategy, own: Setting | None = None, progress: Ticker | None = None
) -> list[CheckRow]:
    """Hold a strategy to the contract: shapes, untouched inputs, own randomness, its promises.

    own: a game of the user's (label, problem, mechanism, terms) to try it in as well.
    """
    checks: dict[str, Callable[[Situation], str]] = {
        "counts": _counts,
        "report": _report,
        "estimate": _estimate,
        "leaves_inputs_alone": _leaves_inputs,
        "uses_only_its_generator": _own_randomness,
        "deterministic": _deterministic,
        "equivariant": _equivariant,
        "worlds_are_independent": _worlds_apart,
        "dice_of_every_world": _dice,
        "plays": _plays,
    }
    named = {"pickles": partial(pickles, strategy)}
    named |= {name: partial(each_game, strategy, own, work) for name, work in checks.items()}
    return run_all(named, ("counts", "report", "estimate", *NEEDED), progress)


def _counts(s: Situation) -> str:
    for agent in range(min(s.problem.m, 4)):  # of four, the third cannot sample everything
        view = View(agent, s.terms, s.terms.counts)
        counts = np.asarray(s.strategy.gather(view, np.random.default_rng(0)))
        if counts.shape != (s.d,):
            raise BrokenError(
                f"gather must return one count per distribution, shape ({s.d},), got {counts.shape}"
            )
        if counts.dtype.kind not in "iuf" or not (
            np.isfinite(counts).all() and (counts >= 0).all() and (counts == np.rint(counts)).all()
        ):
            raise BrokenError(f"gather must return whole numbers >= 0, got {counts.tolist()}")
        if (counts[np.isinf(view.costs)] > 0).any():
            raise BrokenError("gather asks for points where the cost is inf; return 0 there")
    _held(lambda seat, seed: None, s)  # always as many
    return "whole numbers, one per distribution, 0 where the cost is inf"


def _report(s: Situation) -> str:
    data = s.data()
    handed = s.strategy.report(data, s.view, np.random.default_rng(3))
    if not isinstance(handed, Dataset) or handed.counts.shape != (WORLDS, s.d):
        raise BrokenError(
            "report must return a Dataset of as many worlds and distributions as came, got "
            + (f"counts {handed.counts.shape}" if isinstance(handed, Dataset) else repr(handed))
        )
    for k in range(s.d):
        points = handed.points(k)
        if not np.array_equal((~np.isnan(points)).sum(axis=1), handed.counts[:, k]):
            raise BrokenError(
                "report hands in NaN, or counts that are not the number of its points; leave "
                "`counts` to Dataset"
            )
        if np.isinf(points).any():
            raise BrokenError("report hands in points that are not finite")
    return "a Dataset of finite points"


def _estimate(s: Situation) -> str:
    estimate = s.play()[2]
    if estimate.dtype.kind not in "fiub":
        raise BrokenError(f"estimate must return real numbers, got {estimate.dtype}")
    if estimate.shape != (WORLDS, s.d):
        raise BrokenError(
            f"estimate must return shape (worlds, distributions) = {(WORLDS, s.d)}, "
            f"got {estimate.shape}"
        )
    if not np.isfinite(estimate[:, s.data().counts[0] > 0]).all():
        raise BrokenError("estimate returns NaN or inf although there are own points")
    return "an estimate per world and distribution"


def _leaves_inputs(s: Situation) -> str:
    terms, rng = s.terms, np.random.default_rng(3)
    published = (terms.counts, terms.costs, terms.sigma, s.view.others)
    before = copy.deepcopy(published)
    data = s.data()  # asks gather
    information = np.full((WORLDS, s.d), 0.5)
    kept = copy.deepcopy((data, information, before))
    left_alone(kept[2], published, "gather writes into what it is shown (view)")
    handed = s.strategy.report(data, s.view, rng)
    left_alone(points(kept[0]), points(data), "report writes into the data it was given")
    sent = copy.deepcopy(handed)
    s.strategy.estimate(data, handed, information, s.view, rng)
    left_alone(points(kept[0]), points(data), "estimate writes into the data it was given")
    left_alone(points(sent), points(handed), "estimate writes into the submission")
    left_alone([kept[1]], [information], "estimate writes into the information it received")
    left_alone(kept[2], published, "writes into the published terms")
    return "data, submission, information and terms are as before"


def _own_randomness(s: Situation) -> str:
    repeated(
        s.play,
        lambda: s.play(offset=50.0, seed=4),
        _equal,
        "gives another result for the same data and generator: it draws from a generator of "
        "its own, or remembers earlier calls; use the generator passed in and keep nothing",
    )
    return "the same generator gives the same result"


def _equal(first: tuple[Dataset, Array, Array], second: tuple[Dataset, Array, Array]) -> bool:
    one, other = ([*points(found[0]), found[2]] for found in (first, second))
    return same_arrays(one, other)


def _deterministic(s: Situation) -> str:
    def equal() -> bool:
        counts = [s.strategy.gather(s.view, np.random.default_rng(seed)) for seed in (5, 6, 7)]
        return all((n == counts[0]).all() for n in counts) and _equal(
            s.play(seed=3), s.play(seed=4)
        )

    deterministic(s.strategy, equal, "gives other results")
    return "another generator gives the same result"


def _held(work: Callable[[Seat, int], None], s: Situation) -> None:
    """Hold a strategy to a promise as audits do."""
    rules = MechanismPiece.of(s.mechanism, s.terms, s.terms.counts, points=POINTS)
    held(lambda: work(Seat.of(s.strategy, s.view, rules), SEED))


def _equivariant(s: Situation) -> str:
    if not s.strategy.invariant(s.view):
        raise SkippedError("not promised (equivariant = False)")
    _held(partial(hold_equivariant, parts=PARTS), s)
    return "adding a constant to all measurements adds it to submission and estimate"


def _worlds_apart(s: Situation) -> str:
    _held(hold_apart, s)
    return "a world's result does not depend on the others"


def _dice(s: Situation) -> str:
    if s.strategy.deterministic:
        raise SkippedError("nothing to hold it to (deterministic = True)")
    _held(hold_dice, s)
    return "every world has dice of its own"


def _plays(s: Situation) -> str:
    """The exact audit believes what `plays` says instead of playing."""
    plays = s.strategy.plays(s.view)
    if plays is None:
        raise SkippedError("not promised (plays returns None)")
    if len(plays) != s.d or not all(isinstance(play, Play) for play in plays):
        raise BrokenError(f"plays must return one Play per distribution or None, got {plays!r}")
    data = s.data()
    handed, received, estimate = s.play()
    for k, play in enumerate(plays):
        own, sent = data.points(k), handed.points(k)
        if play.n != data.counts[0, k] or np.any(play.s != handed.counts[:, k]):
            raise BrokenError(
                f"plays says n = {play.n:g}, s = {play.s:g}, but {data.counts[0, k]} points are "
                f"collected and {handed.counts[0, k]} handed in; override plays too"
            )
        if play.honest and not all(np.isin(sent[r], own[r]).all() for r in range(WORLDS)):
            raise BrokenError(
                "plays says that only measured points are handed in, and others are; override plays"
            )
        if (
            play.q == play.n > 0
            and play.s
            and gap_between(data.mean[:, k] + play.shift, sent.mean(1)) > (1e-6)
        ):
            raise BrokenError(
                f"plays says that the mean handed in is the own mean plus {play.shift:g}, and it "
                "is not; override plays"
            )
        if play.weight is None or not play.n:
            continue
        information = np.where(np.isnan(received[:, k]), data.mean[:, k], received[:, k])
        used = (1 - play.weight) * data.mean[:, k] + play.weight * information
        if gap_between(used, estimate[:, k]) > 1e-6:
            raise BrokenError(
                f"plays says that the information is used with weight {play.weight:g}, and the "
                "estimate is another; override plays"
            )
    return "what plays says is what is played"
