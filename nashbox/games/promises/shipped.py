"""Which classes are part of nashbox: what they promise, the project's own tests hold them to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from nashbox.problem.payoffs import FunctionPayoff

if TYPE_CHECKING:
    from nashbox.games.base import Game


def shipped(thing: object) -> bool:
    """Whether the class of `thing` is one of nashbox's own, and exactly that: no subclass of one.

    >>> from nashbox.strategies import Truthful
    >>> shipped(Truthful()), shipped(type("Truthful", (Truthful,), {"__module__": "mine"})())
    (True, False)
    """
    cls = type(thing)
    own = cls.__module__.partition(".")[0] == "nashbox" and cls is not FunctionPayoff
    module = sys.modules.get(cls.__module__)
    return own and getattr(module, cls.__qualname__, None) is cls


def all_shipped(game: Game) -> bool:
    """Whether game, mechanism, strategies and payoff are nashbox's own."""
    things = [game, *game.parts()]
    for strategy in game.strategies.values():
        things += [strategy, *pure(strategy)]
    return all(shipped(thing) for thing in things)


def pure(strategy: Any) -> list[Any]:
    """The pure strategies of a mixed one; itself where it is none or its game knows none."""
    mixture = getattr(strategy, "mixture", None)
    return [strategy] if mixture is None else [part for part, _ in mixture()]
