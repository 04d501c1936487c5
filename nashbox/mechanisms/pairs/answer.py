"""What an honest agent expects of what she is told, so that accepting the answer is best.

D is her mean less everybody's, N(0, sd^2 (p-1)/p) with sd = sigma/sqrt(x), told truly or as a
falsehood D'. If her pair fails, D' = Z + U where Z, half of the two members' difference, is
N(0, sd^2/2) and independent of how far the pair is off, and U is uniform on (-s, s),
s = pair_t (p-2)/p: by symmetry she expects E(Z | Z + U) of D. If she fails alone D' is uniform on
(-s1, s1), s1 = t (p-1)/p, and she expects 0. With k comparisons of pairs, P(D) the chance that one
of them fails for a true D, g the density of Z + U and Q, q the chances to fail,

    b(D') = [f (1 - P) D' + k Q g E(Z | Z + U = D')] / [f (1 - P) + k Q g + q/(2 s1)],

f the density of D, 0 beyond s1. Failures of more than one pair at a time are left out: Q is small.
"""

from __future__ import annotations

import math

import numpy as np

from nashbox.mechanisms.gauss import phi
from nashbox.problem.arrays import Array


def expected(told: Array, p: int, sd: float, pair_t: float, tests: int, t: float) -> Array:
    """b(told), elementwise; tests: k, t: NaN where nobody is compared by herself."""
    from scipy.special import ndtr

    spread = sd * math.sqrt((p - 1) / p)
    unit = sd * math.sqrt(0.5 + 1 / (p - 2))  # of the pair's mean less the rest's
    Q = 2 * float(ndtr(-pair_t / unit))
    s, half = pair_t * (p - 2) / p, sd * math.sqrt(0.5)
    up, down = (told + s) / half, (told - s) / half
    inside = np.maximum(ndtr(up) - ndtr(down), 1e-300)
    g = inside / (2 * s)
    Z = np.clip(half * (phi(down) - phi(up)) / inside, told - s, told + s)
    truth = phi(told / spread) / spread
    # half the sum of her D and another's, given hers
    mean = told * (p - 2) / (2 * (p - 1))
    rest = spread * math.sqrt(1 - 1 / (p - 1) ** 2) / 2
    fails = ndtr((-s - mean) / rest) + ndtr((mean - s) / rest)
    truth = truth * np.clip(1 - tests * fails, 0.0, 1.0)
    alone = np.zeros(told.shape)
    if math.isfinite(t):
        s1 = t * (p - 1) / p
        within = np.abs(told) <= s1
        truth = truth * within
        alone = np.asarray(within * float(ndtr(-t / (sd * math.sqrt(p / (p - 1))))) / s1)
    falsehood = tests * Q * g
    whole = np.maximum(truth + falsehood + alone, 1e-300)
    return np.asarray((truth * told + falsehood * Z) / whole)
