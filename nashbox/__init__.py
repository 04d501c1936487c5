"""nashbox: does honesty pay? Plan, play and audit rules for sharing data.

The names below are loaded when they are first used, so that importing nashbox costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_WHERE = {
    "Dataset": "nashbox.problem.data",
    "EstimationModel": "nashbox.model",
    "EstimationProblem": "nashbox.problem.estimation",
    "InputError": "nashbox.problem.errors",
    "Mechanism": "nashbox.mechanisms",
    "Play": "nashbox.problem.channel",
    "Strategy": "nashbox.strategies",
    "Terms": "nashbox.problem.terms",
    "View": "nashbox.problem.terms",
    "accept": "nashbox.strategies",
    "audit": "nashbox.experiments.audit",
    "best_response_dynamics": "nashbox.experiments.dynamics",
    "check_mechanism": "nashbox.experiments.check",
    "check_strategy": "nashbox.experiments.check",
    "load_problem": "nashbox.problem.files",
    "plan_report": "nashbox.experiments.planning",
    "prepare": "nashbox.experiments.game",
    "run": "nashbox.experiments.run",
}
_RENAMED = {"load_problem": "load"}

if TYPE_CHECKING:
    from nashbox.experiments.audit import audit as audit
    from nashbox.experiments.check import check_mechanism as check_mechanism
    from nashbox.experiments.check import check_strategy as check_strategy
    from nashbox.experiments.dynamics import best_response_dynamics as best_response_dynamics
    from nashbox.experiments.game import prepare as prepare
    from nashbox.experiments.planning import plan_report as plan_report
    from nashbox.experiments.run import run as run
    from nashbox.mechanisms import Mechanism as Mechanism
    from nashbox.model import EstimationModel as EstimationModel
    from nashbox.problem.channel import Play as Play
    from nashbox.problem.data import Dataset as Dataset
    from nashbox.problem.errors import InputError as InputError
    from nashbox.problem.estimation import EstimationProblem as EstimationProblem
    from nashbox.problem.files import load as load_problem  # noqa: F401
    from nashbox.problem.terms import Terms as Terms
    from nashbox.problem.terms import View as View
    from nashbox.strategies import Strategy as Strategy
    from nashbox.strategies import accept as accept

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'nashbox' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), _RENAMED.get(name, name))


def __dir__() -> list[str]:
    return __all__
