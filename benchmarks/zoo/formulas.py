"""Estimation games of the zoo: built-in rules with formulas.

The gain is that of the exact method (closed forms and quadrature, held to simulations by the
project's own tests). A parameter of the rule is tuned until the largest gain is the wanted multiple
of epsilon, a thousandth of the largest penalty of the untuned rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
from scipy.optimize import brentq

from benchmarks.zoo.case import Case, Truth
from nashbox.games.estimation import exact, prepare
from nashbox.problem.files import from_mapping

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
        others = game.view(i).risks().along(0, counts) + cost * counts
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
    return partial(tuned_case, rule, far)


def tuned_case(
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
