"""The tidy frame: the columns of INTERFACE, in order, the same from a store and from an export."""

import json
import math
import random
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sweep_jobs import HERE, write_sweep
from test_sweep_files import TESTING

import nashbox
from nashbox.experiments.audit import audit
from nashbox.experiments.run import run
from nashbox.experiments.sweep import Cell, Store, sweep
from nashbox.experiments.sweep.encoding import to_text
from nashbox.experiments.sweep.frame import export, grid_names, grid_paths, result_name
from nashbox.experiments.sweep.group import Done
from nashbox.experiments.sweep.layout import Layout
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping, read_toml
from nashbox.solver import solve
from tests.places import EXAMPLES

FIRST = ["RunId", "iteration", "Step", "AgentID"]


def same(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.slow
def test_the_example_of_figure_1_from_the_command_line(nashbox, folder):
    (folder / "figure1.toml").write_text((EXAMPLES / "figure1.toml").read_text())
    text = (
        'problem = "figure1.toml"\nexperiment = "audit"\nstore = "figure1.sqlite"\nseeds = 2\n'
        "[grid]\nmechanism = ['sample_mean', 'cbl']\nsigma = [5.0, 10.0]\n"
    )
    done = nashbox("sweep", "s.toml", "--export", "o.parquet", files={"s.toml": text})
    assert done.code == 0 and "8 of 8 cells done" in done.out
    assert done.written == {"figure1.sqlite", "o.parquet"}
    frame = __import__("nashbox").load("figure1.sqlite")
    assert frame.columns.tolist()[:6] == [*FIRST, "mechanism", "sigma"]
    assert frame.columns.tolist()[-2:] == ["status", "error"]
    assert frame["RunId"].tolist() == [run for run in range(8) for _ in range(3)]
    assert frame["AgentID"].tolist() == ["a0", "a1", "a2"] * 8
    assert frame["iteration"].tolist() == [0, 0, 0, 1, 1, 1] * 4
    assert frame["sigma"].tolist() == ([5.0] * 6 + [10.0] * 6) * 2
    for (mechanism, sigma), rows in frame.groupby(["mechanism", "sigma"]):
        raw = {**read_toml("figure1.toml"), "mechanism": mechanism, "sigma": sigma}
        result = audit(from_mapping(raw))
        expected = [agent.gain.estimate for agent in result.agents]
        assert rows["gain.estimate"].tolist() == expected * 2
        assert set(rows["nash"]) == {result.nash}
    same(pd.read_parquet("o.parquet"), frame)
    done = nashbox("sweep", "s.toml", "--status", "--export", "o.csv", "--json", "-")
    assert json.loads(done.out)["left"] == 0
    read = pd.read_csv("o.csv")
    assert read.columns.tolist() == frame.columns.tolist()
    numbers = frame.select_dtypes("number").columns
    np.testing.assert_array_equal(read[numbers].to_numpy(), frame[numbers].to_numpy())


@pytest.mark.slow
def test_steps_of_runs(folder):
    keys = {"experiment": '"run"', "options": "{rounds = 3, replications = 20}", "seeds": "2"}
    file = write_sweep(folder, **keys, grid="strategies.a1 = ['free_rider', 'truthful']")
    sweep(file, workers=1, export_to=folder / "all.csv", steps=True)
    last, steps = (
        nashbox.read_store(folder / "s.sqlite"),
        nashbox.read_store(folder / "s.sqlite", steps=True),
    )
    assert len(steps) == 3 * len(last) == 3 * 2 * 2 * 3
    assert set(last["Step"]) == {3}
    order = steps[["RunId", "Step", "AgentID"]].to_numpy().tolist()
    assert order == sorted(order)
    same(steps[steps["Step"] == 3].reset_index(drop=True), last)
    assert len(pd.read_csv(folder / "all.csv")) == len(steps)
    raw = {**read_toml(folder / "p.toml"), "strategies": {"a1": "free_rider"}}
    played = run(from_mapping(raw), rounds=3, replications=20, seed=1)
    rows = steps[(steps["RunId"] == 1)]
    assert rows["penalty"].tolist() == [row["penalty"] for row in played.steps]
    assert rows["collected.x0"].tolist() == [row["collected"][0] for row in played.steps]


@pytest.mark.slow
def test_testing_games(folder):
    keys = {"seeds": "1", "grid": 'agents.A.strategy.alpha = [0.5]\nbeta = ["1/4", "1/5"]'}
    for experiment, options, rows in (
        ("solve", "{}", 2),
        ("run", "{replications = 50, rounds = 2}", 4),
        ("audit", "{method = 'exact', signals = 'any'}", 4),
    ):
        home = folder / experiment
        file = write_sweep(home, **keys, experiment=f'"{experiment}"', options=options)
        (home / "p.toml").write_text(TESTING)
        assert sweep(file, workers=1).failed == 0
        frame = nashbox.read_store(home / "s.sqlite")
        paths = ["agents.A.strategy.alpha", "beta"]
        assert frame.columns.tolist()[:6] == [*FIRST, *paths] and len(frame) == rows
        assert frame["beta"].tolist() == ["1/4"] * (rows // 2) + ["1/5"] * (rows // 2)
        if experiment == "solve":
            problem = from_mapping({**read_toml(home / "p.toml"), "beta": "1/4"})
            exact = solve(
                dict(zip(problem.names, problem.models, strict=True)), problem.prior, problem.beta
            )
            assert frame["expected_min"][0] == exact.expected_min
            assert frame["alone.lab.1.error"][0] == exact.error["lab.1"]
            assert frame["AgentID"].isna().all() and set(frame["Step"]) == {0}
        else:
            assert frame["AgentID"].tolist() == ["A", "lab.1"] * (rows // 2)


def test_infinity_nan_and_nothing_are_told_apart(folder):
    source = (
        "def job(problem, seed):\n    return [{'x': float('inf')}, {'x': float('nan')}, "
        "{'x': -float('inf')}, {'y': None}, {'x': 1.0, 'y': 2}][seed]\n"
    )
    sweep(
        write_sweep(folder, source=source, seeds="5", grid="sigma = [5.0]"), workers=1, engine=HERE
    )
    frame = nashbox.read_store(folder / "s.sqlite")
    x = frame["x"].tolist()
    assert x[0] == math.inf and math.isnan(x[1]) and x[2] == -math.inf and x[4] == 1.0
    assert frame["status"].tolist() == ["ok", "failed", "ok", "ok", "ok"]
    assert frame["error"][1] == "NaN: no number for x"
    with nashbox.Store.to_read(folder / "s.sqlite") as store:
        payloads = [outcome.payload for outcome in store.texts()]
    assert sorted(payloads) == sorted(
        ['[{"x":"inf"}]', '[{"x":"nan"}]', '[{"x":"-inf"}]', '[{"y":null}]', '[{"x":1.0,"y":2}]']
    )


def test_results_called_like_other_columns_give_way(folder):
    source = "def job(problem, seed):\n    return {'status': 3, 'sigma': 4.0, 'RunId': 5, 'x': 6}\n"
    sweep(
        write_sweep(folder, source=source, seeds="1", grid="sigma = [5.0]"), workers=1, engine=HERE
    )
    (row,) = nashbox.read_store(folder / "s.sqlite").to_dict("records")
    assert (row["status"], row["sigma"], row["RunId"]) == ("ok", 5.0, 0)
    assert (row["result.status"], row["result.sigma"], row["result.RunId"]) == (3, 4.0, 5)


OWN = [*FIRST, "status", "error"]
NASTY = [f"{'problem.' * k}{name}" for k in range(3) for name in (*OWN, "x")]


@pytest.mark.parametrize("case", range(20))
def test_no_two_columns_have_one_name(case):
    dice = random.Random(case)  # noqa: S311
    grid = grid_names(dice.sample(NASTY, 12))
    words = ["".join(dice.choices(["result.", "problem."], k=dice.randrange(4))) for _ in range(9)]
    keys = {*grid, *OWN, *(word + name for word in words for name in (*OWN, *grid, "x", ""))}
    names = [*OWN, *grid, *(result_name(key, grid) for key in sorted(keys))]
    assert len(set(names)) == len(names)


def test_names_that_nobody_has_stay():
    paths = ["sigma", "problem.sigma", "options.rounds", "agents.status", "statuses", "Status"]
    assert grid_names(paths) == paths
    assert [result_name(key, paths) for key in ("gain", "result.gain")] == ["gain", "result.gain"]


def test_parameters_called_like_columns_are_columns_all_the_same(folder):
    paths = ["RunId", "iteration", "Step", "AgentID", "status", "error", "problem.status", "seed"]
    point = {path: float(k) for k, path in enumerate(paths)}
    results = {"status": 20.0, "result.status": 21.0, "problem.status": 22.0, "seed": 23.0}
    results |= {"result.seed": 24.0, "result.problem.status": 25.0, "RunId": 26.0}
    job = Cell({"i": 0}, "json:loads", {})
    layout = Layout("s.toml", "e", paths, [list(point.values())], [7], [job.key])
    with Store.to_write(folder / "s.sqlite") as store:
        store.register(layout)
        store.finish(job, Done(job.key, "ok", to_text([results]), None, None, 0.0, ""))
    table = nashbox.read_store(folder / "s.sqlite")
    assert table.columns.is_unique and table.shape == (1, len(OWN) + len(paths) + len(results))
    row = table.iloc[0].to_dict()
    assert [row[name] for name in ("RunId", "iteration", "status")] == [0, 7, "ok"]
    assert [row[name] for name in grid_names(paths)] == list(point.values())
    assert row["problem.status"] == 4.0 and row["problem.problem.status"] == 6.0
    assert row["result.seed"] == 23.0 and row["result.result.seed"] == 24.0
    assert sorted(set(row.values()) & set(results.values())) == sorted(results.values())
    for name, read in (("o.csv", pd.read_csv), ("o.parquet", pd.read_parquet)):
        export(table, folder / name)
        assert read(folder / name).columns.tolist() == table.columns.tolist()
    assert grid_paths(folder / "s.sqlite") == grid_names(paths)


def test_a_table_in_the_grid_is_shown_as_json(folder):
    grid = "mechanism = ['cbl', {name = 'cbl', alpha_factor = 0.5}]"
    source = "def job(problem, seed):\n    return {'x': 1}\n"
    sweep(write_sweep(folder, source=source, seeds="1", grid=grid), workers=1, engine=HERE)
    shown = nashbox.read_store(folder / "s.sqlite")["mechanism"].tolist()
    assert shown == ["cbl", '{"name": "cbl", "alpha_factor": 0.5}']


def test_a_function_gets_a_problem_it_can_build(folder):
    source = (
        "from nashbox.problem.files import from_mapping\n"
        "def job(problem, seed):\n    problem['plan']\n"
        "    return {'m': from_mapping(problem).m, 'sigma2': 2 * problem.pop('sigma')}\n"
    )
    file = write_sweep(folder, source=source, seeds="2")
    (folder / "p.toml").write_text('game = "estimation"\nsigma = 1.0\ncosts = "c.csv"\n')
    (folder / "c.csv").write_text("agent,x\na,0.1\nb,0.2\n")
    assert sweep(file, workers=1, engine=HERE).failed == 0
    assert nashbox.read_store(folder / "s.sqlite")["sigma2"].tolist() == [10.0, 10.0, 20.0, 20.0]


@pytest.mark.slow
def test_a_store_of_two_sweeps(folder):
    source = "def job(problem, seed):\n    return {'x': seed}\n"
    write_sweep(folder, source=source, seeds="2", grid="sigma = [5.0]").rename(folder / "a.toml")
    write_sweep(folder, source=source, seeds="3", grid="sigma = [6.0]").rename(folder / "b.toml")
    for name in ("a", "b", "a"):
        sweep(folder / f"{name}.toml", workers=1, export_to=folder / f"{name}.csv")
    assert [len(pd.read_csv(folder / f"{name}.csv")) for name in "ab"] == [2, 3]
    assert len(nashbox.read_store(folder / "s.sqlite")) == 2  # the last one
    assert len(nashbox.read_store(folder / "s.sqlite", sweep="b.toml")) == 3
    with pytest.raises(InputError, match=r"must hold the sweep 'c.toml', got a.toml, b.toml|b.*a"):
        nashbox.read_store(folder / "s.sqlite", sweep="c.toml")


@pytest.mark.slow
def test_a_pipe_gets_log_lines_and_the_answer(folder):
    source = "import time\ndef job(problem, seed):\n    print('noise')\n    time.sleep(0.1)\n"
    write_sweep(folder, source=source + "    return {}\n", seeds="6", grid="sigma = [5.0]")
    code = (
        "import sys; import nashbox.tables.console as t; t.FIRST = 0.1\n"
        "from nashbox.cli import main\n"
        "if __name__ == '__main__': sys.exit(main(['sweep', 's.toml', '--json', '-']))\n"
    )
    (folder / "quick.py").write_text(code)
    done = subprocess.run([sys.executable, "quick.py"], capture_output=True, text=True)
    assert done.returncode == 0 and json.loads(done.stdout)["ok"] == 6
    lines = done.stderr.splitlines()
    assert "noise" in lines
    assert [line for line in lines if line.startswith("nashbox: ") and " of 6 cells, " in line]
    assert "remaining" in done.stderr and "\x1b" not in done.stderr
