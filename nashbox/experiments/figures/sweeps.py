"""A sweep at a glance: the mean over seeds of one result, with its confidence interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.figures.style import CYCLE, MARKS, UNITS, one_panel
from nashbox.problem.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


PLACES = ("RunId", "iteration", "Step", "AgentID", "status", "error")  # of a row
TOLD = (  # what experiments are about, the first that is there
    "gain.estimate", "social_penalty", "social_payoff", "penalty", "payoff", "expected_min",
)  # fmt: skip


def sweep_summary(
    frame: pd.DataFrame,
    x: str,
    y: str,
    by: str | Sequence[str] = (),
    *,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean of column `y` over seeds against column `x`, a line for each value of `by`.

    frame: one row per cell (and agent), as `nashbox.read_store` gives it; `iteration` is the seed.
    The intervals are Student's at `level`, seeds being independent; a single seed has none, and is
    drawn hollow. Rows that failed or are missing are left out, and counted in the title. Raises
    InputError for columns that are not there, and where several rows share x, `by` and the seed:
    then they are no replications (name what tells them apart, e.g. AgentID, in `by`).
    """
    columns = [by] if isinstance(by, str) else list(by)
    for name in (x, y, *columns, "iteration"):
        if name not in frame.columns:
            known = ", ".join(map(str, frame.columns))
            raise InputError(f"sweep_summary: no column {name!r} (there are: {known})")
    summary, left_out = summarised(frame, x, y, columns, level)
    panel = one_panel(ax, 6.5)
    places = _places(summary["x"])
    for k, (label, rows) in enumerate(summary.groupby("series", sort=False)):
        at = [places[value] for value in rows["x"]]
        look: Any = {"color": CYCLE[k % 7], "markersize": 5, "capsize": 3}
        if label:
            look["label"] = label
        several = rows["seeds"].to_numpy() > 1
        half = np.where(several, rows["half"], 0.0)
        bars = panel.errorbar(at, rows["mean"], yerr=half, fmt=f"{MARKS[k % 7]}-", **look)
        if not several.all():
            bars[0].set_markerfacecolor("none")
    if any(place != value for value, place in places.items()):
        panel.set_xticks(list(places.values()), [str(value) for value in places])
    seeds = sorted(set(summary["seeds"]))
    many = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    panel.set(xlabel=UNITS.get(x, x), ylabel=UNITS.get(y, y))
    text = f"mean over {many} seeds, {100 * level:g} % intervals"
    panel.set_title(text + (f"; {left_out} rows without a number left out" if left_out else ""))
    if columns:
        title = ", ".join(columns)
        panel.legend(frameon=False, fontsize="small", title=title)
    return panel


def usual_columns(
    frame: pd.DataFrame, paths: Sequence[str], x: str | None, y: str | None
) -> tuple[str, str, list[str]]:
    """Columns for x, y and `by` of a sweep whose grid has these paths. Raises InputError."""
    results = [n for n in frame.columns if n not in (*paths, *PLACES) and not n.endswith("_se")]
    drawn = [name for name in results if frame[name].dtype.kind in "if"]
    if y is None and not drawn:
        raise InputError("the sweep has no numbers to draw yet")
    y = y or next((name for name in TOLD if name in drawn), drawn[0])
    varied = [path for path in paths if frame[path].nunique() > 1]
    x = x or max(varied or [*paths, "iteration"], key=lambda path: frame[path].nunique())
    agents = ["AgentID"] if frame["AgentID"].notna().any() else []
    return x, y, [path for path in (*varied, *agents) if path != x]


def summarised(
    frame: pd.DataFrame, x: str, y: str, by: Sequence[str], level: float
) -> tuple[pd.DataFrame, int]:
    """Mean and half-width of the interval by x and series; how many rows had no number."""
    import pandas as pd
    from scipy.stats import t

    values = pd.to_numeric(frame[y], errors="coerce")  # "inf" becomes a number
    good = np.isfinite(values)
    if "status" in frame.columns:
        good &= frame["status"] == "ok"
    kept = frame[good].assign(**{y: values[good]})
    if kept.empty:
        raise InputError(f"sweep_summary: no row has a finite {y!r}")
    series = kept[list(by)].astype(str).agg(", ".join, axis=1) if by else ""
    table = pd.DataFrame({"x": kept[x], "series": series, "seed": kept["iteration"], "y": kept[y]})
    twice = table.duplicated(["x", "series", "seed"])
    if twice.any():
        row = table[twice].iloc[0]
        raise InputError(
            f"sweep_summary: several rows have {x} = {row['x']} and seed {row['seed']}; name the "
            f"columns that tell them apart in `by`, got {list(by)}"
        )
    groups = table.groupby(["series", "x"], sort=False)["y"]
    out = groups.agg(["mean", "std", "size"]).reset_index().rename(columns={"size": "seeds"})
    degrees = np.maximum(out["seeds"] - 1, 1)
    out["half"] = t.isf((1 - level) / 2, degrees) * out["std"] / np.sqrt(out["seeds"])
    return out, int((~good).sum())


def _places(values: pd.Series) -> dict[Any, float]:
    """Where each value of x is drawn: numbers where they are, names side by side."""
    found = list(dict.fromkeys(values))
    if all(isinstance(v, (int, float, np.number)) and not isinstance(v, bool) for v in found):
        return {value: float(value) for value in sorted(found)}
    return {value: float(k) for k, value in enumerate(found)}
