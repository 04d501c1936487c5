"""What a mechanism publishes, and what one agent sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel, Joint
from nashbox.problem.errors import ContractError, brief
from nashbox.problem.ownership import changed_below
from nashbox.problem.risks import Risks

if TYPE_CHECKING:
    from nashbox.problem.estimation import EstimationProblem


RULES = ("mediate", "inform", "terms")  # what channels are formulas of


class Rules(Protocol):
    """The part of a mechanism that agents may compute with: what it would tell them."""

    def channel(self, terms: Terms, agent: int, k: int, others: float) -> Channel | None:
        """How agent's information on k depends on her submission, `others` honest points given."""

    def tied(self, terms: Terms, agent: int, others: Array) -> Joint | None:
        """All distributions together where they cannot be told apart, else None."""


@dataclass(frozen=True, eq=False)
class Terms:
    """The published terms of a mechanism for one game.

    names: (m,), costs: (m, d) penalty per sample, sigma: (d,), counts: (m, d) recommended numbers
    of points. The recommended strategy is always: collect these, submit the truth, accept what
    comes back. `integer` says whether counts are whole numbers. `rules` is the mechanism itself.
    """

    names: tuple[str, ...]
    distributions: tuple[str, ...]
    costs: Array
    sigma: Array
    counts: Array
    integer: bool
    rules: Rules

    @classmethod
    def of(cls, problem: EstimationProblem, counts: Array, rules: Rules, **more: Any) -> Self:
        """Publish counts (m, d) for a problem; more: what only these terms have."""
        return cls(
            names=problem.names,
            distributions=problem.distributions,
            costs=problem.costs,
            sigma=problem.sigma,
            counts=counts,
            integer=problem.integer,
            rules=rules,
            **more,
        )

    def remarks(self) -> list[str]:
        """What a user should know of these terms before believing in the mechanism."""
        return []

    @cached_property
    def totals(self) -> Array:
        """Recommended points per distribution, (d,)."""
        return np.asarray(self.counts.sum(axis=0))


def sums_of_others(counts: Array) -> Array:
    """What all but each agent hand in, (m, d): sums from either side, without cancellation."""
    before = np.cumsum(counts, axis=0)
    after = np.cumsum(counts[::-1], axis=0)[::-1]
    sums = np.zeros(counts.shape)
    sums[1:] = before[:-1]
    sums[:-1] += after[1:]
    return sums


@dataclass(frozen=True, eq=False)
class View:
    """What agent `agent` knows: the terms, and what she believes the others hand in.

    others: (m, d) numbers of honest points she expects from everybody (her own row is ignored);
    the recommended ones unless she has seen a round played. known: (d,) their sums without hers,
    where somebody has worked them out for all agents.
    """

    agent: int
    terms: Terms
    others: Array
    known: Array | None = None

    @property
    def costs(self) -> Array:
        """Her costs, (d,)."""
        return np.asarray(self.terms.costs[self.agent])

    @property
    def sigma(self) -> Array:
        """Standard deviations, (d,)."""
        return self.terms.sigma

    @property
    def counts(self) -> Array:
        """Her recommended counts, (d,)."""
        return np.asarray(self.terms.counts[self.agent])

    @cached_property
    def pooled(self) -> Array:
        """Points of the others she expects in the pool, (d,)."""
        if self.known is not None:
            return self.known
        return np.asarray(np.delete(self.others, self.agent, axis=0).sum(axis=0))

    def risks(self) -> Risks:
        """All that she faces. Raises ContractError where a mechanism answers with no channels."""
        return self._risks

    @cached_property
    def _risks(self) -> Risks:
        rules = self.terms.rules
        found = [
            rules.channel(self.terms, self.agent, k, float(self.pooled[k]))
            for k in range(self.sigma.size)
        ]
        for channel in found:
            if channel is not None and not isinstance(channel, Channel):
                raise ContractError(
                    f"{type(rules).__name__}.channel must return a Channel or None, "
                    f"got {brief(channel)}"
                )
        joint, why = rules.tied(self.terms, self.agent, self.pooled), _without(rules)
        formulas = ("channel", any(channel is not None for channel in found)), ("tied", joint)
        for formula in (formula for formula, known in formulas if known):
            changed = _changed(type(rules), formula)
            if changed is not None:
                found, joint, why = [None] * len(found), None, changed
        return Risks(tuple(found), why, joint, self.costs, self.counts, self.pooled)


def _without(rules: Rules) -> str:
    """What is said of rules that have no formula."""
    reason = getattr(rules, "no_formula", "")
    more = f" ({reason})" if reason else ""
    return f"mechanism {type(rules).__name__} has no exact formula{more}"


@cache
def _changed(rules: type, formula: str) -> str | None:
    """Why a formula says nothing of the rules that inherit it, None where it does."""
    reason = changed_below(rules, formula, RULES)
    return None if reason is None else f"mechanism {rules.__name__}: {reason}"
