"""Exact answers about testing games: stopping laws, races, best responses.

`solve` gives the numbers of a game in which everybody relies on itself; `best_response` the best
that one agent can do against a fixed rival. Each module states its method and its error.
"""

from nashbox.problem.payoffs import Contest, Cost, win
from nashbox.solver.best_response import BestReply, Rival, best_response
from nashbox.solver.closed_form import symmetric_bernoulli
from nashbox.solver.exact import exact_law
from nashbox.solver.grid import grid_law
from nashbox.solver.law import StoppingLaw
from nashbox.solver.policy import Policy
from nashbox.solver.race import Race
from nashbox.solver.signaller import critical_cost_ratio, signaller_payoff
from nashbox.solver.solution import Solution, check_game, solve

__all__ = [
    "BestReply",
    "Contest",
    "Cost",
    "Policy",
    "Race",
    "Rival",
    "Solution",
    "StoppingLaw",
    "best_response",
    "check_game",
    "critical_cost_ratio",
    "exact_law",
    "grid_law",
    "signaller_payoff",
    "solve",
    "symmetric_bernoulli",
    "win",
]
