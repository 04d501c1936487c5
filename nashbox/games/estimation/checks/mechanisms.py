"""The checks of a mechanism: terms, information, untouched inputs, own randomness, promises."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from nashbox.games.checking import (
    BrokenError,
    CheckRow,
    SkippedError,
    held,
    left_alone,
    pickles,
    promised,
    repeated,
    run_all,
    same_arrays,
)
from nashbox.games.estimation.checks.formulas import formulas_hold
from nashbox.games.estimation.checks.situations import (
    NEEDED,
    PARTS,
    POINTS,
    WORLDS,
    ask,
    points,
    settings,
    submissions_of,
)
from nashbox.games.estimation.promises.equivariance import hold_equivariant
from nashbox.games.estimation.promises.readers import hold_readers
from nashbox.games.estimation.promises.rules import MechanismPiece
from nashbox.games.estimation.promises.sight import hold_sight
from nashbox.games.promises.dice import hold_dice
from nashbox.games.promises.independence import hold_apart, throws_dice
from nashbox.games.promises.piece import rng_of
from nashbox.mechanisms import Mechanism
from nashbox.problem.data import Dataset
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms
from nashbox.problem.ticker import Ticker

SEED = 5
PLENTY = 100  # points of everybody, after which somebody must be told something


def check_mechanism(
    mechanism: Mechanism,
    own: EstimationProblem | None = None,
    progress: Ticker | None = None,
) -> list[CheckRow]:
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
        "formulas": formulas_hold,
    }
    named = {"pickles": partial(pickles, mechanism), "terms": partial(_terms, mechanism, own)}
    named |= {name: partial(_each, mechanism, own, work) for name, work in checks.items()}
    return run_all(named, ("terms", "information", *NEEDED), progress)


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
    for _, terms in settings(mechanism, own):
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


def _nothing(answers: Sequence[Any]) -> bool:
    """Whether nobody is told anything."""
    return all(np.isnan(np.asarray(answer, dtype=float)).all() for answer in answers)


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
        if np.shape(answer)[:1] != (WORLDS,):
            raise BrokenError(
                f"information must have the worlds first, shape ({WORLDS}, ...), "
                f"got {np.shape(answer)}"
            )
    if _nothing(answers) and _nothing(ask(mechanism, terms, submissions_of(terms, least=PLENTY))):
        raise BrokenError("information is NaN for everybody although points were handed in")
    nobody = [Dataset([np.empty((WORLDS, 0))] * d, np.zeros((WORLDS, d), dtype=np.int64))] * m
    ask(mechanism, terms, nobody)  # must not raise where nobody hands anything in
    return "one piece of information per agent, worlds first, also if nobody hands anything in"


def _leaves_submissions(mechanism: Mechanism, terms: Terms) -> str:
    submissions = submissions_of(terms)
    kept = copy.deepcopy((submissions, terms.counts, terms.costs, terms.sigma))
    ask(mechanism, terms, submissions)
    for before, after in zip(kept[0], submissions, strict=True):
        left_alone(points(before), points(after), "mediate writes into a submission")
    published = (terms.counts, terms.costs, terms.sigma)
    left_alone(kept[1:], published, "mediate writes into the terms")
    return "submissions and terms are as before"


def _mechanism_randomness(mechanism: Mechanism, terms: Terms) -> str:
    repeated(
        lambda: ask(mechanism, terms, submissions_of(terms)),
        lambda: ask(mechanism, terms, submissions_of(terms, 50.0), seed=6),
        same_arrays,
        "gives another answer for the same submissions and generator: it draws from a "
        "generator of its own, or remembers earlier calls",
    )
    return "the same generator gives the same answer"


def _rules(mechanism: Mechanism, terms: Terms) -> MechanismPiece:
    return MechanismPiece.of(mechanism, terms, terms.counts, points=POINTS)


def _held(work: Callable[[MechanismPiece, int], None], mechanism: Mechanism, terms: Terms) -> None:
    """Hold a mechanism to a promise as audits do."""
    held(lambda: work(_rules(mechanism, terms), SEED))


def _mechanism_equivariant(mechanism: Mechanism, terms: Terms) -> str:
    promised(mechanism, "equivariant")
    _held(partial(hold_equivariant, parts=PARTS), mechanism, terms)
    return "adding a constant to all points adds it to the answer"


def _worlds_apart(mechanism: Mechanism, terms: Terms) -> str:
    _held(hold_apart, mechanism, terms)
    return "a world's answers do not depend on the others"


def _dice(mechanism: Mechanism, terms: Terms) -> str:
    rules = _rules(mechanism, terms)
    if not throws_dice(rules, rules.draw(WORLDS, rng_of(SEED))):
        raise SkippedError("nothing to hold it to (it throws no dice here)")
    _held(hold_dice, mechanism, terms)
    return "every world has dice of its own"


def _sees(mechanism: Mechanism, terms: Terms) -> str:
    if mechanism.sees == "points":
        raise SkippedError("nothing to hold it to (sees = 'points')")
    _held(hold_sight, mechanism, terms)
    return "other points with the same number and mean give the same information"


def _inform(mechanism: Mechanism, terms: Terms) -> str:
    _held(hold_readers, mechanism, terms)
    return "inform answers every reader as mediate does"
