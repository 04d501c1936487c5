"""The decoy mechanism: owe n points, be within t of all others, or be told a falsehood in secret.

To compare with all points of the others is sharper than with a few of them. To withhold openly
after it would not be truthful: a small lie makes failures one-sided, so that the failure itself
informs. Who is not told that she failed learns nothing from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from numpy.random import Generator

from nashbox.mechanisms.decoy import estimated, trimmed
from nashbox.mechanisms.decoy.ball_joint import BallJoint
from nashbox.mechanisms.decoy.channel import DecoyChannel
from nashbox.mechanisms.decoy.estimated_channel import EstimatedChannel
from nashbox.mechanisms.decoy.information import inform
from nashbox.mechanisms.decoy.mirror_channel import MirrorChannel
from nashbox.mechanisms.decoy.terms import KINDS, DecoyTerms
from nashbox.mechanisms.decoy.tied_rules import check_ties, tie
from nashbox.mechanisms.decoy.tuning import tuned_all
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.tables import Cells, RuleTerms, Stated, TableRules
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.enforcing import enforce
from nashbox.mechanisms.threshold.tuning import Tuned
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel
from nashbox.problem.data import Dataset
from nashbox.problem.errors import InputError, brief, finite
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms


@dataclass(frozen=True)
class Decoy(TableRules):
    """Pass a comparison with all points of the others, or be told a falsehood and not know it.

    joint: the decoys of an agent are one; who is outside of its ellipsoid, with half axes t, is
    told a falsehood in every distribution. It needs equal debts: see `tied_rules`. kind, n, z, t:
    the rules, tables with a row per agent and a column per distribution, nan where nothing applies;
    n defaults to the plan. Without `kind` the rules are made for the plan: decoys where they
    enforce it, free data for who owes nothing and wants no more, work alone where nothing else
    does. Who owes and hands in nothing is told nothing.

    sigma: "estimated" multiplies windows by what the points of the others show of sigma, t being
    that for the published one. trim: in [0, 0.5), the share of points left out at either end before
    decoys compare means, for data with heavy symmetric tails; there is no exact formula then.
    """

    sees: ClassVar[Literal["count_and_mean", "points"]] = "count_and_mean"
    NAME: ClassVar[str] = "decoy"
    KINDS: ClassVar[tuple[str, ...]] = KINDS
    TABLES: ClassVar[tuple[str, ...]] = ("n", "z", "t")
    TERMS: ClassVar[type[RuleTerms]] = DecoyTerms

    joint: bool = False  # whether who fails is told falsehoods in all that she owes
    kind: Cells | None = None  # alone, free, threshold, decoy, mirror; none: made for the plan
    n: Cells | None = None  # table of points owed; none: the plan's
    z: Cells | None = None  # table of the others' points compared with, for the kind threshold
    t: Cells | None = None  # table of largest differences that pass, in units of measurements
    sigma: Literal["published", "estimated"] = "published"  # what windows are made of
    trim: float = 0.0  # share of the points left out at either end, in [0, 0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sigma not in ("published", "estimated"):
            raise InputError(
                f"decoy.sigma must be 'published' or 'estimated', got {brief(self.sigma)}"
            )
        if not finite(self.trim) or not 0 <= self.trim < 0.5:
            raise InputError(
                "decoy.trim must be a number >= 0 and < 0.5, the share of the points left out at "
                f"either end, got {brief(self.trim)}"
            )
        self._check_plain()
        if self.trim:
            object.__setattr__(self, "sees", "points")
            object.__setattr__(self, "no_formula", "decoys that compare trimmed means have none")

    def _check_plain(self) -> None:
        """Raise InputError where what is proven is for plain decoys only."""
        unusual = [
            name
            for name, used in (
                ("sigma = 'estimated'", self.sigma == "estimated"),
                ("trim", bool(self.trim)),
            )
            if used
        ]
        mirrors = any("mirror" in row for row in self.kind or ())
        for what, there in (("joint = true", self.joint), ("kind 'mirror'", mirrors)):
            if unusual and there:
                raise InputError(
                    f"decoy.{unusual[0]} is for decoys one by one, got {what}: its proof needs "
                    "plain means and a known sigma"
                )

    def made(self, problem: EstimationProblem, counts: Array) -> Stated:
        """Decoys where they enforce the plan."""
        costs, sigma = problem.costs, problem.sigma
        rules = enforce(
            counts, costs, sigma, integer=problem.integer, kind="decoy", tune=self._tune
        )
        if not self.joint:
            return rules
        return rules._replace(t=tie(problem, rules.counts, rules.kind, rules.t))

    def _tune(self, pairs: Array, integer: bool) -> list[Tuned | None]:
        """The best windows for many pairs, (P, 4): n, others, cost, sigma; None without one."""
        if self.sigma == "estimated":
            found = [estimated.tuned(*pair, integer) for pair in pairs.tolist()]
        else:
            found = tuned_all(pairs, integer)
        if not self.trim:
            return found
        wider = [trimmed.widening(n, others, self.trim) for n, others, *_ in pairs.tolist()]
        return [
            one and replace(one, t=one.t * factor) for one, factor in zip(found, wider, strict=True)
        ]

    def terms(self, problem: EstimationProblem, plan: Array) -> RuleTerms:
        """The rules as given, or the best ones for the plan. Raises InputError."""
        terms = super().terms(problem, plan)
        assert isinstance(terms, DecoyTerms)  # noqa: S101 - TERMS
        check_ties(terms)
        said = terms.sigma if self.sigma == "estimated" else None
        terms = replace(terms, said=said, trim=float(self.trim))
        if said is not None:
            estimated.check_points(terms)
        return terms

    def inform(
        self, submissions: Sequence[Dataset], terms: Terms, rng: Generator, readers: Sequence[int]
    ) -> list[Array]:
        """Compare `readers`, and answer them."""
        assert isinstance(terms, DecoyTerms)  # noqa: S101 - published by this class
        return inform(submissions, terms, rng, readers)

    def channel(self, terms: Terms, agent: int, k: int, others: float) -> Channel | None:
        """One distribution, which no other touches."""
        assert isinstance(terms, DecoyTerms)  # noqa: S101 - published by this class
        sigma, kind = float(terms.sigma[k]), str(terms.kind[agent, k])
        if kind == "alone":
            return MeanChannel(sigma, 0.0)
        if kind == "free":
            return MeanChannel(sigma, others, pooled=False)
        t = float(terms.t[agent, k])
        if kind == "threshold":
            return ThresholdChannel(sigma, min(float(terms.z[agent, k]), others), others, t)
        if terms.trim:
            return None
        if terms.said is not None and others >= estimated.LEAST_POINTS:
            ratio, owed = t / float(terms.said[k]), float(terms.counts[agent, k])
            return EstimatedChannel(sigma, owed, others, ratio)
        rule = MirrorChannel if kind == "mirror" else DecoyChannel
        return rule(sigma, float(terms.counts[agent, k]), others, t)

    def tied(self, terms: Terms, agent: int, others: Array) -> BallJoint | None:
        """What an agent passes or fails as a whole, in the joint form."""
        assert isinstance(terms, DecoyTerms)  # noqa: S101 - published by this class
        members = terms.tied_decoys(agent)
        if not members or not all(others[k] > 0 for k in members):
            return None
        first = members[0]
        return BallJoint(
            members,
            float(terms.sigma[first]),
            float(terms.counts[agent, first]),
            terms.promised(agent, first),
            tuple(float(others[k]) for k in members),
            terms.radius(agent),
        )
