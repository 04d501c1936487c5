"""`compare` for every game: each mechanism at honesty and at what best responses make of it.

Players choose among the candidates of an audit, and answer one after the other, in their order,
until nobody moves. `honest` is the recommended profile; `from_honest` begins there,
`from_free_riding` where everybody plays what is best for her if all others are honest; `worst` and
`best` are the rest points with the least and the largest sum of payoffs that were not refuted as
equilibria, of these and the ones that random starts lead to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit.epsilon import Epsilon, absolute
from nashbox.experiments.audit.pool import Pool
from nashbox.experiments.compare.options import Budget, Mechanisms, Starts
from nashbox.experiments.compare.settled import Settling, settled
from nashbox.games.registry import blaming, game_of, prepare_game
from nashbox.measure.looks import resolution
from nashbox.problem.errors import listed
from nashbox.problem.options import Seed, held
from nashbox.problem.spec import Spec
from nashbox.problem.ticker import Ticker
from nashbox.results.base import Result
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

Array = NDArray[np.float64]
SHARE, LEAST = 1000, 100  # of the budget for a candidate in an answer, and at least
MENU = 40  # candidates of a player at most, about


@dataclass(frozen=True)
class GameComparison(Result):
    """A row per mechanism and profile: strategies, what everybody is paid, and the sum.

    Rows are mappings; payoffs are None where a profile was not found.
    """

    FORMAT: ClassVar[str] = "nashbox-compare/1"
    KEYS: ClassVar[str] = "game names rows epsilon seeds notes versions problem"

    game: str
    names: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    epsilon: float | None
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    notes: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=versions)

    def to_frame(self) -> pd.DataFrame:
        """One row per mechanism, profile and agent."""
        import pandas as pd

        found = []
        for row in self.rows:
            common = {k: v for k, v in row.items() if not isinstance(v, (list, tuple))}
            for i, name in enumerate(self.names):
                own = {
                    "agent": name,
                    "strategy": None if row["strategies"] is None else row["strategies"][i],
                    "payoff": None if row["payoffs"] is None else row["payoffs"][i],
                    "se": None if row["payoffs"] is None else row["payoffs_se"][i],
                }
                found.append({**common, **own})
        return pd.DataFrame(found)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the sums of payoffs, profile by profile."""
        from nashbox.experiments.figures.payoffs import compared_figure

        return compared_figure(self, ax)


@blaming
@held
def compare_game(
    problem: Any,
    mechanisms: Mechanisms = None,
    *,
    starts: Starts = 20,
    seed: Seed = 0,
    epsilon: Epsilon = None,
    budget: Budget = 2_000_000,
    progress: Ticker | None = None,
) -> GameComparison:
    """Put mechanisms side by side in one game.

    mechanisms: None is all of the game, or its only rules. starts: random ones. budget: worlds
    simulated where the game has no formula, a thousandth of it for each candidate in an answer.
    Raises InputError.
    """
    worlds = max(LEAST, budget // SHARE)
    if mechanisms is None:
        own = [] if problem.mechanism is None else [problem.mechanism]
        named = {spec.name for spec in own}
        more = [Spec(name) for name in game_of(problem).mechanisms if name not in named]
        wanted: list[Spec] = [*own, *more]
    else:
        wanted = [Spec.parse(x, "mechanisms") for x in listed("mechanisms", mechanisms)]
    rows, notes = [], []
    for place, spec in enumerate(wanted):
        game = prepare_game(replace(problem, mechanism=spec), recommended=True)
        pools = [Pool.of(game, i, MENU, compared=True) for i in range(game.m)]
        ways = Settling(game, pools, worlds, seed, epsilon)
        rows += [{"mechanism": spec.label, **row} for row in settled(ways, starts)]
        if not ways.exact:
            seen = resolution(worlds)
            notes.append(f"{spec.label}: payoffs are simulated in {worlds} games; {seen}")
        if progress is not None:
            progress(place + 1, len(wanted))
    if problem.strategies:
        notes.append("the file's strategies are left out: profiles are honesty and best responses")
    return GameComparison(
        game=problem.game,
        names=problem.names,
        rows=rows,
        epsilon=absolute(epsilon),
        seeds={"seed": seed, "starts": starts, "budget": budget},
        problem=problem.to_json(),
        notes=notes,
    )
