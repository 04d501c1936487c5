"""nashbox: does honesty pay? Plan, play and audit rules for sharing data.

The names below are loaded when they are first used, so that importing nashbox costs nothing.
"""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, Any

from nashbox.problem.notebook import install

install("nashbox.tables.printing:NOTEBOOK")

_WHERE = {
    "OneShot": "nashbox.games",
    "Game": "nashbox.games",
    "Action": "nashbox.games",
    "Cell": "nashbox.experiments.sweep",
    "Channel": "nashbox.problem.channel",
    "Comparison": "nashbox.games.estimation.comparison",
    "Dataset": "nashbox.problem.data",
    "Decision": "nashbox.problem.mind",
    "EmpiricalGame": "nashbox.experiments.dynamics",
    "EstimationModel": "nashbox.games.estimation.models",
    "EstimationProblem": "nashbox.problem.estimation",
    "Exchange": "nashbox.mechanisms.exchange",
    "InputError": "nashbox.problem.errors",
    "Mechanism": "nashbox.mechanisms",
    "ObservationModel": "nashbox.problem.observations",
    "Outcome": "nashbox.problem.payoffs",
    "Payoff": "nashbox.problem.payoffs",
    "PayoffOracle": "nashbox.problem.payoff_oracle",
    "Play": "nashbox.problem.plays",
    "Revealed": "nashbox.problem.signal",
    "Revision": "nashbox.experiments.dynamics",
    "Signaller": "nashbox.strategies.testing",
    "Store": "nashbox.experiments.sweep",
    "Strategy": "nashbox.strategies",
    "Terms": "nashbox.problem.terms",
    "RaceModel": "nashbox.model.testing",
    "RaceProblem": "nashbox.problem.testing",
    "RaceStrategy": "nashbox.strategies.testing",
    "View": "nashbox.problem.terms",
    "Word": "nashbox.problem.signal",
    "accept": "nashbox.strategies",
    "adapt": "nashbox.api",
    "audit": "nashbox.api",
    "audit_game": "nashbox.experiments.audit",
    "audit_testing": "nashbox.experiments.audit",
    "best_response_dynamics": "nashbox.experiments.dynamics",
    "check": "nashbox.experiments.check",
    "check_mechanism": "nashbox.games.estimation.checks",
    "check_strategy": "nashbox.games.estimation.checks",
    "check_testing": "nashbox.games.testing.checks",
    "load": "nashbox.api",
    "empirical_game": "nashbox.experiments.dynamics",
    "honesty_survival": "nashbox.experiments.dynamics",
    "compare": "nashbox.api",
    "count_surface": "nashbox.games.estimation.surface",
    "described_parameters": "nashbox.problem.parameters",
    "listing": "nashbox.experiments.listing",
    "model_of": "nashbox.api",
    "coalitions": "nashbox.rules.coalitions",
    "design": "nashbox.api",
    "load_problem": "nashbox.problem.files",
    "plan_report": "nashbox.rules.planning",
    "prepare": "nashbox.api",
    "prepare_testing": "nashbox.games.testing",
    "read_store": "nashbox.api",
    "read_outcomes": "nashbox.experiments.sweep",
    "reproduce": "nashbox.papers.reproducing",
    "robust": "nashbox.rules.robust",
    "run": "nashbox.api",
    "run_cells": "nashbox.experiments.sweep",
    "run_testing": "nashbox.api",
    "save_figure": "nashbox.experiments.figures",
    "solve": "nashbox.solver",
    "sweep": "nashbox.experiments.sweep",
    "sweep_summary": "nashbox.experiments.figures",
    "write_audit_report": "nashbox.experiments.report",
    "write_comparison_report": "nashbox.experiments.report",
}
_RENAMED = {"load_problem": "load", "audit_testing": "audit_game", "run_testing": "run"}
_OLD = {  # names of 0.1.0, which warn
    "TestingModel": "RaceModel",
    "TestingProblem": "RaceProblem",
    "TestingStrategy": "RaceStrategy",
}

if TYPE_CHECKING:
    from nashbox.api import adapt as adapt
    from nashbox.api import audit as audit
    from nashbox.api import compare as compare
    from nashbox.api import design as design
    from nashbox.api import load as load
    from nashbox.api import model_of as model_of
    from nashbox.api import prepare as prepare
    from nashbox.api import read_store as read_store
    from nashbox.api import run as run
    from nashbox.api import run as run_testing  # noqa: F401
    from nashbox.experiments.audit import audit_game as audit_game
    from nashbox.experiments.check import check as check
    from nashbox.experiments.dynamics import EmpiricalGame as EmpiricalGame
    from nashbox.experiments.dynamics import Revision as Revision
    from nashbox.experiments.dynamics import best_response_dynamics as best_response_dynamics
    from nashbox.experiments.dynamics import empirical_game as empirical_game
    from nashbox.experiments.dynamics import honesty_survival as honesty_survival
    from nashbox.experiments.figures import save_figure as save_figure
    from nashbox.experiments.figures import sweep_summary as sweep_summary
    from nashbox.experiments.listing import listing as listing
    from nashbox.experiments.report import write_audit_report as write_audit_report
    from nashbox.experiments.report import write_comparison_report as write_comparison_report
    from nashbox.experiments.sweep import Cell as Cell
    from nashbox.experiments.sweep import Store as Store
    from nashbox.experiments.sweep import read_outcomes as read_outcomes
    from nashbox.experiments.sweep import run_cells as run_cells
    from nashbox.experiments.sweep import sweep as sweep
    from nashbox.games import Action as Action
    from nashbox.games import Game as Game
    from nashbox.games import OneShot as OneShot
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
    from nashbox.rules.planning import plan_report as plan_report
    from nashbox.rules.robust import robust as robust
    from nashbox.solver import solve as solve
    from nashbox.strategies import Strategy as Strategy
    from nashbox.strategies import accept as accept
    from nashbox.strategies.testing import RaceStrategy as RaceStrategy
    from nashbox.strategies.testing import Signaller as Signaller

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _OLD:
        text = f"nashbox.{name} is now nashbox.{_OLD[name]}"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        name = _OLD[name]
    if name not in _WHERE:
        raise AttributeError(f"module 'nashbox' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), _RENAMED.get(name, name))


def __dir__() -> list[str]:
    return __all__
