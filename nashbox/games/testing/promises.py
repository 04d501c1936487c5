"""Testing games: exchanges that say they are faithful, payoffs and strategies of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nashbox.games.promises.dice import hold_dice
from nashbox.games.promises.independence import hold_apart
from nashbox.games.promises.memory import forgetful
from nashbox.games.promises.paying import hold_seed
from nashbox.games.promises.piece import Block, Piece, all_alike, asked, rng_of
from nashbox.games.promises.shipped import shipped
from nashbox.games.testing.checks import hold_strategy
from nashbox.games.testing.race import RaceGame
from nashbox.mechanisms.exchange import Circle, Exchange
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError
from nashbox.problem.payoffs import Outcome, Payoff, paid
from nashbox.problem.signal import Revealed, Word

DECADES = (-6, 3)  # of |log odds| that are relayed
WORLDS = 2000


@dataclass(frozen=True, eq=False)
class Relay(Piece):
    """An exchange: everybody's log odds in, what everybody hears of everybody out, (L, m m)."""

    exchange: Exchange
    circle: Circle
    shown: str = ""

    @property
    def label(self) -> str:
        """Class and method, for errors."""
        return f"{self.shown}{type(self.exchange).__name__}.mediate"

    def draw(self, worlds: int, rng: np.random.Generator) -> Block:
        """Log odds of both signs over nine decades."""
        size = (len(self.circle.names), worlds)
        return list(rng.choice([-1.0, 1.0], size) * 10.0 ** rng.uniform(*DECADES, size))

    def answer(self, block: Block, rng: np.random.Generator) -> Array:
        """Column i m + j is what i hears of j, NaN for nothing; NaN for all from j is silence."""
        names = self.circle.names
        said = [None if np.isnan(x).all() else Revealed(x.copy()) for x in block]
        heard = asked(self.label, lambda: list(self.exchange.mediate(said, self.circle, rng)))
        if len(heard) != len(names):
            raise ContractError(f"{self.label} must return words for {len(names)} agents")
        found = np.full((len(block[0]), len(names) ** 2), np.nan)
        for i, words in enumerate(heard):
            for word in words:
                if not isinstance(word, Word) or word.sender not in names:
                    raise ContractError(f"{self.label} must return lists of Word of known senders")
                found[:, i * len(names) + names.index(word.sender)] = word.signal.log_odds
        return found


def hold_faithful(relay: Relay, seed: int) -> None:
    """Hold an exchange to `faithful`, in the game's own circle. Raises ContractError."""
    if not relay.exchange.faithful:
        return
    names, m = relay.circle.names, len(relay.circle.names)
    for silent in (None, *range(min(m, 3))):
        block = relay.draw(WORLDS, rng_of(seed, 1))
        if silent is not None:
            block[silent] = np.full(WORLDS, np.nan)
        found = relay.answer(block, rng_of(seed, 2))
        wanted = np.full(found.shape, np.nan)
        for i, heard in enumerate(relay.circle.neighbours):
            for j in heard:
                wanted[:, i * m + j] = block[j]
        wrong = np.argwhere(~((found == wanted) | (np.isnan(found) & np.isnan(wanted))))
        for r, column in wrong[:1]:
            i, j = divmod(int(column), m)
            raise ContractError(
                f"{relay.shown}{type(relay.exchange).__name__} promises faithful = True, but "
                f"{names[i]} hears {found[r, column]:.6g} of {names[j]}, whose log odds are "
                f"{wanted[r, column]:.6g}; set faithful = False"
            )


@dataclass(frozen=True, eq=False)
class Paying(Piece):
    """A payoff: outcomes in, payments out."""

    payoff: Payoff
    shown: str = ""

    @property
    def label(self) -> str:
        """The payoff's name, for errors."""
        return f"{self.shown}payoff {self.payoff.label}"

    def draw(self, worlds: int, rng: np.random.Generator) -> Block:
        """Outcomes of all kinds: tau, share, then what is true or false."""
        coins = rng.random((5, worlds)) < 0.5
        share = np.where(coins[1], rng.choice([0.0, 0.5, 1.0], worlds), 0.0)
        return [rng.geometric(0.05, worlds), share, *coins]

    def strange(self, block: Block, rng: np.random.Generator) -> Sequence[Block]:
        """Very long games, and games that are all alike."""
        other = self.draw(len(block[0]), rng)
        return [1000 * other[0], *other[1:]], all_alike(other)

    def answer(self, block: Block, rng: np.random.Generator) -> Array:
        """Payments, (R, 1)."""
        tau, share, wrong, qualified, theta, declared, finished = [x.copy() for x in block]
        outcome = Outcome(
            tau=tau.astype(np.int64), wrong=wrong > 0, qualified=qualified > 0, share=share,
            theta=theta.astype(np.int8), declared=declared.astype(np.int8), finished=finished > 0,
        )  # fmt: skip
        return paid(self.payoff, outcome)[:, None]


def hold_race(game: RaceGame, seed: int) -> None:
    """Hold a testing game's plug-ins to their promises. Raises ContractError."""
    problem, shown = game.problem, f"{game.problem.shown}: "
    hold_seed(game, seed % 2**31)
    pieces: list[Piece] = []
    if not shipped(game.exchange):
        heard = problem.heard
        pieces.append(Relay(game.exchange, Circle(problem.names, heard), f"{shown}mechanism: "))
    if not shipped(problem.payoff):
        pieces.append(Paying(problem.payoff, shown))
    for piece in pieces:
        with forgetful(piece, seed):
            hold_apart(piece, seed)
            hold_dice(piece, seed)
            if isinstance(piece, Relay):
                hold_faithful(piece, seed)
    for name, strategy in game.strategies.items():
        if not shipped(strategy):
            hold_strategy(strategy, problem, f"{shown}agent {name}: ")
