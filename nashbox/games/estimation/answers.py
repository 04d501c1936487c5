"""Mean estimation's exact and exhaustive answers, as an audit takes them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.games.deviations import Deviation
from nashbox.games.estimation import exact, exhaustive
from nashbox.games.estimation.catalogue import agent_is_named
from nashbox.games.formulas import Exact
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.problem.plays import Play
from nashbox.problem.spec import Spec
from nashbox.strategies import Equivariant, Truthful
from nashbox.strategies.best_count import best_count

if TYPE_CHECKING:
    from nashbox.games.estimation.boxes import Box
    from nashbox.games.estimation.game import EstimationGame

COVERS = (
    "all strategies of one agent: any counts, any submission, any estimator, against the others' "
    "honest points (exact formulas)"
)
SHOWN = 200  # agents up to whom landscapes are kept: a figure of more shows nothing
Shown = tuple[str, float, float, tuple[float, ...]]  # label, gain, its error, counts


def by_formula(game: EstimationGame, i: int) -> Exact | str:
    """The exact best response of agent i, or why there is none."""
    reason = game.without_formula
    if reason is not None:
        return reason
    found = exact.exact_answer(game, i)
    joint = game.view(i).risks().joint
    return Exact(
        paid=found.penalty,
        best=found.best_penalty,
        deviation=as_deviation(found.best),
        error=found.penalty_error + found.best_error,
        covers=joint.covers if joint is not None and joint.covers else COVERS,
        recommended=_honest_penalty(game, i),
        extra={
            "damage": exact.damage(game, i, found.best),
            "landscape": tuple(_landscape(game, i, found.penalty)),
        },
    )


def by_box(game: EstimationGame, i: int) -> Exact | None:
    """What the exhaustive box says of agent i by quadrature, None where it has to be simulated."""
    if game.without_formula is not None:
        return None
    penalty, error, boxes = exhaustive.exhaustive_answer(game, i)
    found = {k: play for box in boxes for k, play in zip(box.members, box.best, strict=True)}
    plays = tuple(found[k] for k in sorted(found))
    return Exact(
        paid=penalty,
        best=sum(box.price for box in boxes),
        deviation=as_deviation(plays),
        bound=sum(box.bound for box in boxes),
        error=error + sum(box.error for box in boxes),
        covers=exhaustive.CLASS,
        recommended=_honest_penalty(game, i),
        extra={
            "damage": exact.damage(game, i, plays),
            "candidates": sum(box.examined for box in boxes),
            "landscape": tuple(_examined(game, boxes)),
        },
    )


def _honest_penalty(game: EstimationGame, i: int) -> float | None:
    """Agent i's penalty if she did what is recommended, None where she does."""
    if not agent_is_named(game, i):
        return None
    honest = game.with_strategies({game.players[i]: Truthful()})
    return exact.exact_answer(honest, i).penalty


def as_deviation(plays: Sequence[Play]) -> Deviation:
    """Plays, one per distribution, as a strategy that problem files can name."""
    whole = all(float(x).is_integer() for p in plays for x in (p.n, p.s))
    number: type[int] | type[float] = int if whole else float
    parameters: dict[str, Any] = {
        "collect": [number(p.n) for p in plays],
        "submit": [number(p.s) for p in plays],
        "shift": [float(p.shift) for p in plays],
        "estimator": "pitman",
    }
    spec = Spec("equivariant", parameters)
    return Deviation(spec, Equivariant(**parameters) if whole else Truthful())


def _examined(game: EstimationGame, boxes: Sequence[Box]) -> Iterator[Shown]:
    names = game.problem.distributions
    for box in boxes:
        for p, value in box.points:
            if math.isfinite(value):
                label = f"{names[box.members[0]]}: s={p.s:g} shift={p.shift:.3g}"
                yield label, box.price - value, 0.0, (p.n,)


def _landscape(game: EstimationGame, i: int, penalty: float) -> Iterator[Shown]:
    """Gains of collecting n honestly, one distribution at a time, for the figure."""
    costs, owed = game.problem.costs[i], game.terms.counts[i]
    if not math.isfinite(penalty) or game.m > SHOWN:
        return
    risks = game.view(i).risks()
    for k in range(costs.size):
        if math.isinf(costs[k]):
            continue
        reach = max(2.0 * owed[k], 2.0 * float(game.problem.sigma[k] / np.sqrt(costs[k])), 4.0)
        counts = np.linspace(0, reach, 41)
        if game.problem.integer:
            counts = np.unique(np.rint(counts))
        values = risks.along(k, counts) + costs[k] * counts
        here = float(risks.along(k, owed[k : k + 1])[0] + costs[k] * owed[k])
        for n, value in zip(counts, values, strict=True):
            if math.isfinite(value) and math.isfinite(here):
                yield game.problem.distributions[k], here - float(value), 0.0, (float(n),)


def least_penalty(game: EstimationGame, i: int) -> float:
    """Penalty of who could use every point that anybody measured: no mechanism gives more."""
    model = game.model(100, 0, what_if=True)
    for player in model.players:
        player.act()
    others = [p.collected.max(axis=0) for p in model.players if p.index != i]
    pooled = np.sum(others, axis=0) if others else np.zeros(game.problem.d)
    return sum(
        best_count(MeanChannel(float(v), float(N)), float(c), integer=True)[1]
        for v, N, c in zip(game.problem.sigma, pooled, game.problem.costs[i], strict=True)
    )
