"""Terms say what the problem says: names, costs, sigma; and their rules are the mechanism."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nashbox.games.estimation.game import EstimationGame
from nashbox.games.promises.shipped import shipped
from nashbox.problem.answers import real_numbers
from nashbox.problem.errors import ContractError, brief


def hold_terms(game: EstimationGame) -> None:
    """Hold the terms to it; counts are held to theirs where they are published.

    Formulas and strategies read terms: what they misstate is priced wrongly. Raises ContractError.
    """
    problem, terms = game.problem, game.terms
    where = f"{problem.shown}: mechanism: {type(game.mechanism).__name__}.terms"
    for name in ("names", "distributions", "integer"):
        wanted, found = getattr(problem, name), getattr(terms, name, None)
        if found != wanted:
            raise ContractError(
                f"{where} must publish the problem's {name}, {brief(wanted)}, got {brief(found)}"
            )
    for name, wanted in (("costs", problem.costs), ("sigma", problem.sigma)):
        for place, found, value in _differences(getattr(terms, name, None), wanted):
            at = ", ".join(_names(problem, place))
            raise ContractError(
                f"{where} must publish the problem's {name}, {value:g} for {at}, got {found}"
            )
    if terms.rules is not game.mechanism and terms.rules != game.mechanism:
        raise ContractError(
            f"{where} must publish the mechanism itself as rules, got {brief(terms.rules)}"
        )
    if not shipped(game.mechanism):
        again = game.mechanism.terms(problem, game.plan)
        if not np.array_equal(again.counts, terms.counts):
            raise ContractError(f"{where} recommends other counts when it is asked again")


def _differences(found: Any, wanted: Any) -> Iterator[tuple[tuple[int, ...], str, float]]:
    """First place where two tables differ."""
    try:
        table = real_numbers(found)
    except (TypeError, ValueError):
        table = np.empty(0)
    if table.shape != wanted.shape:
        yield (0,) * wanted.ndim, f"a table of shape {table.shape}", float(wanted.flat[0])
        return
    for place in np.argwhere(table != wanted)[:1]:
        at = tuple(place.tolist())
        yield at, f"{table[at]:g}", float(wanted[at])


def _names(problem: Any, place: tuple[int, ...]) -> list[str]:
    lists = (problem.names, problem.distributions)[-len(place) :]
    return [names[j] for names, j in zip(lists, place, strict=True)]
