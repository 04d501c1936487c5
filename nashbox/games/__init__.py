"""Games: what they are (`base`), games of one step (`one_shot`), and those that come along.

A game of one's own is a class in a file: ``game = "my_game.py:MyGame"``; `nashbox new game NAME`
writes one that works.
"""

from nashbox.games.base import Game
from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.one_shot import Action, OneShot, OneShotView, Publish
from nashbox.games.pay import Pay

__all__ = [
    "Action",
    "Deviation",
    "Exact",
    "Family",
    "Game",
    "OneShot",
    "OneShotView",
    "Pay",
    "Publish",
]
