"""What mechanisms and strategies of a user's own must say of themselves, asked and held to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from nashbox.mechanisms import Mechanism
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError, blamed, brief
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.plays import Play
from nashbox.problem.terms import Terms, View
from nashbox.strategies import Strategy

T = TypeVar("T")


def _ask(where: str, method: str, call: Callable[[], T]) -> T:
    """Call a method of a plug-in; whatever it raises is an error that names it."""
    with blamed(method, where):
        return call()


def published(mechanism: Mechanism, problem: EstimationProblem, plan: Array) -> Terms:
    """Ask for the terms and hold them to the contract."""
    where, method = f"{problem.shown}: mechanism", f"{type(mechanism).__name__}.terms"
    terms = _ask(where, method, lambda: mechanism.terms(problem, plan))
    allowed = f"{where}: {method} must return Terms with counts of shape {plan.shape}, all >= 0"
    if not isinstance(terms, Terms) or np.shape(terms.counts) != plan.shape:
        raise ContractError(f"{allowed}, got {brief(getattr(terms, 'counts', terms))}")
    counts = terms.counts
    good = np.isfinite(counts) & (counts >= 0) & ((counts == 0) | np.isfinite(problem.costs))
    if problem.integer:
        good &= counts == np.rint(counts)
    for i, k in np.argwhere(~good).tolist():
        raise ContractError(
            f"{allowed}, 0 where the cost is inf{', whole' * problem.integer}, got "
            f"{counts[i, k]:g} for {problem.names[i]}, {problem.distributions[k]}"
        )
    return terms


def hold_to_contract(strategy: Strategy, view: View, where: str) -> None:
    """Refuse what a strategy says of itself if it has the wrong shape."""
    name, d = type(strategy).__name__, view.costs.size
    label = _ask(where, f"{name}.label", lambda: strategy.label)
    if not isinstance(label, str) or not label.isprintable():
        raise ContractError(f"{where}: {name}.label must be a printable text, got {brief(label)}")
    mixture = _ask(where, f"{name}.mixture", lambda: tuple(strategy.mixture()))
    parts = [part for part in mixture if isinstance(part, tuple) and len(part) == 2]
    weights = [p for pure, p in parts if isinstance(pure, Strategy) and p >= 0]
    if not mixture or len(weights) < len(mixture) or abs(sum(weights) - 1) > 1e-9:
        raise ContractError(
            f"{where}: {name}.mixture must return pairs of a strategy and its probability, which "
            f"sum to 1, got {brief(mixture)}"
        )
    for pure, _ in mixture:
        _ask(where, f"{name}.invariant", lambda pure=pure: pure.invariant(view))  # type: ignore[misc]
        plays = _ask(where, f"{name}.plays", lambda pure=pure: pure.plays(view))  # type: ignore[misc]
        if plays is None:
            continue
        good = isinstance(plays, (list, tuple)) and len(plays) == d
        if not good or not all(isinstance(p, Play) and p.n >= 0 and p.s >= 0 for p in plays):
            raise ContractError(
                f"{where}: {name}.plays must return one Play (n, s >= 0) per distribution ({d}), "
                f"or None, got {brief(plays)}"
            )
