"""The threshold mechanism: owe n points, be within t of z others, receive all.

Nothing in the proof that CBL is truthful needs noise that grows with the discrepancy: any loss that
is even and nondecreasing in mean(Y_i) - mean(Z_i) makes honest submission and acceptance optimal.
Here the loss is a step, which deters most for what it costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from numpy.random import Generator

from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.tables import Cells, RuleTerms, Stated, TableRules
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.enforcing import enforce
from nashbox.mechanisms.threshold.information import inform
from nashbox.mechanisms.threshold.terms import KINDS, ThresholdTerms
from nashbox.mechanisms.threshold.together import Together
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel
from nashbox.problem.data import Dataset
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms


@dataclass(frozen=True)
class Threshold(TableRules):
    """Pass a comparison with points of the others, or receive no more than those.

    joint: who fails one comparison fails all. kind, n, z, t, alpha: the rules, tables with a row
    per agent and a column per distribution, nan where nothing applies; n defaults to the plan.
    Without `kind` the rules are made for the plan: thresholds where they enforce it, free data for
    who owes nothing and wants no more, work alone where nothing else does.
    """

    sees: ClassVar[Literal["count_and_mean", "points"]] = "count_and_mean"
    NAME: ClassVar[str] = "threshold"
    KINDS: ClassVar[tuple[str, ...]] = KINDS
    TABLES: ClassVar[tuple[str, ...]] = ("n", "z", "t", "alpha")
    TERMS: ClassVar[type[RuleTerms]] = ThresholdTerms

    joint: bool = False  # whether who fails one comparison fails all
    kind: Cells | None = None  # table of alone, free, threshold, noise; none: made for the plan
    n: Cells | None = None  # table of points owed; none: the plan's
    z: Cells | None = None  # table of the others' points that a mean is compared with
    t: Cells | None = None  # table of largest differences that pass, in units of measurements
    alpha: Cells | None = None  # table of CBL's noise factors, for the kind noise

    def made(self, problem: EstimationProblem, counts: Array) -> Stated:
        """Thresholds where they enforce the plan."""
        return enforce(
            counts, problem.costs, problem.sigma, integer=problem.integer, joint=self.joint
        )

    def inform(
        self, submissions: Sequence[Dataset], terms: Terms, rng: Generator, readers: Sequence[int]
    ) -> list[Array]:
        """Compare `readers`, and answer them."""
        assert isinstance(terms, ThresholdTerms)  # noqa: S101 - published by this class
        return inform(submissions, terms, rng, readers)

    def channel(self, terms: Terms, agent: int, k: int, others: float) -> Channel:
        """One distribution, the others being passed for sure where they are tied to it."""
        assert isinstance(terms, ThresholdTerms)  # noqa: S101 - published by this class
        sigma, kind = float(terms.sigma[k]), str(terms.kind[agent, k])
        if kind == "alone":
            return MeanChannel(sigma, 0.0)
        if kind == "free":
            return MeanChannel(sigma, others, pooled=k in terms.members(agent))
        z = min(float(terms.z[agent, k]), others)
        if kind == "noise":
            return CorruptChannel(sigma, z, others - z, float(terms.alpha[agent, k]))
        return ThresholdChannel(sigma, z, others, float(terms.t[agent, k]))

    def tied(self, terms: Terms, agent: int, others: Array) -> Together | None:
        """What an agent passes or fails as a whole, in the joint form.

        Where nobody else hands anything in there is nothing to compare with: she passes there, and
        gets her own mean back whatever happens elsewhere.
        """
        assert isinstance(terms, ThresholdTerms)  # noqa: S101 - published by this class
        members = tuple(k for k in terms.members(agent) if others[k] > 0)
        if not members:
            return None
        owed = tuple(bool(terms.kind[agent, k] == "threshold") for k in members)
        channels = tuple(
            ThresholdChannel(
                float(terms.sigma[k]),
                min(float(terms.z[agent, k]), float(others[k])),
                float(others[k]),
                float(terms.t[agent, k]) if owes else 0.0,
            )
            for k, owes in zip(members, owed, strict=True)
        )
        return Together(members, channels, owed)
