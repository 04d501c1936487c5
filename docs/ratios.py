"""How far rules for equal labs stay from compliance; for the figures of their chapters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar

from nashbox.games.estimation import prepare
from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.decoy.tuning import tuned as tuned_decoy
from nashbox.mechanisms.threshold.tuning import tuned
from nashbox.problem.files import from_mapping
from nashbox.rules.bound import no_rule_below

SIGMA, COST = 10.0, 0.05
ALONE = SIGMA / np.sqrt(COST)  # points
BAD = 1e3


def over_compliance(penalty: float, m: int) -> float:
    """A penalty of each of m labs over that of compliance, 2 sigma sqrt(c/m)."""
    return penalty / (2 * SIGMA * np.sqrt(COST / m))


def published_cbl(m: int) -> float:
    """CBL as it is, at the plan ir_optimal."""
    table = {"game": "estimation", "sigma": SIGMA, "costs": [[COST]] * m, "counts": "real"}
    game = prepare(from_mapping({**table, "mechanism": "cbl"}))
    owed = game.terms.counts[:, 0]
    risks = [float(game.view(i).risks().channels[0].best_risk(owed[i])) for i in range(m)]
    return over_compliance(float(np.mean(risks + COST * owed)), m)


def tuned_cbl(m: int) -> float:
    """The best of n, z and alpha for noise that grows linearly, equal counts."""

    def penalty(logs: np.ndarray) -> float:
        n, z = np.exp(logs)
        N = (m - 1) * n
        if not (z < N and n + N > ALONE):
            return BAD

        def slope(log_alpha: float) -> float:
            return CorruptChannel(SIGMA, z, N - z, float(np.exp(log_alpha))).slope(n) + COST

        if slope(-8.0) * slope(8.0) >= 0:
            return BAD
        alpha = float(np.exp(brentq(slope, -8.0, 8.0)))
        risk = CorruptChannel(SIGMA, z, N - z, alpha).best_risk(np.float64(n))
        return float(risk) + COST * n

    return best_over_counts(m, lambda n: minimal(lambda x: penalty(np.array([np.log(n), x])), n, m))


def threshold(m: int) -> float:
    """The best of n, z and t for a step, equal counts."""

    def penalty(n: float) -> float:
        rule = tuned(n, (m - 1) * n, COST, SIGMA, False)
        return BAD if rule is None else rule.excess + SIGMA**2 / (m * n) + COST * n

    return best_over_counts(m, penalty)


def decoy(m: int) -> float:
    """The best of n and t for a decoy, equal counts."""

    def penalty(n: float) -> float:
        rule = tuned_decoy(n, (m - 1) * n, COST, SIGMA, False)
        return BAD if rule is None else rule.excess + SIGMA**2 / (m * n) + COST * n

    return best_over_counts(m, penalty)


def below(m: int) -> float:
    """What no truthful rule gets below, equal labs."""
    table = {"game": "estimation", "sigma": SIGMA, "costs": [[COST]] * m, "counts": "real"}
    found = no_rule_below(from_mapping(table), "social").value
    return over_compliance((found or 0.0) / m, m)


def minimal(function: Callable[[float], float], n: float, m: int) -> float:
    """Least value over log z between n/100 and the others' points."""
    ends = (np.log(n / 100), np.log((m - 1) * n))
    grid = np.linspace(*ends, 12)[:-1]
    start = grid[int(np.argmin([function(x) for x in grid]))]
    return float(minimize(lambda x: function(x[0]), [start], method="Nelder-Mead").fun)


def best_over_counts(m: int, penalty: Callable[[float], float]) -> float:
    """Least penalty over counts between what T > n_ind asks for and working alone."""
    low, high = np.log(ALONE / m * (1 + 1e-6)), np.log(ALONE * 0.97)
    grid = np.linspace(low, high, 15)
    values = [penalty(float(np.exp(x))) for x in grid]
    j = int(np.argmin(values))
    around = (grid[max(j - 1, 0)], grid[min(j + 1, 14)])
    found = minimize_scalar(
        lambda x: penalty(float(np.exp(x))),
        bounds=around,
        method="bounded",
        options={"xatol": 1e-4},
    )
    return over_compliance(min(float(found.fun), values[j], 2 * SIGMA * np.sqrt(COST)), m)
