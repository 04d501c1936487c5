"""Promises of mechanism and strategies of mean estimation."""

from __future__ import annotations

import numpy as np

from nashbox.games.estimation.game import EstimationGame
from nashbox.games.estimation.promises.equivariance import hold_equivariant
from nashbox.games.estimation.promises.readers import hold_readers
from nashbox.games.estimation.promises.rules import MechanismPiece
from nashbox.games.estimation.promises.seats import Seat, seats
from nashbox.games.estimation.promises.sight import hold_sight
from nashbox.games.estimation.promises.words import hold_words
from nashbox.games.promises.dice import hold_dice
from nashbox.games.promises.independence import hold_apart
from nashbox.games.promises.memory import forgetful
from nashbox.games.promises.piece import rng_of
from nashbox.games.promises.shipped import shipped

ROUND = 3  # worlds of a round that is played first


def hold_estimation(game: EstimationGame, seed: int) -> None:
    """Hold mechanism and strategies of mean estimation to all of their promises."""
    problem = game.problem
    if not problem.integer:
        return  # nothing is drawn
    model = game.model(ROUND, seed, what_if=True)
    model.step()  # shapes and counts are held to their contract there
    counts = np.rint([agent.submitted.mean(axis=0) for agent in model.players])
    rules = MechanismPiece.of(game.mechanism, game.terms, counts, problem.shown)
    if not shipped(game.mechanism):
        hold_mechanism(rules, seed)
    for seat in seats(game, rules):
        hold_seat(seat, seed)


def hold_mechanism(rules: MechanismPiece, seed: int) -> None:
    """Hold a mechanism to all of its promises. Raises ContractError."""
    with forgetful(rules, seed):
        hold_apart(rules, seed)
        hold_dice(rules, seed)
        hold_readers(rules, seed)
        hold_sight(rules, seed)
        if rules.mechanism.equivariant and rules.estimates(rng_of(seed)):
            hold_equivariant(rules, seed)


def hold_seat(seat: Seat, seed: int) -> None:
    """Hold a pure strategy to all of its promises. Raises ContractError."""
    hold_words(seat, seed)
    with forgetful(seat, seed):
        hold_apart(seat, seed)
        hold_dice(seat, seed)
        if seat.strategy.invariant(seat.view) and seat.rules.mechanism.equivariant:
            hold_equivariant(seat, seed)
