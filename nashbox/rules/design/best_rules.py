"""`design`: the rules with the best value of a goal under which honesty is an equilibrium.

Nobody is worse off than outside, and no agent gains by any deviation: both are proven for what is
returned. That no better rules exist is not: the distance to the plan that compliance would allow
bounds what may be missed, and `search` says how the discrete choices were searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit import audit
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import of_game
from nashbox.problem.goals import Goal as GoalName
from nashbox.problem.options import Choice, Names, Option, Whole, held
from nashbox.problem.source import Source
from nashbox.problem.spec import Spec
from nashbox.problem.ticker import Ticker
from nashbox.rules.bound import Floor, no_rule_below
from nashbox.rules.design.designed import Design
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.offered import Offered, problem_of
from nashbox.rules.design.on_data import penalties_on, source_named
from nashbox.rules.design.order import canonical
from nashbox.rules.design.rivals import PLAN, aim_of, design_of, for_normal_data, rivals_of
from nashbox.rules.design.searched import searched_offers, world_of

Array = NDArray[np.float64]

FORMS = ("best", "separate", "joint")
KINDS = ("alone", "free", "threshold", "decoy")
OPENLY = KINDS[:3]  # without falsehoods
EVERY = (*KINDS, "mirror")  # mirrors on demand: a proof for every rule, and little to win


@dataclass(frozen=True)
class Kinds(Names):
    """Kinds of comparisons, as names."""

    def written(self, text: str, where: str, folder: Path | None = None) -> Any:
        """Names, parted at commas."""
        return [kind.strip() for kind in text.split(",") if kind.strip()]


FORM = Choice("comparisons passed one by one, all together, or whichever is better", words=FORMS)
USED = Kinds(
    "what may be used (mirror on demand); leave decoy out and nobody is told a falsehood",
    "KINDS",
    usual=",".join(KINDS),
)
DATA = Option(
    "judge rules on these data as well: skewed, heavy, measured (the file's measurements) or a "
    "CSV file of measurements",
    "DATA",
    usual="normal data alone",
)


@of_game("estimation")
@held
def design(
    problem: EstimationProblem,
    goal: GoalName,
    form: Annotated[str, FORM] = "best",
    progress: Ticker | None = None,
    kinds: Annotated[Sequence[str], USED] = KINDS,
    data: Annotated[Source | str | None, DATA] = None,
    seed: Annotated[int, Whole("of --data", low=0)] = 0,
) -> Design:
    """Search the best rules for a problem's costs; its plan and mechanism play no part.

    goal: one of GOALS. form: "separate", "joint", or the better of both. kinds: what may be used,
    of EVERY; without "decoy" nobody is told a falsehood. data: what measurements are like, a source
    or its name, one of SHAPES, "measured" (the problem's) or a CSV file; rules
    are made for normal ones, and those are chosen that are best if everybody pays the larger of
    her penalties on normal and on these data, simulated. Raises InputError if no rules were found
    that meet all outside options.
    """
    kinds = checked_kinds(kinds)
    source = _source_of(problem, data)
    problem = for_normal_data(problem)
    steps = 6
    tell = progress or (lambda done, total: None)
    tell(0, steps)
    bound, aim = aim_of(problem, goal)  # what it refuses names agents in the user's order
    order = canonical(problem)
    there, how = searched_offers(order.put(problem), goal, form, kinds, tell)
    offers, _ = rivals_of(problem, world_of(problem, kinds, integer=problem.integer), aim)
    offers += [(name, order.back(rules)) for name, rules in there]
    paid = {name: rules.penalties for name, rules in offers}
    if source is not None:
        by_name = {name: _under(problem, goal, name, rules) for name, rules in offers}
        paid = penalties_on(source, aim, offers, by_name, seed)
    chosen = _best(aim, [(name, paid[name]) for name, _ in offers if name in paid])
    if chosen is None:
        raise InputError(
            f"{problem.shown}: outside_option: no rules were found under which every agent is "
            "better off than outside and gains nothing by breaking them"
        )
    rules = dict(offers)[chosen]
    designed = _under(problem, goal, chosen, rules)
    certificate = audit(designed, method="exact", recommended=True)
    tell(steps, steps)
    below = _floor(problem, goal, rules)
    result = design_of(
        problem,
        designed,
        aim,
        bound,
        rules,
        [(name, offered.penalties) for name, offered in offers],
        form="joint" if rules.joint else "separate",
        chosen=chosen,
        search=how.get(chosen, how.get("", "")) or "none of the searched rules was better",
        no_rule_below=below.value,
        no_rule_below_how=below.how,
        gain=max(agent.gain.upper for agent in certificate.agents),
        verdict=certificate.nash,
    )
    if source is None:
        return result
    return _judged_on_data(result, paid, data if isinstance(data, str) else "", seed)


def _source_of(problem: EstimationProblem, data: Source | str | None) -> Source | None:
    """What rules are judged on besides normal data, if on anything. Raises InputError."""
    if data is not None and not problem.integer:
        raise InputError(
            f"data: needs whole numbers to draw, got counts = 'real' in {problem.shown}; use "
            "counts = 'integer'"
        )
    return source_named(problem, data) if isinstance(data, str) else data


def _judged_on_data(design: Design, paid: Mapping[str, Array], data: str, seed: int) -> Design:
    """A design that says what everybody pays on other data than normal ones, by name of rules."""
    found = [
        replace(c, robust_penalties=paid[c.name].tolist() if c.name in paid else None)
        for c in design.candidates
    ]
    told = paid[design.chosen]
    return replace(design, candidates=found, robust_penalties=told, seed=seed, data=data)


def _under(problem: EstimationProblem, goal: str, name: str, rules: Offered) -> EstimationProblem:
    """The problem under rules that are offered."""
    if name == "CBL":
        return replace(problem, plan=PLAN.get(goal, goal), mechanism=Spec("cbl"))
    return problem_of(problem, rules)


def checked_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds in the order of KINDS. Raises InputError where rules cannot be made of them."""
    given = tuple(kinds)
    held = {"threshold", "decoy"} & set(given) and not ("mirror" in given and "decoy" not in given)
    if not ({"alone", "free"} <= set(given) <= set(EVERY) and held):
        raise InputError(
            f"kinds must be of {', '.join(EVERY)}, with alone, free and threshold or "
            f"decoy, and decoy for mirror, got {', '.join(map(str, given)) or 'none'}"
        )
    return tuple(kind for kind in EVERY if kind in given)


def _best(aim: Goal, offers: Sequence[tuple[str, Array]]) -> str | None:
    """The first of the rational offers that none beats by more than rounding."""
    best, record = None, (np.inf, np.inf)
    for name, penalties in offers:
        value = aim.value(penalties)
        gain = 1e-10 * abs(value[0])
        if not np.isfinite(value[0]):
            continue
        if (
            best is None
            or value[0] < record[0] - gain
            or (value[0] <= record[0] + gain and value[1] < record[1] * (1 - 1e-10))
        ):
            best, record = name, value
    return best


def _floor(problem: EstimationProblem, goal: str, rules: Offered) -> Floor:
    """What no truthful rules of this form get below."""
    if rules.joint and problem.d > 1:
        return Floor(None, "not known for rules that tie distributions together")
    return no_rule_below(problem, goal)
