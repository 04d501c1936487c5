"""The Mesa model of a one-shot game: R worlds, one step a game."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from nashbox.agents.one_shot import OneShotAgent
from nashbox.model.base import Sandbox
from nashbox.model.collector import DataCollector
from nashbox.problem.answers import only_ruin
from nashbox.problem.arrays import shut
from nashbox.problem.errors import MOST_PAID, ContractError, InputError, brief, told, too_much


class OneShotModel(Sandbox):
    """Every step is a game played afresh, by the same agents.

    Streams of random numbers are spawned by who uses them (players, mechanism, nature): another
    strategy of one player leaves all other draws alone.
    """

    def __init__(self, game: Any, worlds: int, seed: int) -> None:
        super().__init__(replications=worlds, rng=seed)
        self.game = game
        *streams, self.dice, self.nature = self.rng.spawn(game.m + 2)
        self.players = [
            OneShotAgent(self, i, game.strategy(i), stream) for i, stream in enumerate(streams)
        ]
        self.datacollector = DataCollector(
            model_reporters={f"social_{game.pays.name}": social},
            agent_reporters={
                "agent": "name",
                "strategy": lambda agent: agent.strategy.label,
                game.pays.name: lambda agent: float(agent.paid.mean()),
            },
        )

    def step(self) -> None:
        """Let nature draw, and play."""
        self.private = self._each(
            self.game, "nature", lambda: self.game.nature(self.replications, self.nature)
        )
        super().step()

    def interact(self) -> None:
        """Act, mediate, pay; payments that cannot be computed with are refused."""
        seen: list[str] = []
        with np.errstate(over="call", call=lambda kind, flag: seen.append(kind)):
            super().interact()
        for player in self.players:
            most = np.abs(player.paid).max(initial=0.0)
            if most <= MOST_PAID:
                continue
            if seen or np.isfinite(most):  # infinite ones may be meant
                raise ContractError(too_much(f"{self.game.shown}: what {player.name} is paid"))
            only_ruin(type(self.game).__name__, self.game.pays.sign * player.paid)

    def view(self, i: int) -> Any:
        """What player i knows when she acts."""
        return self.game.view(i, self.replications, self.private[i])

    def mediate(self, submissions: Sequence[Any]) -> Sequence[Any]:
        """Ask the mechanism."""
        mechanism = self.game.mechanism
        return self._each(mechanism, "mediate", lambda: mechanism.mediate(submissions, self.dice))

    def _each(self, owner: Any, method: str, ask: Callable[[], Any]) -> Sequence[Any]:
        """What a plug-in answers for every player, not to be written into."""
        where = f"{type(owner).__name__}.{method}"
        try:
            found = ask()
            answers = list(found) if isinstance(found, Iterable) else None
        except InputError:
            raise
        except Exception as error:
            raise ContractError(f"{where} raised {told(error)}") from error
        if answers is None or len(answers) != self.game.m:
            got = brief(found) if answers is None else len(answers)
            raise ContractError(
                f"{where} must return one thing per player ({self.game.m}), got {got}"
            )
        return [shut(answer) for answer in answers]


def social(model: OneShotModel) -> float:
    """Sum of what all players are paid, mean over worlds."""
    return float(sum(player.paid.mean() for player in model.players))
