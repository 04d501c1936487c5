"""Does honesty survive? A few liars among honest agents, over mechanisms, sizes and graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.dynamics.adapt import make_rule, named
from nashbox.experiments.dynamics.menu import graph_of, read_start, shown
from nashbox.experiments.dynamics.oracles import oracle_for, read_choices
from nashbox.experiments.dynamics.revision import Revision
from nashbox.experiments.proportion import proportion_interval
from nashbox.measure.seeds import Stage, child
from nashbox.model.population import Order, Population
from nashbox.problem.errors import InputError, require, whole
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import of_game
from nashbox.problem.payoff_oracle import PayoffOracle
from nashbox.problem.spec import Spec
from nashbox.problem.ticker import Ticker
from nashbox.results.base import Result
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

MENU = ("truthful", "fabricator", "free_rider")
GRAPHS: tuple[object, ...] = (
    "complete",
    "ring",
    "watts_strogatz(k=4, p=0.1)",
    "barabasi_albert(m=2)",
)


@dataclass(frozen=True)
class Survival(Result):
    """One row per mechanism, number of agents and graph.

    A row: share_honest in the last round, averaged over seeds, with its standard error `se`;
    extinct and fixed, the fractions of seeds in which honesty died out or took over; start, its
    share at first; kept, the fraction of seeds in which at least as many were honest in the end as
    at first, with its 95 % Clopper-Pearson interval kept_low to kept_high (seeds that all agree
    have no spread, and yet prove only so much); rest, the mean round of the last change;
    doubts, agents who in the end left a gain that was within the error of simulated
    payoffs, on average; NAME_se, standard errors over seeds; payoffs, where they come from.
    """

    FORMAT: ClassVar[str] = "nashbox-survival/1"
    KEYS: ClassVar[str] = "rule menu rounds seeds rows versions"

    rule: Mapping[str, Any]
    menu: Sequence[str]
    rounds: int
    seeds: Sequence[int]
    rows: Sequence[Mapping[str, Any]]
    versions: Mapping[str, str] = field(default_factory=versions)

    def to_frame(self) -> pd.DataFrame:
        """One row per mechanism, number of agents and graph."""
        import pandas as pd

        return pd.DataFrame(list(self.rows))

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the shares with their errors."""
        from nashbox.experiments.dynamics.figures import survival

        return survival(self, ax)


@of_game("estimation")
def honesty_survival(
    problem: EstimationProblem,
    *,
    mechanisms: Sequence[object] = ("sample_mean", "counted_mean", "cbl", "alone"),
    sizes: Sequence[int] = (20, 50),
    graphs: Sequence[object] = GRAPHS,
    rule: object = "imitation",
    menu: Sequence[object] = MENU,
    start: Mapping[str, int] | None = None,
    rounds: int = 60,
    order: Order = "random",
    seeds: Sequence[int] = tuple(range(10)),
    worlds: int = 10_000,
    progress: Ticker | None = None,
) -> Survival:
    """Play every mechanism with every number of agents on every graph, once per seed.

    problem: a game of identical agents; its first agent is copied to make populations of `sizes`.
    start: as in `adapt`: by default a tenth of the agents, at least one, plays each liar of the
    menu (whose first entry is the honest one). A seed decides who the liars are, random graphs, and
    who revises when; payoffs are shared by all seeds, so that `se` is the spread over seeds alone,
    and simulated payoffs carry errors of their own.
    """
    rounds = whole("rounds", rounds, low=1, high=1e6)
    if not seeds or not mechanisms or not sizes or not graphs:
        raise InputError("mechanisms, sizes, graphs and seeds must hold at least one entry each")
    made = make_rule(rule, problem.folder)
    if made is None:
        raise InputError("rule: the replicator has no agents on a graph; use `adapt` for it")
    if (problem.costs != problem.costs[0]).any():
        raise InputError(f"{problem.shown}: agents must be identical to be multiplied")
    rows: list[dict[str, Any]] = []
    jobs = [(m, n) for m in mechanisms for n in sizes]
    for mechanism, size in jobs:
        spec = Spec.parse(mechanism, "mechanisms")
        population = _of_size(replace(problem, mechanism=spec), size)
        choices = read_choices(population, menu)
        oracle = oracle_for(population, choices, "auto", worlds, 0)
        for graph in graphs:
            ends = [
                _end(population, oracle, made, graph, start, rounds, order, seed) for seed in seeds
            ]
            rows.append(_row(shown(spec), size, str(graph), ends, oracle))
            if progress is not None:
                progress(len(rows), len(jobs) * len(graphs))
    return Survival(named(made), list(choices.labels), rounds, list(seeds), rows)


def _of_size(problem: EstimationProblem, m: int) -> EstimationProblem:
    require("sizes", m, low=2, integer=True)
    if not isinstance(problem.plan, str):
        raise InputError(f"{problem.shown}: plan must be a rule's name to be solved for every size")
    return replace(
        problem,
        names=tuple(f"a{i}" for i in range(m)),
        costs=np.repeat(problem.costs[:1], m, axis=0),
        strategies={},
        outside_option={},
    )


def _end(
    problem: EstimationProblem,
    oracle: PayoffOracle,
    rule: Revision,
    graph: object,
    start: Mapping[str, int] | None,
    rounds: int,
    order: Order,
    seed: int,
) -> tuple[float, float, int, int]:
    """Share of the first entry at the start and in the end, the last change, doubts in the end."""
    profile = read_start(start, oracle.menu, problem.m, seed, "start")
    model = Population(
        oracle,
        rule,
        profile,
        names=problem.names,
        edges=graph_of(graph, problem.names, Path(), "survival", seed),
        order=order,
        rng=child(seed, Stage.ADAPT_PATH),
    )
    before, rest = profile, 0
    for t in range(rounds):
        model.step()
        rest = t + 1 if (model.profile != before).any() else rest
        before = model.profile
    doubts = sum(agent.doubted for agent in model.players)
    return float((profile == 0).mean()), float((before == 0).mean()), rest, doubts


def _row(
    mechanism: str,
    m: int,
    graph: str,
    ends: list[tuple[float, float, int, int]],
    oracle: PayoffOracle,
) -> dict[str, Any]:
    first, last, rest, doubts = np.array(ends, dtype=float).T
    return {
        "mechanism": mechanism,
        "agents": m,
        "graph": graph,
        "start": float(first.mean()),
        "start_se": _se(first),
        "share_honest": float(last.mean()),
        "se": _se(last),
        "extinct": float((last == 0).mean()),
        "fixed": float((last == 1).mean()),
        "fixed_se": _se(last == 1),
        **_kept(int((last >= first).sum()), last.size),
        "rest": float(rest.mean()),
        "rest_se": _se(rest),
        "doubts": float(doubts.mean()),
        "doubts_se": _se(doubts),
        "payoffs": oracle.method,
    }


def _se(values: NDArray[Any]) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("inf")


def _kept(k: int, n: int) -> dict[str, float]:
    """Fraction k/n with its 95 % Clopper-Pearson interval."""
    low, high = proportion_interval(k, n, 0.95)
    return {"kept": k / n, "kept_low": low, "kept_high": high}
