"""Payoffs of any game with the protocol: by its formulas, or through its own model.

Simulated: a stated number of worlds, in which one player plays the whole menu; where nature is
unknown, at the state where each entry pays her least.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nashbox.experiments.dynamics.menu import Menu
from nashbox.games.base import Game
from nashbox.games.joint import Menus, Priced, paid_in_worlds, simulated
from nashbox.measure.seeds import Stage, child
from nashbox.problem.payoff_oracle import Answer, PayoffOracle, Profile


def menus_of(game: Game, menu: Menu, folder: Path) -> Menus[Game]:
    """The menu as each player plays it: one for all, or where menus differ names mean her own.

    In the place of an entry that is not hers stands the recommendation; nobody asks what it pays.
    """
    players, shared = range(game.m), menu.strategies
    if all(game.playable(i, strategy) for i in players for strategy in shared):
        return Menus(game, [shared] * game.m, menu.labels)

    def entry(i: int, k: int) -> Any:
        if menu.whose and i not in menu.whose[k]:
            return game.recommended(i)
        spec = menu.specs[k] if menu.specs else None
        if spec is None:
            return shared[k]
        return game.read_strategy(i, spec, folder, f"menu of {game.players[i]}")

    return Menus(game, [[entry(i, k) for k in range(len(shared))] for i in players], menu.labels)


class MenuOracle(PayoffOracle):
    """What exact and simulated oracles share."""

    def __init__(self, menus: Menus[Game]) -> None:
        super().__init__(tuple(menus.labels), menus.kinds)
        self.game, self.menus = menus.game, menus
        self._data: dict[tuple[int, int], float | None] = {}  # by kind and choice

    def data(self, i: int, choice: int) -> float | None:
        """Points that player i collects with an entry of the menu, None if not counted."""
        key = (int(self.kinds[i]), choice)
        if key not in self._data:
            self._data[key] = self.game.collected(i, self.menus.entries[i][choice])
        return self._data[key]


class ExactPayoffs(MenuOracle):
    """Payoffs from the game's formulas."""

    def __init__(self, menus: Menus[Game], priced: Priced) -> None:
        super().__init__(menus)
        self.priced, self.method = priced, f"exact: {menus.game.formulas}"

    def _counted(self, kind: int, others: Profile) -> Answer:
        return Answer.exactly(self.priced(kind, others))


class SimulatedPayoffs(MenuOracle):
    """Payoffs measured in the game's model, in `worlds` worlds at every state that is tried."""

    exact = False

    def __init__(self, menus: Menus[Game], worlds: int, seed: int) -> None:
        super().__init__(menus)
        self.worlds, self.seed = worlds, seed
        known = max((game.unknowns() for game in menus.uniform()), key=lambda known: len(known[0]))
        self.states, self.method = known[0], simulated(menus.game, worlds, known)

    def _ask(self, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        def seed(block: int) -> int:
            return child(self.seed, Stage.ADAPT_PAYOFF, *path, block)

        game, mine = self.menus.played(profile), self.menus.entries[i]
        return paid_in_worlds(game, i, mine, self.worlds, seed, self.states)
