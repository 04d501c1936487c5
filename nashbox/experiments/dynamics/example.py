"""An example of a menu for those who gave none: one that the very problem takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nashbox.experiments.audit.pool import CandidatePool
from nashbox.games.base import Game
from nashbox.games.deviations import Deviation
from nashbox.games.registry import prepare_game
from nashbox.problem.errors import InputError
from nashbox.problem.parameters import described_parameters, same
from nashbox.problem.written import read_menu

FEW = 20  # candidates of an audit that are looked at


def example_menu(problem: Any, players: Sequence[int]) -> str | None:
    """Two strategies that all of these players may choose from, as ``--menu`` takes them.

    None if there are none that all of them know.
    """
    game = prepare_game(problem, recommended=True)
    labels: list[str] = []
    made: list[Any] = []
    for label in dict.fromkeys(_labels(prepare_game(problem), players[0])):
        try:
            (spec,) = read_menu(label, "menu")
            tried = [
                game.read_strategy(
                    player, game.spec_of(player, spec, "menu"), problem.folder, "menu"
                )
                for player in players
            ]
        except (InputError, ValueError):  # of other players, or not to be written in a menu
            continue
        if not any(same(tried[0], known) for known in made):
            labels.append(label)
            made.append(tried[0])
        if len(labels) == 2:
            return ",".join(labels)
    return None


def _labels(game: Game, player: int) -> Iterator[str]:
    """What could be in it: names that need no parameters, then what audits look at.

    Their candidates leave out what the player plays.
    """
    for name, cls in game.menu.items():
        if not any(parameter.required for parameter in described_parameters(cls)):
            yield name
    for named in game.compared(player):
        if isinstance(named, Deviation):
            yield named.label
    for found in CandidatePool.of(game, player, FEW, compared=True).deviations:
        yield found.label
