"""Windows that make n = x points the best count, for one agent and for two; sigma = 1.

Everybody owes x points; m agents, N = (m - 1) x, R = (m - 2) x. With F(v; t) the loss of a decoy of
window t on a difference of variance v, the union of all comparisons bounds what n points bring. Who
is compared in all m - 1 pairs pays

    p(n) = 1/(n+N) + c n + (m-1) (R/(n+N))^2 F((1/n + 1/x)/4 + 1/R; t),

who has a declared partner, and is compared by herself, too,

    p(n) = 1/(n+N) + c n + (N/(n+N))^2 F(1/n + 1/N; t) + (R/(n+N))^2 F((1/n + 1/x)/4 + 1/R; t2).

A pair that hands in the mean of y points twice, and shares what it is told, pays together

    2 [1/(y+R) + (R/(y+R))^2 F(1/y + 1/R; t2)] + c y,

so that declared partners are one agent of 2x points who pays c/2 for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nashbox.mechanisms.decoy import tuning as decoys
from nashbox.mechanisms.decoy.told import lost

NARROWEST, FARTHEST = 0.3, 12.0  # half windows searched, in standard deviations of the honest
STEP = 1e-4  # of counts, relative, for slopes
LEAST = 4  # agents: two are compared with two others at least


class Windows(NamedTuple):
    """t: of one agent, NaN if she is compared in pairs only; pair_t: of two. sigma = 1."""

    t: float
    pair_t: float


def _loss(v: float, t: float) -> float:
    return float(v * lost(t / np.sqrt(v)))


def paid_in_pairs(n: float, x: float, m: int, c: float, t: float) -> float:
    """p(n) where all pairs are compared, by the union bound."""
    N, R = (m - 1) * x, (m - 2) * x
    share = R / (n + N)
    return 1 / (n + N) + c * n + (m - 1) * share**2 * _loss((1 / n + 1 / x) / 4 + 1 / R, t)


def paid_with_partner(n: float, x: float, m: int, c: float, windows: Windows) -> float:
    """p(n) where a partner is declared, by the union bound."""
    N, R = (m - 1) * x, (m - 2) * x
    own = (N / (n + N)) ** 2 * _loss(1 / n + 1 / N, windows.t)
    pair = (R / (n + N)) ** 2 * _loss((1 / n + 1 / x) / 4 + 1 / R, windows.pair_t)
    return 1 / (n + N) + c * n + own + pair


def paid_by_copies(y: float, x: float, m: int, c: float, pair_t: float) -> float:
    """What two who hand in the mean of y points twice pay together, as one agent."""
    R = (m - 2) * x
    return 2 * (1 / (y + R) + (R / (y + R)) ** 2 * _loss(1 / y + 1 / R, pair_t)) + c * y


def of_all_pairs(x: float, m: int, c: float, *, integer: bool) -> Windows | None:
    """The widest window under which x points are each agent's best count, None without any."""
    if m < LEAST:
        return None
    unit = float(np.sqrt(1 / (2 * x) + 1 / ((m - 2) * x)))
    t = _widest(lambda n, a: paid_in_pairs(n, x, m, c, a * unit), x, integer=integer)
    return None if t is None else Windows(float("nan"), t * unit)


def of_partners(x: float, m: int, c: float, *, integer: bool) -> Windows | None:
    """The widest windows under which nobody with a partner, and no such pair, does better."""
    if m < LEAST:
        return None
    pair = decoys.tuned(2 * x, (m - 2) * x, c / 2, 1.0, integer)
    if pair is None:
        return None
    unit = float(np.sqrt(1 / x + 1 / ((m - 1) * x)))

    def paid(n: float, a: float) -> float:
        return paid_with_partner(n, x, m, c, Windows(a * unit, pair.t))

    t = _widest(paid, x, integer=integer)
    return None if t is None else Windows(t * unit, pair.t)


def of_copies(x: float, m: int, c: float, pair_t: float) -> float:
    """The largest share of what a pair pays that copies of one mean save it, by the formula."""
    from scipy.optimize import minimize_scalar

    def paid(y: float) -> float:
        return paid_by_copies(y, x, m, c, pair_t)

    honest = paid(2 * x)
    best = min(
        float(minimize_scalar(paid, bounds=(low * x, high * x), method="bounded").fun)
        for low, high in ((0.2, 1.0), (1.0, 2.4))
    )
    return max(0.0, (honest - best) / (2 * paid_in_pairs(x, x, m, c, pair_t)))


def _widest(paid: Callable[[float, float], float], x: float, *, integer: bool) -> float | None:
    """The half window at which neither fewer nor more points than x are better."""
    from scipy.optimize import brentq

    less = 1.0 if integer else STEP * x

    def deters(a: float) -> float:
        """What fewer points cost more; with real counts, also what more points cost less."""
        if integer:
            return paid(x - 1, a) - paid(x, a) if x > 1 else np.inf
        return paid(x - less, a) - paid(x + less, a)

    if deters(NARROWEST) <= 0:
        return None
    if deters(FARTHEST) >= 0:
        a = FARTHEST
    else:
        a = float(brentq(deters, NARROWEST, FARTHEST, xtol=1e-13))
        a *= 1 - 1e-12
    if paid(x + less, a) < paid(x, a) * (1 - (1e-13 if integer else 1e-8)):
        return None  # she wants more than x
    return a
