"""Estimation games of the zoo without formulas, and the sample mean by its own.

Risks are those of `truth.py`; the cost of a point, or epsilon, is set so that the gain is the
wanted multiple of epsilon.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.zoo import truth
from benchmarks.zoo.case import Case, Truth
from benchmarks.zoo.formulas import SHARE, SIGMA, cbl, problem, tuned_case


def plain_cbl(tails: str, ratio: float | None) -> Case:
    """CBL as a plug-in: what is known of it is what is known of the built-in."""
    case = tuned_case(cbl, 0.05, tails, ratio)
    rules = {**case.problem["mechanism"], "name": "zoo_rules.py:Plain", "rule": "cbl"}
    return Case({**case.problem, "mechanism": rules}, case.epsilon, case.truths)


OWED, AGENTS = 9, 3


def _means(mechanism: Any, noise: float, ratio: float, rarest: float | None = None) -> Case:
    """Three agents who owe nine points each; the cost of a point sets the gain."""
    v, others = SIGMA**2, OWED * (AGENTS - 1)
    risks = np.array([truth.pooled(n, others, v, noise) for n in range(6 * OWED)])
    fair = truth.cost_for(0.0, risks, OWED)
    epsilon = float(SHARE * (risks[OWED] + fair * OWED))
    cost = truth.cost_for(ratio * epsilon, risks, OWED)
    penalties = risks + cost * np.arange(risks.size)
    gain = float(penalties[OWED] - np.delete(penalties, OWED).min())
    truths = (Truth(gain, max(gain, 0.0)),) * AGENTS
    raw = problem([[cost]] * AGENTS, mechanism, plan=[[OWED]] * AGENTS)
    return Case(raw, epsilon, truths, rarest)


def sample_mean(tails: str, ratio: float | None) -> Case:
    """The built-in sample mean: sigma^2/(n + N) + c n."""
    return _means("sample_mean", 0.0, ratio or 0.0)


def noisy_mean(tails: str, ratio: float | None) -> Case:
    """The others' mean with noise of as much variance as it has itself.

    Exact among strategies whose estimates are linear in what is received: see `truth.pooled`.
    """
    noise = SIGMA / math.sqrt(OWED * (AGENTS - 1))
    rules = {"name": "zoo_rules.py:NoisyMean", "noise": noise, "tails": tails}
    rarest = 1e-4 if tails in ("rare", "errs") else None
    return _means(rules, noise, ratio or 0.0, rarest)


def _at(ratio: float | None, truths: Truth) -> float:
    """Epsilon such that the gain is `ratio` times as large, for the class it is judged by."""
    return (truths.most if ratio and ratio < 1 else truths.least) / (ratio or 1.0)


def medians(tails: str, ratio: float | None) -> Case:
    """Medians of means: honest counts with any weight on the median are looked at by any audit.

    Who hands in nothing learns the others' mean and pools it with her own points, the most that
    there is to know.
    """
    v, cost = SIGMA**2, 0.15
    honest = truth.median_moments(OWED, OWED, v)[0] + cost * OWED
    looked_at = min(truth.median(n, OWED, v) + cost * n for n in range(1, 4 * OWED))
    known_best = min(truth.pooled(n, 2 * OWED, v) + cost * n for n in range(4 * OWED))
    found = Truth(honest - looked_at, honest - known_best)
    raw = problem([[cost]] * AGENTS, "zoo_rules.py:MedianOfMeans", plan=[[OWED]] * AGENTS)
    return Case(raw, _at(ratio, found), (found,) * AGENTS)


def errors(chance: float) -> Callable[..., Case]:
    """A sample mean that is off by 1e4 with this chance a world."""
    return partial(_errors, chance)


def _errors(chance: float, tails: str, ratio: float | None) -> Case:
    """Who ignores what she gets is safe; that, and weights, is what any audit looks at."""
    v, cost, size, others = SIGMA**2, 0.13, 1e4, OWED * (AGENTS - 1)
    accepted = v / (OWED + others) + chance * size**2 + cost * OWED
    ignoring = min(v / n + cost * n for n in range(1, 6 * OWED))
    known_best = min(truth.pooled(n, others, v) + cost * n for n in range(6 * OWED))
    found = Truth(accepted - ignoring, accepted - known_best)
    rules = {"name": "zoo_rules.py:Erring", "size": size, "chance": chance}
    raw = problem([[cost]] * AGENTS, rules, plan=[[OWED]] * AGENTS)
    return Case(raw, _at(ratio, found), (found,) * AGENTS, chance)
