"""Every kind of broken promise fails the check that is named after it, and no other."""

import json
import random
import re
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from nashbox import Dataset, Mechanism, Strategy
from nashbox.games.estimation.checks import check_mechanism, check_strategy
from nashbox.mechanisms import CountedMean, SampleMean
from nashbox.problem.plays import Play
from nashbox.strategies import Truthful, Withholder

MEMORY = []


class Promises(Strategy):
    """No exact plays, nothing random, equivariant."""


class WritesIntoData(Promises):
    def report(self, data, view, rng):
        data.points(0)[:, 0] += 1.0
        return data


class WritesIntoInformation(Promises):
    def estimate(self, data, submission, information, view, rng):
        information[:, 0] = data.mean[:, 0]
        return information


class WritesIntoItsSubmission(Promises):
    def report(self, data, view, rng):
        return data.map(lambda points, k: points.copy())

    def estimate(self, data, submission, information, view, rng):
        mean = data.mean
        submission.points(0)[:] = 0.0
        return mean


class WritesIntoTheTerms(Promises):
    def gather(self, view, rng):
        return view.counts.astype(int)

    def report(self, data, view, rng):
        view.terms.costs[0, 0] += 0.01
        return data


class NumpysGlobalStream(Promises):
    deterministic = False

    def report(self, data, view, rng):
        return data.shifted(np.random.normal())  # noqa: NPY002


class NumpysGlobalStreamUnused(Promises):
    def report(self, data, view, rng):
        np.random.random()  # noqa: NPY002
        return data


class PythonsGlobalStream(Promises):
    deterministic = False

    def report(self, data, view, rng):
        return data.shifted(random.random())  # noqa: S311


class SeedsTheGlobalStream(Promises):
    def report(self, data, view, rng):
        np.random.seed(0)  # noqa: NPY002
        return data


class GeneratorOfItsOwn(Promises):
    deterministic = False

    def report(self, data, view, rng):
        return data.shifted(np.random.default_rng().normal())


class RemembersEarlierData(Promises):
    def report(self, data, view, rng):
        MEMORY.append(data.mean)
        alike = [mean for mean in MEMORY if mean.shape == data.mean.shape]
        return data.map(lambda points, k: points + alike[-2 if len(alike) > 1 else -1][:, k, None])


class ShrinksAndClaimsEquivariance(Promises):
    def estimate(self, data, submission, information, view, rng):
        return 0.5 * np.where(np.isnan(information), data.mean, information)


class HandsInShrunkenPoints(Promises):
    def report(self, data, view, rng):
        return data.map(lambda points, k: 0.5 * points)

    def estimate(self, data, submission, information, view, rng):
        return data.mean


class RandomAndClaimsNotToBe(Promises):
    def report(self, data, view, rng):
        return data.shifted(rng.normal())


class RandomCounts(Promises):
    def gather(self, view, rng):
        return np.where(np.isinf(view.costs), 0, rng.integers(1, 9, size=view.costs.size))


class CollectsWhereItCannot(Promises):
    def gather(self, view, rng):
        return np.array([5, 5])


class CollectsHalfPoints(Promises):
    def gather(self, view, rng):
        return np.where(np.isinf(view.costs), 0, 0.5)


class CollectsForOneDistribution(Promises):
    def gather(self, view, rng):
        return np.array([5])


class EstimatesNothing(Promises):
    def estimate(self, data, submission, information, view, rng):
        return np.full(data.counts.shape, np.nan)


class EstimatesOneNumber(Promises):
    def estimate(self, data, submission, information, view, rng):
        return data.mean[:, 0]


class HandsInNothing(Promises):
    def report(self, data, view, rng):
        return None


class HandsInNaN(Promises):
    def report(self, data, view, rng):
        return Dataset([data.points(k) * np.nan for k in range(data.counts.shape[1])], data.counts)


class LiesAboutItsCounts(Promises):
    def report(self, data, view, rng):
        return Dataset([data.points(k) for k in range(data.counts.shape[1])], 5 * data.counts)


class MixesWorlds(Promises):
    def estimate(self, data, submission, information, view, rng):
        return np.broadcast_to(data.mean.mean(axis=0), data.counts.shape)


class MixesWorldsAtRandom(Promises):
    deterministic = False

    def report(self, data, view, rng):
        noise = rng.normal(size=data.counts.shape)
        return data.shifted(noise + data.mean - data.mean.mean(axis=0))


class Raises(Promises):
    def report(self, data, view, rng):
        raise RuntimeError("two\nlines")


class Exits(Promises):
    def report(self, data, view, rng):
        raise SystemExit(0)


class LiesWithTruthfulPlays(Truthful):
    def report(self, data, view, rng):
        return data.shifted(50.0)


class CollectsLessThanItPlays(Truthful):
    def gather(self, view, rng):
        return np.where(np.isinf(view.costs), 0, 1)


class IgnoresWithTruthfulPlays(Truthful):
    def estimate(self, data, submission, information, view, rng):
        return data.mean


class MakesUpTheRest(Withholder):
    def report(self, data, view, rng):
        return super().report(data, view, rng).map(lambda points, k: points * 0 + 1.0)

    equivariant = False


class PlaysOneDistribution(Truthful):
    def plays(self, view):
        return [Play.truthful(6.0)]


@dataclass(frozen=True)
class HoldsAnArray(Strategy):
    table: object = None

    def __post_init__(self):
        object.__setattr__(self, "table", lambda: 0)


@pytest.mark.parametrize(
    ("strategy", "check", "advice"),
    [
        (WritesIntoData, "leaves_inputs_alone", "copy before changing"),
        (WritesIntoInformation, "leaves_inputs_alone", "information it received; copy"),
        (WritesIntoItsSubmission, "leaves_inputs_alone", "into the submission; copy"),
        (WritesIntoTheTerms, "leaves_inputs_alone", "published terms; copy"),
        (NumpysGlobalStream, "uses_only_its_generator", "numpy's global .* generator passed in"),
        (NumpysGlobalStreamUnused, "uses_only_its_generator", "numpy's global"),
        (SeedsTheGlobalStream, "uses_only_its_generator", "numpy's global"),
        (PythonsGlobalStream, "uses_only_its_generator", "Python's random module; use the gen"),
        (GeneratorOfItsOwn, "uses_only_its_generator", "generator of its own"),
        (RemembersEarlierData, "uses_only_its_generator", "remembers earlier calls"),
        (ShrinksAndClaimsEquivariance, "equivariant", "set equivariant = False"),
        (HandsInShrunkenPoints, "equivariant", "set equivariant = False"),
        (RandomAndClaimsNotToBe, "deterministic", "set deterministic = False"),
        (RandomCounts, "counts", "draws counts at random"),
        (CollectsWhereItCannot, "counts", "return 0 there"),
        (CollectsHalfPoints, "counts", r"whole numbers >= 0, got \[0.5, 0.5\]"),
        (CollectsForOneDistribution, "counts", r"shape \(2,\), got \(1,\)"),
        (EstimatesNothing, "estimate", "NaN or inf although there are own points"),
        (EstimatesOneNumber, "estimate", r"\(7, 2\), got \(7,\)"),
        (HandsInNothing, "report", "must return a Dataset .* got None"),
        (HandsInNaN, "report", "NaN"),
        (LiesAboutItsCounts, "report", "counts"),
        (MixesWorlds, "worlds_are_independent", "keep axis 0 apart"),
        pytest.param(
            MixesWorldsAtRandom,
            "worlds_are_independent",
            "keep axis 0 apart",
            marks=pytest.mark.slow,
        ),
        (Raises, "report", "raised RuntimeError: two lines"),
        (Exits, "report", "raised SystemExit: 0"),
        (LiesWithTruthfulPlays, "plays", "override plays"),
        (CollectsLessThanItPlays, "plays", "n = 6, s = 6, but 1 points"),
        (IgnoresWithTruthfulPlays, "plays", "weight 1, and the estimate is another"),
        (MakesUpTheRest, "plays", "only measured points"),
        (PlaysOneDistribution, "plays", "one Play per distribution"),
        (HoldsAnArray, "pickles", "sending it to workers"),
    ],
)
def test_strategies(strategy, check, advice):
    MEMORY.clear()
    _fails_only(check_strategy(strategy()), check, advice)


class Rules(Mechanism):
    """Means of everything, which keep every promise until a subclass breaks one."""

    def mediate(self, submissions, terms, rng):
        return SampleMean().mediate(submissions, terms, rng)


class MedianThatClaimsMeans(Rules):
    sees: ClassVar = "count_and_mean"

    def mediate(self, submissions, terms, rng):
        d = terms.counts.shape[1]
        points = [np.concatenate([s.points(k) for s in submissions], axis=1) for k in range(d)]
        if not points[0].size:
            return super().mediate(submissions, terms, rng)
        return [np.stack([np.median(p, axis=1) for p in points], axis=1)] * len(submissions)


class OwnMedianForTheLastAgent(Rules):
    sees: ClassVar = "count_and_mean"

    def mediate(self, submissions, terms, rng):
        answers = list(super().mediate(submissions, terms, rng))
        own = submissions[-1]
        if own.counts.all():
            d = own.counts.shape[1]
            answers[-1] = np.stack([np.median(own.points(k), axis=1) for k in range(d)], axis=1)
        return answers


class WritesIntoSubmissions(Rules):
    def mediate(self, submissions, terms, rng):
        answers = super().mediate(submissions, terms, rng)
        submissions[1].points(0)[:] += 1.0
        return answers


class WritesIntoTerms(Rules):
    def mediate(self, submissions, terms, rng):
        terms.counts[0] += 1
        return super().mediate(submissions, terms, rng)


class Shrinks(Rules):
    def mediate(self, submissions, terms, rng):
        return [0.9 * answer for answer in super().mediate(submissions, terms, rng)]


class SometimesSilent(Rules):
    def mediate(self, submissions, terms, rng):
        answers = super().mediate(submissions, terms, rng)
        return [np.where(np.abs(answer) < 200.0, answer, np.nan) for answer in answers]


class DrawsGlobally(Rules):
    def mediate(self, submissions, terms, rng):
        noise = np.random.normal()  # noqa: NPY002
        return [answer + noise for answer in super().mediate(submissions, terms, rng)]


class DrawsFromPythonsModule(Rules):
    def mediate(self, submissions, terms, rng):
        return [answer + random.random() for answer in super().mediate(submissions, terms, rng)]  # noqa: S311


class RemembersTheLastRound(Rules):
    def mediate(self, submissions, terms, rng):
        MEMORY.append(super().mediate(submissions, terms, rng))
        alike = [one for one in MEMORY if np.shape(one) == np.shape(MEMORY[-1])]
        return alike[-2] if len(alike) > 1 else alike[-1]


class AnswersOneAgent(Rules):
    def mediate(self, submissions, terms, rng):
        return super().mediate(submissions, terms, rng)[:1]


class AnswersOneWorld(Rules):
    def mediate(self, submissions, terms, rng):
        return [answer[:1] for answer in super().mediate(submissions, terms, rng)]


class BreaksWithoutData(Rules):
    def mediate(self, submissions, terms, rng):
        if not sum(s.counts.sum() for s in submissions):
            raise ZeroDivisionError("nobody came")
        return super().mediate(submissions, terms, rng)


class RecommendsFractions(Rules):
    def terms(self, problem, plan):
        return replace(super().terms(problem, plan), counts=plan + 0.5)


class RecommendsTheImpossible(Rules):
    def terms(self, problem, plan):
        return replace(super().terms(problem, plan), counts=plan + 1)


class NoTerms(Rules):
    def terms(self, problem, plan):
        return None


class InformsDifferently(CountedMean):
    def inform(self, submissions, terms, rng, readers):
        return [answer + 1 for answer in super().inform(submissions, terms, rng, readers)]


class InformsNobody(CountedMean):
    def inform(self, submissions, terms, rng, readers):
        return []


class SeesSomethingElse(Rules):
    sees: ClassVar = "means"


@pytest.mark.parametrize(
    ("mechanism", "check", "advice"),
    [
        (MedianThatClaimsMeans, "sees", "set sees = 'points'"),
        (OwnMedianForTheLastAgent, "sees", "set sees = 'points'"),
        (SeesSomethingElse, "sees", "'count_and_mean' or 'points', got 'means'"),
        (WritesIntoSubmissions, "leaves_inputs_alone", "into a submission; copy"),
        (WritesIntoTerms, "leaves_inputs_alone", "into the terms; copy"),
        (Shrinks, "equivariant", "set equivariant = False"),
        (SometimesSilent, "equivariant", "set equivariant = False"),
        (DrawsGlobally, "uses_only_its_generator", "numpy's global .* generator passed in"),
        (DrawsFromPythonsModule, "uses_only_its_generator", "Python's random module"),
        (RemembersTheLastRound, "uses_only_its_generator", "remembers earlier calls"),
        (AnswersOneAgent, "information", "each of 4 agents, got 1"),
        (AnswersOneWorld, "information", r"\(7, ...\), got \(1, 2\)"),
        (BreaksWithoutData, "information", "raised ZeroDivisionError: nobody came"),
        (RecommendsFractions, "terms", "fractions of a point"),
        (RecommendsTheImpossible, "terms", "where the cost is inf; recommend 0"),
        (NoTerms, "terms", "must return Terms"),
        (InformsDifferently, "inform_agrees", "does not tell a0 what mediate would"),
        (InformsNobody, "inform_agrees", "information for 1 agents, got 0"),
    ],
)
def test_mechanisms(mechanism, check, advice):
    MEMORY.clear()
    _fails_only(check_mechanism(mechanism()), check, advice)


def _fails_only(rows, check, advice):
    failed = {row.name: row.reason for row in rows if row.passed is False}
    assert list(failed) == [check], failed
    assert re.search(advice, failed[check]), failed[check]


@pytest.mark.parametrize(("kept", "check"), [(Promises, check_strategy), (Rules, check_mechanism)])
def test_what_the_violations_start_from_breaks_nothing(kept, check):
    assert all(row.passed is not False for row in check(kept()))


def test_checks_leave_the_global_streams_alone():
    before = random.getstate(), repr(np.random.get_state())  # noqa: NPY002
    check_strategy(SeedsTheGlobalStream())
    check_mechanism(DrawsFromPythonsModule())
    assert before == (random.getstate(), repr(np.random.get_state()))  # noqa: NPY002


SIZES = {
    "only beyond a thousand points": (
        "    def report(self, data, view, rng):\n"
        "        big = data.counts.max() > 1000\n"
        "        lost = data.map(lambda points, k: np.full_like(points, np.nan))\n"
        "        return lost if big else data\n",
        "Strategy",
    ),
    "only with three distributions": (
        "    def gather(self, view, rng):\n        return super().gather(view, rng)[:2]\n",
        "Strategy",
    ),
    "only with forty agents": (
        "    def mediate(self, submissions, terms, rng):\n"
        "        found = super().mediate(submissions, terms, rng)\n"
        "        return found[:20]\n",
        "SampleMean",
    ),
    "worlds mixed up": (
        "    def mediate(self, submissions, terms, rng):\n"
        "        found = super().mediate(submissions, terms, rng)\n"
        "        return [x.mean(axis=0, keepdims=True) + 0 * x for x in found]\n",
        "SampleMean",
    ),
    "one coin for all worlds": (
        "    equivariant = False\n    sees = 'points'\n"
        "    def mediate(self, submissions, terms, rng):\n"
        "        lost = rng.random() < 0.5\n"
        "        found = super().mediate(submissions, terms, rng)\n"
        "        return [x * (0.0 if lost else 1.0) for x in found]\n",
        "SampleMean",
    ),
    "complex": (
        "    def mediate(self, submissions, terms, rng):\n"
        "        return [x + 0j for x in super().mediate(submissions, terms, rng)]\n",
        "SampleMean",
    ),
    "nothing but NaN": (
        "    def mediate(self, submissions, terms, rng):\n"
        "        return [x * np.nan for x in super().mediate(submissions, terms, rng)]\n",
        "SampleMean",
    ),
    "gather writes": (
        "    def gather(self, view, rng):\n        view.others[:] = 0\n"
        "        return super().gather(view, rng)\n",
        "Strategy",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", SIZES)
def test_what_breaks_in_some_games_only_is_found(nashbox, kind):
    body, base = SIZES[kind]
    source = (
        "import numpy as np\nfrom dataclasses import dataclass\nfrom nashbox import Strategy\n"
        "from nashbox.mechanisms import SampleMean\n\n"
        f"@dataclass(frozen=True)\nclass Odd({base}):\n{body}"
    )
    answer = nashbox("check", "odd.py:Odd", files={"odd.py": source})
    assert answer.code == 1 and "FAILED" in answer.out, answer


def test_who_refuses_every_game_does_not_keep_the_contract(nashbox):
    """An InputError may say that a game is not the right one, but not of all of them."""
    text = """
from dataclasses import dataclass
from nashbox import Strategy
from nashbox.problem.errors import InputError

@dataclass(frozen=True)
class Picky(Strategy):
    def gather(self, view, rng):
        raise InputError("not this one")
"""
    found = nashbox("check", "picky.py:Picky", "--json", "-", files={"picky.py": text})
    assert found.code == 1
    assert "it refuses every game that it was tried in: not this one" in found.out


def test_what_was_not_tested_is_skipped(nashbox):
    answer = nashbox("check", "fabricator", "--json", "-")
    rows = {row["name"]: row for row in json.loads(answer.out)["checks"]}
    assert answer.code == 0 and json.loads(answer.out)["passed"] is True
    assert any(row["passed"] is None and "not promised" in row["reason"] for row in rows.values())


def test_the_users_own_problem_is_one_of_the_games(nashbox):
    source = (
        "from nashbox import Strategy\n\nclass Odd(Strategy):\n"
        "    def gather(self, view, rng):\n        found = super().gather(view, rng)\n"
        "        return found - 1000 if view.costs.size == 4 else found\n"
    )
    files = {
        "odd.py": source,
        "p.toml": 'game = "estimation"\nsigma = 10.0\ncosts = [[0.1, 0.1, 0.1, 0.2], '
        "[0.1, 0.2, 0.1, 0.1]]\n",
    }
    assert nashbox("check", "odd.py:Odd", files=files).code == 0
    assert nashbox("check", "odd.py:Odd", "--problem", "p.toml").code == 1
    nashbox("check", "odd.py:Odd", "--problem", "no.toml").refuses("no.toml")


@dataclass(frozen=True)
class OnlyForMany(SampleMean):
    """Tells nothing to who hands in fewer than five points: no fault where less is owed."""

    def mediate(self, submissions, terms, rng):
        told = super().mediate(submissions, terms, rng)
        return [np.where(s.counts >= 5, x, np.nan) for s, x in zip(submissions, told, strict=True)]


class ForNobody(SampleMean):
    def mediate(self, submissions, terms, rng):
        return [np.full_like(x, np.nan) for x in super().mediate(submissions, terms, rng)]


def test_who_is_told_nothing_of_a_few_points_is_told_something_of_many():
    rows = {row.name: row for row in check_mechanism(OnlyForMany())}
    assert rows["information"].passed, rows["information"].reason
    rows = {row.name: row for row in check_mechanism(ForNobody())}
    assert not rows["information"].passed
    assert "NaN for everybody" in rows["information"].reason
