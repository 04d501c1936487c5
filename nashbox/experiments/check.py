"""The contract checks for strategies and mechanisms: named, public, each with its reason.

A check plays the object on small games and compares what it does with what its class promises.
"""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms import MECHANISMS, CountedMean, Mechanism, SampleMean
from nashbox.mechanisms.exchange import EXCHANGES, Exchange
from nashbox.problem.channel import Play
from nashbox.problem.data import Collected, Dataset
from nashbox.problem.errors import InputError, told
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import from_mapping
from nashbox.problem.spec import build, find_class
from nashbox.problem.terms import Terms, View
from nashbox.strategies import STRATEGIES, Strategy
from nashbox.strategies.testing import TESTING_STRATEGIES, TestingStrategy

Array = NDArray[np.float64]
WORLDS = 7
NEEDED = ("leaves_inputs_alone", "uses_only_its_generator")  # by the checks that follow
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
        if not issubclass(found, (Strategy, Mechanism, TestingStrategy, Exchange)):
            raise InputError(
                f"check: {target!r} must be a subclass of nashbox.Strategy, nashbox.Mechanism, "
                f"TestingStrategy or Exchange, got the class {found.__name__}"
            )
    elif target in STRATEGIES or target not in {**TESTING_STRATEGIES, **EXCHANGES}:
        base, builtin, group = bases[1] if target in MECHANISMS else bases[0]
        found = find_class(target, {**builtin}, base, group, Path(folder), "check")
    else:
        found = {**TESTING_STRATEGIES, **EXCHANGES}[target]
    made: Any = build(found, {}, "check")
    if isinstance(made, (TestingStrategy, Exchange)):
        from nashbox.experiments.testing.check import check_testing

        return CheckReport(target, check_testing(made))
    rows = check_mechanism(made) if isinstance(made, Mechanism) else check_strategy(made)
    return CheckReport(target, rows)


def check_strategy(strategy: Strategy) -> list[CheckRow]:
    """Hold a strategy to the contract: shapes, untouched inputs, own randomness, its promises."""
    checks: dict[str, Callable[[_Situation], str]] = {
        "counts": _counts,
        "report": _report,
        "estimate": _estimate,
        "leaves_inputs_alone": _leaves_inputs,
        "uses_only_its_generator": _own_randomness,
        "deterministic": _deterministic,
        "equivariant": _equivariant,
        "worlds_are_independent": _worlds_apart,
        "plays": _plays,
    }
    named = {"pickles": partial(_pickles, strategy)}
    named |= {name: partial(_each_game, strategy, work) for name, work in checks.items()}
    return _run_all(named, ("counts", "report", "estimate", *NEEDED))


def _run_all(checks: Mapping[str, Callable[[], str]], needed: Sequence[str]) -> list[CheckRow]:
    """Run checks in order; those after a failure of a `needed` one have nothing to stand on."""
    rows: list[CheckRow] = []
    kept = np.random.get_state(), random.getstate()  # noqa: NPY002 - plug-ins may move them
    for name, work in checks.items():
        broken = next((row.name for row in rows if not row.passed and row.name in needed), None)
        rows.append(_run(name, work) if broken is None else _untested(name, broken))
    np.random.set_state(kept[0])  # noqa: NPY002
    random.setstate(kept[1])
    return rows


def _untested(name: str, broken: str) -> CheckRow:
    return CheckRow(name, True, f"not tested, as '{broken}' fails")


def _run(name: str, work: Callable[[], str]) -> CheckRow:
    try:
        with np.errstate(invalid="ignore", divide="ignore"):  # 0/0 is NaN, as in the model
            return CheckRow(name, True, work())
    except _BrokenError as error:
        return CheckRow(name, False, str(error))
    except (Exception, SystemExit) as error:  # the author's class may raise anything
        return CheckRow(name, False, f"raised {told(error)}")


@contextmanager
def _global_streams_at_rest() -> Iterator[None]:
    """Refuse draws from (and seeds of) the global random states of numpy and Python."""
    np.random.seed(987654321)  # noqa: NPY002 - a state that nobody else sets
    random.seed(987654321)
    legacy, plain = pickle.dumps(np.random.get_state()), random.getstate()  # noqa: NPY002
    yield
    if pickle.dumps(np.random.get_state()) != legacy:  # noqa: NPY002
        raise _BrokenError("uses numpy's global random state; use the generator passed in")
    if random.getstate() != plain:
        raise _BrokenError("uses Python's random module; use the generator passed in")


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
    for agent in (0, 2):  # agent 2 cannot sample the second distribution
        view = View(agent, s.terms, s.terms.counts)
        counts = np.asarray(s.strategy.gather(view, np.random.default_rng(0)))
        if counts.shape != (2,):
            raise _BrokenError(
                f"gather must return one count per distribution, shape (2,), got {counts.shape}"
            )
        if counts.dtype.kind not in "iuf" or not (
            np.isfinite(counts).all() and (counts >= 0).all() and (counts == np.rint(counts)).all()
        ):
            raise _BrokenError(f"gather must return whole numbers >= 0, got {counts.tolist()}")
        if (counts[np.isinf(view.costs)] > 0).any():
            raise _BrokenError("gather asks for points where the cost is inf; return 0 there")
    return "whole numbers, one per distribution, 0 where the cost is inf"


def _report(s: _Situation) -> str:
    data = s.data()
    handed = s.strategy.report(data, s.view, np.random.default_rng(3))
    if not isinstance(handed, Dataset) or handed.counts.shape != (WORLDS, 2):
        raise _BrokenError(
            "report must return a Dataset of as many worlds and distributions as came, got "
            + (f"counts {handed.counts.shape}" if isinstance(handed, Dataset) else repr(handed))
        )
    for k in range(2):
        points = handed.points(k)
        if not np.array_equal((~np.isnan(points)).sum(axis=1), handed.counts[:, k]):
            raise _BrokenError(
                "report hands in NaN, or counts that are not the number of its points; leave "
                "`counts` to Dataset"
            )
        if np.isinf(points).any():
            raise _BrokenError("report hands in points that are not finite")
    return "a Dataset of finite points"


def _estimate(s: _Situation) -> str:
    estimate = s.play()[2]
    if estimate.shape != (WORLDS, 2):
        raise _BrokenError(
            f"estimate must return shape (worlds, distributions) = {(WORLDS, 2)}, "
            f"got {estimate.shape}"
        )
    if not np.isfinite(estimate[:, s.data().counts[0] > 0]).all():
        raise _BrokenError("estimate returns NaN or inf although there are own points")
    return "an estimate per world and distribution"


def _leaves_inputs(s: _Situation) -> str:
    data, terms = s.data(), s.terms
    rng = np.random.default_rng(3)
    information = np.full((WORLDS, 2), 0.5)
    published = (terms.counts, terms.costs, terms.sigma, s.view.others)
    kept = copy.deepcopy((data, information, published))
    handed = s.strategy.report(data, s.view, rng)
    _same_points(kept[0], data, "report writes into the data it was given")
    sent = copy.deepcopy(handed)
    s.strategy.estimate(data, handed, information, s.view, rng)
    _same_points(kept[0], data, "estimate writes into the data it was given")
    _same_points(sent, handed, "estimate writes into the submission")
    if not np.array_equal(kept[1], information):
        raise _BrokenError("estimate writes into the information it received; copy before changing")
    if not all(np.array_equal(a, b) for a, b in zip(kept[2], published, strict=True)):
        raise _BrokenError("writes into the published terms; copy before changing")
    return "data, submission, information and terms are as before"


def _same_points(before: Dataset, after: Dataset, what: str) -> None:
    for k in range(before.counts.shape[1]):
        if not np.array_equal(before.points(k), after.points(k), equal_nan=True):
            raise _BrokenError(f"{what}; copy before changing")


def _own_randomness(s: _Situation) -> str:
    with _global_streams_at_rest():
        first = s.play()
        s.play(offset=50.0, seed=4)  # something else to remember
        again = s.play()
    if not _equal(first, again):
        raise _BrokenError(
            "gives another result for the same data and generator: it draws from a generator of "
            "its own, or remembers earlier calls; use the generator passed in and keep nothing"
        )
    return "the same generator gives the same result"


def _equal(first: tuple[Dataset, Array, Array], second: tuple[Dataset, Array, Array]) -> bool:
    pairs = [(first[0].points(k), second[0].points(k)) for k in range(2)]
    pairs += [(first[2], second[2])]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def _deterministic(s: _Situation) -> str:
    if not s.strategy.deterministic:
        return "not promised (deterministic = False)"
    counts = [s.strategy.gather(s.view, np.random.default_rng(seed)) for seed in (5, 6, 7)]
    if any((n != counts[0]).any() for n in counts) or not _equal(s.play(seed=3), s.play(seed=4)):
        raise _BrokenError(
            "promises deterministic = True and gives other results with another generator; "
            "set deterministic = False"
        )
    return "another generator gives the same result"


def _equivariant(s: _Situation) -> str:
    if not s.strategy.invariant(s.view):
        return "not promised (equivariant = False)"
    handed, _, estimate = s.play()
    for shift in SHIFTS:
        told, _, moved = s.play(offset=shift)
        for what, before, after in (
            ("estimate", estimate, moved),
            ("mean handed in", handed.mean, told.mean),
        ):
            gap = _gap(before + shift, after)
            if gap > 1e-6 * (10.0 + abs(shift)):
                raise _BrokenError(
                    f"promises equivariant = True, but adding {shift:g} to all measurements moves "
                    f"the {what} by something else (off by {gap:.3g}); set equivariant = False"
                )
    return "adding a constant to all measurements adds it to submission and estimate"


def _gap(expected: Array, found: Array) -> float:
    """Largest difference; inf where only one of the two is NaN."""
    if (np.isnan(expected) != np.isnan(found)).any():
        return float("inf")
    return float(np.nanmax(np.abs(expected - found), initial=0.0))


def _worlds_apart(s: _Situation) -> str:
    """Change the data of the last worlds: what happens in the first ones must stay."""
    first = np.arange(3)
    handed, received, estimate = s.play()
    data = s.data()
    change = np.where(np.arange(WORLDS) < first.size, 0.0, 1e3)
    rng = np.random.default_rng(3)
    others = data.map(lambda points, k: points * (1.0 + change[:, None]) + change[:, None])
    again = s.strategy.report(others, s.view, rng)
    received = received + change[:, None]
    answer = s.strategy.estimate(others, again, received, s.view, rng)
    gap = max(_gap(handed.sum[first], again.sum[first]), _gap(estimate[first], answer[first]))
    if gap > 1e-9:
        raise _BrokenError(
            "a world's result depends on the other worlds of the batch; keep axis 0 apart"
        )
    return "a world's result does not depend on the others"


def _plays(s: _Situation) -> str:
    """The exact audit believes what `plays` says instead of playing."""
    plays = s.strategy.plays(s.view)
    if plays is None:
        return "not promised (plays returns None)"
    if len(plays) != 2 or not all(isinstance(play, Play) for play in plays):
        raise _BrokenError(f"plays must return one Play per distribution or None, got {plays!r}")
    data = s.data()
    handed, received, estimate = s.play()
    for k, play in enumerate(plays):
        own, sent = data.points(k), handed.points(k)
        if play.n != data.counts[0, k] or np.any(play.s != handed.counts[:, k]):
            raise _BrokenError(
                f"plays says n = {play.n:g}, s = {play.s:g}, but {data.counts[0, k]} points are "
                f"collected and {handed.counts[0, k]} handed in; override plays too"
            )
        if play.honest and not all(np.isin(sent[r], own[r]).all() for r in range(WORLDS)):
            raise _BrokenError(
                "plays says that only measured points are handed in, and others are; override plays"
            )
        if (
            play.q == play.n > 0
            and play.s
            and _gap(data.mean[:, k] + play.shift, sent.mean(1)) > (1e-6)
        ):
            raise _BrokenError(
                f"plays says that the mean handed in is the own mean plus {play.shift:g}, and it "
                "is not; override plays"
            )
        if play.weight is None or not play.n:
            continue
        information = np.where(np.isnan(received[:, k]), data.mean[:, k], received[:, k])
        used = (1 - play.weight) * data.mean[:, k] + play.weight * information
        if _gap(used, estimate[:, k]) > 1e-6:
            raise _BrokenError(
                f"plays says that the information is used with weight {play.weight:g}, and the "
                "estimate is another; override plays"
            )
    return "what plays says is what is played"


def check_mechanism(mechanism: Mechanism) -> list[CheckRow]:
    """Hold a mechanism to the contract."""
    checks: dict[str, Callable[[Mechanism], str]] = {
        "pickles": _pickles,
        "terms": _terms,
        "information": _information,
        "leaves_inputs_alone": _leaves_submissions,
        "uses_only_its_generator": _mechanism_randomness,
        "equivariant": _mechanism_equivariant,
        "sees": _sees,
        "inform_agrees": _inform,
    }
    named = {name: partial(work, mechanism) for name, work in checks.items()}
    return _run_all(named, ("terms", "information", *NEEDED))


AGENTS = 16


def _small(mechanism: Mechanism) -> Terms:
    """Terms for equal agents, of whom CBL asks for data."""
    costs = [[0.05, 0.05]] * AGENTS
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": costs})
    return mechanism.terms(problem, np.full((AGENTS, 2), 6.0))


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
    costs = [[0.05, 0.1], [0.04, 0.2], [0.08, "inf"], [0.05, 0.1]]
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": costs})
    plan = np.array([[6.0, 4.0], [7.0, 3.0], [5.0, 0.0], [6.0, 4.0]])
    for shape, terms in (((4, 2), mechanism.terms(problem, plan)), ((16, 2), _small(mechanism))):
        if not isinstance(terms, Terms) or np.shape(terms.counts) != shape:
            raise _BrokenError(
                "terms must return Terms with counts of shape (agents, distributions)"
            )
        counts = np.asarray(terms.counts)
        if not (np.isfinite(counts).all() and (counts >= 0).all()):
            raise _BrokenError("terms recommends counts that are negative or not finite")
        if (counts != np.rint(counts)).any():
            raise _BrokenError(
                "terms recommends fractions of a point where problem.integer asks for whole numbers"
            )
        if (counts[np.isinf(terms.costs)] > 0).any():
            raise _BrokenError("terms recommends points where the cost is inf; recommend 0 there")
    return "recommends counts for everybody"


def _information(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    answers = _ask(mechanism, terms, _submissions(terms))
    if len(answers) != AGENTS:
        raise _BrokenError(
            f"mediate must return information for each of {AGENTS} agents, got {len(answers)}"
        )
    for answer in answers:
        if np.shape(answer)[:1] != (WORLDS,):
            raise _BrokenError(
                f"information must have the worlds first, shape ({WORLDS}, ...), "
                f"got {np.shape(answer)}"
            )
    nobody = [Dataset([np.empty((WORLDS, 0))] * 2, np.zeros((WORLDS, 2), dtype=np.int64))] * AGENTS
    _ask(mechanism, terms, nobody)  # must not raise where nobody hands anything in
    return "one piece of information per agent, worlds first, also if nobody hands anything in"


def _leaves_submissions(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    submissions = _submissions(terms)
    kept = copy.deepcopy((submissions, terms.counts, terms.costs, terms.sigma))
    _ask(mechanism, terms, submissions)
    for before, after in zip(kept[0], submissions, strict=True):
        _same_points(before, after, "mediate writes into a submission")
    published = (terms.counts, terms.costs, terms.sigma)
    if not all(np.array_equal(a, b) for a, b in zip(kept[1:], published, strict=True)):
        raise _BrokenError("mediate writes into the terms; copy before changing")
    return "submissions and terms are as before"


def _mechanism_randomness(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    with _global_streams_at_rest():
        first = _ask(mechanism, terms, _submissions(terms))
        _ask(mechanism, terms, _submissions(terms, 50.0), seed=6)  # something else to remember
        second = _ask(mechanism, terms, _submissions(terms))
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True)):
        raise _BrokenError(
            "gives another answer for the same submissions and generator: it draws from a "
            "generator of its own, or remembers earlier calls"
        )
    return "the same generator gives the same answer"


def _mechanism_equivariant(mechanism: Mechanism) -> str:
    if not mechanism.equivariant:
        return "not promised (equivariant = False)"
    terms = _small(mechanism)
    base = np.asarray(_ask(mechanism, terms, _submissions(terms)), dtype=float)
    for shift in SHIFTS:
        moved = np.asarray(_ask(mechanism, terms, _submissions(terms, shift)), dtype=float)
        gap = _gap(base + shift, moved)
        if gap > 1e-6 * (10.0 + abs(shift)):
            raise _BrokenError(
                f"promises equivariant = True, but adding {shift:g} to all points moves the answer "
                f"by something else (off by {gap:.3g}); set equivariant = False"
            )
    return "adding a constant to all points adds it to the answer"


def _sees(mechanism: Mechanism) -> str:
    if mechanism.sees == "points":
        return "nothing to hold it to (sees = 'points')"
    if mechanism.sees != "count_and_mean":
        raise _BrokenError(f"sees must be 'count_and_mean' or 'points', got {mechanism.sees!r}")
    terms = _small(mechanism)
    submissions = _submissions(terms)
    noise = np.random.default_rng(23)

    def spread(points: Array, k: int) -> Array:
        other = points + noise.normal(0.0, 30.0, size=points.shape)
        return np.asarray(other + (points.mean(axis=1) - other.mean(axis=1))[:, None])

    for i in (0, AGENTS - 1):
        other = [*submissions]
        other[i] = submissions[i].map(spread)
        before = np.asarray(_ask(mechanism, terms, submissions)[i])
        after = np.asarray(_ask(mechanism, terms, other)[i])
        if not np.allclose(before, after, equal_nan=True, rtol=1e-9, atol=1e-9):
            raise _BrokenError(
                "promises sees = 'count_and_mean', but other points with the same number and mean "
                "change the agent's own information; set sees = 'points'"
            )
    return "other points with the same number and mean give the same information"


def _inform(mechanism: Mechanism) -> str:
    terms = _small(mechanism)
    submissions, readers = _submissions(terms), [3, 7]
    few = mechanism.inform(submissions, terms, np.random.default_rng(5), readers)
    if len(few) != 2 or any(np.shape(x)[:1] != (WORLDS,) for x in few):
        raise _BrokenError("inform must return information for the readers asked for")
    one, two = (_ask(mechanism, terms, submissions, seed) for seed in (5, 6))
    for i, answer in zip(readers, few, strict=True):
        fixed = np.array_equal(one[i], two[i], equal_nan=True)  # no randomness in it
        if fixed and not np.array_equal(one[i], answer, equal_nan=True):
            raise _BrokenError("inform answers something else than mediate; let them agree")
    return "inform answers the readers asked for as mediate does"
