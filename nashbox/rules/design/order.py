"""An order of agents and distributions that does not depend on the user's."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.source import NormalSource
from nashbox.rules.design.offered import Offered


@dataclass(frozen=True)
class Order:
    """Agents and distributions in an order of their own, so that the user's does not matter."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]

    def put(self, problem: EstimationProblem) -> EstimationProblem:
        """The problem in this order."""
        plan = problem.plan
        return replace(
            problem,
            names=tuple(problem.names[i] for i in self.rows),
            distributions=tuple(problem.distributions[k] for k in self.columns),
            costs=problem.costs[np.ix_(self.rows, self.columns)],
            sigma=problem.sigma[self.columns],
            plan=plan if isinstance(plan, str) else plan[np.ix_(self.rows, self.columns)],
            source=NormalSource(problem.sigma[self.columns]),
        )

    def back(self, rules: Offered) -> Offered:
        """Rules for the problem in this order as rules for the user's."""
        rows, columns = np.argsort(self.rows), np.argsort(self.columns)
        place = np.ix_(rows, columns)
        tables = {key: getattr(rules, key)[place] for key in ("kind", "counts", "z", "t", "alpha")}
        return replace(rules, penalties=rules.penalties[rows], **tables)


def canonical(problem: EstimationProblem) -> Order:
    """Distributions by their sorted prices, then agents by their prices and options."""
    prices = problem.costs * problem.sigma**2
    columns = np.lexsort(np.sort(prices, axis=0)[::-1])
    keys = np.column_stack([prices[:, columns], np.nan_to_num(problem.outside, nan=-1.0)])
    return Order(np.lexsort(keys.T[::-1]), columns)
