"""CBL, Algorithm 2 (Clinton et al., section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.random import Generator

from nashbox.mechanisms.base import PerReader, problem_counts
from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.cbl.enforceable import compute_n_approx, condition_8
from nashbox.mechanisms.cbl.information import corrupted_information
from nashbox.mechanisms.cbl.leverage import corruptions
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.means import pooled, ratio
from nashbox.mechanisms.rounding import alone_counts
from nashbox.problem.arrays import Array, Mask
from nashbox.problem.channel import Channel
from nashbox.problem.data import Dataset
from nashbox.problem.errors import InputError, require
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms


@dataclass(frozen=True, eq=False)
class CblTerms(Terms):
    """Terms of CBL.

    leverage: whether condition (8) holds. alone: (m, d) bools, who gets her own mean (V_k, or the
    cheapest without leverage). fixed_totals: (d,) T_k. alpha: (m, d) corruption coefficients, NaN
    where nothing is corrupted.
    """

    leverage: bool
    alone: Mask
    fixed_totals: Array
    alpha: Array

    def remarks(self) -> list[str]:
        """Who is sent home."""
        if not self.leverage:
            return [
                "condition (8) fails for this plan: the cheapest agents work alone and the others "
                "receive their mean and owe nothing"
            ]
        if self.alone.all():
            return [
                "CBL sends every agent home to work alone: Algorithm 1 asks for a factor of 4 over "
                "working alone, and this plan does not reach it for anybody"
            ]
        return []


@dataclass(frozen=True)
class Cbl(PerReader):
    """Corrupt based on leverage: noise grows with the distance from what the others found.

    alpha_factor multiplies every corruption coefficient; 1 is the paper's mechanism, anything
    else is a control in which honesty is no equilibrium.
    """

    alpha_factor: float = 1.0  # times the noise that the paper asks for
    sees: ClassVar[Literal["count_and_mean", "points"]] = "count_and_mean"

    def __post_init__(self) -> None:
        require("cbl.alpha_factor", self.alpha_factor, low=0.0)

    def terms(self, problem: EstimationProblem, plan: Array) -> CblTerms:
        """Algorithm 1 with leverage; without, the cheapest work alone and the others receive."""
        costs, sigma, integer = problem.costs, problem.sigma, problem.integer
        leverage = condition_8(plan, costs, sigma)
        alpha = np.full(plan.shape, np.nan)
        if leverage:
            rounded = problem_counts(problem, plan)
            enforceable = compute_n_approx(rounded, costs, sigma, integer=integer)
            counts, alone, totals = enforceable.counts, enforceable.alone, enforceable.totals
            owe = ~alone & (counts > 0)
            columns = np.nonzero(owe)[1]
            alpha[owe] = corruptions(counts[owe], totals[columns], costs[owe], sigma[columns])
            for i, k in np.argwhere(owe & np.isnan(alpha)):
                raise InputError(
                    f"cbl: no corruption coefficient makes {counts[i, k]:g} points of "
                    f"{problem.distributions[k]} optimal for {problem.names[i]} "
                    f"(T = {totals[k]:g}); this plan cannot be enforced"
                )
            alpha *= self.alpha_factor
        else:
            alone = costs == costs.min(axis=0)
            counts = np.where(alone, alone_counts(costs, sigma, integer=integer), 0.0)
            totals = counts.sum(axis=0)
        return CblTerms.of(
            problem,
            counts,
            self,
            leverage=leverage,
            alone=alone,
            fixed_totals=totals,
            alpha=alpha,
        )

    def inform(
        self, submissions: Sequence[Dataset], terms: Terms, rng: Generator, readers: Sequence[int]
    ) -> list[Array]:
        """Lines 9 to 29 for `readers`; the own mean, the others' mean, or corrupted data."""
        assert isinstance(terms, CblTerms)  # noqa: S101 - published by this class
        asked = np.asarray(readers)
        corrupted = np.isfinite(terms.alpha[asked])
        worlds = submissions[0].worlds
        answers = list(np.full((asked.size, worlds, terms.sigma.size), np.nan))
        if not corrupted.all():
            total, count = pooled(submissions)
            for answer, i in zip(answers, asked, strict=True):
                own = submissions[i]
                others = ratio(total - own.sum, count - own.counts)
                answer[:] = np.where(terms.alone[i], own.mean, others)
        for k in np.nonzero(corrupted.any(axis=0))[0]:
            concerned = np.nonzero(corrupted[:, k])[0]
            columns = corrupted_information(submissions, terms, int(k), asked[concerned], rng)
            for place, column in zip(concerned, columns, strict=True):
                answers[place][:, k] = column
        return answers

    def channel(self, terms: Terms, agent: int, k: int, others: float) -> Channel:
        """Cases A, B and C of Algorithm 2 against honest points of the others."""
        assert isinstance(terms, CblTerms)  # noqa: S101 - published by this class
        sigma, owed = float(terms.sigma[k]), float(terms.counts[agent, k])
        if terms.alone[agent, k]:
            return MeanChannel(sigma, 0.0)
        if not np.isfinite(terms.alpha[agent, k]):
            return MeanChannel(sigma, others, pooled=False)
        drawn = min(float(terms.fixed_totals[k]) - owed, others)
        clean = min(drawn, owed)
        return CorruptChannel(sigma, clean, drawn - clean, float(terms.alpha[agent, k]))
