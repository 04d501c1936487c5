"""z tests with a stated false-alarm rate."""

import numpy as np
from scipy.stats import norm


def assert_mean(draws, exact, false_alarm, atol=1e-12):
    """Two-sided z test of a mean; `false_alarm` is the chance that a right answer fails."""
    draws = np.asarray(draws, dtype=float).ravel()
    se = draws.std(ddof=1) / np.sqrt(draws.size)
    bound = norm.isf(false_alarm / 2) * se + atol
    assert abs(draws.mean() - exact) <= bound, f"{draws.mean():.6g} vs {exact:.6g}, +-{bound:.2g}"


def assert_same_mean(first, second, false_alarm):
    """Two-sided z test that two independent samples have the same mean."""
    first, second = (np.asarray(x, dtype=float).ravel() for x in (first, second))
    se = np.sqrt(first.var(ddof=1) / first.size + second.var(ddof=1) / second.size)
    bound = norm.isf(false_alarm / 2) * se
    gap = abs(first.mean() - second.mean())
    assert gap <= bound, f"{first.mean():.6g} vs {second.mean():.6g}, +-{bound:.2g}"
