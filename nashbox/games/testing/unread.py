"""Where alpha changes nothing: those who hear an agent look at how sure she is, not at which side.

An inverted belief is as far from 1/2 as the belief. A signaller with w = 1 looks at nothing else of
what it hears (eqs. 2 and 3), and so everybody's game is the same in every world, whatever she
reveals (`Signal.sure`: magnitudes show whatever the coin).
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from nashbox.games.testing.exact import PAPER
from nashbox.mechanisms.exchange import EXCHANGES
from nashbox.strategies.testing import Bluffer, OptimalStopper, Quitter, Signaller, Silent

if TYPE_CHECKING:
    from nashbox.games.testing.race import RaceGame

LISTENING = (*PAPER, Silent, Quitter, Bluffer)


def unread(game: RaceGame) -> frozenset[int]:
    """Agents whose signals nobody looks at but for how sure they are."""
    everybody = range(game.m)
    if type(game.exchange) not in EXCHANGES.values():
        return frozenset()
    heard = game.problem.heard
    read = {j for i in everybody if not _sees_magnitudes(game.strategy(i)) for j in heard[i]}
    return frozenset(set(everybody) - read)


def _sees_magnitudes(strategy: Any) -> bool:
    if type(strategy) in LISTENING:  # a class of a user's may look at anything
        return bool(strategy.relies_on_itself)
    return type(strategy) is OptimalStopper


def but_for_alpha(strategy: Any) -> Hashable:
    """What a signaller of the paper's class is, alpha apart; the strategy itself if another."""
    if type(strategy) not in PAPER:
        return id(strategy)
    s: Signaller = strategy
    return (s.weight, s.anticipate, s.feedback, s.threshold, s.later)
