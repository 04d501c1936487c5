"""What a design says: the rules, what everybody pays, what was compared, and its certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.results.base import Result, list_of, unwrapped
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

    from nashbox.problem.estimation import EstimationProblem

Array = NDArray[np.float64]
TABLES = (
    *("counts", "z", "t", "alpha", "penalties", "penalties_alone", "outside", "bound"),
    *("pair_t", "robust_penalties"),
)


@dataclass(frozen=True)
class ComparedRules:
    """Rules that were compared: honest penalties, their sum and maximum.

    robust_penalties: the larger of those on normal and on other data, where both were looked at.
    """

    name: str
    penalties: Sequence[float]
    social_penalty: float
    largest_penalty: float
    individually_rational: bool
    robust_penalties: Sequence[float] | None = None


@dataclass(frozen=True, eq=False)
class Design(Result):
    """Designed rules. Tables are (m, d), NaN where something does not apply; penalties (m,).

    bound: penalties under the plan that compliance would allow; certified_gap: how far the goal is
    from it, relatively (`Goal.gap`), which bounds what any rules could still win. gain: upper bound
    of what anybody gains by any deviation, verdict: of the exact audit. search: how the discrete
    choices were searched. no_rule_below: the value of the goal that no truthful rule gets below
    (None where unknown); no_rule_below_how: in what sense, or why unknown. audited: by what, ""
    if it was not. pairs: which two are compared, pair_t: (d,) windows of two, copies: by the
    formula, the share of what two pay that they save by handing in one mean twice. data: what else
    rules were judged on, "" if on nothing; robust_penalties: (m,) the larger on normal and on it.
    """

    FORMAT: ClassVar[str] = "nashbox-design/1"
    NAMES: ClassVar[Mapping[str, str]] = {"agents": "names"}
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        **dict.fromkeys(TABLES, lambda table: np.array(table, dtype=float)),
        "kind": np.array,
        "candidates": list_of(lambda row: ComparedRules(**row)),
    }

    goal: str
    form: str
    names: Sequence[str]
    distributions: Sequence[str]
    counts: Array
    kind: NDArray[np.str_]
    z: Array
    t: Array
    alpha: Array
    penalties: Array
    penalties_alone: Array
    outside: Array
    bound: Array
    certified_gap: float
    condition_8: bool
    cbl: Mapping[str, Any]
    chosen: str
    search: str
    gain: float
    verdict: str
    candidates: Sequence[ComparedRules]
    problem: Mapping[str, Any]
    no_rule_below: float | None = None
    no_rule_below_how: str = ""
    audited: str = "exact"
    pairs: str = "none"
    pair_t: Array | None = None
    copies: float = 0.0
    data: str = ""
    robust_penalties: Array | None = None
    seed: int = 0
    designed: EstimationProblem | None = None
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def rule(self) -> str:
        """The goal, as a plan's name."""
        return self.goal

    @property
    def sigma(self) -> Array:
        """Standard deviations, (d,)."""
        return np.asarray(self.problem["sigma"], dtype=float)

    @property
    def social_penalty(self) -> float:
        """Sum of the honest penalties."""
        return float(self.penalties.sum())

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-design/1."""
        body = {
            "format": self.FORMAT,
            "goal": self.goal,
            "rule": self.rule,
            "form": self.form,
            "agents": list(self.names),
            "distributions": list(self.distributions),
            "counts": self.counts,
            "kind": self.kind.tolist(),
            "z": self.z,
            "t": self.t,
            "alpha": self.alpha,
            "penalties": self.penalties,
            "penalties_alone": self.penalties_alone,
            "outside": self.outside,
            "social_penalty": self.social_penalty,
            "bound": self.bound,
            "certified_gap": self.certified_gap,
            "no_rule_below": self.no_rule_below,
            "no_rule_below_how": self.no_rule_below_how,
            **self._of_pairs(),
            **self._of_data(),
            "condition_8": self.condition_8,
            "cbl": dict(self.cbl),
            "chosen": self.chosen,
            "search": self.search,
            "gain": self.gain,
            "verdict": self.verdict,
            "candidates": [_candidate_json(c) for c in self.candidates],
            "problem": dict(self.problem),
            "versions": dict(self.versions),
        }
        return {key: unwrapped(value) for key, value in body.items()}

    def _of_pairs(self) -> dict[str, Any]:
        if self.pair_t is None:
            return {}
        told = {"audited": self.audited, "pairs": self.pairs, "pair_t": self.pair_t}
        return {**told, "copies": self.copies}

    def _of_data(self) -> dict[str, Any]:
        if self.robust_penalties is None:
            return {}
        told = {"data": self.data, "robust_penalties": self.robust_penalties, "seed": self.seed}
        return {**told, "robust_social_penalty": float(self.robust_penalties.sum())}

    def to_frame(self) -> pd.DataFrame:
        """One row per agent: kinds, counts, rules, penalty, penalty alone."""
        import pandas as pd

        columns: dict[str, Any] = {"agent": list(self.names)}
        for k, name in enumerate(self.distributions):
            for what in ("kind", "counts", "z", "t", "alpha"):
                columns[f"{what}.{name}"] = getattr(self, what)[:, k]
        columns["penalty"], columns["penalty_alone"] = self.penalties, self.penalties_alone
        return pd.DataFrame(columns)

    def save_problem(self, path: str | Path) -> None:
        """Write a problem file that needs no other file."""
        from nashbox.rules.design.file import write_problem

        write_problem(self, path)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw counts and penalties as a plan's."""
        from nashbox.experiments.figures import plan_bars

        axes = plan_bars(self, ax)
        axes.set_title(f"designed for {self.goal}: social penalty {self.social_penalty:.4g}")
        return axes


def _candidate_json(candidate: ComparedRules) -> dict[str, Any]:
    """Without what was not looked at."""
    told = asdict(candidate)
    if candidate.robust_penalties is None:
        del told["robust_penalties"]
    return told
