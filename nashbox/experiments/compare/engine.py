"""`compare`: every mechanism at honest play and at what best responses make of it.

The rows of a mechanism: `honest` is the recommended profile; `from_honest` and `from_free_riding`
are where players end who answer one after the other, in their order, beginning there and with free
riding; `worst` and `best` are the rest points that were not refuted as equilibria with the worst
and the best sum of what is compared, of these and the ones that random starts lead to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nashbox.experiments.audit.epsilon import Epsilon, absolute
from nashbox.experiments.compare.judging import Auditor
from nashbox.experiments.compare.options import Budget, Mechanisms, Starts
from nashbox.experiments.compare.walking import walk
from nashbox.games.compared import (
    BEST,
    FROM_FREE_RIDING,
    FROM_HONEST,
    HONEST,
    PROFILES,
    WORST,
    Compared,
)
from nashbox.games.contests import Asked, Entrant, MechanismContest, Part
from nashbox.games.paths import Exhausted, Path, Paths
from nashbox.games.registry import blaming, engine, game_of, own_options_read
from nashbox.problem.errors import listed
from nashbox.problem.options import Seed, held
from nashbox.problem.spec import Spec
from nashbox.problem.ticker import Ticker

Tick = Callable[[], None]


@blaming
@held
def compare(
    problem: Any,
    mechanisms: Mechanisms = None,
    *,
    starts: Starts = 20,
    seed: Seed = 0,
    epsilon: Epsilon = None,
    budget: Budget = 2_000_000,
    progress: Ticker | None = None,
    **own: Any,
) -> Compared:
    """Put mechanisms side by side: a Comparison of a game with a plan, a GameComparison of others.

    mechanisms: None is the problem's own and all built-in ones, or the game's only rules. starts:
    random ones. epsilon: absolute, or a share; None is 0.1% of each penalty, or of the range of
    payoffs. budget: worlds simulated at most for a mechanism without formulas; where players choose
    among candidates, a thousandth of it for each of them in an answer. own: options that only this
    game has; estimation games: `rules`, a mapping of labels to problems with the same costs, whose
    mechanism and plan take part as they are, and `goals`, for which rules are designed that take
    part (None is "social" where all mechanisms do and the game is small). Raises InputError for a
    mechanism that cannot be built, and for one without formulas where counts are real.
    """
    own = own_options_read(problem, "compare", own)
    wanted = None
    if mechanisms is not None:
        wanted = [Spec.parse(x, "mechanisms") for x in listed("mechanisms", mechanisms)]
    asked = Asked(epsilon, seed, budget, Auditor(epsilon, seed))
    contest: MechanismContest = engine(game_of(problem), "contest")(problem, wanted, asked, **own)
    rows, parts, count = [], [], _Count(len(contest), starts + 2, progress)
    for entrant in contest.entrants():
        theirs, part = _played(entrant, starts, budget, count.tick)
        rows += theirs
        parts.append(part)
        count.reach(len(parts))
    return contest.result(
        rows,
        parts,
        names=problem.names,
        epsilon=absolute(epsilon),
        seeds={"seed": seed, "starts": starts, "budget": budget},
        problem=problem.to_json(),
    )


compare_game = compare  # what 0.1.0 called it for games without a plan


class _Count:
    """Tells how many paths are walked, of how many."""

    def __init__(self, entrants: int, paths: int, progress: Ticker | None) -> None:
        self.paths, self.total, self.done = paths, entrants * paths, 0
        self.progress = progress

    def tick(self) -> None:
        self._told(self.done + 1)

    def reach(self, entrants: int) -> None:
        """So many mechanisms are through, whatever became of their paths."""
        if self.done < entrants * self.paths:
            self._told(entrants * self.paths)

    def _told(self, done: int) -> None:
        self.done = done
        if self.progress is not None:
            self.progress(done, self.total)


def _played(entrant: Entrant, starts: int, budget: int, tick: Tick) -> tuple[list[Any], Part]:
    """The five rows of a mechanism, and what they were found among."""
    responder, ended = entrant.responder, f"left out: the budget of {budget} worlds is used up"
    honest = _honest(responder)
    first = None if honest is not None else ended
    if responder.binding:
        rows = [entrant.row(profile, honest, None, first) for profile in PROFILES]
        return rows, Part(entrant, honest, None)
    paths = walk(responder, starts, tick)
    rows = [entrant.row(HONEST, honest, None, first)]
    for profile, path in _chosen(paths).items():
        lost = f"no equilibrium was found on {len(paths.walked)} paths"
        why = lost if paths.walked and profile in (WORST, BEST) else ended
        rows.append(entrant.row(profile, None if path is None else path.end, path, why))
    return rows, Part(entrant, honest, paths)


def _honest(responder: Any) -> Any:
    """What honest play brings, None where the budget does not suffice to measure it."""
    try:
        return responder.honest()
    except Exhausted:
        return None


def _chosen(paths: Paths) -> dict[str, Path | None]:
    return {
        FROM_HONEST: paths.path(0),
        FROM_FREE_RIDING: paths.path(1),
        WORST: paths.extreme(worst=True),
        BEST: paths.extreme(worst=False),
    }
