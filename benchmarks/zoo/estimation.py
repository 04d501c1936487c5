"""Estimation games of the zoo: built-in rules with formulas, and the same and others as plug-ins.

Built-in rules: the gain is that of the exact method (closed forms and quadrature, held to
simulations by the project's own tests). A parameter of the rule is tuned until the largest gain is
the wanted multiple of epsilon, a thousandth of the largest penalty of
the untuned rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
from scipy.optimize import brentq

from benchmarks.zoo import truth
from benchmarks.zoo.case import Case, Truth
from nashbox.games.estimation import exact, prepare
from nashbox.problem.files import from_mapping
from nashbox.strategies.response import risks_along

SIGMA, SHARE = 10.0, 1e-3
Mechanism = Mapping[str, Any]


def problem(costs: list[list[float]], mechanism: Any, **more: Any) -> dict[str, Any]:
    """An estimation problem as a file would say it."""
    return {"game": "estimation", "sigma": SIGMA, "costs": costs, "mechanism": mechanism, **more}


def known(raw: Mapping[str, Any]) -> tuple[list[float], list[Truth]]:
    """Penalties of a problem with one distribution and formulas, and what each agent gains.

    The best other honest count is what any audit looks at; the exact best response bounds all.
    """
    game = prepare(from_mapping(raw))
    penalties, truths = [], []
    for i in range(game.m):
        answer = exact.exact_answer(game, i)
        owed, cost = game.terms.counts[i, 0], game.problem.costs[i, 0]
        counts = np.arange(2 * owed + 3)
        counts = counts[counts != owed]
        others = risks_along(game.view(i), 0, counts) + cost * counts
        penalties.append(answer.penalty)
        most = max(answer.penalty - answer.best_penalty, 0.0)
        truths.append(Truth(min(answer.penalty - float(others.min()), most), most))
    return penalties, truths


def cbl(factor: float) -> dict[str, Any]:
    """Two agents who owe 8 points under CBL, with the noise of the paper times `factor`.

    A third one collects 224 points, and gets her own mean.
    """
    rules = {"name": "cbl", "alpha_factor": factor}
    return problem([[0.002], [0.06], [0.06]], rules, plan=[[224], [8], [8]])


@cache
def threshold_rules() -> dict[str, Any]:
    """Thresholds for three equal agents, as tables."""
    raw = problem([[0.3]] * 3, "threshold")
    terms = prepare(from_mapping(raw)).terms
    names = {"kind": terms.kind, "n": terms.counts, "z": terms.z, "t": terms.t}
    return {name: table.tolist() for name, table in names.items()}


def threshold(factor: float) -> dict[str, Any]:
    """Thresholds `factor` times as wide as they should be."""
    rules = threshold_rules()
    wide = [[factor * t for t in row] for row in rules["t"]]
    return problem([[0.3]] * 3, {"name": "threshold", **rules, "t": wide})


@cache
def _tuned(rule: Callable[[float], dict[str, Any]], ratio: float, far: float) -> float:
    """The factor between 1 and `far` at which the largest gain is `ratio` epsilon."""
    epsilon = _epsilon(rule)

    def excess(factor: float) -> float:
        return max(t.least for t in known(rule(factor))[1]) / epsilon - ratio

    return float(brentq(excess, 1.0, far, xtol=1e-13)) if ratio else 1.0


@cache
def _epsilon(rule: Callable[[float], dict[str, Any]]) -> float:
    return SHARE * max(known(rule(1.0))[0])


def tuned(rule: Callable[[float], dict[str, Any]], far: float) -> Callable[..., Case]:
    """Cases of a built-in rule that is tuned between a factor of 1 and of `far`."""
    return partial(_case, rule, far)


def _case(
    rule: Callable[[float], dict[str, Any]], far: float, tails: str, ratio: float | None
) -> Case:
    raw = rule(_tuned(rule, ratio or 0.0, far))
    return Case(raw, _epsilon(rule), tuple(known(raw)[1]))


def as_it_comes(rule: Callable[[float], dict[str, Any]], factor: float) -> Callable[..., Case]:
    """A built-in rule with one factor, whatever it gains; epsilon as by default."""
    return partial(_plain_case, rule, factor)


def _plain_case(
    rule: Callable[[float], dict[str, Any]], factor: float, tails: str, ratio: float | None
) -> Case:
    raw = rule(factor)
    penalties, truths = known(raw)
    return Case(raw, SHARE * max(penalties), tuple(truths))


def plain_cbl(tails: str, ratio: float | None) -> Case:
    """CBL as a plug-in: what is known of it is what is known of the built-in."""
    case = _case(cbl, 0.05, tails, ratio)
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
