"""The contract checks for strategies and mechanisms: named, public, each with its reason.

A check plays the object on small games and compares what it does with what its class promises.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms import MECHANISMS, CountedMean, Mechanism, SampleMean
from nashbox.problem.data import Collected, Dataset
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import from_mapping
from nashbox.problem.spec import build, find_class
from nashbox.problem.terms import Terms, View
from nashbox.strategies import STRATEGIES, Strategy

Array = NDArray[np.float64]
WORLDS = 7
SHIFTS = (3.0, -250.0, 1e5)  # in units of the measurements; sigma is 10


@dataclass(frozen=True)
class CheckRow:
    """One check: whether it passed, and what it saw."""

    name: str
    passed: bool
    reason: str


@dataclass(frozen=True)
class CheckReport:
    """All checks of one class."""

    target: str
    checks: Sequence[CheckRow]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(row.passed for row in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-check/1."""
        return {
            "format": "nashbox-check/1",
            "target": self.target,
            "passed": self.passed,
            "checks": [vars(row) for row in self.checks],
        }


class _BrokenError(Exception):
    """What a check saw, in words for the author of the class."""


def check(target: str, folder: Path | str = ".") -> CheckReport:
    """Check ``file.py:Class`` or a built-in name. Raises InputError if there is no such class."""
    bases: list[tuple[type[Any], Mapping[str, type[Any]], str]] = [
        (Strategy, STRATEGIES, "nashbox.strategies"),
        (Mechanism, MECHANISMS, "nashbox.mechanisms"),
    ]
    if ":" in target:
        found = find_class(target, {}, object, "", Path(folder), "check")
        if not issubclass(found, (Strategy, Mechanism)):
            raise InputError(
                f"check: {target} must be a subclass of nashbox.Strategy or nashbox.Mechanism"
            )
    else:
        base, builtin, group = bases[1] if target in MECHANISMS else bases[0]
        found = find_class(target, {**builtin}, base, group, Path(folder), "check")
    made = build(found, {}, "check")
    rows = check_mechanism(made) if isinstance(made, Mechanism) else check_strategy(made)  # type: ignore[arg-type]
    return CheckReport(target, rows)


def check_strategy(strategy: Strategy) -> list[CheckRow]:
    """Hold a strategy to the contract: shapes, untouched inputs, own randomness, its promises."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("pickles", lambda: _pickles(strategy)),
        ("counts", lambda: _each_game(strategy, _counts)),
        ("report", lambda: _each_game(strategy, _report)),
        ("estimate", lambda: _each_game(strategy, _estimate)),
        ("leaves_inputs_alone", lambda: _each_game(strategy, _leaves_inputs)),
        ("uses_only_its_generator", lambda: _each_game(strategy, _own_randomness)),
        ("deterministic", lambda: _each_game(strategy, _deterministic)),
        ("equivariant", lambda: _each_game(strategy, _equivariant)),
        ("worlds_are_independent", lambda: _each_game(strategy, _worlds_apart)),
    ]
    return [_run(name, work) for name, work in checks]


def _run(name: str, work: Callable[[], str]) -> CheckRow:
    try:
        return CheckRow(name, True, work())
    except _BrokenError as error:
        return CheckRow(name, False, str(error))
    except Exception as error:  # the author's class may raise anything
        return CheckRow(name, False, f"raised {error!r}")


def _games() -> Iterator[tuple[str, EstimationProblem, Mechanism, Terms]]:
    costs = [[0.05, 0.1], [0.04, 0.2], [0.08, "inf"], [0.05, 0.1]]
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": costs})
    plan = np.array([[6.0, 4.0], [7.0, 3.0], [5.0, 0.0], [6.0, 4.0]])
    for mechanism in (SampleMean(), CountedMean()):
        yield type(mechanism).__name__, problem, mechanism, mechanism.terms(problem, plan)


@dataclass
class _Situation:
    """A pure strategy in agent 0's place, with data and information ready."""

    strategy: Strategy
    view: View
    problem: EstimationProblem
    mechanism: Mechanism
    terms: Terms

    def data(self, offset: float = 0.0, worlds: int = WORLDS) -> Dataset:
        """The same points whenever it is asked, moved by `offset`."""
        rng = np.random.default_rng(11)
        counts = np.asarray(self.strategy.gather(self.view, np.random.default_rng(5)))
        drawn = Collected(
            self.problem.source,
            self.problem.sigma,
            np.zeros(2),
            counts.astype(np.int64),
            worlds,
            rng,
        )
        return Dataset([drawn.points(k) + offset for k in range(2)], drawn.counts)

    def play(self, offset: float = 0.0, seed: int = 3) -> tuple[Dataset, Array, Array]:
        """Submission, information and estimate, the others honest, everything moved by `offset`."""
        rng = np.random.default_rng(seed)
        data = self.data(offset)
        handed = self.strategy.report(data, self.view, rng)
        others = [self._other(i, offset) for i in range(1, self.problem.m)]
        received = self.mechanism.mediate([handed, *others], self.terms, np.random.default_rng(2))[
            0
        ]
        estimate = self.strategy.estimate(data, handed, received, self.view, rng)
        return handed, np.asarray(received), np.asarray(estimate)

    def _other(self, i: int, offset: float) -> Dataset:
        rng = np.random.default_rng(100 + i)
        counts = self.terms.counts[i].astype(np.int64)
        points = [rng.normal(offset, 10.0, size=(WORLDS, n)) for n in counts]
        return Dataset(points, np.broadcast_to(counts, (WORLDS, 2)))


def _each_game(strategy: Strategy, work: Callable[[_Situation], str]) -> str:
    said = ""
    for name, problem, mechanism, terms in _games():
        for pure, _ in strategy.mixture():
            view = View(0, terms, terms.counts)
            try:
                said = work(_Situation(pure, view, problem, mechanism, terms))
            except _BrokenError as error:
                raise _BrokenError(f"{error} (under {name})") from None
    return said


def _pickles(made: object) -> str:
    try:
        again = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    except Exception as error:
        raise _BrokenError(
            f"does not survive pickling, which sending it to workers needs: {error!r}"
        ) from None
    if again != made:
        raise _BrokenError("is not equal to its pickled copy; make it a frozen dataclass")
    return "equal to its pickled copy"


def _counts(s: _Situation) -> str:
    counts = np.asarray(s.strategy.gather(s.view, np.random.default_rng(0)))
    if counts.shape != (2,):
        raise _BrokenError(
            f"gather must return one count per distribution, shape (2,), got {counts.shape}"
        )
    if not (
        np.isfinite(counts).all() and (counts >= 0).all() and (counts == np.rint(counts)).all()
    ):
        raise _BrokenError(f"gather must return whole numbers >= 0, got {counts.tolist()}")
    blocked = View(2, s.terms, s.terms.counts)
    if np.asarray(s.strategy.gather(blocked, np.random.default_rng(0)))[1] > 0:
        raise _BrokenError("gather asks for points where the cost is inf; return 0 there")
    return "whole numbers, one per distribution, 0 where the cost is inf"


def _report(s: _Situation) -> str:
    handed = s.play()[0]
    if not isinstance(handed, Dataset) or handed.counts.shape != (WORLDS, 2):
        raise _BrokenError(
            "report must return a Dataset of as many worlds and distributions as came"
        )
    if not np.isfinite(handed.sum).all():
        raise _BrokenError("report hands in points that are not finite")
    return "a Dataset of finite points"


def _estimate(s: _Situation) -> str:
    estimate = s.play()[2]
    if estimate.shape != (WORLDS, 2):
        raise _BrokenError(
            f"estimate must return shape (worlds, distributions) = {(WORLDS, 2)}, "
            f"got {estimate.shape}"
        )
    if np.isnan(estimate[:, s.data().counts[0] > 0]).any():
        raise _BrokenError("estimate returns NaN although there are own points")
    return "an estimate per world and distribution"


def _leaves_inputs(s: _Situation) -> str:
    data = s.data()
    before = [data.points(k).copy() for k in range(2)]
    rng = np.random.default_rng(3)
    handed = s.strategy.report(data, s.view, rng)
    sent = [handed.points(k).copy() for k in range(2)]
    information = np.full((WORLDS, 2), 0.5)
    s.strategy.estimate(data, handed, information, s.view, rng)
    for k in range(2):
        if not np.array_equal(before[k], data.points(k), equal_nan=True):
            raise _BrokenError("writes into the data it was given; copy before changing")
        if not np.array_equal(sent[k], handed.points(k), equal_nan=True):
            raise _BrokenError("estimate writes into the submission; copy before changing")
    if not (information == 0.5).all():
        raise _BrokenError("estimate writes into the information it received; copy before changing")
    return "data, submission and information are as before"


def _own_randomness(s: _Situation) -> str:
    results = []
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002 - the point is to move the global state
        import random

        random.seed(seed)
        before = np.random.get_state()[1].copy()  # type: ignore[index] # noqa: NPY002
        handed, _, estimate = s.play()
        if not np.array_equal(before, np.random.get_state()[1]):  # type: ignore[index] # noqa: NPY002
            raise _BrokenError(
                "draws from numpy's global random state; use the generator passed in"
            )
        results.append((handed.sum, estimate))
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(*results, strict=True))
    if not same:
        raise _BrokenError(
            "gives another result for the same generator: it uses global randomness or hidden state"
        )
    return "the same generator gives the same result"


def _deterministic(s: _Situation) -> str:
    if not s.strategy.deterministic:
        return "not promised (deterministic = False)"
    first, second = s.play(seed=3), s.play(seed=4)
    if not (
        np.array_equal(first[0].sum, second[0].sum)
        and np.array_equal(first[2], second[2], equal_nan=True)
    ):
        raise _BrokenError(
            "promises deterministic = True and gives other results with another generator; "
            "set deterministic = False"
        )
    return "another generator gives the same result"


def _equivariant(s: _Situation) -> str:
    if not s.strategy.invariant(s.view):
        return "not promised (equivariant = False)"
    base = s.play()[2]
    for shift in SHIFTS:
        moved = s.play(offset=shift)[2]
        gap = np.nanmax(np.abs(moved - base - shift), initial=0.0)
        if gap > 1e-6 * (10.0 + abs(shift)) or (np.isnan(moved) != np.isnan(base)).any():
            raise _BrokenError(
                f"promises equivariant = True, but adding {shift:g} to all measurements moves the "
                f"estimate by something else (off by {gap:.3g}); set equivariant = False"
            )
    return "adding a constant to all measurements adds it to the estimate"


def _worlds_apart(s: _Situation) -> str:
    if not s.strategy.deterministic:
        return "not tested for strategies that use randomness"
    data = s.data()
    handed, received, estimate = s.play()
    first = np.arange(2)
    few = data.rows(first)
    part = s.strategy.report(few, s.view, np.random.default_rng(3))
    again = s.strategy.estimate(few, part, received[first], s.view, np.random.default_rng(3))
    if not (
        np.allclose(part.sum, handed.sum[first])
        and np.allclose(again, estimate[first], equal_nan=True)
    ):
        raise _BrokenError(
            "a world's result depends on the other worlds of the batch; keep axis 0 apart"
        )
    return "a world's result does not depend on the others"


def check_mechanism(mechanism: Mechanism) -> list[CheckRow]:
    """Hold a mechanism to the contract."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("pickles", lambda: _pickles(mechanism)),
        ("terms", lambda: _terms(mechanism)),
        ("information", lambda: _information(mechanism)),
        ("leaves_inputs_alone", lambda: _leaves_submissions(mechanism)),
        ("uses_only_its_generator", lambda: _mechanism_randomness(mechanism)),
        ("equivariant", lambda: _mechanism_equivariant(mechanism)),
        ("sees", lambda: _sees(mechanism)),
        ("inform_agrees", lambda: _inform(mechanism)),
    ]
    return [_run(name, work) for name, work in checks]


def _small(mechanism: Mechanism) -> Terms:
    _, problem, _, _ = next(iter(_games()))
    equal = from_mapping({"game": "estimation", "sigma": 10.0, "costs": [[0.05, 0.05]] * 16})
    return (
        mechanism.terms(equal, np.full((16, 2), 6.0))
        if problem
        else mechanism.terms(problem, problem.costs)
    )


def _submissions(terms: Terms, offset: float = 0.0) -> list[Dataset]:
    rng = np.random.default_rng(17)
    result = []
    for row in terms.counts:
        points = [rng.normal(0.0, 10.0, size=(WORLDS, int(n))) + offset for n in row]
        result.append(Dataset(points, np.broadcast_to(row.astype(np.int64), (WORLDS, row.size))))
    return result


def _ask(
    mechanism: Mechanism, terms: Terms, submissions: list[Dataset], seed: int = 5
) -> list[Any]:
    return list(mechanism.mediate(submissions, terms, np.random.default_rng(seed)))


def _terms(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    if not isinstance(terms, Terms) or terms.counts.shape != (16, 2):
        raise _BrokenError("terms must return Terms with counts of shape (agents, distributions)")
    if not (np.isfinite(terms.counts).all() and (terms.counts >= 0).all()):
        raise _BrokenError("terms recommends counts that are negative or not finite")
    return "recommends counts for everybody"


def _information(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    answers = _ask(mechanism, terms, _submissions(terms))
    if len(answers) != 16:
        raise _BrokenError(
            f"mediate must return information for each of 16 agents, got {len(answers)}"
        )
    for answer in answers:
        if np.asarray(answer).shape[:1] != (WORLDS,):
            raise _BrokenError(
                f"information must have the worlds first, shape ({WORLDS}, ...), "
                f"got {np.asarray(answer).shape}"
            )
    nobody = [Dataset([np.empty((WORLDS, 0))] * 2, np.zeros((WORLDS, 2), dtype=np.int64))] * 16
    _ask(mechanism, terms, nobody)  # must not raise where nobody hands anything in
    return "one piece of information per agent, worlds first, also if nobody hands anything in"


def _leaves_submissions(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    submissions = _submissions(terms)
    before = [[s.points(k).copy() for k in range(2)] for s in submissions]
    _ask(mechanism, terms, submissions)
    for s, copies in zip(submissions, before, strict=True):
        if not all(np.array_equal(s.points(k), copies[k], equal_nan=True) for k in range(2)):
            raise _BrokenError("mediate writes into a submission; copy before changing")
    return "submissions are as before"


def _mechanism_randomness(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    np.random.seed(1)  # noqa: NPY002 - the point is to move the global state
    first = _ask(mechanism, terms, _submissions(terms))
    np.random.seed(2)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # type: ignore[index] # noqa: NPY002
    second = _ask(mechanism, terms, _submissions(terms))
    if not np.array_equal(before, np.random.get_state()[1]):  # type: ignore[index] # noqa: NPY002
        raise _BrokenError("draws from numpy's global random state; use the generator passed in")
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True)):
        raise _BrokenError("gives another answer for the same generator and submissions")
    return "the same generator gives the same answer"


def _mechanism_equivariant(mechanism: Mechanism) -> str:
    if not mechanism.equivariant:
        return "not promised (equivariant = False)"
    terms = _small(mechanism)
    base = np.asarray(_ask(mechanism, terms, _submissions(terms)), dtype=float)
    for shift in SHIFTS:
        moved = np.asarray(_ask(mechanism, terms, _submissions(terms, shift)), dtype=float)
        gap = np.nanmax(np.abs(moved - base - shift), initial=0.0)
        if gap > 1e-6 * (10.0 + abs(shift)):
            raise _BrokenError(
                f"promises equivariant = True, but adding {shift:g} to all points moves the answer "
                f"by something else (off by {gap:.3g}); set equivariant = False"
            )
    return "adding a constant to all points adds it to the answer"


def _sees(mechanism: Mechanism) -> str:
    if mechanism.sees != "count_and_mean":
        return "nothing to hold it to (sees = 'points')"
    terms = _small(mechanism)
    submissions = _submissions(terms)
    first = np.asarray(_ask(mechanism, terms, submissions)[0])
    rng = np.random.default_rng(23)
    spread = submissions[0].map(
        lambda p, k: (
            (q := p + rng.normal(0, 30.0, size=p.shape))
            - q.mean(axis=1, keepdims=True)
            + p.mean(axis=1, keepdims=True)
            if p.shape[1]
            else p
        )
    )
    second = np.asarray(_ask(mechanism, terms, [spread, *submissions[1:]])[0])
    if not np.allclose(first, second, equal_nan=True, rtol=1e-9, atol=1e-9):
        raise _BrokenError(
            "promises sees = 'count_and_mean', but other points with the same number and mean "
            "change the agent's own information; set sees = 'points'"
        )
    return "other points with the same number and mean give the same information"


def _inform(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    submissions = _submissions(terms)
    few = mechanism.inform(submissions, terms, np.random.default_rng(5), [3, 7])
    if len(few) != 2 or any(np.asarray(x).shape[:1] != (WORLDS,) for x in few):
        raise _BrokenError("inform must return information for the readers asked for")
    return "inform answers the readers asked for"
