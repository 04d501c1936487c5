"""Audits test promises: every broken one is refused by name, what keeps its promises is not."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from nashbox import Mechanism, Strategy
from nashbox.experiments.audit.promises import hold
from nashbox.mechanisms import MECHANISMS, Cbl, CountedMean, SampleMean, Threshold
from nashbox.problem.errors import ContractError
from nashbox.strategies import STRATEGIES, Mixed, Truthful
from tests.games import alike as game

MEMORY = []


class Rules(Mechanism):
    """Means of everything, until a subclass breaks a promise."""

    def mediate(self, submissions, terms, rng):
        return SampleMean().mediate(submissions, terms, rng)


def altering(change, **attributes):
    """Rules whose answers are changed: change(mean (R, d), submissions, terms, rng)."""

    def mediate(self, submissions, terms, rng):
        told = SampleMean().mediate(submissions, terms, rng)
        return [change(np.array(x), submissions, terms, rng) for x in told]

    return type("Altered", (Rules,), {"mediate": mediate, **attributes})()


def window(low, high, by=20.0):
    def change(x, submissions, terms, rng):
        return x + by * ((x > low) & (x < high))

    return altering(change)


def over_worlds(x, submissions, terms, rng):
    return np.broadcast_to(x.mean(axis=0), x.shape)


def standardised(x, submissions, terms, rng):
    return x + 0.01 * (x - x.mean(axis=0)) / (x.std(axis=0) + 1.0)


def noise_by_spread(x, submissions, terms, rng):
    return x + rng.normal(size=x.shape) * submissions[0].mean.std(axis=0)


def noise_by_size(x, submissions, terms, rng):
    return x + 5.0 * rng.normal(size=x.shape) / np.sqrt(len(x))


def first_world_is_special(x, submissions, terms, rng):
    x[0] += 1.0
    return x


def sorted_worlds(x, submissions, terms, rng):
    return np.sort(x, axis=0)


def next_world(x, submissions, terms, rng):
    return 0.5 * (x + np.roll(x, 1, axis=0))


def one_coin(p):
    return lambda x, s, t, rng: x + 1e4 * (rng.random() < p)


def one_noise(x, submissions, terms, rng):
    return x + rng.normal()


def one_gamma(x, submissions, terms, rng):
    return x + rng.gamma(2.0)


def rare_per_agent(x, submissions, terms, rng):
    return x + 30.0 * (rng.uniform(0.0, 1.0, size=(1, x.shape[1])) < 1e-6)


def one_binomial(x, submissions, terms, rng):
    return x + rng.binomial(1, 1e-9)


@pytest.mark.parametrize("d", [1, 3])
@pytest.mark.parametrize(
    "change",
    [
        over_worlds,
        standardised,
        noise_by_spread,
        noise_by_size,
        first_world_is_special,
        sorted_worlds,
        next_world,
    ],
)
def test_worlds_that_depend_on_each_other(change, d, seed):
    with pytest.raises(ContractError, match=r"Altered.mediate.* depends on the other worlds"):
        hold(game(altering(change), d=d), seed)


@pytest.mark.parametrize(
    "change",
    [one_coin(0.3), one_coin(1e-6), one_noise, one_gamma, rare_per_agent, one_binomial],
)
def test_dice_thrown_once_for_all_worlds(change, seed):
    with pytest.raises(ContractError, match=r"Altered.mediate throws its dice once"):
        hold(game(altering(change)), seed)


@pytest.mark.parametrize(
    "mechanism",
    [
        altering(lambda x, *rest: 0.999 * x),
        altering(lambda x, *rest: np.where(np.abs(x) < 1e5, x, np.nan)),
        window(100.0, 1000.0),
        window(-3e4, -1e4),
        window(0.01, 0.1, by=0.01),
        window(2e6, 2.5e6),
        altering(lambda x, *rest: np.round(x, 1)),
        altering(lambda x, *rest: x + (np.sign(x) > 0)),
        altering(lambda x, s, t, rng: x + rng.normal(size=x.shape) * np.abs(x)),
    ],
)
def test_mechanisms_that_do_not_move_with_mu(mechanism, seed):
    with pytest.raises(ContractError, match=r"Altered.mediate promises equivariant = True"):
        hold(game(mechanism), seed)


def test_one_of_several_distributions_that_does_not_move(seed):
    third = altering(lambda x, *rest: x * np.array([1.0, 1.0, 0.99]))
    with pytest.raises(ContractError, match="equivariant"):
        hold(game(third, d=3), seed)


def test_who_does_not_promise_to_move_is_left_alone(seed):
    hold(game(altering(lambda x, *rest: 0.9 * x, equivariant=False)), seed)


class TellsReadersMore(CountedMean):
    def inform(self, submissions, terms, rng, readers):
        return [SampleMean.mediate(self, submissions, terms, rng)[i] for i in readers]


class TellsTheLastLess(Rules):
    def inform(self, submissions, terms, rng, readers):
        told = self.mediate(submissions, terms, rng)
        return [told[i] if i < len(told) - 1 else submissions[i].mean for i in readers]


class HalfTheNoise(Cbl):
    def inform(self, submissions, terms, rng, readers):
        calm = replace(terms, alpha=0.3 * terms.alpha)
        return Cbl.inform(self, submissions, calm, rng, readers)

    def mediate(self, submissions, terms, rng):
        return Cbl.inform(self, submissions, terms, rng, range(len(submissions)))


class Shuffles(Rules):
    def mediate(self, submissions, terms, rng):
        return [s.mean for s in submissions]

    def inform(self, submissions, terms, rng, readers):
        return [submissions[i - 1].mean for i in readers]


@pytest.mark.parametrize("mechanism", [TellsReadersMore, TellsTheLastLess, HalfTheNoise, Shuffles])
def test_readers_who_are_told_something_else(mechanism, seed):
    with pytest.raises(ContractError, match=r"\.inform\(\[\d\]\) does not tell a\d what"):
        hold(game(mechanism(), m=8, owed=12.0), seed)


class RemembersTheLastMean(Rules):
    def mediate(self, submissions, terms, rng):
        told = super().mediate(submissions, terms, rng)
        MEMORY.append(np.nanmean(told[0]))
        return [x + 1e-3 * MEMORY[-2] for x in told] if len(MEMORY) > 1 else told


class CountsCalls(Rules):
    def mediate(self, submissions, terms, rng):
        MEMORY.append(1)
        return [x + (len(MEMORY) > 12) for x in super().mediate(submissions, terms, rng)]


class GlobalDice(Rules):
    def mediate(self, submissions, terms, rng):
        noise = np.random.standard_normal(submissions[0].mean.shape)  # noqa: NPY002
        return [x + noise for x in super().mediate(submissions, terms, rng)]


class Overwrites(Rules):
    def mediate(self, submissions, terms, rng):
        told = super().mediate(submissions, terms, rng)
        submissions[0].points(0)[:] = 0.0
        return told


@pytest.mark.parametrize(
    ("mechanism", "said"),
    [
        (RemembersTheLastMean, "remembers earlier calls"),
        (CountsCalls, "remembers earlier calls"),
        (GlobalDice, "generator of its own"),
        (Overwrites, "remembers earlier calls|writes into its arguments"),
    ],
)
def test_state_between_calls(mechanism, said, seed):
    MEMORY.clear()
    with pytest.raises(ContractError, match=said):
        hold(game(mechanism()), seed)


class Misstates(Rules):
    key = "costs"

    def terms(self, problem, plan):
        terms = super().terms(problem, plan)
        return replace(terms, **{self.key: self.false(getattr(terms, self.key))})

    def false(self, right):
        return 0.5 * right


class MisstatesSigma(Misstates):
    key = "sigma"


class MisstatesNames(Misstates):
    key = "names"

    def false(self, right):
        return right[::-1]


class PublishesOtherRules(Misstates):
    key = "rules"

    def false(self, right):
        return SampleMean()


class RecommendsAnything(Misstates):
    key = "counts"

    def false(self, right):
        MEMORY.append(1)
        return right + len(MEMORY)


@pytest.mark.parametrize(
    ("mechanism", "said"),
    [
        (
            Misstates,
            r"terms must publish the problem's costs, 0.05 for a0, x0, got 0.025",
        ),
        (MisstatesSigma, r"publish the problem's sigma, 10 for x0, got 5"),
        (MisstatesNames, r"publish the problem's names"),
        (PublishesOtherRules, r"publish the mechanism itself as rules, got SampleMean"),
        (RecommendsAnything, r"recommends other counts when it is asked again"),
    ],
)
def test_terms_that_misstate_the_problem(mechanism, said):
    with pytest.raises(ContractError, match=said):
        hold(game(mechanism()), 0)


def test_penalties_are_billed_at_the_problems_costs():
    model = game(Misstates()).model(4, 0)
    model.step()
    assert [agent.cost.tolist() for agent in model.players] == [[6 * 0.05] * 4] * 4


class MedianOfOwn(Rules):
    sees: ClassVar = "count_and_mean"

    def mediate(self, submissions, terms, rng):
        return [np.median(s.points(0), axis=1)[:, None] for s in submissions]


def test_rules_that_see_more_than_they_say(seed):
    with pytest.raises(ContractError, match="MedianOfOwn promises sees = 'count_and_mean'"):
        hold(game(MedianOfOwn()), seed)


# ---- strategies


class Shrinks(Strategy):
    def estimate(self, data, submission, information, view, rng):
        return 0.999 * super().estimate(data, submission, information, view, rng)


class LiesWhenFar(Strategy):
    def report(self, data, view, rng):
        far = (data.mean > 700.0) & (data.mean < 1000.0)
        return data.shifted(far * 30.0)


class AveragesWorlds(Strategy):
    def estimate(self, data, submission, information, view, rng):
        return np.broadcast_to(data.mean.mean(axis=0), data.counts.shape)


class CoinForAll(Strategy):
    deterministic = False

    def report(self, data, view, rng):
        return data.shifted(1e3 * (rng.random() < 1e-5))


class RandomCounts(Strategy):
    deterministic = False

    def gather(self, view, rng):
        return rng.integers(1, 9, size=view.counts.size)


class Remembers(Strategy):
    def report(self, data, view, rng):
        MEMORY.append(data.mean.sum())
        return data.shifted(1e-3 * MEMORY[-2] if len(MEMORY) > 1 else 0.0)


@dataclass(frozen=True)
class SaysItIsDeterministic(Strategy):
    def report(self, data, view, rng):
        return data.shifted(rng.normal(size=data.counts.shape))


class SaysItHandsInAll(Truthful):
    def plays(self, view):
        return [replace(play, s=play.s - 1.0) for play in super().plays(view)]


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        (Shrinks, "equivariant = True"),
        (LiesWhenFar, "equivariant = True"),
        (AveragesWorlds, "depends on the other worlds"),
        (CoinForAll, "throws its dice once"),
        (RandomCounts, "draws counts at random"),
        (Remembers, "remembers earlier calls"),
        (SaysItIsDeterministic, "promises deterministic = True"),
        (SaysItHandsInAll, "plays says"),
    ],
)
def test_strategies(strategy, said, place, seed):
    MEMORY.clear()
    profile = [Truthful(), strategy()] if place else [strategy(), Truthful()]
    with pytest.raises(ContractError, match=rf"strategies.a{place}: {strategy.__name__}.*{said}"):
        hold(game(SampleMean(), profile), seed)


def test_parts_of_a_mixture_are_held_to_their_promises(seed):
    mixed = Mixed(strategies=[Truthful(), Shrinks()])
    with pytest.raises(ContractError, match=r"Shrinks.*equivariant"):
        hold(game(SampleMean(), [mixed]), seed)


# ---- what keeps its promises


class Noisy(Rules):
    def mediate(self, submissions, terms, rng):
        told = super().mediate(submissions, terms, rng)
        rare = rng.random(told[0].shape) < 0.01
        return [x + rng.standard_cauchy(x.shape) * rare for x in told]


class DiceForSome(Rules):
    """Throws dice for those who are far from the mean, each her own."""

    def mediate(self, submissions, terms, rng):
        answers = []
        for told, own in zip(super().mediate(submissions, terms, rng), submissions, strict=True):
            answer, far = told.copy(), np.abs(own.mean - told) > 4.0
            answer[far] += rng.normal(size=far.sum())
            answers.append(answer)
        return answers


class OneOrderForAll(Rules):
    def mediate(self, submissions, terms, rng):
        order = rng.permutation(len(submissions))
        return [submissions[j].mean for j in order]


class WorldByWorld(Rules):
    def mediate(self, submissions, terms, rng):
        told = super().mediate(submissions, terms, rng)[0].copy()
        for r in range(len(told)):
            told[r] += rng.normal()
        return [told] * len(submissions)


class OwnChildren(Rules):
    def mediate(self, submissions, terms, rng):
        told = super().mediate(submissions, terms, rng)
        streams = rng.spawn(len(told))
        return [x + s.normal(size=x.shape) for x, s in zip(told, streams, strict=True)]

    def inform(self, submissions, terms, rng, readers):
        told = self.mediate(submissions, terms, rng)
        return [told[i] for i in readers]


KEEP = [Rules, Noisy, DiceForSome, OneOrderForAll, WorldByWorld, OwnChildren]
SUBCLASSES = [type(f"My{c.__name__}", (c,), {"__module__": __name__}) for c in MECHANISMS.values()]
TAKEN = [s for s in STRATEGIES.values() if s is not Mixed]
STRATEGIES_OF_USERS = [type(f"My{c.__name__}", (c,), {"__module__": __name__}) for c in TAKEN]


@pytest.mark.parametrize("mechanism", [*KEEP, *SUBCLASSES])
@pytest.mark.parametrize("d", [1, 2])
def test_mechanisms_that_keep_their_promises(mechanism, d, seed):
    hold(game(mechanism(), d=d, owed=12.0), seed)


@pytest.mark.parametrize("strategy", STRATEGIES_OF_USERS)
@pytest.mark.parametrize("mechanism", [SampleMean, Threshold])
def test_strategies_that_keep_their_promises(strategy, mechanism, seed):
    hold(game(mechanism(), [strategy()], d=2, owed=12.0), seed)


def test_classes_of_our_own_cost_nothing(monkeypatch):
    for mechanism in MECHANISMS.values():
        played = game(mechanism(), [Truthful()], owed=12.0)
        monkeypatch.setattr(mechanism, "mediate", None)  # would raise
        hold(played, 0)
