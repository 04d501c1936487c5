"""What a design says: the rules, what everybody pays, what was compared, and its certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.results.base import Body, Result, list_of
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
OF_PAIRS: tuple[str, ...] = ("audited", "pairs", "pair_t", "copies")
OF_DATA: tuple[str, ...] = ("data", "robust_penalties", "seed", "robust_social_penalty")


@dataclass(frozen=True)
class ComparedRules(Body):
    """Rules that were compared: honest penalties, their sum and maximum.

    robust_penalties: the larger of those on normal and on other data, where both were looked at.
    """

    KEYS: ClassVar[str] = "name penalties social_penalty largest_penalty individually_rational"
    OPTIONAL: ClassVar[str] = "robust_penalties"

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
    KEYS: ClassVar[str] = (
        "goal rule form agents distributions counts kind z t alpha penalties penalties_alone "
        "outside social_penalty bound certified_gap no_rule_below no_rule_below_how audited pairs "
        "pair_t copies data robust_penalties seed robust_social_penalty condition_8 cbl chosen "
        "search gain verdict candidates problem versions"
    )
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

    @property
    def robust_social_penalty(self) -> float | None:
        """The same of the larger ones on normal and on other data, where both were looked at."""
        return None if self.robust_penalties is None else float(self.robust_penalties.sum())

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-design/1, without what was not looked at."""
        left_out = () if self.pair_t is not None else OF_PAIRS
        left_out += () if self.robust_penalties is not None else OF_DATA
        return {key: value for key, value in super().to_json().items() if key not in left_out}

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
