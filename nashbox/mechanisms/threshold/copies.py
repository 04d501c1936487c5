"""What a coalition learns that hands in copies of its joint mean and believes one reader's answer.

A reader is compared by a threshold, and h of her friends' copies are in her Z (hypergeometric).
With l = z - h and G = X-bar - V, V the mean of the l honest points, |Y - Z| = (l/z)|G|. If she
passes, the pooled estimate is independent of G. If she fails and they believe her reading all the
same, the estimate is P + (l/(C + l) - kappa) G with P = (C X-bar + l V)/(C + l) independent of G
and kappa = count l/((C + M)(s + z)), so that

    risk = P(pass) v/(C + M) + sum_h P(h) [ P(fail|h) v/(C + l)
           + (l/(C + l) - kappa)^2 E[G^2; |G| > t z/l] ].
"""

from __future__ import annotations

import numpy as np


def pass_chances(
    C: int, M: int, friends: int, z: int, t: float, sigma: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chance of every h, and the chance to pass and E[G^2; fail] given it; each (z + 1,).

    friends: copies handed in by the reader's friends, M: points of honest others.
    """
    from scipy.stats import hypergeom, norm

    h = np.arange(z + 1)
    weight = hypergeom(M + friends, friends, z).pmf(h)
    honest = np.maximum(z - h, 1)
    spread = sigma * np.sqrt(1 / C + 1 / honest)
    u = np.where(h == z, np.inf, t * z / honest / spread)
    tail = 2 * norm.sf(u)
    fails = spread**2 * (tail + 2 * np.where(np.isinf(u), 0.0, u) * norm.pdf(u))
    return weight, 1 - tail, np.where(h == z, 0.0, fails)


def believed_risk(C: int, M: int, own: int, friends: int, z: int, t: float, sigma: float) -> float:
    """Risk of always believing one reader's answer, who hands in `own` copies herself.

    >>> round(believed_risk(10, 90, 10, 10, 10, 1e9, 10.0), 9)  # who always passes
    1.0
    """
    v = sigma**2
    weight, passes, squares = pass_chances(C, M, friends, z, t, sigma)
    left = z - np.arange(z + 1)
    kappa = (own + friends + M) * left / ((C + M) * (own + z))
    slope = left / (C + left) - kappa
    risk = passes * v / (C + M) + (1 - passes) * v / (C + left) + slope**2 * squares
    return float(weight @ risk)
