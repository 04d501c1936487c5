"""How sure one can be of a share that was counted."""

from __future__ import annotations


def proportion_interval(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """Clopper and Pearson's interval: it covers at least as often as `confidence` says.

    >>> low, high = proportion_interval(0, 10, 0.95)
    >>> low, round(high, 6)  # 1 - 0.025^(1/10)
    (0.0, 0.308497)
    """
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, successes, trials - successes + 1)) if successes else 0.0
    top = float(beta.isf(tail, successes + 1, trials - successes)) if successes < trials else 1.0
    return low, top
