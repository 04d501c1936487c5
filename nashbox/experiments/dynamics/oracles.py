"""The menu of a problem, and its payoff oracle: exact where formulas exist, else simulated.

Simulated: a stated number of worlds, in which one player plays the whole menu; where nature is
unknown, at the state where each entry pays her least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from nashbox.experiments.dynamics.menu import Menu, shown
from nashbox.games.base import Game
from nashbox.games.joint import Menus, Priced, paid_in_worlds, simulated
from nashbox.games.registry import prepare_game
from nashbox.measure.seeds import Stage, child
from nashbox.problem.errors import InputError, listed
from nashbox.problem.options import Choice, Whole, held
from nashbox.problem.payoff_oracle import Answer, PayoffOracle, Profile
from nashbox.problem.spec import Spec

METHODS = ("auto", "exact", "simulated")
Method = Annotated[
    str, Choice("of computing payoffs", words=METHODS, usual="auto, exact where formulas exist")
]
Worlds = Annotated[int, Whole("simulated for every answer", "R", low=2, high=1e9)]


def read_choices(
    problem: Any, menu: Sequence[object], where: str = "menu", player: int | None = None
) -> Menu:
    """Make the strategies of a menu: names, tables, ``file.py:Class``, or objects.

    player: whose names they are, where players have others to choose from; None for everybody's, of
    which those are honest that are for each of them.
    """
    menu = listed(where, menu)
    if len(menu) < 2:
        raise InputError(f"{where}: must have at least two strategies, got {len(menu)}")
    game = prepare_game(problem, recommended=True)
    read = [_read(game, entry, problem.folder, where, player or 0) for entry in menu]
    labels, strategies, specs = zip(*read, strict=True)
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"{where}: every entry must be named once, got {label} twice")
    made = Menu(labels, strategies, (), specs)
    if player is not None:
        return made
    each = list(enumerate(menus_of(game, made, problem.folder).entries))
    honest = (k for k in range(len(labels)) if all(game.is_honest(i, own[k]) for i, own in each))
    return replace(made, honest=tuple(honest))


def _read(
    game: Game, entry: Any, folder: Path, where: str, player: int
) -> tuple[str, Any, Spec | None]:
    """An entry's label, its strategy, and how a file names it."""
    if not isinstance(entry, (str, Mapping, Spec)):
        return entry.label, entry, None
    spec = game.spec_of(player, entry, where)
    label = shown(spec)
    return label, game.read_strategy(player, spec, folder, f"{where}: {label}"), spec


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
