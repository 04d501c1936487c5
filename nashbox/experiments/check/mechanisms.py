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
    global_streams_at_rest,
    pickles,
    run_all,
)
from nashbox.experiments.check.situations import (
    AGENTS,
    NEEDED,
    SHIFTS,
    WORLDS,
    ask,
    four_agents,
    gap_between,
    same_points,
    small_terms,
    submissions_of,
)
from nashbox.mechanisms import Mechanism
from nashbox.problem.data import Dataset
from nashbox.problem.terms import Terms

Array = NDArray[np.float64]


def check_mechanism(mechanism: Mechanism) -> list[CheckRow]:
    """Hold a mechanism to the contract."""
    checks: dict[str, Callable[[Mechanism], str]] = {
        "pickles": pickles,
        "terms": _terms,
        "information": _information,
        "leaves_inputs_alone": _leaves_submissions,
        "uses_only_its_generator": _mechanism_randomness,
        "equivariant": _mechanism_equivariant,
        "sees": _sees,
        "inform_agrees": _inform,
    }
    named = {name: partial(work, mechanism) for name, work in checks.items()}
    return run_all(named, ("terms", "information", *NEEDED))


def _terms(mechanism: Mechanism) -> str:
    problem, plan = four_agents()
    for size, terms in ((4, mechanism.terms(problem, plan)), (AGENTS, small_terms(mechanism))):
        if not isinstance(terms, Terms) or np.shape(terms.counts) != (size, 2):
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


def _information(mechanism: Mechanism) -> str:
    terms = small_terms(mechanism)
    answers = ask(mechanism, terms, submissions_of(terms))
    if len(answers) != AGENTS:
        raise BrokenError(
            f"mediate must return information for each of {AGENTS} agents, got {len(answers)}"
        )
    for answer in answers:
        if np.shape(answer)[:1] != (WORLDS,):
            raise BrokenError(
                f"information must have the worlds first, shape ({WORLDS}, ...), "
                f"got {np.shape(answer)}"
            )
    nobody = [Dataset([np.empty((WORLDS, 0))] * 2, np.zeros((WORLDS, 2), dtype=np.int64))] * AGENTS
    ask(mechanism, terms, nobody)  # must not raise where nobody hands anything in
    return "one piece of information per agent, worlds first, also if nobody hands anything in"


def _leaves_submissions(mechanism: Mechanism) -> str:
    terms = small_terms(mechanism)
    submissions = submissions_of(terms)
    kept = copy.deepcopy((submissions, terms.counts, terms.costs, terms.sigma))
    ask(mechanism, terms, submissions)
    for before, after in zip(kept[0], submissions, strict=True):
        same_points(before, after, "mediate writes into a submission")
    published = (terms.counts, terms.costs, terms.sigma)
    if not all(np.array_equal(a, b) for a, b in zip(kept[1:], published, strict=True)):
        raise BrokenError("mediate writes into the terms; copy before changing")
    return "submissions and terms are as before"


def _mechanism_randomness(mechanism: Mechanism) -> str:
    terms = small_terms(mechanism)
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


def _mechanism_equivariant(mechanism: Mechanism) -> str:
    if not mechanism.equivariant:
        return "not promised (equivariant = False)"
    terms = small_terms(mechanism)
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


def _sees(mechanism: Mechanism) -> str:
    if mechanism.sees == "points":
        return "nothing to hold it to (sees = 'points')"
    if mechanism.sees != "count_and_mean":
        raise BrokenError(f"sees must be 'count_and_mean' or 'points', got {mechanism.sees!r}")
    terms = small_terms(mechanism)
    submissions = submissions_of(terms)
    noise = np.random.default_rng(23)

    def spread(points: Array, k: int) -> Array:
        other = points + noise.normal(0.0, 30.0, size=points.shape)
        return np.asarray(other + (points.mean(axis=1) - other.mean(axis=1))[:, None])

    for i in (0, AGENTS - 1):
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


def _inform(mechanism: Mechanism) -> str:
    terms = small_terms(mechanism)
    submissions, readers = submissions_of(terms), [3, 7]
    few = mechanism.inform(submissions, terms, np.random.default_rng(5), readers)
    if len(few) != 2 or any(np.shape(x)[:1] != (WORLDS,) for x in few):
        raise BrokenError("inform must return information for the readers asked for")
    one, two = (ask(mechanism, terms, submissions, seed) for seed in (5, 6))
    for i, answer in zip(readers, few, strict=True):
        fixed = np.array_equal(one[i], two[i], equal_nan=True)  # no randomness in it
        if fixed and not np.array_equal(one[i], answer, equal_nan=True):
            raise BrokenError("inform answers something else than mediate; let them agree")
    return "inform answers the readers asked for as mediate does"
