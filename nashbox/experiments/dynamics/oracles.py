"""The menu of a problem, and its payoff oracle: exact where formulas exist, else simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from nashbox.experiments.dynamics.game_oracle import ExactPayoffs, SimulatedPayoffs, menus_of
from nashbox.experiments.dynamics.menu import Menu, shown
from nashbox.games.registry import prepare_game
from nashbox.problem.errors import InputError, listed
from nashbox.problem.options import Choice, Whole, held
from nashbox.problem.payoff_oracle import PayoffOracle
from nashbox.problem.spec import Spec

METHODS = ("auto", "exact", "simulated")
Method = Annotated[
    str, Choice("of computing payoffs", words=METHODS, usual="auto, exact where formulas exist")
]
Worlds = Annotated[int, Whole("simulated for every answer", "R", low=2, high=1e9)]


def read_choices(
    problem: Any, menu: Sequence[object], where: str = "menu", player: int = 0
) -> Menu:
    """Make the strategies of a menu: names, tables, ``file.py:Class``, or objects.

    player: whose names they are, where players have others to choose from.
    """
    menu = listed(where, menu)
    if len(menu) < 2:
        raise InputError(f"{where}: must have at least two strategies, got {len(menu)}")
    labels: list[str] = []
    strategies: list[Any] = []
    specs: list[Spec | None] = []
    game = prepare_game(problem, recommended=True)
    for entry in menu:
        if not isinstance(entry, (str, Mapping, Spec)):
            labels.append(entry.label)
            strategies.append(entry)
            specs.append(None)
            continue
        spec = Spec.parse(entry, where)
        labels.append(shown(spec))
        at = f"{where}: {shown(spec)}"
        strategies.append(game.read_strategy(player, spec, problem.folder, at))
        specs.append(spec)
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"{where}: every entry must be named once, got {label} twice")
    honest = tuple(k for k, s in enumerate(strategies) if game.is_honest(player, s))
    return Menu(tuple(labels), tuple(strategies), honest, tuple(specs))


@held
def oracle_for(problem: Any, menu: Menu, method: Method, worlds: Worlds, seed: int) -> PayoffOracle:
    """Return who knows what the menu is paid in a problem of whichever game.

    Raises InputError where method = "exact" has no formula, or counts = "real" would need points.
    """
    menus = menus_of(prepare_game(problem, recommended=True), menu, problem.folder)
    priced = menus.game.priced(menus)
    reason = priced if isinstance(priced, str) else None
    if not isinstance(priced, str) and method != "simulated":
        return ExactPayoffs(menus, priced)
    if method == "exact":
        raise InputError(f"{problem.shown}: method 'exact' does not apply: {reason}")
    menus.game.check_simulated(reason)
    return SimulatedPayoffs(menus, worlds, seed)
