"""Rules of mean estimation without formulas, as a user would hand them in."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from zoo_tails import draw

from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.mechanisms.means import ratio


def others_of(submissions, i):
    """Sum and number of the points that all but agent i handed in, (R, d) each."""
    total = np.sum([s.sum for j, s in enumerate(submissions) if j != i], axis=0)
    count = np.sum([s.counts for j, s in enumerate(submissions) if j != i], axis=0)
    return total, count


@dataclass(frozen=True)
class Plain(Mechanism):
    """A built-in rule that nothing is known of but what it does."""

    sees: ClassVar = "count_and_mean"

    rule: str = "cbl"
    alpha_factor: float = 1.0  # of CBL; the other rules do not look at it

    @property
    def inner(self):
        """The rule itself."""
        own = {"alpha_factor": self.alpha_factor} if self.rule == "cbl" else {}
        return MECHANISMS[self.rule](**own)

    def terms(self, problem, plan):
        """The rule's terms, by which nobody finds its formulas."""
        return replace(self.inner.terms(problem, plan), rules=self)

    def mediate(self, submissions, terms, rng):
        """What the rule does."""
        return self.inner.mediate(submissions, terms, rng)

    def inform(self, submissions, terms, rng, readers):
        """What the rule does, for some."""
        return self.inner.inform(submissions, terms, rng, readers)


@dataclass(frozen=True)
class NoisyMean(Mechanism):
    """The others' mean with noise, averaged with one's own points by their variances.

    Whoever hands in the n points that she measured can use what she gets no better, among all
    estimates linear in it and her own mean, than by accepting it.
    """

    sees: ClassVar = "count_and_mean"

    noise: float = 0.0  # standard deviation of the noise, in units of the measurements
    tails: str = "normal"

    def mediate(self, submissions, terms, rng):
        """Add one piece of noise a world, (R, d)."""
        own = submissions[0]
        error = self.noise * draw(self.tails, (own.worlds, terms.sigma.size), rng)
        v = terms.sigma**2
        answers = []
        for i, s in enumerate(submissions):
            total, count = others_of(submissions, i)
            weight = 1 / (v / count + self.noise**2)
            theirs = weight * (total / count + error)
            answers.append((s.sum / v + theirs) / (s.counts / v + weight))
        return answers


@dataclass(frozen=True)
class MedianOfMeans(Mechanism):
    """Everybody gets the median of the agents' means."""

    sees: ClassVar = "count_and_mean"

    def mediate(self, submissions, terms, rng):
        """Take the middle; who hands in nothing has no say."""
        return [np.nanmedian([s.mean for s in submissions], axis=0)] * len(submissions)


@dataclass(frozen=True)
class Erring(Mechanism):
    """The sample mean, which is off by `size` in a world with probability `chance`."""

    sees: ClassVar = "count_and_mean"

    size: float = 1e4  # units of the measurements
    chance: float = 1e-4

    def mediate(self, submissions, terms, rng):
        """One coin a world."""
        total = np.sum([s.sum for s in submissions], axis=0)
        count = np.sum([s.counts for s in submissions], axis=0)
        wrong = rng.random((submissions[0].worlds, 1)) < self.chance
        return [ratio(total, count) + self.size * wrong] * len(submissions)
