"""The chance that a sum of squares of independent normal variables stays below a bound.

Ruben's series (1962, Ann. Math. Statist. 33, 542-570, in the form of Farebrother 1984, Appl.
Statist. 33, 332-339, algorithm AS 204) for sum_j v_j chi^2(h_j, delta_j) <= x: a mixture of central
chi^2 with sum(h) + 2 i degrees of freedom over the least of the v_j.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nashbox.problem.arrays import Array

MOST_TERMS = 3000
LEFT = 1e-13  # weight of the terms left out


@lru_cache(maxsize=20_000)
def below(
    x: float, v: tuple[float, ...], degrees: tuple[int, ...], shift: tuple[float, ...]
) -> tuple[float, float]:
    """P(sum_j v_j chi^2(degrees_j, shift_j) <= x), and a bound of its error; v > 0, shift >= 0.

    >>> round(below(3.0, (1.0, 2.0), (1, 1), (0.0, 0.5))[0], 6)
    0.544299
    """
    from scipy.special import chdtr

    spread, h, delta = np.array(v), np.array(degrees, dtype=float), np.array(shift)
    beta = float(spread.min())
    ratio = 1 - beta / spread
    log_first = 0.5 * float((h * np.log(beta / spread)).sum() - delta.sum())
    weights, g = np.zeros(MOST_TERMS), np.zeros(MOST_TERMS)
    weights[0] = np.exp(log_first)
    total, power, i = weights[0], np.ones(spread.size), 0
    while 1 - total > LEFT and i + 1 < MOST_TERMS and weights[0] > 0:
        i += 1
        # g_i = sum_j [h_j ratio_j^i + i delta_j ratio_j^(i-1) (1 - ratio_j)]
        g[i] = float((h * power * ratio + i * delta * power * (1 - ratio)).sum())
        power = power * ratio
        weights[i] = float(weights[:i] @ g[i:0:-1]) / (2 * i)
        total += weights[i]
    at = chdtr(h.sum() + 2 * np.arange(i + 1), x / beta)
    value = float(weights[: i + 1] @ at)
    return value, abs(1 - total) * float(at[-1]) + 1e-13


def moments(x: float, v: Array, mean: Array) -> tuple[float, Array, Array, float]:
    """Of u ~ N(mean, diag(v)) and |u|^2 <= x: its chance, E[u_k; it], E[u_k^2; it], an error.

    E[X f(X^2)] and E[X^2 f(X^2)] of a normal X are means of f over chi^2 with 3 and 5 degrees of
    freedom of the same shift.
    """
    d = v.size
    shift = tuple((mean**2 / v).tolist())
    spread = tuple(v.tolist())

    def chance(k: int, degrees: int) -> tuple[float, float]:
        return below(x, spread, tuple(degrees if j == k else 1 for j in range(d)), shift)

    once, error = below(x, spread, (1,) * d, shift)
    threes = np.array([chance(k, 3)[0] for k in range(d)])
    fives = np.array([chance(k, 5)[0] if mean[k] else 0.0 for k in range(d)])
    return once, mean * threes, v * threes + mean**2 * fives, error
