"""The checks of a mechanism: terms, information, untouched inputs, own randomness, promises."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.check.report import (
    BrokenError,
    CheckRow,
    SkippedError,
    global_streams_at_rest,
    pickles,
    run_all,
)
from nashbox.experiments.check.situations import (
    NEEDED,
    SHIFTS,
    WORLDS,
    ask,
    four_agents,
    gap_between,
    same_points,
    settings,
    submissions_of,
)
from nashbox.mechanisms import Mechanism
from nashbox.problem.data import Dataset
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms

Array = NDArray[np.float64]
DRAWS, SURE = 200, 6.0  # seeds, and standard errors: a false alarm in 10^7 checks or fewer


def check_mechanism(mechanism: Mechanism, own: EstimationProblem | None = None) -> list[CheckRow]:
    """Hold a mechanism to the contract, in games of several sizes and, if given, in the user's."""
    checks: dict[str, Callable[[Mechanism, Terms], str]] = {
        "information": _information,
        "leaves_inputs_alone": _leaves_submissions,
        "uses_only_its_generator": _mechanism_randomness,
        "equivariant": _mechanism_equivariant,
        "worlds_are_independent": _worlds_apart,
        "dice_of_every_world": _dice,
        "sees": _sees,
        "inform_agrees": _inform,
    }
    named = {"pickles": partial(pickles, mechanism), "terms": partial(_terms, mechanism, own)}
    named |= {name: partial(_each, mechanism, own, work) for name, work in checks.items()}
    return run_all(named, ("terms", "information", *NEEDED))


def _each(
    mechanism: Mechanism, own: EstimationProblem | None, work: Callable[[Mechanism, Terms], str]
) -> str:
    """Do a check in every setting. Raises SkippedError where there was nothing to test in any."""
    said, skipped = "", ""
    for label, terms in settings(mechanism, own):
        try:
            said = work(mechanism, terms)
        except SkippedError as reason:
            skipped = str(reason)
        except BrokenError as error:
            raise BrokenError(f"{error} (in the game: {label})") from None
    if not said:
        raise SkippedError(skipped)
    return said


def _terms(mechanism: Mechanism, own: EstimationProblem | None) -> str:
    problem, plan = four_agents()
    four = ("four agents", mechanism.terms(problem, plan))
    for _, terms in (four, *settings(mechanism, own)):
        shape = np.shape(getattr(terms, "costs", ()))
        if not isinstance(terms, Terms) or np.shape(terms.counts) != shape:
            raise BrokenError(
                "terms must return Terms with counts of shape (agents, distributions)"
            )
        counts = np.asarray(terms.counts)
        if not (np.isfinite(counts).all() and (counts >= 0).all()):
            raise BrokenError("terms recommends counts that are negative or not finite")
        if (counts != np.rint(counts)).any():
            raise BrokenError(
                "terms recommends fractions of a point where problem.integer asks for whole numbers"
            )
        if (counts[np.isinf(terms.costs)] > 0).any():
            raise BrokenError("terms recommends points where the cost is inf; recommend 0 there")
    return "recommends counts for everybody"


def _information(mechanism: Mechanism, terms: Terms) -> str:
    m, d = terms.counts.shape
    answers = ask(mechanism, terms, submissions_of(terms))
    if len(answers) != m:
        raise BrokenError(
            f"mediate must return information for each of {m} agents, got {len(answers)}"
        )
    for answer in answers:
        kind = np.asarray(answer).dtype.kind
        if kind not in "fiub":
            raise BrokenError(f"information must be real numbers, got {np.asarray(answer).dtype}")
        if np.isnan(np.asarray(answer, dtype=float)).all() and terms.counts.sum(axis=0).all():
            raise BrokenError("information is NaN for everybody although points were handed in")
        if np.shape(answer)[:1] != (WORLDS,):
            raise BrokenError(
                f"information must have the worlds first, shape ({WORLDS}, ...), "
                f"got {np.shape(answer)}"
            )
    nobody = [Dataset([np.empty((WORLDS, 0))] * d, np.zeros((WORLDS, d), dtype=np.int64))] * m
    ask(mechanism, terms, nobody)  # must not raise where nobody hands anything in
    return "one piece of information per agent, worlds first, also if nobody hands anything in"


def _leaves_submissions(mechanism: Mechanism, terms: Terms) -> str:
    submissions = submissions_of(terms)
    kept = copy.deepcopy((submissions, terms.counts, terms.costs, terms.sigma))
    ask(mechanism, terms, submissions)
    for before, after in zip(kept[0], submissions, strict=True):
        same_points(before, after, "mediate writes into a submission")
    published = (terms.counts, terms.costs, terms.sigma)
    if not all(np.array_equal(a, b) for a, b in zip(kept[1:], published, strict=True)):
        raise BrokenError("mediate writes into the terms; copy before changing")
    return "submissions and terms are as before"


def _mechanism_randomness(mechanism: Mechanism, terms: Terms) -> str:
    with global_streams_at_rest():
        first = ask(mechanism, terms, submissions_of(terms))
        ask(mechanism, terms, submissions_of(terms, 50.0), seed=6)  # something else to remember
        second = ask(mechanism, terms, submissions_of(terms))
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True)):
        raise BrokenError(
            "gives another answer for the same submissions and generator: it draws from a "
            "generator of its own, or remembers earlier calls"
        )
    return "the same generator gives the same answer"


def _mechanism_equivariant(mechanism: Mechanism, terms: Terms) -> str:
    if not mechanism.equivariant:
        raise SkippedError("not promised (equivariant = False)")
    base = np.asarray(ask(mechanism, terms, submissions_of(terms)), dtype=float)
    for shift in SHIFTS:
        moved = np.asarray(ask(mechanism, terms, submissions_of(terms, shift)), dtype=float)
        gap = gap_between(base + shift, moved)
        if gap > 1e-6 * (10.0 + abs(shift)):
            raise BrokenError(
                f"promises equivariant = True, but adding {shift:g} to all points moves the answer "
                f"by something else (off by {gap:.3g}); set equivariant = False"
            )
    return "adding a constant to all points adds it to the answer"


def _worlds_apart(mechanism: Mechanism, terms: Terms) -> str:
    """Replace what is handed in in the last worlds: the answers in the first ones must stay.

    Where dice are thrown only for some worlds the first ones may get others: their mean must stay.
    """
    first, submissions = 3, submissions_of(terms)

    def replaced(points: Array, k: int) -> Array:
        return np.concatenate([points[:first], 1e3 - 2.0 * points[first:]])

    others = [submission.map(replaced) for submission in submissions]

    def gaps(seed: int) -> Array:
        pairs = (ask(mechanism, terms, handed, seed) for handed in (submissions, others))
        one, two = (np.asarray(a, dtype=float)[:, :first] for a in pairs)
        return np.asarray(np.where(np.isnan(one) & np.isnan(two), 0.0, one - two))

    if np.array_equal(gaps(5), np.zeros_like(gaps(5))):
        return "a world's answers do not depend on the others"
    seen = np.array([gaps(seed) for seed in range(DRAWS)])
    spread = seen.std(axis=0, ddof=1) / np.sqrt(DRAWS)
    if not (np.abs(seen.mean(axis=0)) <= SURE * spread).all():
        raise BrokenError(
            "a world's answers depend on the other worlds of the batch; keep axis 0 apart"
        )
    return "a world's answers do not depend on the others, in the mean"


def _dice(mechanism: Mechanism, terms: Terms) -> str:
    """Where all points of all worlds are the same, dice thrown once for all of them show.

    An order drawn once for all worlds does no harm, and does not show.
    """
    alike = [s.map(lambda points, k: np.ones_like(points)) for s in submissions_of(terms)]
    calls = [np.asarray(ask(mechanism, terms, alike, seed), dtype=float) for seed in range(20)]
    if all(np.array_equal(calls[0], call, equal_nan=True) for call in calls):
        raise SkippedError("nothing to hold it to (it throws no dice here)")
    within = any(not np.array_equal(c, np.broadcast_to(c[:, :1], c.shape), True) for c in calls)
    if not within:
        raise BrokenError(
            "throws its dice once for all worlds of a call; draw with size = number of worlds"
        )
    return "every world has dice of its own"


def _sees(mechanism: Mechanism, terms: Terms) -> str:
    if mechanism.sees == "points":
        raise SkippedError("nothing to hold it to (sees = 'points')")
    if mechanism.sees != "count_and_mean":
        raise BrokenError(f"sees must be 'count_and_mean' or 'points', got {mechanism.sees!r}")
    submissions = submissions_of(terms)
    noise = np.random.default_rng(23)

    def spread(points: Array, k: int) -> Array:
        other = points + noise.normal(0.0, 30.0, size=points.shape)
        return np.asarray(other + (points.mean(axis=1) - other.mean(axis=1))[:, None])

    for i in (0, len(submissions) - 1):
        other = [*submissions]
        other[i] = submissions[i].map(spread)
        before = np.asarray(ask(mechanism, terms, submissions)[i])
        after = np.asarray(ask(mechanism, terms, other)[i])
        if not np.allclose(before, after, equal_nan=True, rtol=1e-9, atol=1e-9):
            raise BrokenError(
                "promises sees = 'count_and_mean', but other points with the same number and mean "
                "change the agent's own information; set sees = 'points'"
            )
    return "other points with the same number and mean give the same information"


def _inform(mechanism: Mechanism, terms: Terms) -> str:
    submissions, readers = submissions_of(terms), [0, len(terms.counts) - 1]
    few = mechanism.inform(submissions, terms, np.random.default_rng(5), readers)
    if len(few) != 2 or any(np.shape(x)[:1] != (WORLDS,) for x in few):
        raise BrokenError("inform must return information for the readers asked for")
    one, *others = (ask(mechanism, terms, submissions, seed) for seed in range(5, 25))
    for i, answer in zip(readers, few, strict=True):
        fixed = all(np.array_equal(one[i], two[i], equal_nan=True) for two in others)
        if fixed and not np.array_equal(one[i], answer, equal_nan=True):
            raise BrokenError("inform answers something else than mediate; let them agree")
    return "inform answers the readers asked for as mediate does"
