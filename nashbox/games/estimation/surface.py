"""What two agents pay as functions of how much both of them collect, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nashbox.games.estimation.ready import prepare
from nashbox.games.registry import draw
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError, whole
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import of_game
from nashbox.problem.plays import Play
from nashbox.problem.terms import View
from nashbox.results.base import Result
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd


def _floats(rows: Any) -> Array:
    return np.array(rows, dtype=float)


@dataclass(frozen=True, eq=False)
class CountSurface(Result):
    """Penalties of two honest agents on one distribution.

    counts: (2, g) points collected by the first and the second agent. penalties: (2, g, g), of the
    first and the second agent where the first collects counts[0][a] and the second counts[1][b].
    recommended: (2,) what they owe.
    """

    FORMAT: ClassVar[str] = "nashbox-surface/1"
    KEYS: ClassVar[str] = (
        "mechanism agents distribution counts penalties recommended problem versions"
    )
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = dict.fromkeys(
        ("counts", "penalties", "recommended"), _floats
    )
    mechanism: str
    agents: Sequence[str]
    distribution: str
    counts: Array
    penalties: Array
    recommended: Array
    problem: Mapping[str, Any]
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def best_responses(self) -> Array:
        """(2, g): the first's best count against counts[1], the second's against counts[0]."""
        first = self.counts[0][self.penalties[0].argmin(axis=0)]
        return np.stack([first, self.counts[1][self.penalties[1].argmin(axis=1)]])

    def to_frame(self) -> pd.DataFrame:
        """One row per pair of counts."""
        import pandas as pd

        a, b = np.meshgrid(*self.counts, indexing="ij")
        columns = {f"count.{self.agents[0]}": a.ravel(), f"count.{self.agents[1]}": b.ravel()}
        columns |= {
            f"penalty.{name}": table.ravel()
            for name, table in zip(self.agents, self.penalties, strict=True)
        }
        return pd.DataFrame(columns)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw both penalties as maps, with best responses and what is recommended."""
        return draw(self.problem["game"], "surface_figure", self, ax)


@of_game("estimation")
def count_surface(
    problem: EstimationProblem,
    agents: tuple[str, str] | None = None,
    distribution: str | None = None,
    size: int = 25,
) -> CountSurface:
    """Penalties of two agents who collect anything and hand all of it in, the others as they owe.

    agents: the first two unless given; distribution: the first unless given; size: counts tried per
    agent, from 0 to at least twice what is owed or best alone. Raises InputError for unknown names,
    agents who cannot sample the distribution, and mechanisms without exact formulas.
    """
    size = whole("size", size, low=2, high=400)
    pair = problem.names[:2] if agents is None else agents
    kind = problem.distributions[0] if distribution is None else distribution
    if len(pair) != 2 or pair[0] == pair[1] or not set(pair) <= set(problem.names):
        raise InputError(f"agents must be two of {', '.join(problem.names)}, got {pair!r}")
    if kind not in problem.distributions:
        allowed = ", ".join(problem.distributions)
        raise InputError(f"distribution must be one of {allowed}, got {kind!r}")
    k, places = problem.distributions.index(kind), [problem.names.index(name) for name in pair]
    costs = problem.costs[places, k]
    if np.isinf(costs).any():
        raise InputError(f"agents must be able to sample {kind}, got {pair!r}")
    game = prepare(problem, recommended=True)
    owed = game.terms.counts[places, k]
    reach = 2 * np.maximum(owed, problem.sigma[k] / np.sqrt(costs))
    steps = reach / (size - 1)
    steps = np.ceil(steps) if problem.integer else steps  # whole steps keep the map's cells even
    counts = steps[:, None] * np.arange(size)
    penalties = np.empty((2, size, size))
    for mine, other in ((0, 1), (1, 0)):
        for b, theirs in enumerate(counts[other]):
            profile = game.terms.counts.astype(float)
            profile[places[other], k] = theirs
            view = View(places[mine], game.terms, profile)
            risks = view.risks()
            channel = risks.channels[k]
            if channel is None:
                raise InputError(f"mechanism {problem.mechanism.name} has no exact formula")
            if k in risks.members:  # all that depends on this distribution
                line = risks.along(k, counts[mine])
            else:
                line = np.array([channel.risk(Play.truthful(float(n)))[0] for n in counts[mine]])
            paid = line + costs[mine] * counts[mine]
            penalties[(0, slice(None), b) if mine == 0 else (1, b, slice(None))] = paid
    return CountSurface(
        problem.mechanism.name, pair, kind, counts, penalties, owed, problem.to_json()
    )
