"""Games: what an experiment asks of one (`base`), and how a problem file names one (`registry`)."""

from nashbox.games.base import Deviation, Exact, Family, Game, Pay
from nashbox.games.one_shot import Action, OneShot, Publish

__all__ = ["Action", "Deviation", "Exact", "Family", "Game", "OneShot", "Pay", "Publish"]
