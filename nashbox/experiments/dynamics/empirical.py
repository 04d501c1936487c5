"""Two-player empirical games: payoff tables measured in a problem, with errors (Wellman 2006).

Row and column agent choose from menus, all others play what the problem says. With payoffs U (row)
and V (column), (K, L) tables, and mixed strategies x, y:

    regret of the row agent: max_k (U y)_k - x U y; of the column agent: max_l (x V)_l - x V y,
    NashConv(x, y) = the sum of both (Lanctot et al. 2017), 0 exactly at an equilibrium.

All entries that a player compares are measured in the same worlds, different columns (rows) in
independent ones, so the error of every gain is known from the covariances of the estimates. Bounds
hold for all K + L gains of a profile at once, up to `delta`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nashbox.experiments.audit.base import Gain
from nashbox.games.pay import payoff_range
from nashbox.measure.looks import tail
from nashbox.problem.errors import InputError, require
from nashbox.results.base import Result, unwrapped
from nashbox.results.saving import versions
from nashbox.solver.equilibria import Equilibria, equilibria

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

Array = NDArray[np.float64]
ROUNDING = 1e-9  # regret of an equilibrium, relative to her largest payoff
DEGENERATE = (
    "the tables are degenerate: equilibria may form a continuum; listed are its extreme points, "
    "and pairs of points of one piece are equilibria too"
)


@dataclass(frozen=True)
class Regret:
    """What each player could gain in a profile, and the sum, NashConv; with bounds."""

    row: Gain
    column: Gain

    @property
    def nash_conv(self) -> Gain:
        """Sum of both regrets; the bounds of both hold at once."""
        a, b = self.row, self.column
        return Gain(a.estimate + b.estimate, a.lower + b.lower, a.upper + b.upper)

    def verdict(
        self, tolerance: float | tuple[float, float]
    ) -> Literal["equilibrium", "no_equilibrium", "undecided"]:
        """Whether no player gains more than `tolerance`, as far as the bounds tell.

        tolerance: one for both players, or (row, column).
        """
        each = tolerance if isinstance(tolerance, tuple) else (tolerance, tolerance)
        both = list(zip((self.row, self.column), each, strict=True))
        if all(gain.upper <= least for gain, least in both):
            return "equilibrium"
        leaves = any(gain.lower > least for gain, least in both)
        return "no_equilibrium" if leaves else "undecided"

    def to_json(self) -> dict[str, Any]:
        """Three gains."""
        return {k: vars(getattr(self, k)) for k in ("row", "column", "nash_conv")}


@dataclass(frozen=True, eq=False)
class EmpiricalGame(Result):
    """Payoff tables of two agents, higher is better (minus the penalty in estimation games).

    row_payoffs, column_payoffs: (K, L). row_covariance: (L, K, K), of the estimates in a column;
    column_covariance: (K, L, L), of those in a row; all 0 where payoffs are exact. pays: what the
    game pays, "payoff" or "penalty"; sheets, frames and figures tell penalties where it does.
    """

    FORMAT: ClassVar[str] = "nashbox-empirical/1"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = dict.fromkeys(
        ("row_payoffs", "column_payoffs", "row_covariance", "column_covariance"),
        lambda table: np.array(table, dtype=float),
    )

    row: str
    column: str
    row_menu: Sequence[str]
    column_menu: Sequence[str]
    row_payoffs: Array
    column_payoffs: Array
    row_covariance: Array
    column_covariance: Array
    payoffs: str = "given"
    pays: str = "payoff"
    worlds: int = 0
    seeds: Mapping[str, Any] = field(default_factory=dict)
    problem: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=versions)

    @classmethod
    def of_tables(cls, U: ArrayLike, V: ArrayLike) -> EmpiricalGame:
        """Make a game of exact payoff tables (K, L)."""
        A, B = np.asarray(U, dtype=float), np.asarray(V, dtype=float)
        if A.ndim != 2 or A.shape != B.shape:
            raise InputError(f"tables must have one shape (K, L), got {A.shape} and {B.shape}")
        K, L = A.shape
        names = [str(k) for k in range(max(K, L))]
        zeros = np.zeros((L, K, K)), np.zeros((K, L, L))
        return cls("row", "column", names[:K], names[:L], A, B, *zeros)

    @property
    def told(self) -> tuple[Array, Array]:
        """What row and column agent are paid, (K, L) each, as `pays` calls it."""
        if self.pays == "penalty":
            return 0.0 - self.row_payoffs, 0.0 - self.column_payoffs
        return self.row_payoffs, self.column_payoffs

    @property
    def row_se(self) -> Array:
        """Standard errors of the row payoffs, (K, L)."""
        return np.asarray(np.sqrt(np.diagonal(self.row_covariance, axis1=1, axis2=2)).T)

    @property
    def column_se(self) -> Array:
        """Standard errors of the column payoffs, (K, L)."""
        return np.asarray(np.sqrt(np.diagonal(self.column_covariance, axis1=1, axis2=2)))

    @property
    def tolerance(self) -> tuple[float, float]:
        """What counts as nothing for (row, column) unless said: 1e-3 of the range of her payoffs.

        Each has her own, as in audits: players may be paid in different units.
        """
        row, column = self.row_payoffs.ravel().tolist(), self.column_payoffs.ravel().tolist()
        return 1e-3 * payoff_range(row), 1e-3 * payoff_range(column)

    def regret(self, x: ArrayLike, y: ArrayLike, *, delta: float = 0.01) -> Regret:
        """Regrets in the profile (x, y), probabilities (K,) and (L,); bounds hold up to `delta`."""
        require("delta", delta, low=0.0, high=1.0, open_low=True)
        K, L = self.row_payoffs.shape
        p, q = _mixed("x", x, K), _mixed("y", y, L)
        z = tail(delta / (2 * (K + L)))
        return Regret(
            _regret(self.row_payoffs, self.row_covariance, p, q, z),
            _regret(self.column_payoffs.T, self.column_covariance, q, p, z),
        )

    def pure(self, k: int, l: int) -> Regret:
        """Regrets where the row agent plays k and the column agent l."""
        K, L = self.row_payoffs.shape
        return self.regret(np.eye(K)[k], np.eye(L)[l])

    @cached_property
    def solved(self) -> Equilibria:
        """All extreme equilibria of the estimated tables, and whether the game is degenerate.

        Raises InputError for infinite payoffs, for menus beyond reach, and if one of them is none
        by our own regret.
        """
        for name, table in zip((self.row, self.column), self.told, strict=True):
            for k, l in np.argwhere(~np.isfinite(table)).tolist():
                raise InputError(
                    f"the {self.pays} of {name} where {self.row} plays {self.row_menu[k]} and "
                    f"{self.column} plays {self.column_menu[l]} must be finite for equilibria, got "
                    f"{table[k, l]}"
                )
        found = equilibria(self.row_payoffs, self.column_payoffs)
        row = ROUNDING * float(np.abs(self.row_payoffs).max())
        column = ROUNDING * float(np.abs(self.column_payoffs).max())
        for x, y in found.pairs:
            regret = self.regret(x, y)
            if regret.row.estimate > row or regret.column.estimate > column:
                raise InputError(f"{x}, {y} came out as an equilibrium and is none: {regret}")
        return found

    @property
    def equilibria(self) -> list[tuple[Array, Array]]:
        """Nash equilibria (x, y) of the estimated tables: all of them in a nondegenerate game.

        In a degenerate one (`solved.degenerate`) the extreme ones; `solved.piece` says which are
        corners of a continuum.
        """
        return self.solved.pairs

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-empirical/1; "equilibria" is null where a note says why."""
        K, L = self.row_payoffs.shape
        degenerate, note = None, None
        try:
            degenerate = self.solved.degenerate
            found: Any = [
                {"row": x, "column": y, "piece": piece, "regret": self.regret(x, y).to_json()}
                for (x, y), piece in zip(self.equilibria, self.solved.piece, strict=True)
            ]
            if degenerate:
                note = DEGENERATE
        except InputError as error:
            found, note = None, str(error)
        body = {k: v for k, v in vars(self).items() if k != "solved"}
        told = {
            "format": self.FORMAT,
            **body,
            "row_se": self.row_se,
            "column_se": self.column_se,
            "tolerance": dict(zip(("row", "column"), self.tolerance, strict=True)),
            "pure": [[self.pure(k, l).to_json() for l in range(L)] for k in range(K)],
            "degenerate": degenerate,
            "equilibria": found,
            "note": note,
        }
        return {key: unwrapped(value) for key, value in told.items()}

    def to_frame(self) -> pd.DataFrame:
        """One row per cell: what both are paid, with errors, regrets, NashConv and its bounds."""
        import pandas as pd

        rows = []
        mine, theirs = self.told
        for (k, l), paid in np.ndenumerate(mine):
            regret = self.pure(k, l)
            conv = regret.nash_conv
            rows.append(
                {
                    "row": self.row_menu[k],
                    "column": self.column_menu[l],
                    f"row_{self.pays}": paid,
                    "row_se": self.row_se[k, l],
                    f"column_{self.pays}": theirs[k, l],
                    "column_se": self.column_se[k, l],
                    "row_regret": regret.row.estimate,
                    "column_regret": regret.column.estimate,
                    "nash_conv": conv.estimate,
                    "nash_conv.lower": conv.lower,
                    "nash_conv.upper": conv.upper,
                }
            )
        return pd.DataFrame(rows)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw NashConv cell by cell, with what is paid and its errors written into the cells."""
        from nashbox.experiments.dynamics.figures import empirical

        return empirical(self, ax)


def _mixed(name: str, value: ArrayLike, size: int) -> Array:
    weights = np.asarray(value, dtype=float)
    if weights.shape != (size,) or not (weights >= -1e-12).all() or abs(weights.sum() - 1) > 1e-6:
        raise InputError(f"{name} must be {size} probabilities that sum to 1, got {weights}")
    return np.asarray(np.maximum(weights, 0.0))


def _weighted(table: Array, weights: Array) -> Array:
    """Weighted sum over the last axis, in which 0 times -inf is 0."""
    return np.asarray((np.where(weights > 0, table, 0.0) * weights).sum(axis=-1))


def _regret(payoffs: Array, covariance: Array, mine: Array, theirs: Array, z: float) -> Gain:
    """Regret of a player with payoffs (K, L), covariance (L, K, K)."""
    K = mine.size
    each = _weighted(payoffs, theirs)  # (K,)
    now = float(_weighted(each, mine))
    with np.errstate(invalid="ignore"):
        gains = np.where(np.isneginf(each) & np.isneginf(now), 0.0, each - now)
    change = np.eye(K) - mine  # row k: from the mixture to the pure k
    variance = np.einsum("l,ka,lab,kb->k", theirs**2, change, covariance, change)
    width = z * np.sqrt(np.maximum(variance, 0.0))
    low, high = float((gains - width).max()), float((gains + width).max())
    return Gain(max(0.0, float(gains.max())), max(0.0, low), max(0.0, high))
