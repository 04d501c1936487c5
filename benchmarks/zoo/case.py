"""What the zoo says of a game: how it is played, and what each player could gain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nashbox.problem.files import from_mapping

PLUGINS = Path(__file__).parent / "plugins"
TAILS = ("normal", "t3", "t2.5", "lognormal", "rare", "errs")
RATIOS = (0.0, 0.5, 1.0, 1.4, 3.0, 10.0, 40.0)  # true gains, in units of epsilon
SLACK = 1e-6  # of epsilon: numerical errors of gains that are set to epsilon


@dataclass(frozen=True)
class Truth:
    """What a player gains by her best deviation.

    least: the best of those that any audit looks at. most: the best of all. They differ where a
    class may be searched more or less finely, or where a deviation is no better than next to the
    audited strategy itself: the best other candidate loses a little, and 0 is approached.
    """

    least: float
    most: float

    @classmethod
    def of(cls, gain: float) -> Truth:
        """A gain that is the same for every class worth its name."""
        return cls(gain, gain)

    def allows(self, verdict: str, epsilon: float) -> bool:
        """Whether a verdict is right; undecided always is."""
        if verdict == "profitable":
            return self.most > epsilon * (1 + SLACK)
        return verdict != "none_above_epsilon" or self.least <= epsilon * (1 + SLACK)

    def within(self, lower: float, upper: float, epsilon: float) -> bool:
        """Whether an interval holds the gain of some class."""
        return lower <= self.most + SLACK * epsilon and upper >= self.least - SLACK * epsilon


@dataclass(frozen=True)
class Case:
    """A problem to audit. rarest: probability of the rarest event that gains depend on, or None."""

    problem: Mapping[str, Any]
    epsilon: float
    truths: tuple[Truth, ...]
    rarest: float | None = None

    def load(self) -> Any:
        """The problem, with the zoo's plug-ins."""
        return from_mapping(self.problem, PLUGINS, "zoo")

    @property
    def ratio(self) -> float:
        """The largest gain in units of epsilon."""
        return max(truth.least for truth in self.truths) / self.epsilon


@dataclass(frozen=True)
class Member:
    """A family of games.

    kind: of game, in words. make(tails, ratio) gives a case; ratio None is the gain as it comes.
    weight: how many audits of each of its cases there are for one of others'.
    """

    name: str
    kind: str
    words: str
    make: Callable[[str, float | None], Case]
    tails: tuple[str, ...] = ("normal",)
    ratios: tuple[float | None, ...] = RATIOS
    weight: int = 1

    def case(self, tails: str, ratio: float | None) -> Case:
        """The case, made once."""
        return _made(self.make, tails, ratio)


@cache
def _made(make: Callable[[str, float | None], Case], tails: str, ratio: float | None) -> Case:
    return make(tails, ratio)
