"""Rules as a problem file says them, whatever search found them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.spec import Spec
from nashbox.rules.design.tables import ALONE, FREE, OWES, Ruled

Array = NDArray[np.float64]

NAMES = {FREE: "free", OWES: "threshold", ALONE: "alone"}


@dataclass(frozen=True, eq=False)
class Offered:
    """What a problem file says of rules, with the penalties it promises."""

    kind: NDArray[np.str_]
    counts: Array
    z: Array
    t: Array
    alpha: Array
    joint: bool
    penalties: Array


def of_ruled(rules: Ruled) -> Offered:
    """What drafted rules say and promise."""
    kind = np.vectorize(NAMES.__getitem__)(rules.draft.kind)
    kind = np.where(rules.rule == "", kind, rules.rule)
    nothing = np.full(kind.shape, np.nan)
    counts = rules.draft.counts
    return Offered(kind, counts, rules.z, rules.t, nothing, rules.joint, rules.penalties)


def problem_of(problem: EstimationProblem, rules: Offered) -> EstimationProblem:
    """The problem under the designed rules."""

    def table(values: Array) -> tuple[tuple[float | None, ...], ...]:
        return tuple(tuple(None if x != x else float(x) for x in row) for row in values.tolist())

    parameters = {
        "kind": rules.kind.tolist(),
        "n": rules.counts.tolist(),
        "z": table(rules.z),
        "t": table(rules.t),
    }
    name = "decoy" if np.isin(rules.kind, ["decoy", "mirror"]).any() else "threshold"
    if name == "threshold" or rules.joint:
        parameters = {"joint": rules.joint, **parameters}
    return replace(problem, mechanism=Spec(name, parameters))
