"""`compare`: every mechanism at honesty and at what best responses make of it.

The rows of a mechanism: `honest` is the recommended profile; `from_honest` and `from_free_riding`
are where agents end who answer one after the other, in index order, beginning with the recommended
counts and with nobody collecting anything; `worst` and `best` are the equilibria of largest and
least social penalty among these and the ones that random starts with random orders lead to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from nashbox.experiments.audit.epsilon import Epsilon, absolute
from nashbox.experiments.compare.babbling import babbling
from nashbox.experiments.compare.comparison import Comparison, Contender, Row
from nashbox.experiments.compare.contenders import designed, entries
from nashbox.experiments.compare.contest import Contest
from nashbox.experiments.compare.options import Budget, Mechanisms, Starts
from nashbox.games.estimation import prepare
from nashbox.games.estimation.remarks import best_social_penalty, source_notes
from nashbox.games.registry import perform
from nashbox.problem.errors import listed
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.goals import DESIGNED
from nashbox.problem.options import Seed, held
from nashbox.problem.spec import Spec
from nashbox.problem.ticker import Ticker

SMALL = 60  # pairs of agent and distribution up to which rules are designed unasked


@held
def compare(
    problem: EstimationProblem,
    mechanisms: Mechanisms = None,
    *,
    rules: Mapping[str, EstimationProblem] | None = None,
    goals: Annotated[Sequence[str] | None, DESIGNED] = None,
    starts: Starts = 20,
    seed: Seed = 0,
    epsilon: Epsilon = None,
    budget: Budget = 2_000_000,
    progress: Ticker | None = None,
) -> Comparison:
    """Put mechanisms side by side on one cost table.

    mechanisms: None is the problem's own and all built-in ones. rules: label to a problem with the
    same costs, whose mechanism and plan take part as they are. goals: rules designed for them take
    part; None is "social" where all mechanisms do and the game is small. starts: random ones.
    epsilon: least gain that counts, absolute; None is 1e-3 of each penalty. budget: worlds
    simulated at most for a mechanism without exact formulas. Raises InputError for a mechanism that
    cannot be built, and for one without exact formulas where counts are real.
    """
    yardstick = prepare(replace(problem, mechanism=Spec("sample_mean")), recommended=True)
    wanted = (
        None
        if mechanisms is None
        else [Spec.parse(x, "mechanisms") for x in listed("mechanisms", mechanisms)]
    )
    asked = goals
    if asked is None:
        asked = ["social"] if wanted is None and problem.m * problem.d <= SMALL else []
    ruled = {f"designed ({goal})": designed(problem, goal) for goal in asked}
    entered, found_notes = entries(problem, yardstick.plan, wanted, {**ruled, **(rules or {})})
    if goals is None and wanted is None and not asked:
        found_notes.append(
            f"designed rules are left out, as there are more than {SMALL} pairs of agent and "
            "distribution; --design social searches them"
        )
    best = best_social_penalty(problem, yardstick)
    floor = perform("no_rule_below", problem, "social")
    total, done = len(entered) * (starts + 2), 0

    def tick() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    rows: list[Row] = []
    contenders: list[Contender] = []
    for place, entry in enumerate(entered):
        own = Contest(entry, yardstick, best, seed, epsilon, budget)
        theirs, contender = own.run(starts, tick)
        rows += theirs
        contenders.append(contender)
        done = (place + 1) * (starts + 2)
    return Comparison(
        plan=problem.plan_name,
        counts=problem.counts,
        names=problem.names,
        distributions=problem.distributions,
        penalties_alone=yardstick.penalties_alone.tolist(),
        best_rational=best,
        epsilon=absolute(epsilon),
        rows=rows,
        contenders=contenders,
        notes=found_notes + _notes(problem, best) + source_notes(yardstick)[1:],
        seeds={"seed": seed, "starts": starts, "budget": budget},
        problem=problem.to_json(),
        no_rule_below=floor.value,
        no_rule_below_how=floor.how,
        babbling=babbling(problem),
    )


def _notes(problem: EstimationProblem, best: float | None) -> list[str]:
    found = []
    if best is None:
        found.append("no plan meets all outside options: no efficiency ratio")
    if problem.strategies:
        found.append("the file's strategies are left out: profiles are honesty and best responses")
    if not problem.source.normal:
        found.append(
            "measurements are real ones: penalties and verdicts are those of normal data with the "
            "sigma that the rules believe, except where a mechanism has no exact formulas; "
            + (
                "`measured` beside them is what the same counts bring with the real measurements"
                if problem.integer
                else 'nothing is measured with counts = "real"'
            )
        )
    return found
