"""What mean estimation declares of itself: names, experiments and figures of its own, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from nashbox.games.base import Game
from nashbox.games.declared import Control
from nashbox.games.estimation import named
from nashbox.games.pay import Pay
from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.problem.estimation import KEYS, RULES
from nashbox.problem.options import Option
from nashbox.problem.own import OWN
from nashbox.problem.parameters import Parameter
from nashbox.problem.spec import Spec
from nashbox.strategies import STRATEGIES, Strategy, make_strategy
from nashbox.strategies.equivariant import in_short


class EstimationDeclared(Game):
    """Facts about mean estimation, before a problem is made ready to play."""

    pays: ClassVar[Pay] = Pay("penalty", -1)
    keys: ClassVar[Sequence[Parameter]] = tuple(KEYS.values())
    menu: ClassVar[Mapping[str, type]] = STRATEGIES
    mechanisms: ClassVar[Mapping[str, type]] = MECHANISMS
    strategy_base: ClassVar[type] = Strategy
    mechanism_base: ClassVar[type] = Mechanism
    has_plan: ClassVar[bool] = True
    formulas: ClassVar[str] = "closed forms and quadrature"
    worlds_called: ClassVar[str] = "worlds"
    engines: ClassVar[Mapping[str, str]] = {
        "plan": "nashbox.rules.planning:plan_report",
        "design": "nashbox.rules.design:design",
        "design_kinds": "nashbox.rules.design.best_rules:checked_kinds",
        "no_rule_below": "nashbox.rules.bound:no_rule_below",
        "robust": "nashbox.rules.robust:robust",
        "coalitions": "nashbox.rules.coalitions:coalitions",
        "exchange": "nashbox.rules.exchange:exchange",
        "audited": "nashbox.experiments.audit.rows:penalised",
        "comparison_told": "nashbox.experiments.report.plan_comparison:plan_comparison_told",
        "reported": "nashbox.experiments.report.problem:costs_and_rules",
        "deviation_told": "nashbox.experiments.report.words:by_counts",
        "best_counts": "nashbox.experiments.dynamics.best_counts:path_of",
        "contest": "nashbox.games.estimation.comparison:PlanContest",
        "compare_figure": "nashbox.experiments.figures.mechanisms:mechanism_bars",
        "published": "nashbox.games.estimation.promises.published:hold_terms",
        "promises": "nashbox.games.estimation.promises.estimating:hold_estimation",
        "claims": "nashbox.games.estimation.promises.claims:estimation_claims",
        "strategy_check": "nashbox.games.estimation.checks.strategies:check_strategy_on",
        "mechanism_check": "nashbox.games.estimation.checks.mechanisms:check_mechanism",
        "run_figure": "nashbox.experiments.figures.rounds:dynamics",
        "gains_figure": "nashbox.experiments.figures.gains:gain_landscape",
        "surface_figure": "nashbox.experiments.figures.surfaces:count_maps",
        "page": "nashbox.app.views.penalties:Penalties",
    }
    controls: ClassVar[Sequence[Control]] = (Control("plan", "plan", RULES),)
    lone_table: ClassVar[str | None] = "costs"
    verdicts: ClassVar[Mapping[str, str]] = {
        "profitable": "honesty does not pay: at least one agent gains by leaving her strategy",
        "none_above_epsilon": "honesty pays: no deviation of the class gains more than epsilon",
        "undecided": "honesty is undecided: the budget leaves room for a gain above epsilon",
        "misfit": "the plan does not fit the mechanism: what pays best is honest data, but other "
        "counts of it than are asked for",
        "use": "the rules do not fit: what pays best is honest data, but another use of what comes "
        "back, or other counts, than are asked for",
        "own": "no equilibrium: somebody gains by leaving a strategy of her own; of those who do "
        "as recommended nobody is known to gain",
    }
    words: ClassVar[Mapping[str, str]] = {
        "own": "ignores what she receives and estimates from the own points",
        "shift": "added to every point that she hands in",
        "weight": "of what she receives in what she estimates; her own mean has the rest",
        "pitman": "the best use of the data and of what is received that moves along with the data",
        "collected": "points of every distribution that she takes; submitted: hands in",
        "error": "squared error of what she estimates; penalty: error + cost",
        "mu": "the true means; where several are tried, every agent is shown at her worst",
        "equivariant": "moves by as much as the data do",
    }
    own_options: ClassVar[Mapping[str, Mapping[str, Option]]] = OWN["estimation"]
    block: ClassVar[int] = 1000

    @classmethod
    def check_names(cls, problem: Any) -> None:
        """Find mechanism and strategies of a problem, the plan unsolved. Raises InputError."""
        named.check_names(problem)

    @classmethod
    def check_everyone(cls, problem: Any, spec: Spec, where: str) -> None:
        """Find a strategy, the plan unsolved. Raises InputError."""
        make_strategy(spec, where)

    @classmethod
    def in_short(cls, spec: Spec) -> str:
        """Translation-equivariant strategies by their counts."""
        if spec.name == "equivariant":
            return in_short(spec.parameters)
        return super().in_short(spec)

    @classmethod
    def as_asked(cls, spec: Spec, owed: Sequence[float]) -> bool:
        """The truth, or honest data in the numbers owed."""
        told = spec.parameters
        if spec.name != "equivariant":
            return spec.name == "truthful"
        counts = (told.get(key) for key in ("collect", "submit"))
        honest = not np.any(told.get("shift", 0.0))
        return honest and all(n is not None and np.array_equal(n, owed) for n in counts)
