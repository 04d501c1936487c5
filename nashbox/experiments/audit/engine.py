"""`audit`: the strongest method that applies, every player, whatever the game."""

from __future__ import annotations

from typing import Annotated, Any

from nashbox.experiments.audit.base import AuditResult
from nashbox.experiments.audit.epsilon import Epsilon, absolute
from nashbox.experiments.audit.findings import PlayerFinding, by_formula
from nashbox.experiments.audit.patience import Patience
from nashbox.experiments.audit.players import black_box
from nashbox.experiments.audit.profile import Profile
from nashbox.experiments.audit.promises import hold, hold_formulas
from nashbox.experiments.audit.rows import result_of
from nashbox.games.answered import sentences_held
from nashbox.games.base import Game
from nashbox.games.formulas import Exact
from nashbox.games.registry import blaming, prepare_game
from nashbox.measure.looks import resolution
from nashbox.problem.errors import InputError
from nashbox.problem.options import Choice, Real, Seed, Whole, held
from nashbox.problem.ticker import Ticker

METHODS = ("auto", "exact", "exhaustive", "black_box")
BUDGET = 2_000_000  # worlds simulated per player, unless asked otherwise
PROFILE = Profile("recommended: ignore the file's strategies", flag="profile", usual="file")
METHOD = Choice("how", words=METHODS, usual="auto, the strongest that applies")
DELTA = Real("chance that any verdict is wrong", "P", low=0.0, high=0.5, open_low=True)
WORKERS = Whole(
    "processes of the black box; the result does not depend on it",
    "N",
    low=1,
    usual="one per processor, if there is enough to do",
)


@blaming
@held
def audit(
    problem: Any,
    *,
    recommended: Annotated[bool, PROFILE] = False,
    method: Annotated[str, METHOD] = "auto",
    epsilon: Epsilon = None,
    delta: Annotated[float, DELTA] = 0.01,
    seed: Seed = 0,
    budget: Annotated[int, Whole("worlds simulated per agent at most", "N", low=1000)] = BUDGET,
    workers: Annotated[int | None, WORKERS] = None,
    progress: Ticker | None = None,
    patience: Patience | None = None,
    **own: Any,
) -> AuditResult:
    """Audit every player of a problem; an Audit of a game with a plan, a GameAudit of others.

    method: "auto" takes the strongest that applies. recommended: everybody plays what the game
    recommends. epsilon: absolute, in units of the payoff or penalty, or a share like "0.5%" of what
    each player has at stake; None is 0.1%. delta: the chance that any verdict is wrong. budget:
    worlds simulated per player at most. workers: processes of the black box (the result does not
    depend on them). patience: go on with undecided players until they are decided or the time is
    up, with the same error guarantee; their worlds may be kept in a file and so resumed. own:
    options that only this game has (testing games: signals, "paper" or "any"). Raises InputError if
    the method does not apply, with the reason.
    """
    game = prepare_game(problem, recommended=recommended, **own)
    hold(game, seed)
    notes: list[str] = []
    answers = _answers(game, method, notes)
    if isinstance(answers, list):
        chosen = "exhaustive" if method == "exhaustive" else "exact"
        found = [by_formula(game, i, answer, epsilon) for i, answer in enumerate(answers)]
        covered = "; ".join(dict.fromkeys(answer.covers for answer in answers))
        seeds, seen = {}, None
    else:
        game.check_simulated(notes[0] if notes else None)
        chosen, in_box = answers, answers == "exhaustive"
        covered = game.described_box() if in_box else game.described()
        if recommended:  # the other processes are not told
            own = {**own, "recommended": True}
        options = (epsilon, delta, seed, budget)
        found = black_box(problem, game, own, options, workers, progress, in_box, patience)
        covered += _thinned(found)
        seeds, seen = {"seed": seed, "budget": budget}, _resolution(found)
    said = sentences_held(f"{type(game).__name__}.notes", game.notes(chosen))
    return result_of(
        problem,
        game,
        found,
        method=chosen,
        class_=covered,
        epsilon=absolute(epsilon),
        delta=delta,
        seeds=seeds,
        resolution=seen,
        notes=[*said, *notes, *_unfinished(found, patience)],
    )


def _answers(game: Game, method: str, notes: list[str]) -> list[Exact] | str:
    """Formulas' answers for all players, or the method that has to simulate instead."""
    if method == "black_box":
        return method
    if method == "exhaustive":
        refusal = game.no_box()
        if refusal is not None:
            raise InputError(f"method 'exhaustive' does not apply: {refusal}")
        game.check_simulated(notes[0] if notes else None)
        found = [game.searched_box(i) for i in range(game.m)]
        return "exhaustive" if None in found else [answer for answer in found if answer]
    exact = []
    for i, answer in enumerate(game.all_formulas()):
        if isinstance(answer, str):
            if method == "exact":
                raise InputError(f"method 'exact' does not apply: {answer}")
            notes.append(f"the exact method does not apply: {answer}")
            return "black_box"
        hold_formulas(game, i, answer)
        exact.append(answer)
    return exact


def _resolution(found: list[PlayerFinding]) -> str:
    return resolution(min(finding.fewest for finding in found))


def _thinned(found: list[PlayerFinding]) -> str:
    """What to add to the class where the budget was too small for all that it lists."""
    thinned = [finding.listed for finding in found if finding.listed]
    if not thinned:
        return ""
    tried, size = min(thinned, key=lambda row: row[0] / row[1])
    return (
        f"; at this budget not all that is listed was tried: of families too large for it "
        f"{tried} of {size} members, evenly chosen (for the agent with the fewest)"
    )


def _unfinished(found: list[PlayerFinding], patience: Patience | None) -> list[str]:
    """What to say where the time was up first."""
    left = sum(one.verdict == "undecided" for one in found)
    if patience is None or not left:
        return []
    on = "" if patience.path is None else f"; the same command goes on from {patience.path}"
    return [f"the time was up with {left} of {len(found)} agents undecided{on}"]
