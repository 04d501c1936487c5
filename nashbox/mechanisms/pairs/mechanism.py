"""Decoys that compare two agents together, so that copies of one mean do not pay for two.

Rules that judge agents one by one lose to two who hand in copies of one mean: each copy has the
law of an honest one. What gives them away is their joint distance from the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.random import Generator

from nashbox.mechanisms.base import PerReader, problem_counts
from nashbox.mechanisms.decoy import tuning as decoys
from nashbox.mechanisms.means import ratio
from nashbox.mechanisms.pairs import told, tuning
from nashbox.mechanisms.pairs.answer import expected
from nashbox.mechanisms.pairs.terms import PairTerms
from nashbox.mechanisms.tables import Cells, cells, numbers
from nashbox.problem.arrays import Array, Places
from nashbox.problem.data import Dataset
from nashbox.problem.errors import InputError, brief
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms


@dataclass(frozen=True)
class PairDecoy(PerReader):
    """Two agents pass a comparison of their mean with the rest's, or both are told a falsehood.

    pairs: "all" compares every pair and nobody by herself; "declared" those of the problem's
    `partners`, and everybody by herself. Agents owe the same and have the same costs. pair_t, t:
    largest differences that pass, in units of measurements, a table with a row and a column per
    distribution, and one with a row per agent; made for the plan unless given. Who hands in nothing
    is told nothing, and her partner is compared as if both had handed in the same mean.
    """

    sees: ClassVar[Literal["count_and_mean", "points"]] = "count_and_mean"
    usual: ClassVar[bool] = False

    pairs: Literal["all", "declared"] = "all"  # which two are compared: all, declared
    pair_t: Cells | None = None  # a row: largest differences of two; none: made for the plan
    t: Cells | None = None  # table of largest differences of one, with declared partners

    def __post_init__(self) -> None:
        for name in ("pair_t", "t"):
            object.__setattr__(self, name, cells(name, getattr(self, name), "pair_decoy"))
        if self.pairs not in ("all", "declared"):
            raise InputError(
                f"pair_decoy.pairs must be 'all' or 'declared', got {brief(self.pairs)}"
            )
        needed = ("pair_t", "t") if self.pairs == "declared" else ("pair_t",)
        given = [name for name in ("pair_t", "t") if getattr(self, name) is not None]
        if given and tuple(given) != needed:
            raise InputError(
                f"pair_decoy needs {' and '.join(needed)} for pairs = {self.pairs!r}, or none of "
                f"them, got {' and '.join(given)}"
            )

    def terms(self, problem: EstimationProblem, plan: Array) -> PairTerms:
        """Windows as given, or those made for the plan. Raises InputError."""
        counts = problem_counts(problem, plan)
        if problem.integer and problem.plan_name != "given":  # rounding is no reason to differ
            spread = counts.max(axis=0) - counts.min(axis=0)
            counts = np.where(spread <= 1, np.rint(counts.mean(axis=0)), counts)
        partner = partners_of(problem) if self.pairs == "declared" else np.full(problem.m, -1)
        check_equal(problem, counts)
        if self.pair_t is None:
            pair_t, t = self._made(problem, counts, partner)
        else:
            pair_t = numbers("pair_t", self.pair_t, (1, problem.d), 0.0, "pair_decoy")[0]
            t = numbers("t", self.t, counts.shape, 0.0, "pair_decoy")
        return PairTerms.of(
            problem, counts, self, pairs=self.pairs, partner=partner, pair_t=pair_t, t=t
        )

    def _made(
        self, problem: EstimationProblem, counts: Array, partner: Places
    ) -> tuple[Array, Array]:
        pair_t, t = np.full(problem.d, np.nan), np.full(counts.shape, np.nan)
        for k, sigma in enumerate(problem.sigma):
            x, c, m = float(counts[0, k]), float(problem.costs[0, k] / sigma**2), problem.m
            make = tuning.of_all_pairs if self.pairs == "all" else tuning.of_partners
            found = make(x, m, c, integer=problem.integer)
            alone = decoys.tuned(x, (m - 1) * x, c, 1.0, problem.integer)
            if found is None or (alone is None and (partner < 0).any() and self.pairs != "all"):
                raise InputError(
                    f"pair_decoy: no windows make {x:g} points of "
                    f"{problem.distributions[k]} from each of {m} agents best for everybody; "
                    f"{tuning.LEAST} agents and a plan of fewer points than each collects alone "
                    "are needed"
                )
            pair_t[k] = sigma * found.pair_t
            if self.pairs == "declared":
                t[:, k] = sigma * found.t
                if alone is not None:
                    t[partner < 0, k] = sigma * alone.t
        return pair_t, t

    def inform(
        self, submissions: Sequence[Dataset], terms: Terms, rng: Generator, readers: Sequence[int]
    ) -> list[Array]:
        """Compare pairs, and answer `readers`."""
        assert isinstance(terms, PairTerms)  # noqa: S101 - published by this class
        count = np.sum([s.counts for s in submissions], axis=0)
        answers = [np.empty((submissions[0].worlds, terms.sigma.size)) for _ in readers]
        for k in range(terms.sigma.size):
            handed = np.stack([s.counts[:, k] for s in submissions], axis=1)
            there = handed > 0
            Y = np.where(there, np.stack([s.mean[:, k] for s in submissions], axis=1), 0.0)
            others = believed_of_others(told.Means(Y, there), terms, k, rng)
            for place, i in enumerate(readers):
                N = count[:, k] - handed[:, i]
                own = np.where(there[:, i], Y[:, i], np.nan)
                share = ratio(N.astype(float), (handed[:, i] + N).astype(float))
                moved = own + share * (others[:, i] - Y[:, i])
                answers[place][:, k] = np.where(N > 0, moved, own)
        return answers


def believed_of_others(means: told.Means, terms: PairTerms, k: int, rng: Generator) -> Array:
    """The others' mean of distribution k as everybody is told it, weighted, (R, m)."""
    worlds, m = means.Y.shape
    window, t = float(terms.pair_t[k]), terms.t[:, k]
    if terms.pairs == "all":
        others = told.told_to_all(means, window, rng.random((worlds, 1))[:, 0])
        tests = np.full(m, m - 1)
    else:
        u, own_u = rng.random((worlds, len(terms.couples))), rng.random((worlds, m))
        others = told.told_to_partners(means, terms.couples, window, t, u, own_u)
        tests = (terms.partner >= 0).astype(int)
    sd = float(terms.sigma[k] / np.sqrt(terms.counts[0, k]))
    distance = means.Y - others
    for p in np.unique(means.p[means.p > 2]).astype(int):
        rows = means.p[:, 0] == p
        for i in range(m):
            off = distance[rows, i] * (p - 1) / p
            k_tests = min(int(tests[i]), p - 1)
            off = expected(off, p, sd, window, k_tests, float(t[i]))
            others[rows, i] = means.Y[rows, i] - off * p / (p - 1)
    return others


def partners_of(problem: EstimationProblem) -> Places:
    """Places of everybody's declared partner, -1 without one. Raises InputError if none is."""
    partner = np.full(problem.m, -1, dtype=np.intp)
    for one, other in problem.partners.items():
        i, j = problem.names.index(one), problem.names.index(other)
        partner[i], partner[j] = j, i
    if (partner < 0).all():
        raise InputError(
            "pair_decoy with pairs = 'declared' needs partners, as in "
            'partners = {lab3 = "lab7"}, got none'
        )
    return partner


def check_equal(problem: EstimationProblem, counts: Array) -> None:
    """Raise InputError unless everybody owes the same and pays the same, distribution by one."""
    for what, table in (("have the same costs", problem.costs), ("owe the same", counts)):
        for k, name in enumerate(problem.distributions):
            column = table[:, k]
            if not np.isfinite(column).all() or column.max() > column.min() * (1 + 1e-9):
                raise InputError(
                    f"pair_decoy: all agents must {what} of {name}, got "
                    f"{column.min():g} to {column.max():g}"
                )
            if not column.min() > 0:
                raise InputError(f"pair_decoy: all agents must owe points of {name}, got 0")
