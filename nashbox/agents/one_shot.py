"""A player of a one-shot game, in R worlds at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator

from nashbox.agents.base import Player
from nashbox.problem.arrays import Array, shut
from nashbox.problem.errors import ContractError, InputError, brief, told

if TYPE_CHECKING:
    from nashbox.model.one_shot import OneShotModel


class OneShotAgent(Player):
    """Acts as her strategy says and is paid as the game says.

    After a step: `action` (R, ...) what she did, `information` what the mechanism gave her,
    `paid` (R,).
    """

    def __init__(self, model: OneShotModel, index: int, strategy: Any, rng: Generator) -> None:
        super().__init__(model)
        self.index, self.name = index, model.game.players[index]
        self.strategy, self.stream = strategy, rng
        acts = not isinstance(strategy, type) and callable(getattr(strategy, "act", None))
        if not acts and self.name not in model.game.strategies:
            raise ContractError(
                f"{self.name}: {type(model.game).__name__}.recommended must return a strategy of "
                f"the game, got {brief(strategy)}"
            )

    def act(self) -> Array:
        """Ask the strategy, and hold its answer to the contract: (R, ...), finite."""
        where = f"{self.name}: {type(self.strategy).__name__}.act"
        self.view = self.model.view(self.index)
        action = numbers(where, lambda: self.strategy.act(self.view, self.stream))
        worlds = self.model.replications
        if action.ndim == 0:
            action = np.full(worlds, float(action))
        if action.shape[0] != worlds or not np.isfinite(action).all():
            raise ContractError(
                f"{where} must return finite numbers, one per world ({worlds}) or one for all, "
                f"got {brief(action) if action.size < 9 else f'an array {action.shape}'}"
            )
        self.action: Array = shut(action)
        return self.action

    def receive(self, information: Any) -> None:
        """Be paid."""
        game, worlds = self.model.game, self.model.replications
        where = f"{self.name}: {type(game).__name__}.pay"
        self.information = information
        paid = numbers(where, lambda: game.pay(self.view, self.action, information))
        if paid.shape != (worlds,) or np.isnan(paid).any():
            raise ContractError(
                f"{where} must return one number per world, shape ({worlds},), no NaN, "
                f"got {'NaN' if paid.shape == (worlds,) else f'shape {paid.shape}'}"
            )
        self.paid: Array = paid


def numbers(where: str, ask: Any) -> Array:
    """What a plug-in answers as an array of floats. Raises ContractError naming `where`."""
    try:
        with np.errstate(invalid="ignore", divide="ignore"):  # NaN is looked for afterwards
            answer = np.asarray(ask())
    except InputError as error:
        raise type(error)(f"{where}: {error}") from error
    except Exception as error:
        raise ContractError(f"{where} raised {told(error)}") from error
    if answer.dtype.kind not in "biuf":
        raise ContractError(f"{where} must return real numbers, got {brief(answer)}")
    return answer.astype(np.float64)
