"""nashbox: does honesty pay? Plan, play and audit rules for sharing data.

The names below are loaded when they are first used, so that importing nashbox costs nothing.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from nashbox.problem.loading import loader
from nashbox.problem.notebook import install

install("nashbox.tables.printing:NOTEBOOK")

_NAMES = {  # by module
    "api": "load model_of prepare read_store",
    "experiments.audit": "audit audit_game audit_testing",
    "experiments.check": "check",
    "experiments.compare": "compare",
    "experiments.dynamics": (
        "EmpiricalGame Revision adapt best_response_dynamics empirical_game honesty_survival"
    ),
    "experiments.figures": "save_figure sweep_summary",
    "experiments.listing": "listing",
    "experiments.run": "run run_testing",
    "experiments.report": "write_audit_report write_comparison_report",
    "experiments.sweep": "Cell Store read_outcomes run_cells sweep",
    "games": "Action Deviation Exact Family Game OneShot Pay",
    "games.estimation.checks": "check_mechanism check_strategy",
    "games.estimation.comparison": "Comparison",
    "games.estimation.models": "EstimationModel",
    "games.estimation.surface": "count_surface",
    "games.testing": "prepare_testing",
    "games.testing.checks": "check_testing",
    "mechanisms": "Mechanism",
    "mechanisms.exchange": "Exchange",
    "model.testing": "RaceModel",
    "papers.reproducing": "reproduce",
    "problem.channel": "Channel",
    "problem.data": "Dataset",
    "problem.errors": "InputError",
    "problem.estimation": "EstimationProblem",
    "problem.files": "load_problem",
    "problem.mind": "Decision",
    "problem.observations": "ObservationModel",
    "problem.parameters": "described_parameters",
    "problem.payoff_oracle": "PayoffOracle",
    "problem.payoffs": "Outcome Payoff",
    "problem.plays": "Play",
    "problem.signal": "Revealed Word",
    "problem.terms": "Terms View",
    "problem.testing": "RaceProblem",
    "rules.coalitions": "coalitions",
    "rules.design": "design",
    "rules.planning": "plan_report",
    "rules.robust": "robust",
    "solver": "solve",
    "strategies": "Strategy accept",
    "strategies.testing": "RaceStrategy Signaller",
}
_WHERE = {name: f"nashbox.{module}" for module, names in _NAMES.items() for name in names.split()}
_RENAMED = {"load_problem": "load", "audit_testing": "audit_game", "run_testing": "run"}
_OLD = {  # names of 0.1.0, which warn
    "TestingModel": "RaceModel",
    "TestingProblem": "RaceProblem",
    "TestingStrategy": "RaceStrategy",
}

if TYPE_CHECKING:
    from nashbox.api import load as load
    from nashbox.api import model_of as model_of
    from nashbox.api import prepare as prepare
    from nashbox.api import read_store as read_store
    from nashbox.experiments.audit import audit as audit
    from nashbox.experiments.audit import audit_game as audit_game
    from nashbox.experiments.check import check as check
    from nashbox.experiments.compare import compare as compare
    from nashbox.experiments.dynamics import EmpiricalGame as EmpiricalGame
    from nashbox.experiments.dynamics import Revision as Revision
    from nashbox.experiments.dynamics import adapt as adapt
    from nashbox.experiments.dynamics import best_response_dynamics as best_response_dynamics
    from nashbox.experiments.dynamics import empirical_game as empirical_game
    from nashbox.experiments.dynamics import honesty_survival as honesty_survival
    from nashbox.experiments.figures import save_figure as save_figure
    from nashbox.experiments.figures import sweep_summary as sweep_summary
    from nashbox.experiments.listing import listing as listing
    from nashbox.experiments.report import write_audit_report as write_audit_report
    from nashbox.experiments.report import write_comparison_report as write_comparison_report
    from nashbox.experiments.run import run as run
    from nashbox.experiments.run import run as run_testing  # noqa: F401
    from nashbox.experiments.sweep import Cell as Cell
    from nashbox.experiments.sweep import Store as Store
    from nashbox.experiments.sweep import read_outcomes as read_outcomes
    from nashbox.experiments.sweep import run_cells as run_cells
    from nashbox.experiments.sweep import sweep as sweep
    from nashbox.games import Action as Action
    from nashbox.games import Deviation as Deviation
    from nashbox.games import Exact as Exact
    from nashbox.games import Family as Family
    from nashbox.games import Game as Game
    from nashbox.games import OneShot as OneShot
    from nashbox.games import Pay as Pay
    from nashbox.games.estimation.checks import check_mechanism as check_mechanism
    from nashbox.games.estimation.checks import check_strategy as check_strategy
    from nashbox.games.estimation.comparison import Comparison as Comparison
    from nashbox.games.estimation.models import EstimationModel as EstimationModel
    from nashbox.games.estimation.surface import count_surface as count_surface
    from nashbox.games.testing import prepare_testing as prepare_testing
    from nashbox.games.testing.checks import check_testing as check_testing
    from nashbox.mechanisms import Mechanism as Mechanism
    from nashbox.mechanisms.exchange import Exchange as Exchange
    from nashbox.model.testing import RaceModel as RaceModel
    from nashbox.papers.reproducing import reproduce as reproduce
    from nashbox.problem.channel import Channel as Channel
    from nashbox.problem.data import Dataset as Dataset
    from nashbox.problem.errors import InputError as InputError
    from nashbox.problem.estimation import EstimationProblem as EstimationProblem
    from nashbox.problem.files import load as load_problem  # noqa: F401
    from nashbox.problem.mind import Decision as Decision
    from nashbox.problem.observations import ObservationModel as ObservationModel
    from nashbox.problem.parameters import described_parameters as described_parameters
    from nashbox.problem.payoff_oracle import PayoffOracle as PayoffOracle
    from nashbox.problem.payoffs import Outcome as Outcome
    from nashbox.problem.payoffs import Payoff as Payoff
    from nashbox.problem.plays import Play as Play
    from nashbox.problem.signal import Revealed as Revealed
    from nashbox.problem.signal import Word as Word
    from nashbox.problem.terms import Terms as Terms
    from nashbox.problem.terms import View as View
    from nashbox.problem.testing import RaceProblem as RaceProblem
    from nashbox.rules.coalitions import coalitions as coalitions
    from nashbox.rules.design import design as design
    from nashbox.rules.planning import plan_report as plan_report
    from nashbox.rules.robust import robust as robust
    from nashbox.solver import solve as solve
    from nashbox.strategies import Strategy as Strategy
    from nashbox.strategies import accept as accept
    from nashbox.strategies.testing import RaceStrategy as RaceStrategy
    from nashbox.strategies.testing import Signaller as Signaller

__all__ = sorted(_WHERE)


_load = loader("nashbox", _WHERE, _RENAMED)


def __getattr__(name: str) -> Any:
    if name in _OLD:
        text = f"nashbox.{name} is now nashbox.{_OLD[name]}"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        name = _OLD[name]
    return _load(name)


def __dir__() -> list[str]:
    return __all__
