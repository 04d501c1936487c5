"""An agent of collaborative mean estimation, in R worlds at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.agents.base import Player
from nashbox.mechanisms.rounding import finite_product
from nashbox.problem.answers import real_numbers
from nashbox.problem.arrays import Array, Counts, Places
from nashbox.problem.counts import MOST
from nashbox.problem.data import Collected, Dataset, FirstPart, merge
from nashbox.problem.errors import ContractError, blamed, brief
from nashbox.problem.terms import View
from nashbox.strategies import Strategy

if TYPE_CHECKING:
    from nashbox.model.estimation import EstimationSandbox


class EstimationAgent(Player):
    """Collects, submits, estimates and pays; her strategy says how.

    After a step: `collected` and `submitted` (R, d) counts, `errors` (R, d) squared errors per
    distribution, `cost` (R,), `penalty` (R,).
    """

    def __init__(
        self, model: EstimationSandbox, index: int, strategy: Strategy, rng: np.random.Generator
    ) -> None:
        super().__init__(model)
        self.index, self.name = index, model.problem.names[index]
        self.strategy, self.stream = strategy, rng
        self.view = View(index, model.terms, model.terms.counts)
        self.costs = model.problem.costs[index]  # what data cost, whatever the terms publish
        self.well: Dataset | None = None  # points drawn beforehand, to compare strategies on
        self.means: dict[str, float] = {}  # over worlds, where they have been worked out

    @property
    def paid(self) -> Array:
        """Her penalty, (R,)."""
        return self.penalty

    def act(self) -> Dataset:
        """Collect data and say what to hand in, (R worlds)."""
        worlds = self.model.replications
        self._groups = self._draw_pure(worlds)
        self._data: list[Dataset] = []
        self._handed: list[Dataset] = []
        for strategy, rows in self._groups:
            counts = self.counts_of(strategy)
            data = self._measure(counts, rows)
            handed = self._call(strategy, "report", data, self.view, self.stream)
            self._data.append(data)
            self._handed.append(self._checked_report(strategy, handed, data))
        places = [r for _, r in self._groups]
        self.collected = merge(self._data, places, worlds).counts
        submission = merge(self._handed, places, worlds)
        self.submitted = submission.counts
        self.submission = submission
        return submission

    def handed_in(self, strategy: Strategy, data: Dataset, handed: Dataset, rows: Places) -> None:
        """Remember what a pure strategy has measured, and handed in of it."""
        self._groups, self._data, self._handed = [(strategy, rows)], [data], [handed]
        self.submission, self.collected, self.submitted = handed, data.counts, handed.counts

    def mean_of(self, name: str) -> float:
        """Mean over worlds of what she was paid: error, cost or penalty."""
        known = self.means.get(name)
        return float(getattr(self, name).mean()) if known is None else known

    def receive(self, information: Any) -> None:
        """Estimate mu from what came back, and pay: squared error plus the cost of the data."""
        truth = self.model.truth
        self.means = {}
        self.information = information
        self.errors = np.empty(self.collected.shape)
        for (strategy, rows), data, handed in zip(
            self._groups, self._data, self._handed, strict=True
        ):
            mine = information if len(self._groups) == 1 else np.asarray(information)[rows]
            estimate = self._call(strategy, "estimate", data, handed, mine, self.view, self.stream)
            self.errors[rows] = self._squared_errors(strategy, estimate, data, truth)
        self.cost = np.empty(self.model.replications)
        for (_, rows), data in zip(self._groups, self._data, strict=True):
            self.cost[rows] = finite_product(self.costs, data.counts[0]).sum()
        self.error = self.errors.sum(axis=1)
        self.penalty: Array = self.error + self.cost

    def revise(self, others: Array) -> None:
        """Take note of the counts (m, d) handed in by everybody and let the strategy revise."""
        self.view = View(self.index, self.model.terms, others)
        revised = self._call(self.strategy, "revise", self.view)
        if not isinstance(revised, Strategy):
            where = f"{self.name}: {type(self.strategy).__name__}.revise"
            raise ContractError(f"{where}: must return a Strategy, got {brief(revised)}")
        self.strategy = revised

    def _measure(self, counts: Counts, rows: Places) -> Dataset:
        if self.well is not None and (counts <= self.well.counts[0]).all():
            return self.well.rows(rows).first(counts)
        model = self.model
        source, sigma = model.problem.source, model.problem.sigma
        return Collected(source, sigma, model.offset, counts, rows.size, self.stream)

    def _draw_pure(self, worlds: int) -> list[tuple[Strategy, Places]]:
        """Draw a pure strategy for every world; a pure one needs no randomness."""
        mixture = self.strategy.mixture()
        if len(mixture) == 1:
            return [(mixture[0][0], np.arange(worlds))]
        choice = self.stream.choice(len(mixture), size=worlds, p=[weight for _, weight in mixture])
        groups = [(s, np.nonzero(choice == j)[0]) for j, (s, _) in enumerate(mixture)]
        return [(strategy, rows) for strategy, rows in groups if rows.size]

    def _call(self, strategy: Strategy, method: str, *arguments: Any) -> Any:
        with (
            blamed(f"{type(strategy).__name__}.{method}", self.name),
            np.errstate(invalid="ignore", divide="ignore"),  # 0/0 is NaN, checked below
        ):
            return getattr(strategy, method)(*arguments)

    def counts_of(self, strategy: Strategy) -> Counts:
        """Ask a pure strategy how many points to collect, (d,), and hold it to the contract."""
        where = f"{self.name}: {type(strategy).__name__}.gather"
        given = self._call(strategy, "gather", self.view, self.stream)
        counts = self._numbers(given, where)
        if counts.shape != self.view.costs.shape:
            raise ContractError(
                f"{where}: must return one count per distribution, shape "
                f"{self.view.costs.shape}, got shape {counts.shape}"
            )
        whole = (counts >= 0) & (counts <= MOST) & (counts == np.rint(counts))
        if not whole.all():
            raise ContractError(
                f"{where}: counts must be whole numbers from 0 to {MOST:g}, got {counts.tolist()}"
            )
        if (counts[np.isinf(self.costs)] > 0).any():
            raise ContractError(
                f"{where}: must not collect where the cost is inf, got {counts.tolist()}"
            )
        return counts.astype(np.int64)

    def _checked_report(self, strategy: Strategy, handed: Any, data: Dataset) -> Dataset:
        where = f"{self.name}: {type(strategy).__name__}.report"
        if not isinstance(handed, Dataset) or handed.counts.shape != data.counts.shape:
            raise ContractError(
                f"{where}: must return a Dataset of {data.worlds} worlds and "
                f"{data.counts.shape[1]} distributions, got {type(handed).__name__}"
            )
        measured = handed is data or isinstance(
            handed, FirstPart
        )  # real numbers, and not drawn yet
        if not measured and not np.isfinite(handed.sum).all():
            raise ContractError(f"{where}: points must be finite, got NaN or inf")
        return handed

    @staticmethod
    def _numbers(value: Any, where: str) -> Array:
        """Turn what a plug-in returned into floats."""
        try:
            return real_numbers(value)
        except (TypeError, ValueError) as error:
            raise ContractError(f"{where}: must return numbers, got {brief(value)}") from error

    def own_means(self) -> Array:
        """Means of what was measured in the last round, (R, d), NaN where nothing was."""
        means = np.empty(self.collected.shape)
        for (_, rows), data in zip(self._groups, self._data, strict=True):
            means[rows] = data.mean
        return means

    def _squared_errors(
        self, strategy: Strategy, estimate: Any, data: Dataset, truth: Array
    ) -> Array:
        where = f"{self.name}: {type(strategy).__name__}.estimate"
        estimate = self._numbers(estimate, where)
        if estimate.shape != data.counts.shape:
            raise ContractError(
                f"{where}: must return shape {data.counts.shape} (worlds, distributions), "
                f"got {estimate.shape}"
            )
        errors = np.square(estimate - truth)
        nothing = np.isnan(estimate)
        if nothing.any():
            if (nothing & (data.counts > 0)).any():
                raise ContractError(f"{where}: returned NaN although there were own points")
            errors[nothing] = np.inf  # nothing measured and nothing received
        return np.asarray(errors)
