"""What certificates over boxes of variances and lies share, for every rule that tells F by e alone.

F is concave in the law of e, and dN(d, v)/dN(d0, v0) >= sqrt(v0/v) exp(-(d - d0)^2/(2 (v - v0)))
for v0 < v, so that

    F(d, v) >= sqrt(v0/v) exp(-(d - d0)^2/(2 (v - v0))) F(d0, v0) .                              (4)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array

Complex = NDArray[np.complex128]
Share = Callable[[Array, Array], Array]  # F/v of windows a and lies, in standard deviations

RADII = (0.7, 0.9, 1.1, 1.25)  # of the circle, times 1/max(a, 1)
POINTS = 128
ROUNDING = 1e-11


def tail(x: Complex) -> Complex:
    """Upper tail of the normal law, continued to complex x."""
    from scipy.special import wofz

    return np.asarray(0.5 * np.exp(-0.5 * x * x) * wofz(1j * x / np.sqrt(2)))


def taylor_range(a: float, analytic: Callable[[float, Complex], Complex]) -> float:
    """Lies up to which honesty is best at this window, in standard deviations.

    F is even and analytic in the lie. With f_k its coefficients and Mx >= |F - f_0 - f_2 z^2| on
    |z| = r, Schwarz' lemma gives F(l) >= f_0 + f_2 l^2 - Mx l^4/r^4, which is at least f_0 for
    l^2 <= f_2 r^4/Mx. Mx is 1.5 times the maximum over POINTS. analytic: F/v for complex lies.
    """
    best = 0.0
    for factor in RADII:
        r = factor / max(a, 1.0)
        z = r * np.exp(2j * np.pi * np.arange(POINTS) / POINTS)
        values = analytic(a, z)
        coefficients = np.fft.fft(values).real / POINTS
        f0, f2 = coefficients[0], coefficients[2] / r**2
        rest = 1.5 * float(np.abs(values - f0 - f2 * z**2).max())
        if f2 > 0:
            best = max(best, min(0.9 * r, float(np.sqrt(0.9 * f2 * r**4 / rest))))
    return best


def below(share: Share, t: float, lie: Array, h: Array, v1: Array, v2: Array) -> Array:
    """Below F on [lie - h, lie + h] x [v1, v2] by (4), (R,)."""
    v0 = v1 / (1 + h / np.sqrt(v1))
    F = v0 * share(t / np.sqrt(v0), lie / np.sqrt(v0))
    # quasi-concave in v: the ends suffice
    ends = [0.5 * np.log(v0 / v) - h * h / (2 * (v - v0)) for v in (v1, v2)]
    return np.asarray(F * np.exp(np.minimum(*ends)) * (1 - ROUNDING))


def halves(boxes: Array, v1: Array, v2: Array) -> Array:
    """Boxes (x1, x2, d1, d2) cut at the wider side, (2 R, 4); v1, v2: variances at ends of x."""
    x1, x2, d1, d2 = boxes.T
    wide = (d2 - d1) / (2 * np.sqrt(v1)) > np.log(v2 / v1)
    x, d = np.sqrt(x1 * x2), 0.5 * (d1 + d2)
    lower = np.stack([x1, np.where(wide, x2, x), d1, np.where(wide, d, d2)], axis=1)
    upper = np.stack([np.where(wide, x1, x), x2, np.where(wide, d, d1), d2], axis=1)
    return np.concatenate([lower, upper])
