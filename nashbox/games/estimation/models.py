"""Mesa models that begin with a problem file, as users of Mesa try first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nashbox.games.estimation.ready import prepare
from nashbox.mechanisms import Mechanism
from nashbox.model import EstimationSandbox
from nashbox.problem.errors import InputError, brief
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import from_mapping, load
from nashbox.problem.seeding import seed_of
from nashbox.problem.spec import Spec, suggest
from nashbox.strategies import Strategy


class EstimationModel(EstimationSandbox):
    """Collaborative mean estimation: `EstimationModel("file.toml", mechanism="sample_mean")`.

    problem: a file, a mapping with its keys, or an EstimationProblem. mechanism: a name or table
    as files have it, in place of the problem's; or, with `terms`, the mechanism itself. strategies:
    by agent, names as files have them, or strategies. rng: the seed; `seed` means it as well.
    """

    def __init__(
        self,
        problem: Any,
        mechanism: Any = None,
        terms: Any = None,
        strategies: Mapping[str, Any] | None = None,
        *,
        replications: int = 1,
        rng: int | None = None,
        **options: Any,
    ) -> None:
        number = seed_of(rng, options)
        if isinstance(mechanism, Mechanism) != (terms is not None):
            raise InputError(
                "EstimationModel: a Mechanism and its terms go together; without them mechanism "
                f"is a name, 'file.py:Class' or a table with a name, got {brief(mechanism)}"
            )
        if terms is None:
            if isinstance(problem, (str, Path)):
                problem = load(problem)
            elif isinstance(problem, Mapping):
                problem = from_mapping(problem)
            if not isinstance(problem, EstimationProblem):
                game = getattr(problem, "game", type(problem).__name__)
                raise InputError(
                    f"EstimationModel is for estimation games, got {game}; nashbox.model_of makes "
                    "models of all games"
                )
            if mechanism is not None:
                problem = replace(problem, mechanism=Spec.parse(mechanism, "mechanism"))
            named, made = {}, {}
            for name, play in (strategies or {}).items():
                if name not in problem.names:
                    near = suggest(str(name), list(problem.names))
                    raise InputError(f"strategies: unknown agent {name!r} ({near})")
                if isinstance(play, (str, Mapping, Spec)):
                    named[name] = Spec.parse(play, f"strategies.{name}")
                elif isinstance(play, Strategy):
                    made[name] = play
                else:
                    raise InputError(
                        f"strategies.{name} must be a name, 'file.py:Class', a table with a name "
                        f"or a Strategy, got {brief(play)}"
                    )
            game = prepare(problem.with_strategies(named))
            problem, mechanism, terms = game.problem, game.mechanism, game.terms
            strategies = {**game.strategies, **made}
        super().__init__(
            problem, mechanism, terms, strategies, replications=replications, rng=number, **options
        )
