"""Formulas are compared with the game before anything is called exact.

For mechanisms, strategies and games that are not nashbox's own: what is audited, the best deviation
and all named candidates are played in WORLDS worlds. Means must be within z standard errors of what
formulas say, and none may beat the best response by more; z is 4 or what Bonferroni asks for over
all comparisons of an audit at a chance FALSE. Who fails is played again in AGAIN times as many
fresh worlds, and has to fail there, too: that keeps heavy tails from accusing anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nashbox.experiments.audit.pool import CandidatePool
from nashbox.games.base import Game
from nashbox.games.formulas import Exact
from nashbox.games.promises.piece import blamed
from nashbox.games.promises.shipped import all_shipped
from nashbox.games.registry import engine
from nashbox.measure.looks import tail
from nashbox.measure.moments import Moments
from nashbox.problem.errors import ContractError

WORLDS, AGAIN = 10_000, 10
FALSE = 1e-3  # chance of a false alarm of an audit
LEAST = 4.0  # standard errors
ROUNDING = 1e-9
TRIED = 12  # candidates of games other than estimation


@dataclass(frozen=True)
class Predicted:
    """A strategy with what a formula says it is paid, None where it says nothing of it."""

    label: str
    strategy: Any
    paid: float | None


@dataclass(frozen=True)
class Claims:
    """What formulas say of a player. bound: what nothing is paid more than; higher is better."""

    game: Game
    each: Sequence[Predicted]
    bound: float
    error: float


def hold_formulas(game: Game, i: int, answer: Any, seed: int = 0) -> None:
    """Hold the exact answer for player i to the game that is played.

    answer: `Exact` of `nashbox.games.base`, or of estimation games. Nothing is done where all
    classes are nashbox's own. Raises ContractError naming class, formula and what was seen.
    """
    if all_shipped(game):
        return
    found = disagreement(game, i, answer, seed)
    if found is None:
        return
    where = "channel or plays" if "claims" in game.engines else "exact"
    raise ContractError(f"{game.shown}: {found}; correct {where}, or give none")


def disagreement(game: Game, i: int, answer: Any, seed: int = 0) -> str | None:
    """Where formulas and game differ for player i, in words; None if they agree."""
    claims = _claims(game, i, answer)
    z = max(LEAST, tail(FALSE / (4 * len(claims.each) * game.m)))
    suspects = claims.each
    for worlds, again in ((WORLDS, 0), (AGAIN * WORLDS, 1)):
        played = _played(claims.game, i, [c.strategy for c in suspects], worlds, (seed, i, again))
        said = [_off(claims, c, m, z, i) for c, m in zip(suspects, played, strict=True)]
        suspects = [c for c, text in zip(suspects, said, strict=True) if text is not None]
        if not suspects:
            return None
    return next(text for text in said if text is not None)


def _claims(game: Game, i: int, answer: Any) -> Claims:
    sign = game.pays.sign
    if "claims" in game.engines:
        whole, said, bound, error = engine(game, "claims")(game, i)
        claims = [Predicted(label, s, None if x is None else -x) for label, s, x in said]
        return Claims(whole, claims, -bound, error)
    assert isinstance(answer, Exact)  # noqa: S101 - what games answer
    pool = CandidatePool.of(game, i, TRIED)
    each = [Predicted("what is audited", pool.strategies[0], sign * answer.paid)]
    if answer.deviation.strategy is not None:
        each.append(Predicted("the best deviation", answer.deviation.strategy, sign * answer.best))
    asked = None if answer.recommended is None else sign * answer.recommended
    for k, deviation in enumerate(pool.deviations, start=1):
        said = asked if k == pool.recommended else None
        each.append(Predicted(deviation.label, deviation.strategy, said))
    bound = sign * (answer.best if answer.bound is None else answer.bound)
    bound = max(bound, sign * answer.paid)  # what is audited may be better than all deviations
    return Claims(game, each, bound, answer.error)


def _played(
    game: Game, i: int, strategies: Sequence[Any], worlds: int, seed: tuple[int, ...]
) -> list[Moments]:
    """Payments of player i with each strategy, in common worlds; higher is better."""
    found = [Moments() for _ in strategies]
    size = min(game.room, worlds)
    seeds = np.random.SeedSequence(seed).generate_state(-(-worlds // size), np.uint64)
    with blamed(type(game).__name__):
        state = game.states(i, strategies[0])[0]
        for number in seeds.tolist():
            played = game.own_trials(i, strategies, size, number, state)
            for moments, one in zip(found, played, strict=True):
                moments.add(game.pays.sign * np.asarray(one.paid, dtype=float))
    return found


def _off(claims: Claims, claim: Predicted, seen: Moments, z: float, i: int) -> str | None:
    """What is wrong with a claim, None if nothing is."""
    name, pay = claims.game.players[i], claims.game.pays
    slack = z * seen.se + claims.error + ROUNDING * abs(claims.bound)
    shown = f"{claim.label} is paid {pay.sign * seen.mean:.6g} +- {seen.se:.2g} in simulation"
    if pay.name == "penalty":
        shown = shown.replace("is paid", "has the penalty", 1)
    if claim.paid is not None and np.isfinite(claim.paid):
        slack += ROUNDING * abs(claim.paid)
        if not abs(seen.mean - claim.paid) <= slack:
            return f"{name}: {shown}, {pay.sign * claim.paid:.6g} by formula"
    if np.isfinite(seen.mean) and np.isfinite(claims.bound) and seen.mean > claims.bound + slack:
        return f"{name}: {shown}, better than the best by formula, {pay.sign * claims.bound:.6g}"
    return None
