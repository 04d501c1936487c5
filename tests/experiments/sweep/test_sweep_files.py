"""Sweep files: what is allowed, and one message for what is not, before anything is written."""

import json

import pytest
from sweep_jobs import HERE, PROBLEM, write_sweep

from nashbox.experiments.sweep.expand import expand
from nashbox.experiments.sweep.options import as_arguments
from nashbox.experiments.sweep.reading import read_sweep
from nashbox.experiments.sweep.work import work
from nashbox.problem.errors import InputError

MENU = "menu = 'truthful, free_rider'"
JOB = "def job(problem, seed):\n    return {'x': 1.0}\n"
TESTING = """game = "testing"
beta = "1/10"
[[agents]]
name = "A"
p0 = ["0.6", "0.4"]
p1 = ["0.4", "0.6"]
[[agents]]
name = "lab.1"
p0 = ["0.6", "0.4"]
p1 = ["0.4", "0.6"]
"""


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"problem": None}, ["s.toml: the key 'problem' is missing"]),
        ({"experiment": None}, ["the key 'experiment' is missing"]),
        ({"store": None}, ["the key 'store' is missing"]),
        ({"seed": "3"}, ["s.toml: unknown key 'seed'", "did you mean 'seeds'?"]),
        ({"problem": '"no.toml"'}, ["no.toml: cannot be read: No such file"]),
        ({"problem": "3"}, ["s.toml: problem must be a text, got 3"]),
        (
            {"experiment": '"plam"'},
            ["s.toml: experiment: unknown name 'plam'", "audit, run, solve"],
        ),
        ({"experiment": '"no.py:job"'}, ["s.toml: experiment: no.py cannot be read"]),
        ({"experiment": '"jobs.py:none"'}, ["experiment: jobs.py has no function 'none'"]),
        ({"experiment": '"jobs.py:NUMBER"'}, ["'jobs.py:NUMBER' must be a function"]),
        (
            {"experiment": '"solve"'},
            ["s.toml: solve is for testing games, got game = 'estimation'"],
        ),
        ({"seeds": "0"}, ["s.toml: seeds: must be a number of seeds >= 1", "got 0"]),
        ({"seeds": "[]"}, ["seeds: must be", "got []"]),
        ({"seeds": "[1, 2, 1]"}, ["seeds: must be", "different", "got 1 twice"]),
        ({"seeds": "[1, -2]"}, ["seeds: must be", "got -2"]),
        ({"seeds": "true"}, ["seeds: must be", "got True"]),
        ({"seeds": "1.5"}, ["seeds: must be", "got 1.5"]),
        ({"seeds": "9999999"}, ["s.toml: must have at most 10000000 cells"]),
        ({"options": "{rounds = 3}"}, ["s.toml: options: unknown option 'rounds'", "none here"]),
        (
            {"experiment": '"audit"', "options": "{rounds = 3}"},
            ["unknown option 'rounds'", "budget"],
        ),
        ({"experiment": '"audit"', "options": "{seed = 3}"}, ["'seed'", "`seeds` say it"]),
        ({"experiment": '"audit"', "options": "{budget = 3}"}, ["options.budget must be", "got 3"]),
        ({"experiment": '"audit"', "options": "{method = 'x'}"}, ["options.method must be one of"]),
        ({"experiment": '"audit"', "options": "3"}, ["options: must be a table, got 3"]),
        (
            {"experiment": '"audit"', "options": "{signals = 'any'}"},
            ["options.signals is for testing"],
        ),
        (
            {"experiment": '"run"', "grid": "counts = ['integer', 'real']"},
            ["s.toml: grid: with counts = 'real': p.toml: counts", "cannot be simulated"],
        ),
        (
            {"experiment": '"adapt"', "options": '{start = "free_rider=x"}'},
            ["options.start: must be entry=count", "'free_rider=x'"],
        ),
        (
            {"experiment": '"adapt"', "options": "{start = {free_rider = -1}}"},
            ["options.start.free_rider must be"],
        ),
        (
            {"experiment": '"compare"', "options": "{mechanism = [1]}"},
            ["options.mechanism must be a list of names, got [1]"],
        ),
        ({"experiment": '"run"', "options": "{rounds = 0}"}, ["options.rounds must be", "got 0"]),
        ({"experiment": '"run"', "options": "{plan = 'best'}"}, ["plan must be one of", "'best'"]),
        ({"grid": "sigma = 5.0"}, ["s.toml: grid: sigma: must be a list of values, got 5.0"]),
        ({"grid": "sigma = []"}, ["grid: sigma: must be a list of values, got []"]),
        ({"grid": "sigma = [1.0, 1.0]"}, ["grid: sigma: must not hold a value twice, got 1.0"]),
        ({"grid": "sigma = [5, 5.0]"}, ["grid: sigma: must not hold a value twice, got 5"]),
        ({"grid": '"a..b" = [1]'}, ["grid: 'a..b': must be a dotted path"]),
        ({"grid": 'a.b = [1]\n"a.b" = [2]'}, ["grid: a.b: is given twice"]),
        ({"grid": "a = [1]\na.b = [2]"}, ["s.toml: is not valid TOML"]),
        (
            {"grid": "sigma = [5.0, -1.0]"},
            ["grid: with sigma = -1.0: p.toml: sigma must be", "-1.0"],
        ),
        ({"grid": "mechanism = ['cbl', 'clb']"}, ["with mechanism = 'clb'", "did you mean 'cbl'?"]),
        ({"grid": "sigm = [5.0]"}, ["p.toml: unknown key 'sigm'", "did you mean 'sigma'?"]),
        ({"grid": "strategies.a9 = ['truthful']"}, ["unknown agent 'a9'"]),
        ({"grid": "strategies.a1 = ['liar']"}, ["strategies.a1: unknown name 'liar'"]),
        ({"grid": "sigma.x = [5.0]"}, ["grid: sigma.x: leads nowhere: sigma is 10.0"]),
        ({"grid": "costs.7.0 = [5.0]"}, ["costs.7.0: leads nowhere: no '7' there"]),
        ({"grid": "mechanism.alpha = [1.0]"}, ["Cbl has no parameter 'alpha'", "alpha_factor"]),
    ],
)
def test_bad_files(nashbox, folder, keys, words):
    write_sweep(folder, source=JOB + "NUMBER = 3\n", **keys)
    nashbox("sweep", "s.toml").refuses(*words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--workers", "0"], ["--workers must be a whole number in [1", "got 0"]),
        (["--workers", "x"], ["--workers: must be a whole number, got 'x'"]),
        (["--export", "x.txt"], ["--export must end in .parquet or .csv, got 'x.txt'"]),
        (["--export", "no/x.csv"], ["'no/x.csv' cannot be written"]),
        (["--json", "no/x.json"], ["'no/x.json' cannot be written"]),
        (["--engine", "nonsense"], ["--engine must be local, dask://HOST:PORT or module:factory"]),
        (["--status", "--export", "x.csv"], ["there is nothing to export yet"]),
    ],
)
def test_bad_options(nashbox, folder, options, words):
    write_sweep(folder, source=JOB)
    nashbox("sweep", "s.toml", *options).refuses(*words)


def test_parquet_without_pyarrow(nashbox, folder, monkeypatch):
    import importlib.util

    write_sweep(folder, source=JOB)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    answer = nashbox("sweep", "s.toml", "--export", "x.parquet")
    answer.refuses("Parquet needs pyarrow: pip install 'nashbox[export]'")


def test_a_missing_sweep_file(nashbox):
    nashbox("sweep", "no.toml").refuses("no.toml: cannot be read: No such file")


def problems(folder, grid, text=PROBLEM, **keys):
    """The problem of every cell."""
    file = write_sweep(folder, source=JOB, grid=grid, **{"seeds": "1", **keys})
    (folder / "p.toml").write_text(text)
    return [cell.identity["problem"] for cell in expand(read_sweep(file)).cells]


def test_paths_lead_into_the_problem(folder):
    made = problems(folder, "mechanism.alpha_factor = [0.5, 2.0]")
    assert [p["mechanism"] for p in made] == [
        {"name": "cbl", "alpha_factor": 0.5},
        {"name": "cbl", "alpha_factor": 2.0},
    ]
    (made,) = problems(folder, '"strategies.a1" = ["free_rider"]\ncosts.2.0 = [0.5]')
    assert made["strategies"] == {"a1": "free_rider"}
    assert made["costs"] == [[0.033], [0.066], [0.5]]
    (folder / "m.csv").write_text("y,z\n1.0,2.0\n2.0,3.0\n")
    (made,) = problems(folder, "source.csv = ['m.csv']\nsource.columns = [['y']]")
    assert made["source"] == {"csv": "m.csv", "columns": ["y"]}
    made = problems(folder, "mechanism = ['cbl']\n'mechanism.alpha_factor' = [0.5]")
    assert made[0]["mechanism"] == {"name": "cbl", "alpha_factor": 0.5}


def test_agents_go_by_name(folder):
    grid = 'agents.A.strategy.alpha = [0.0, 0.5]\n"agents.lab.1.strategy.weight" = [0.25]'
    first, second = problems(folder, grid, TESTING, experiment='"solve"')
    assert first["agents"][0]["strategy"] == {"name": "signaller", "alpha": 0.0}
    assert second["agents"][0]["strategy"] == {"name": "signaller", "alpha": 0.5}
    assert second["agents"][1]["strategy"] == {"name": "signaller", "weight": 0.25}
    (made,) = problems(folder, "payoff.cost = [0.5]", TESTING)
    assert made["payoff"] == {"kind": "contest", "prize": 1.0, "cost": 0.5}
    with pytest.raises(InputError, match=r"agents\.C\.strategy: leads nowhere: no 'C' .*A, lab"):
        problems(folder, '"agents.C.strategy" = ["signaller"]', TESTING)


def test_a_value_may_be_missing_from_the_problem_itself(folder):
    text = PROBLEM.replace("sigma = 10.0\n", "")
    assert [p["sigma"] for p in problems(folder, "sigma = [1.0, 2.0]", text)] == [1.0, 2.0]


def test_the_order_of_the_product(folder):
    grid = "mechanism = ['cbl', 'sample_mean']\nsigma = [5.0, 1.0]"
    file = write_sweep(folder, source=JOB, grid=grid, seeds="[7, 3]")
    asked = [cell.identity for cell in expand(read_sweep(file)).cells]
    problems = [one["problem"] for one in asked]
    assert [
        (run, one["seed"], problem["mechanism"], problem["sigma"])
        for run, (one, problem) in enumerate(zip(asked, problems, strict=True))
    ] == [
        (0, 7, "cbl", 5.0),
        (1, 3, "cbl", 5.0),
        (2, 7, "cbl", 1.0),
        (3, 3, "cbl", 1.0),
        (4, 7, "sample_mean", 5.0),
        (5, 3, "sample_mean", 5.0),
        (6, 7, "sample_mean", 1.0),
        (7, 3, "sample_mean", 1.0),
    ]


def test_options_that_the_problem_could_hold(folder):
    keys = {"experiment": '"run"', "options": "{everyone = 'best_responder', plan = 'social'}"}
    (made,) = problems(folder, "sigma = [5.0]", **keys)
    assert made["plan"] == "social"
    assert made["strategies"] == dict.fromkeys(["a0", "a1", "a2"], "best_responder")
    with pytest.raises(InputError, match=r"options\.everyone: the grid says it already"):
        problems(folder, "strategies.a1 = ['truthful']", **keys)


@pytest.mark.sparse(2)
@pytest.mark.parametrize(
    ("experiment", "options", "more"),
    [
        ("audit", {"budget": 2000.0}, ""),
        ("run", {"rounds": 2.0, "replications": 10.0}, ""),
        ("adapt", {"rounds": 3.0, "worlds": 20.0, "start": {"free_rider": 1.0}}, MENU),
        ("compare", {"starts": 0.0, "budget": 1000.0}, ""),
    ],
)
def test_whole_numbers_that_are_written_as_floats(folder, experiment, options, more):
    def cells(values, as_grid):
        texts = {name: str(value).replace("'", "").replace(":", " =") for name, value in values}
        if as_grid:
            grid = "".join(f"options.{name} = [{text}]\n" for name, text in texts.items())
            keys = {"options": f"{{{more}}}", "grid": grid}
        else:
            inside = ", ".join([*(f"{name} = {text}" for name, text in texts.items()), more])
            keys = {"options": f"{{{inside.removesuffix(', ')}}}"}
        file = write_sweep(folder, experiment=f'"{experiment}"', seeds="1", **keys)
        return expand(read_sweep(file)).cells

    def whole(value):
        return {k: int(v) for k, v in value.items()} if isinstance(value, dict) else int(value)

    plain = {name: whole(value) for name, value in options.items()}
    for as_grid in (False, True):
        if as_grid:  # a table in a list of values
            options.pop("start", None)
            plain.pop("start", None)
        found = cells(options.items(), as_grid)
        assert [c.key for c in found] == [c.key for c in cells(plain.items(), as_grid)]
        given = found[0].arguments["options"]
        assert {name: repr(given[name]) for name in plain} == {n: repr(plain[n]) for n in plain}


def test_points_of_whole_numbers_as_other_programs_write_them(nashbox, folder):
    files = {"p.toml": PROBLEM, "points.csv": "options.rounds,options.replications\n2.0,10.0\n"}
    text = 'problem = "p.toml"\nexperiment = "run"\nstore = "s.sqlite"\npoints = "points.csv"\n'
    done = nashbox(
        "sweep", "s.toml", "--workers", "1", "--engine", HERE, files={**files, "s.toml": text}
    )
    assert done.code == 0, done
    (folder / "s.sqlite").unlink()
    files["points.csv"] = files["points.csv"].replace("10.0", "10.5")
    nashbox("sweep", "s.toml", files=files).refuses(
        "s.toml: options.replications must be a whole number", "got 10.5"
    )


LOGIT = "rule = 'best_response', temperature = 0.1, menu = 'truthful,free_rider'"
RING = "rule = 'best_response', graph = 'ring', menu = 'truthful,free_rider'"


@pytest.mark.parametrize(
    ("experiment", "options", "grid", "words"),
    [
        ("adapt", LOGIT, "", ["s.toml: ", "options.temperature is for options.rule logit"]),
        ("adapt", RING, "", ["options.graph: rule best_response looks at no neigh"]),
        (
            "adapt",
            MENU,
            "options.rule = ['imitation', 'logit']\noptions.graph = ['ring']",
            ["grid: with sigma = 5.0, options.rule = 'logit'", "graph: rule logit looks at no"],
        ),
        (
            "adapt",
            "temperature = 0.1, " + MENU,
            "options.rule = ['logit', 'best_response']",
            ["with sigma = 5.0, options.rule = 'best_response': options.temperature is for"],
        ),
        ("adapt", "rule = 'logit'", "", ["menu must be given"]),
        (
            "adapt",
            "revising = 0.5",
            "",
            ["options.revising: best responses among all counts"],
        ),
        ("adapt", "honest = ['truthful']", "", ["options.honest: names entries of a menu"]),
        ("adapt", "honest = ['liar'], " + MENU, "", ["honest: 'liar' is not in the menu"]),
        ("adapt", "start = {free_rider = 9}, " + MENU, "", ["at most 3 in all", "got 9"]),
        ("adapt", "menu = ['truthful', 'liar']", "", ["menu: liar", "unknown name 'liar'"]),
        ("adapt", "rule = 'tellers'", "", ["rule: unknown name 'tellers'"]),
        ("compare", "design = ['sociable']", "", ["options.design must be one of social", "none"]),
        ("compare", "goals = ['nope']", "", ["options.goals must be one of social"]),
        ("compare", "mechanism = ['cbl', 'clb']", "", ["unknown name 'clb'"]),
        (
            "compare",
            "mechanism = ['cbl']",
            "mechanism = ['sample_mean']",
            ["s.toml: options.mechanism and mechanism say the same; leave one out"],
        ),
        (
            "plan",
            "rule = 'nash', plan = 'social'",
            "",
            ["s.toml: options.rule and options.plan say the same; leave one out"],
        ),
        (
            "plan",
            "",
            "options.rule = ['nash']\nplan = ['social']",
            ["options.rule and plan say the same"],
        ),
        ("plan", "rule = 5", "", ["options.rule must be one of ir_optimal", "got 5"]),
        ("plan", "rule = 'no.csv'", "", ["no.csv: cannot be read"]),
        ("design", "goal = 'social', data = 'skewed'", "", ["unknown option 'data'", "one by one"]),
        ("audit", "epsilon = 'x'", "", ["options.epsilon must be a number", "got 'x'"]),
        ("design", "", "", ["s.toml: options.goal is missing; design needs it"]),
        (
            "design",
            "goal = 'social', kinds = ['free']",
            "",
            ["options.kinds must be of"],
        ),
    ],
)
def test_options_that_do_not_go_together(nashbox, folder, experiment, options, grid, words):
    keys = {"options": f"{{{options}}}", "grid": f"sigma = [5.0]\n{grid}"}
    write_sweep(folder, experiment=f'"{experiment}"', **keys)
    nashbox("sweep", "s.toml", "--workers", "1").refuses(*words)


@pytest.mark.parametrize(
    ("option", "words"),
    [("audit", ["options.signals is for testing"]), ("compare", ["options.design is for estim"])],
)
def test_options_of_other_games_in_the_grid(nashbox, folder, option, words):
    grid = {"audit": "options.signals = ['any']", "compare": "options.design = [['social']]"}
    write_sweep(folder, experiment=f'"{option}"', grid=grid[option])
    if option == "compare":
        (folder / "p.toml").write_text(TESTING)
    nashbox("sweep", "s.toml", "--workers", "1").refuses(*words)


def test_no_design_as_the_command_says_it(folder):
    keys = {"options": "{mechanism = ['cbl'], design = ['none'], starts = 0}", "seeds": "1"}
    file = write_sweep(folder, experiment='"compare"', grid="sigma = [5.0]", **keys)
    (cell,) = expand(read_sweep(file)).cells
    given = as_arguments("compare", cell.arguments["options"])
    assert given == {"mechanisms": ["cbl"], "goals": [], "starts": 0}
    rows = work(**cell.arguments)
    assert {row["mechanism"] for row in rows} == {"cbl"}


TWICE = [  # pairs of paths, each with a value
    ("agents.A.strategy = ['signaller']", "strategies.A = ['signaller']"),
    ("agents.A.strategy.alpha = [0.5]", "strategies.A = ['signaller']"),
    ("agents.A.strategy.alpha = [0.5]", "strategies.A.alpha = [0.25]"),
    ("agents.A.strategy = ['signaller']", "strategies.A.alpha = [0.25]"),
    ("agents.A.strategy = ['signaller']", "strategies = [{A = 'signaller'}]"),
    ("agents.A.strategy = ['signaller']", "strategies = ['recommended']"),
    ("agents.A.strategy = ['signaller']", "'agents.0.strategy' = ['signaller']"),
    ("agents.0.strategy.alpha = [0.5]", "'agents.A.strategy.alpha' = [0.25]"),
    ("'agents.lab.1.p0' = [['0.5', '0.5']]", "agents.1.p0 = [['0.7', '0.3']]"),
    ("agents.A.p0 = [['0.5', '0.5']]", "'agents.A.p0.0' = ['0.4']"),
    ("payoff = [{kind = 'contest', prize = 2.0}]", "'payoff.prize' = [1.0]"),
    ("payoff = ['contest']", "'payoff.kind' = ['win']"),
    ("mechanism = [{name = 'belief_exchange'}]", "'mechanism.name' = ['no_exchange']"),
]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("pair", TWICE)
def test_two_paths_that_set_one_thing(nashbox, folder, pair, swapped):
    write_sweep(folder, experiment='"solve"', grid="\n".join(pair[::-1] if swapped else pair))
    (folder / "p.toml").write_text(TESTING)
    paths = [line.partition(" = ")[0].strip("'") for line in pair]
    answer = nashbox("sweep", "s.toml", "--workers", "1")
    answer.refuses("s.toml: grid: ", *paths, " say the same; leave one out")


@pytest.mark.parametrize(
    "grid",
    [
        "mechanism = [{name = 'cbl', alpha_factor = 1.0}]\n'mechanism.alpha_factor' = [0.5]",
        "costs = [[[1.0], [2.0], [3.0]]]\n'costs.2.0' = [0.5]",
        "strategies = ['recommended']\n'strategies.a1' = ['free_rider']",
        "strategies = [{a1 = 'truthful'}]\n'strategies.a1' = ['free_rider']",
    ],
)
def test_a_path_and_one_above_it_that_set_one_thing(nashbox, folder, grid):
    write_sweep(folder, grid=grid, source=JOB)
    nashbox("sweep", "s.toml", "--workers", "1").refuses("s.toml: grid: ", "say the same")


@pytest.mark.parametrize("way", ["'recommended'", "{A = 'signaller'}", "everyone"])
def test_what_goes_before_the_grid_is_refused(nashbox, folder, way):
    keys = {"options": "{everyone = 'signaller'}"} if way == "everyone" else {}
    write_sweep(folder, experiment='"run"', grid="agents.A.strategy.alpha = [0.5]", **keys)
    text = TESTING if way == "everyone" else f"strategies = {way}\n{TESTING}"
    (folder / "p.toml").write_text(text)
    nashbox("sweep", "s.toml", "--workers", "1").refuses(
        "grid: agents.A.strategy.alpha: the problem's strategies say what A plays", "leave one out"
    )


def test_paths_that_say_different_things_go_together(folder):
    made = problems(folder, "mechanism = ['cbl']\n'mechanism.alpha_factor' = [0.5, 1.0]")
    assert [p["mechanism"]["alpha_factor"] for p in made] == [0.5, 1.0]
    grid = "mechanism = [{name = 'cbl', alpha_factor = 2.0}]\n'mechanism.alpha_factor' = [2.0]"
    assert len(problems(folder, grid)) == 1  # they agree
    grid = "strategies = [{'lab.1' = 'signaller'}]\nagents.A.strategy.alpha = [0.5]"
    (made,) = problems(folder, grid, TESTING, experiment='"solve"')
    assert made["agents"][0]["strategy"] == {"name": "signaller", "alpha": 0.5}
    grid = "'agents.lab.1.strategy.alpha' = [0.5]\nagents.A.p0 = [['0.5', '0.5']]\n"
    grid += "strategies.A = ['signaller']"
    assert len(problems(folder, grid, TESTING, experiment='"solve"')) == 1


@pytest.mark.parametrize("name", ["mm.csv", "mm.parquet"])
def test_what_was_exported_is_said(nashbox, folder, name):
    write_sweep(folder, source=JOB, seeds="2")
    done = nashbox("sweep", "s.toml", "--workers", "1", "--engine", HERE, "--export", name)
    assert done.code == 0 and f"wrote {name}: 4 rows" in done.out and "--export" not in done.out
    done = nashbox("sweep", "s.toml", "--status", "--export", name, "--json", "-")
    said = json.loads(done.out)
    assert (said["exported"], said["rows"]) == (name, 4)
    done = nashbox("sweep", "s.toml", "--status")
    assert "wrote" not in done.out and "--export FILE.csv makes a table of them" in done.out


@pytest.mark.parametrize("option", ["profile = 'recommended'", "recommended = true"])
def test_the_profile_that_is_audited(folder, option):
    liar = PROBLEM + "strategies = {a0 = 'free_rider'}\n"
    (folder / "p.toml").write_text(liar)
    found = {}
    for options in ("{}", f"{{{option}}}"):
        keys = {"options": options, "seeds": "1", "grid": "sigma = [5.0]"}
        file = write_sweep(folder, experiment='"audit"', **keys)
        (folder / "p.toml").write_text(liar)
        (cell,) = expand(read_sweep(file)).cells
        found[options] = work(**cell.arguments)[0]["strategy"]
    assert list(found.values()) == ["free_rider", "truthful"]


@pytest.mark.parametrize(
    ("experiment", "options", "table"),
    [
        ("plan", "{rule = 't.csv'}", "agent,x0\na0,{}\na1,5\na2,6\n"),
        ("adapt", "{rule = 'imitation', menu = 'truthful,free_rider', graph = 't.csv'}",
         "a0,a1\na1,a{}\n"),
    ],
)  # fmt: skip
def test_tables_that_options_name_lie_beside_the_problem_and_are_part_of_a_cell(
    folder, monkeypatch, experiment, options, table
):
    keys = {"options": options, "seeds": "1", "grid": "sigma = [5.0]"}
    file = write_sweep(folder, experiment=f'"{experiment}"', **keys)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    cells = []
    for number in (2, 0):
        (folder / "t.csv").write_text(table.format(number))
        cells += expand(read_sweep(folder / file)).cells
        assert work(**cells[-1].arguments)
    assert cells[0].key != cells[1].key


def test_names_with_parameters_are_options_as_commands_write_them(folder):
    words = "everyone = 'withholder(fraction=0.25)', mechanism = 'cbl(alpha_factor=0.5)'"
    tables = (
        "everyone = {name = 'withholder', fraction = 0.25}, "
        "mechanism = {name = 'cbl', alpha_factor = 0.5}"
    )
    found = []
    for said in (words, tables):
        keys = {"options": f"{{{said}, replications = 9}}", "seeds": "1", "grid": "sigma = [5.0]"}
        found += expand(read_sweep(write_sweep(folder, experiment='"run"', **keys))).cells
    assert found[0].key == found[1].key
    assert work(**found[0].arguments)[0]["strategy"].startswith("withholder")
    bad = {"options": "{mechanism = 'cbl(0.5)'}", "seeds": "1"}
    with pytest.raises(InputError, match=r"s\.toml: options\.mechanism: must be a name"):
        read_sweep(write_sweep(folder, experiment='"run"', **bad))
