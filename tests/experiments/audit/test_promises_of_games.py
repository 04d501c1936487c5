"""Games, exchanges and payoffs of users are held to what they promise, in every audit."""

import textwrap
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import nashbox
from nashbox.experiments.audit.promises import hold, hold_formulas
from nashbox.games.auction import Auction, Bid, Sealed
from nashbox.games.federated import Federated
from nashbox.games.public_goods import Contribute, PublicGoods
from nashbox.games.registry import prepare_game
from nashbox.games.testing import RaceGame, exact
from nashbox.mechanisms.exchange import BeliefExchange
from nashbox.problem.errors import ContractError
from nashbox.problem.files import from_mapping
from nashbox.problem.payoffs import Contest, FunctionPayoff
from nashbox.problem.signal import Revealed, Word
from nashbox.strategies.testing import Signaller
from tests.places import EXAMPLES

CALLS = []


class Plain(PublicGoods):
    pass


class OneForAll(PublicGoods):
    def alike(self, i, strategy):
        return type(strategy)


class OneForEqual(PublicGoods):
    def alike(self, i, strategy):
        return strategy.share, strategy.punish


class AveragesWorlds(PublicGoods):
    def pay(self, view, action, received):
        return super().pay(view, action, received) - received[..., 0].mean()


class Ranks(PublicGoods):
    def pay(self, view, action, received):
        return super().pay(view, action, received) + 0.01 * np.argsort(np.argsort(action[:, 0]))


class PaysByTheBlock(PublicGoods):
    def pay(self, view, action, received):
        return super().pay(view, action, received) + 1.0 / view.worlds


class Remembers(PublicGoods):
    def pay(self, view, action, received):
        CALLS.append(1)
        return super().pay(view, action, received) + (len(CALLS) > 40)


class PaysTooMuch(PublicGoods):
    def pay(self, view, action, received):
        return super().pay(view, action, received) + np.inf


class PaysComplex(PublicGoods):
    def pay(self, view, action, received):
        return super().pay(view, action, received) + 0j


class PaysOnce(PublicGoods):
    def pay(self, view, action, received):
        return super().pay(view, action, received)[:1]


@dataclass(frozen=True)
class LotForAll(Sealed):
    def mediate(self, actions, rng):
        told = super().mediate(actions, rng)
        return [np.array([x[0] * (rng.random() > 1e-7), x[1]]) for x in told]


@dataclass(frozen=True)
class WrongAxis(Sealed):
    def mediate(self, actions, rng):
        return [
            np.array([x[0], np.broadcast_to(x[1].max(), x[1].shape)])
            for x in super().mediate(actions, rng)
        ]


@pytest.mark.parametrize(
    ("game", "said"),
    [
        (AveragesWorlds(), "depends on the other worlds"),
        (Ranks(), "depends on the other worlds"),
        (PaysByTheBlock(), "depends on the other worlds"),
        (
            Auction(mechanism=WrongAxis(), rule="second_price"),
            "WrongAxis.*depends on the other worlds",
        ),
        (Auction(mechanism=LotForAll()), "LotForAll.*dice once for all"),
        (Remembers(), "different amounts|remembers"),
        (
            OneForAll(),
            r"OneForAll.alike: a0 is paid .* with contribute.* and they are called alike",
        ),
        (PaysTooMuch(), "PaysTooMuch: a payment is infinitely good"),
        (PaysComplex(), "real numbers"),
        (PaysOnce(), r"must return .* shape \(\d+,\)"),
    ],
)
def test_games(game, said, seed):
    CALLS.clear()
    with pytest.raises(ContractError, match=said):
        hold(game, seed)


@dataclass(frozen=True)
class Follows(Bid):
    def act(self, view, rng):
        return super().act(view, rng) * view.private.max()


@dataclass(frozen=True)
class OneCoin(Contribute):
    def act(self, view, rng):
        return super().act(view, rng) * (rng.random() < 0.5)


@dataclass(frozen=True)
class OwnCoins(Contribute):
    def act(self, view, rng):
        return super().act(view, rng) * (rng.random((view.worlds, 1)) < 0.5)


def test_strategies_of_games(seed):
    with pytest.raises(ContractError, match=r"a1: Follows.act.* depends on the other worlds"):
        hold(Auction().with_strategies({"a1": Follows()}), seed)
    with pytest.raises(ContractError, match=r"a0: OneCoin.act throws its dice once"):
        hold(PublicGoods().with_strategies({"a0": OneCoin()}), seed)


class Asked(PublicGoods):
    """What all are asked to play throws one coin for all worlds."""

    def recommended(self, i):
        return OneCoin()


class Tried(PublicGoods):
    """So does one of the deviations that an audit tries."""

    menu: ClassVar = {"contribute": Contribute, "one_coin": OneCoin}

    def deviations(self, i):
        return [*super().deviations(i), self.deviation("one_coin")]


class OneDraw(Auction):
    def nature(self, worlds, rng):
        return [np.full(worlds, rng.random())] * self.m


class Sorted(Auction):
    def nature(self, worlds, rng):
        return list(np.sort(rng.random((self.m, worlds))))


class Words(PublicGoods):
    def nature(self, worlds, rng):
        return [["low"] * worlds] * self.m


@pytest.mark.parametrize(
    ("game", "said"),
    [
        (Asked(), r"a0: OneCoin\.act throws its dice once"),
        (Tried(), r"a0: OneCoin\.act throws its dice once"),
        (OneDraw(), r"OneDraw\.nature throws its dice once"),
        (Sorted(), r"Sorted\.nature: .* depends on the other worlds"),
        (Words(), r"Words\.nature must return real numbers, worlds first, got"),
    ],
)
def test_what_all_play_may_try_and_are_told(game, said, seed):
    """Who drew once for all worlds had narrow bounds about a wrong number, and no word of it."""
    with pytest.raises(ContractError, match=said):
        hold(game, seed)


class KeepsAll(Auction):
    def pay(self, view, action, received):
        return super().pay(view, action, received)


@pytest.mark.parametrize(
    "game",
    [
        Plain(),
        OneForEqual(),
        KeepsAll(rule="all_pay", agents=3),
        type("Mine", (Federated,), {})(),
        PublicGoods().with_strategies({"a0": OwnCoins()}),
        Auction(mechanism=type("Mine", (Sealed,), {})()),
    ],
)
def test_games_that_keep_their_promises(game, seed):
    hold(game, seed)


class SaysLess(PublicGoods):
    def exact(self, i):
        found = super().exact(i)
        return replace(found, best=found.best - 0.2)


class SaysMore(PublicGoods):
    def exact(self, i):
        return replace(super().exact(i), paid=0.3)


@pytest.mark.parametrize("game", [SaysLess(), SaysMore()])
def test_formulas_of_games(game, seed):
    with pytest.raises(ContractError, match=r"a0: .* by formula.*; correct exact, or give none"):
        hold_formulas(game, 0, game.exact(0), seed)


def test_right_formulas_of_games_are_believed(seed):
    game = KeepsAll()
    for i in range(game.m):
        hold_formulas(game, i, game.exact(i), seed)


def test_a_game_mixed_in_has_no_formulas():
    class Fee:
        def pay(self, view, action, received):
            return super().pay(view, action, received) - action[:, 0]

    class Mixed(Fee, PublicGoods):
        pass

    assert "Fee has another pay" in Mixed().beyond_formulas()


# ---- testing games


def race(exchange=None, payoff=None, strategy=None):
    models = {"p0": ["0.8", "0.2"], "p1": ["0.5", "0.5"]}
    agents = [{"name": name, **models} for name in "AB"]
    built = prepare_game(from_mapping({"game": "testing", "beta": "1/10", "agents": agents}))
    problem = built.problem if payoff is None else replace(built.problem, payoff=payoff)
    strategies = {**built.strategies, **({"A": strategy} if strategy else {})}
    return RaceGame(problem, exchange or built.exchange, strategies)


class Bends(BeliefExchange):
    """Tells less where somebody is nearly sure."""

    def mediate(self, submissions, circle, rng):
        heard = super().mediate(submissions, circle, rng)
        return [[Word(w.sender, Revealed(bent(w.signal.log_odds))) for w in x] for x in heard]


def bent(log_odds):
    return np.where((log_odds > 2.0) & (log_odds < 4.0), 0.0, log_odds)


class SwapsSenders(BeliefExchange):
    def mediate(self, submissions, circle, rng):
        heard = super().mediate(submissions, circle, rng)
        return [[Word(circle.names[0], w.signal) for w in words] for words in heard]


class MutesOneWorld(BeliefExchange):
    def mediate(self, submissions, circle, rng):
        heard = super().mediate(submissions, circle, rng)
        return [[Word(w.sender, Revealed(mute(w.signal.log_odds))) for w in x] for x in heard]


def mute(log_odds):
    return np.where(log_odds >= log_odds.max(), np.nan, log_odds)


class OwnRules(Contest):
    def pay(self, outcome):
        return super().pay(outcome) - outcome.tau.mean()


class PaysLess(Contest):
    def pay(self, outcome):
        return 0.5 * super().pay(outcome)


@pytest.mark.parametrize(
    ("game", "said"),
    [
        (race(Bends()), "Bends promises faithful = True, but [AB] hears 0 of [AB]"),
        (race(SwapsSenders()), "SwapsSenders promises faithful = True"),
        (race(MutesOneWorld()), "MutesOneWorld.mediate: .* depends on the other worlds"),
        (race(payoff=OwnRules()), "payoff .* depends on the other worlds"),
        (
            race(payoff=FunctionPayoff(lambda o: o.share - o.share.mean())),
            "payoff .* depends on the other worlds",
        ),
    ],
)
def test_races(game, said, seed):
    with pytest.raises(ContractError, match=said):
        hold(game, seed)


class Peeks(Signaller):
    """Stops where the block's most certain agent would."""

    def decide(self, mind, words, rng):
        decision = super().decide(mind, words, rng)
        return replace(
            decision,
            threshold=decision.threshold
            | (np.abs(mind.log_odds) >= np.max(np.abs(mind.log_odds), initial=0.0)),
        )


def test_strategies_of_races(seed):
    with pytest.raises(ContractError, match=r"agent A: Peeks: .*game by game"):
        hold(race(strategy=Peeks()), seed)


class Faithful(BeliefExchange):
    def mediate(self, submissions, circle, rng):
        return super().mediate(submissions, circle, rng)


def test_races_that_keep_their_promises(seed):
    hold(race(Faithful(), PaysLess(), type("Mine", (Signaller,), {})()), seed)


def test_formulas_of_races_know_their_own_payoffs_and_exchanges_only():
    assert exact.unavailable(race()) is None
    assert "payoffs contest, cost and win" in exact.unavailable(race(payoff=PaysLess()))
    assert "Faithful has another mediate" in exact.unavailable(race(Faithful()))


# ---- whole audits, and the examples


def test_audits_refuse(folder):
    Path("rules.py").write_text(
        textwrap.dedent(
            """
            import nashbox

            class Forgets(nashbox.Mechanism):
                def mediate(self, submissions, terms, rng):
                    return [s.mean * 0 + s.mean.mean(axis=0) for s in submissions]
            """
        )
    )
    keys = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 3}
    problem = from_mapping({**keys, "mechanism": "rules.py:Forgets"})
    with pytest.raises(ContractError, match=r"Forgets.mediate: a world's result depends on"):
        nashbox.audit(problem)


ESTIMATION = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 4}
RACE = {
    "game": "testing",
    "beta": "1/10",
    "agents": [
        {"name": "A", "p0": ["0.8", "0.2"], "p1": ["0.5", "0.5"]},
        {
            "name": "B",
            "p0": ["0.8", "0.2"],
            "p1": ["0.5", "0.5"],
            "strategy": "plugins/parrot.py:Parrot",
        },
    ],
}


@pytest.mark.parametrize(
    "problem",
    [
        {**ESTIMATION, "mechanism": "plugins/robust_means.py:Median"},
        {**ESTIMATION, "mechanism": "plugins/robust_means.py:TrimmedMean"},
        {**ESTIMATION, "strategies": {"a1": "plugins/rich_liar.py:RichLiar"}},
        RACE,
    ],
    ids=["median", "trimmed_mean", "rich_liar", "parrot"],
)
def test_examples_keep_their_promises(problem, seed):
    hold(prepare_any(from_mapping(problem, EXAMPLES)), seed)


def prepare_any(problem):
    if problem.game == "estimation":
        from nashbox.games.estimation import prepare

        return prepare(problem)
    return prepare_game(problem)
