"""What a deviation does to the others, by simulation."""

from __future__ import annotations

from nashbox.experiments.audit.bench import all_equivariant
from nashbox.experiments.audit.result import Deviation
from nashbox.experiments.game import Game, with_strategy
from nashbox.experiments.seeds import Stage, child
from nashbox.model import EstimationModel
from nashbox.problem.spec import Spec
from nashbox.strategies import make_strategy

WORLDS = 2000
PLACES = (0.0, 8.0, -8.0, 1e6, -1e6)  # mu in sigma, tried where the deviation is not equivariant


def simulated_damage(game: Game, agent: int, deviation: Deviation, seed: int) -> float:
    """Sum of the others' penalties with the deviation minus without, on the same seeds.

    The largest over PLACES where the deviation is not translation-equivariant.
    """
    name = game.problem.names[agent]
    spec = Spec(deviation.strategy, deviation.parameters)
    strategy = make_strategy(spec, "deviation", game.problem.folder)
    changed = with_strategy(game, name, strategy)
    places = (0.0,) if all_equivariant(game, agent, strategy) else PLACES
    return max(
        _others(changed, agent, seed, place) - _others(game, agent, seed, place) for place in places
    )


def _others(game: Game, agent: int, seed: int, place: float) -> float:
    model = EstimationModel(
        game.problem,
        game.mechanism,
        game.terms,
        game.strategies,
        replications=WORLDS,
        rng=child(seed, Stage.DAMAGE, agent),
        offset=place * game.problem.sigma,
    )
    model.step()
    return float(sum(a.penalty.mean() for a in model.players if a.index != agent))
