"""The menu of a problem, and its payoff oracle: exact where formulas exist, else simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from nashbox.experiments.dynamics.menu import Menu, shown
from nashbox.games.registry import perform, prepare_game
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
    maker = Maker(problem)
    for entry in menu:
        if not isinstance(entry, (str, Mapping, Spec)):
            labels.append(entry.label)
            strategies.append(entry)
            specs.append(None)
            continue
        spec = Spec.parse(entry, where)
        labels.append(shown(spec))
        strategies.append(maker.make(spec, f"{where}: {shown(spec)}", player))
        specs.append(spec)
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"{where}: every entry must be named once, got {label} twice")
    honest = tuple(k for k, s in enumerate(strategies) if maker.is_honest(s, player))
    return Menu(tuple(labels), tuple(strategies), honest, tuple(specs))


class Maker:
    """Makes strategies of a problem's game, and says which of them are honest."""

    def __init__(self, problem: Any) -> None:
        self.problem = problem
        self.game = prepare_game(problem, recommended=True)

    def make(self, spec: Spec, where: str, player: int = 0) -> Any:
        """Make a player's strategy. Raises InputError naming `where`."""
        return self.game.read_strategy(player, spec, self.problem.folder, where)

    def read(self, entry: object, where: str, player: int = 0) -> Any:
        """Make what an entry of a menu names, a name or table. Raises InputError."""
        return self.make(Spec.parse(entry, where), where, player)

    def is_honest(self, strategy: Any, player: int = 0) -> bool:
        """Whether a strategy is what is recommended, or reveals what it believes."""
        return self.game.is_honest(player, strategy)

    def own(self, i: int) -> Any:
        """What the problem says that agent i plays."""
        return prepare_game(self.problem).strategy(i)


@held
def oracle_for(problem: Any, menu: Menu, method: Method, worlds: Worlds, seed: int) -> PayoffOracle:
    """Return who knows what the menu is paid in a problem of whichever game.

    Raises InputError where method = "exact" has no formula, or counts = "real" would need points.
    """
    found: PayoffOracle = perform("payoffs", problem, menu, method, worlds, seed)
    return found
