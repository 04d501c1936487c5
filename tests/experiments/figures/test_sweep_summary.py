"""The summary of a sweep: means, Student's intervals, and everything that is left out is said."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from nashbox.experiments.figures import drawn, sweep_summary
from nashbox.problem.errors import InputError

mpl.use("Agg")


def frame(seeds=8, sigmas=(5.0, 10.0), agents=("a", "b"), seed=0):
    rng = np.random.default_rng(seed)
    rows = [
        {"RunId": 0, "iteration": s, "Step": 1, "AgentID": a, "sigma": sigma, "status": "ok",
         "penalty": sigma + ord(a) + rng.normal()}
        for sigma in sigmas for s in range(seeds) for a in agents
    ]  # fmt: skip
    return pd.DataFrame(rows)


def rows_of(*arguments, **options):
    ax = sweep_summary(*arguments, **options)
    rows = [row for row in drawn(ax.figure) if row["kind"] == "error"]
    title = ax.get_title()
    plt.close(ax.figure)
    return rows, title, ax


def test_means_and_intervals():
    table = frame()
    rows, title, ax = rows_of(table, "sigma", "penalty", "AgentID", level=0.9)
    assert len(rows) == 4 and "mean over 8 seeds, 90 % intervals" in title
    assert "units" in ax.get_xlabel() and "units" in ax.get_ylabel()
    for row in rows:
        chosen = (table["sigma"] == row["x"]) & (table["AgentID"] == row["series"])
        values = table[chosen]["penalty"]
        assert row["y"] == pytest.approx(values.mean())
        low, high = t.interval(0.9, 7, values.mean(), values.std() / np.sqrt(8))
        assert (row["low"], row["high"]) == pytest.approx((low, high))
        assert low < high


def test_intervals_cover_as_often_as_they_say(seed):
    """1,000 samples at 80 %: off by 6 standard errors once in 10^8; a normal's 1.28 is seen."""
    rng = np.random.default_rng(seed)
    cells = 1000
    table = pd.DataFrame(
        {
            "iteration": np.tile(np.arange(3), cells),
            "x": np.repeat(np.arange(cells), 3),
            "y": rng.normal(size=3 * cells),
        }
    )
    rows, _, _ = rows_of(table, "x", "y", level=0.8)
    low, high = (np.array([row[key] for row in rows]) for key in ("low", "high"))
    error = 6 * np.sqrt(0.8 * 0.2 / cells)
    assert abs(((low < 0) & (high > 0)).mean() - 0.8) < error
    middle, half = (low + high) / 2, (high - low) / 2
    short = half * 1.2816 / t.isf(0.1, 2)
    assert abs((np.abs(middle) < short).mean() - 0.8) > error


def test_what_is_left_out_is_counted():
    table = frame()
    table.loc[0, "status"] = "failed"
    table["penalty"] = table["penalty"].astype(object)
    table.loc[1, "penalty"] = "inf"  # as stores hold it
    table.loc[2, "penalty"] = None
    rows, title, _ = rows_of(table, "sigma", "penalty", "AgentID")
    assert "3 rows without a number left out" in title and "6 to 8 seeds" in title
    chosen = table[(table["sigma"] == 5.0) & (table["AgentID"] == "a")].index.difference([0, 1, 2])
    values = table.loc[chosen, "penalty"].astype(float)
    row = next(row for row in rows if (row["x"], row["series"]) == (5.0, "a"))
    assert row["y"] == pytest.approx(values.mean())


def test_one_seed_has_no_interval_and_is_hollow():
    rows, _, ax = rows_of(frame(seeds=1), "sigma", "penalty", ["AgentID"])
    assert all(row["low"] == row["y"] == row["high"] for row in rows)
    assert ax.containers[0].lines[0].get_markerfacecolor() == "none"


def test_names_stand_side_by_side():
    table = frame(agents=("a",)).assign(mechanism=["cbl", "sample_mean"] * 8)
    table["iteration"] = np.arange(16)
    rows, _, _ = rows_of(table, "mechanism", "penalty")
    assert [(row["x"], row["x_label"]) for row in rows] == [(0.0, "cbl"), (1.0, "sample_mean")]


def test_rows_that_are_no_replications_are_refused():
    with pytest.raises(InputError, match=r"sigma = 5.0 and seed 0.*AgentID|tell them apart"):
        sweep_summary(frame(), "sigma", "penalty")
    with pytest.raises(InputError, match=r"no column 'gain'.*penalty"):
        sweep_summary(frame(), "sigma", "gain")
    nothing = frame().assign(status="failed")
    with pytest.raises(InputError, match="no row has a finite 'penalty'"):
        sweep_summary(nothing, "sigma", "penalty", "AgentID")
