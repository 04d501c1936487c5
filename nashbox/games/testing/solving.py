"""`solve`: the exact numbers of a problem file's game, in which all rely on themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nashbox.games.registry import draw
from nashbox.games.testing.exact import NEGLIGIBLE, beyond
from nashbox.games.testing.race import prepare_testing
from nashbox.problem.notebook import Shown
from nashbox.problem.testing import RaceProblem
from nashbox.problem.ticker import Ticker
from nashbox.results.saving import versions
from nashbox.solver import Solution, solve
from nashbox.strategies.testing import RaceStrategy, Signaller

if TYPE_CHECKING:
    import matplotlib.axes


@dataclass(frozen=True, eq=False)
class SolveReport(Shown):
    """A solution with the problem it belongs to, and what a reader should know about it.

    others: who plays otherwise in the file than the numbers are for.
    """

    solution: Solution
    problem: RaceProblem
    notes: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=versions)
    others: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-solve/1."""
        return {
            **self.solution.to_json(),
            "notes": list(self.notes),
            "versions": dict(self.versions),
            "problem": self.problem.to_json(),
        }

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the stopping-time laws."""
        return draw(self.problem.game, "laws_figure", self, ax)


def solve_problem(problem: RaceProblem, progress: Ticker | None = None) -> SolveReport:
    """Solve; the file's strategies are checked, and noted where they are not the solved ones."""
    game = prepare_testing(problem)
    models = dict(zip(problem.names, problem.models, strict=True))
    solution = solve(models, problem.prior, problem.beta, progress=progress)
    others = [name for name, s in game.strategies.items() if not is_solved(s, problem)]
    notes = (*cut_off(problem, solution), *solve_notes(problem, others))
    return SolveReport(solution, problem, notes, others=others)


def cut_off(problem: RaceProblem, solution: Solution) -> tuple[str, ...]:
    """Say that games of the file end at its cap, which the numbers know nothing of."""
    share = beyond(solution, problem.cap, problem.prior)
    if share <= NEGLIGIBLE:
        return ()
    return (
        f"numbers know no cap; the file's, {problem.cap}, cuts off {share:.2%} of the games of an "
        "agent that plays by itself (nashbox run plays them so)",
    )


def solve_notes(problem: RaceProblem, others: Sequence[str]) -> tuple[str, ...]:
    """Say whose strategies and which graph the numbers are not about."""
    notes = []
    if others:
        notes.append(
            f"numbers are for w = 1, threshold beta and anticipation; {', '.join(others)} "
            "will play otherwise (nashbox run simulates that)"
        )
    if not problem.complete or problem.mechanism.name != "belief_exchange":
        notes.append(
            "with anticipation, numbers are for a complete graph: here agents that do not hear "
            "the winner go on"
        )
    for name, alphabet in problem.alphabets.items():
        notes.append(f"{name}'s pmfs are estimated from data, symbols {', '.join(alphabet)}")
    return tuple(notes)


def is_solved(strategy: RaceStrategy, problem: RaceProblem) -> bool:
    """Whether a strategy is the one that `solve` is about, whatever its alpha."""
    return (
        isinstance(strategy, Signaller)
        and strategy.signal.__func__ is Signaller.signal  # type: ignore[attr-defined]
        and strategy.decide.__func__ is Signaller.decide  # type: ignore[attr-defined]
        and strategy.relies_on_itself
        and strategy.anticipate
        and not strategy.later
        and strategy.bound(problem.beta) == problem.beta
    )
