"""Adaptive agents: revision rules, payoff oracles, populations, and what becomes of honesty.

`RULES` maps the built-in names to their classes; "replicator" moves whole populations.
"""

from nashbox.experiments.dynamics.adapt import RULES, adapt, make_rule
from nashbox.experiments.dynamics.adaptation import Adaptation, AdaptRun
from nashbox.experiments.dynamics.best_counts import Dynamics, best_response_dynamics
from nashbox.experiments.dynamics.best_response import BestResponse
from nashbox.experiments.dynamics.empirical import EmpiricalGame, Regret
from nashbox.experiments.dynamics.fictitious_play import FictitiousPlay
from nashbox.experiments.dynamics.imitation import Imitation
from nashbox.experiments.dynamics.logit import Logit
from nashbox.experiments.dynamics.measure import empirical_game
from nashbox.experiments.dynamics.oracles import oracle_for, read_choices
from nashbox.experiments.dynamics.replicator import Replicator
from nashbox.experiments.dynamics.revision import Revision
from nashbox.experiments.dynamics.survival import Survival, honesty_survival

__all__ = [
    "RULES",
    "AdaptRun",
    "Adaptation",
    "BestResponse",
    "Dynamics",
    "EmpiricalGame",
    "FictitiousPlay",
    "Imitation",
    "Logit",
    "Regret",
    "Replicator",
    "Revision",
    "Survival",
    "adapt",
    "best_response_dynamics",
    "empirical_game",
    "honesty_survival",
    "make_rule",
    "oracle_for",
    "read_choices",
]
