"""Bad input in files: one message with file, place, what is allowed and what came; exit code 2."""

import pytest

COSTS = "agent,x\nlab1,0.1\nlab2,0.2\n"
PLAN = "agent,x\nlab1,5\nlab2,6\n"
DATA = "x,y\n1,2\n3,4\n5,6\n"
NUMBER = "a number > 0"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["cannot be read: No such file"]),
        ("", ["'game' is missing", "estimation"]),
        (bytes(range(256)), ["not valid TOML"]),
        ("game = [", ["not valid TOML"]),
        ("a = " + "[" * 5000 + "]" * 5000, ["not valid TOML"]),
        ('game = "estimation"\nsigma = 1' + 5000 * "0", ["not valid TOML"]),
        ('game = "estimation"\nsigma = 1e999', ["1e999 is too large"]),
        ('game = "estimation"\nsigma = 1\nsigma = 2', ["not valid TOML"]),
        ("game = 3", ["game must be a name", "got 3"]),
        (
            'game = "estimaton"',
            ["'estimaton'", "did you mean 'estimation'"],
        ),
        ('game = "estimation"\nsigma = 1.0', ["'costs' is missing"]),
        ('game = "estimation"\ncosts = [[1.0]]', ["'sigma' is missing"]),
    ],
)
@pytest.mark.parametrize("command", ["plan", "audit", "run"])
def test_problem_files(nashbox, command, content, words):
    files = {} if content is None else {"p.toml": content}
    nashbox(command, "p.toml", files=files).refuses("p.toml", *words)


def test_problem_files_that_are_none(nashbox):
    nashbox("plan", ".").refuses(".: cannot be read: Is a directory")
    nashbox("plan", "a\0b").refuses("null")
    nashbox("plan", "p" * 5000).refuses("cannot be read: File name too long")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("epsilon", "1", ["unknown key 'epsilon'", "game, sigma, costs"]),
        ("Sigma", "1", ["unknown key 'Sigma'", "did you mean 'sigma'?"]),
        *(("sigma", v, ["sigma must be", "> 0", got]) for v, got in (
            ("0", "got 0"), ("-1", "got -1"), ("nan", "got nan"), ("inf", "got inf"),
            ("true", "got True"), ('"10"', "got '10'"), ("{}", "got {}"),
            ("1e-320", "got"), ("1e80", "got 1e+80"), ("1" + "0" * 400, "got 1000"),
            ("2020-01-01", "2020"),
        )),
        ("sigma", "[0.0]", ["sigma[0] must be", "> 0", "got 0.0"]),
        ("sigma", "[[1]]", ["sigma[0] must be", "> 0", "got [1]"]),
        ("sigma", "[1, 2]", ["sigma must be one number, one per distribution (1) or 'source'"]),
        ("sigma", "[]", ["sigma must be one number, one per distribution", "got 0"]),
        *(("costs", v, ["costs", got]) for v, got in (
            ("[]", "got []"), ("[[]]", "got [[]]"), ("3", "got 3"), ('""', "got ''"),
            ("true", "got True"), ("[1, 2]", "got [1, 2]"), ("{a = 1}", "got {'a': 1}"),
            ("[[0.1], 3]", "got [[0.1], 3]"),
        )),
        *(("costs", f"[[0.1], [{v}]]", ["costs: row 2 (a1), column x0", NUMBER, got])
          for v, got in (
            ("0", "got 0"), ("-1", "got -1"), ("nan", "got nan"), ("-inf", "got -inf"),
            ("true", "got True"), ('"0.1"', "got '0.1'"), ('"Infinity"', "got 'Infinity'"),
            ("[1]", "got [1]"), ("1e-320", "got"), ("1" + "0" * 400, "got 1000"),
        )),
        ("costs", "[[0.1], [0.1, 0.2]]", ["row 2 (a1)", "1 numbers as row 1", "got 2"]),
        ("costs", "[[0.1, inf], [1.0, inf]]", ["column x1", "at least one", "inf in every row"]),
        ("costs", "[[1e-40], [0.1]]", ["row 1 (a0), column x0", "1e+15 points", 'counts = "real"']),
        *(("plan", v, ["plan must be one of ir_optimal, social", "or a CSV", got]) for v, got in (
            ('"ir_optiml"', "'ir_optiml'"), ('""', "''"), ("3", "3"), ("[[1]]", "[[1]]"),
        )),
        *(("counts", v, ["counts must be 'integer' or 'real'", got]) for v, got in (
            ('"float"', "'float'"), ("3", "3"), ("[]", "[]"),
        )),
        *(("outside_option", v, ["outside_option", got]) for v, got in (
            ("3", "a table of penalties, got 3"), ("{zz = 1}", "unknown agent 'zz' (allowed: a0"),
            ('{a1 = "x"}', "outside_option.a1 must be a finite penalty > 0"),
            ("{a1 = 0}", "got 0"), ("{a1 = -1}", "got -1"), ("{a1 = inf}", "got inf"),
            ("{a1 = nan}", "got nan"), ("{a1 = true}", "got True"), ("{a1 = {}}", "got {}"),
            ("{a1 = 1" + "0" * 400 + "}", "got 1000"),
        )),
        *(("source", v, ["source", got]) for v, got in (
            ("3", "must be 'normal' or {csv = ..., columns = [...]}, got 3"),
            ('"Normal"', "got 'Normal'"), ("{}", "got {}"), ('{csv = ""}', "got {'csv': ''}"),
            ("{csv = 3}", "got {'csv': 3}"), ('{csv = "d.csv", cols = []}', "key 'cols'"),
            ('{csv = "d.csv", columns = "x"}', "a list of names, got 'x'"),
            ('{csv = "d.csv", columns = [1]}', "a list of names, got [1]"),
            ('{csv = "d.csv", columns = ["x", "y"]}', "one column per distribution (1), got 2"),
        )),
        *(("mechanism", v, ["mechanism", got]) for v, got in (
            ('"clb"', "unknown name 'clb' (allowed: cbl, sample_mean"), ("5", "got 5"),
            ('"clb"', "did you mean 'cbl'?"), ("{}", "got {}"), ('""', "got ''"),
            ("{alpha_factor = 1}", "a table with a name, got {'alpha_factor': 1}"),
            ('{name = "cbl", alpha_factor = "x"}', "alpha_factor must be a number in [0.0, inf)"),
            ('{name = "cbl", alpha_factor = -1}', "got -1"),
            ('{name = "cbl", alpha_factor = true}', "got True"),
            ('{name = "cbl", alpha_factor = nan}', "got nan"),
            ('{name = "cbl", alfa = 1}', "no parameter 'alfa' (allowed: alpha_factor"),
            ('{name = "sample_mean", a = 1}', "no parameter 'a' (it has none)"),
        )),
        *(("strategies", v, ["strategies", got]) for v, got in (
            ("3", "must be 'recommended' or a table of agents, got 3"), ('"x"', "got 'x'"),
            ('{a9 = "truthful"}', "unknown agent 'a9' (allowed: a0, a1, a2"),
            ("{a0 = 3}", "strategies.a0: must be a name, 'file.py:Class'"),
            ("{a0 = {}}", "got {}"), ('{a0 = "liar"}', "strategies.a0: unknown name 'liar'"),
            ('{a0 = {name = "recommended", x = 1}}', "'recommended' has no parameters"),
            ('{a0 = {name = "withholder", fraction = 2}}', "a number in [0.0, 1.0], got 2"),
            ('{a0 = {name = "withholder", frac = 0}}', "no parameter 'frac' (allowed: fraction"),
            ('{a0 = {name = "fabricator", kind = "x"}}', "constant, own_mean"),
            ('{a0 = {name = "best_responder", eager = 1}}', "eager must be true or false, got 1"),
            ('{a0 = {name = "shrinker", estimate_too = "no"}}', "true or false, got 'no'"),
            ('{a0 = {name = "equivariant", collect = -1}}', "a whole number in [0.0, inf), got -1"),
            ('{a0 = {name = "mixed", strategies = ["liar"]}}', "unknown name 'liar'"),
            ('{a0 = {name = "mixed", weights = [0.5]}}', "2 probabilities that sum to 1"),
        )),
    ],
)  # fmt: skip
def test_keys(nashbox, problem, key, value, words):
    text = problem(**{key: value})
    files = {"p.toml": text, "d.csv": DATA}
    nashbox("run", "p.toml", "--replications", 9, "--json", "o", files=files).refuses(*words)


def test_messages_stay_short(nashbox, problem):
    rows = "[" + "[1.0], " * 5000 + "3]"
    answer = nashbox("plan", "p.toml", files={"p.toml": problem(costs=rows)})
    answer.refuses("p.toml: costs", "characters")
    assert len(answer.err) < 400


BAD_TABLES = [
    (None, ["cannot be read: No such file"]),
    ("", ["is empty"]),
    (" \n,\n", ["is empty"]),
    ("agent,x\n", ["has no row"]),
    ("agent\nlab1\n", ["header must be agent,<distribution>,..."]),
    ("name,x\nlab1,1\n", ["header must be", "'name,x'"]),
    ("agent|x\nlab1|1\n", ["header must be", "'agent|x'"]),
    ("agent,x\nlab1,1\nlab1,1\n", ["row 3", "agent 'lab1' is named twice"]),
    ("agent,x\nlab1,1\n lab1 ,1\n", ["row 3", "agent 'lab1' is named twice"]),
    ("agent,x\n,1\n", ["row 2", "agent has no name"]),
    ("agent,x,x\nlab1,1,1\n", ["column 'x' is named twice"]),
    ("agent,x,\nlab1,1,1\n", ["column number 2 has no name"]),
    ("agent,x\nlab1,1,5\n", ["row 2 (lab1)", "2 cells as the header has, got 3"]),
    ("agent,x\nlab1\n", ["row 2 (lab1)", "got 1"]),
    ('agent,x\n"lab1,1\n', ["not a CSV file"]),
    ("agent,x\n" + "a" * 200_000 + ",1\n", ["not a CSV file"]),
    (bytes(range(256)), ["not a CSV file in UTF-8"]),
    ("agent,x\nlé,1\n".encode("latin-1"), ["not a CSV file in UTF-8"]),
    (COSTS.encode("utf-16"), ["not a CSV file in UTF-8"]),
]
BAD_CELLS = ["nan", "abc", "", "-1", "-inf", "1e999", "1_000", "\uff11", "0x10", "0.1\0", "$5"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        *BAD_TABLES,
        *((f"agent,x\nlab1,1\nlab2,{v}\n", ["row 3 (lab2), column x: cost must be", NUMBER])
          for v in [*BAD_CELLS, "0", "1e-400", "1e-60"]),
        ("agent,x\n\n\nlab1,1\n,\nlab2,-7\n", ["row 6 (lab2)", "got -7"]),
        ('agent,x\n"la\nb1",1\nlab2,-7\n', ["row 3", "must be printable"]),
        ("agent,x,y\nlab1,1,inf\nlab2,1,inf\n", ["column y", "inf in every row"]),
    ],
)  # fmt: skip
def test_costs(nashbox, problem, content, words):
    files = {"p.toml": problem(costs='"costs.csv"')}
    if content is not None:
        files["costs.csv"] = content
    nashbox("plan", "p.toml", "--json", "o.json", files=files).refuses("costs.csv", *words)


@pytest.mark.parametrize(
    "content",
    [
        COSTS,
        "\ufeff" + COSTS,
        COSTS.replace("\n", "\r\n"),
        '"agent","x"\n"lab1"," 0.1 "\n\n"lab, 2","+2e-1"\n',
        "agent,größe\n雪,Infinity\nŁódź,inf\n[/b],0.2\n",
    ],
)
def test_costs_people_write(nashbox, problem, content):
    files = {"p.toml": "\ufeff" + problem(costs='"costs.csv"'), "costs.csv": content}
    answer = nashbox("plan", "p.toml", files=files)
    assert answer.code == 0 and answer.err == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        *BAD_TABLES,
        *((f"agent,x\nlab2,5\nlab1,{v}\n",
           ["row 3 (lab1), column x: count must be a finite number from 0 to 1e+15, got"])
          for v in [*BAD_CELLS, "inf", "1e18", "1e300"]),
        ("agent,y\nlab1,5\nlab2,5\n", ["header must be agent,x as the costs", "got agent,y"]),
        ("agent,x\nlab1,5\n", ["agent 'lab2' has no row"]),
        (PLAN + "lab3,5\n", ["agent 'lab3' is not in the costs", "lab1, lab2"]),
        ("agent,x\nlab1,0\nlab2,0\n", ["column x", "got 0 in every row"]),
    ],
)  # fmt: skip
def test_plans(nashbox, problem, content, words):
    files = {"p.toml": problem(costs='"costs.csv"', plan='"my.csv"'), "costs.csv": COSTS}
    if content is not None:
        files["my.csv"] = content
    nashbox("plan", "p.toml", files=files).refuses("my.csv", *words)
    files["p.toml"] = problem(costs='"costs.csv"')
    nashbox("audit", "p.toml", "--plan", "my.csv", files=files).refuses("my.csv", *words)


def test_plans_collect_nothing_where_the_cost_is_inf(nashbox, problem):
    files = {
        "p.toml": problem(costs='"costs.csv"', plan='"my.csv"'),
        "costs.csv": "agent,x,y\nlab1,0.1,inf\nlab2,0.1,0.1\n",
        "my.csv": "agent,x,y\nlab1,5,0\nlab2,5,5\n",
    }
    assert nashbox("plan", "p.toml", files=files).code == 0
    files["my.csv"] = "agent,x,y\nlab1,5,1\nlab2,5,5\n"
    words = ["my.csv: row 2 (lab1), column y", "0 where the cost is inf, got 1"]
    nashbox("plan", "p.toml", files=files).refuses(*words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["cannot be read"]),
        ("", ["is empty"]),
        (bytes(range(256)), ["not a CSV file"]),
        ("x\n", ["column x", "at least 2 measurements, got 0"]),
        ("x\n1\n\n", ["column x", "got 1"]),
        ("y\n1\n2\n", ["no column 'x' (there are: y)"]),
        ("x,x\n1,2\n3,4\n", ["two columns 'x'"]),
        ("x,y\n1,2\n3\n", ["row 3", "got 1"]),
        *((f"x,y\n\n1,2\n{v},2\n",
           ["row 4, column x: measurement must be a finite number from -1e+50 to 1e+50, got"])
          for v in ["abc", "nan", "inf", "1e999", "1e80", '"1,5"', "1_0"]),
    ],
)  # fmt: skip
def test_measurements(nashbox, problem, content, words):
    files = {"p.toml": problem(source='{csv = "data.csv", columns = ["x"]}')}
    if content is not None:
        files["data.csv"] = content
    nashbox("run", "p.toml", files=files).refuses("data.csv", *words)


@pytest.mark.parametrize("plan", ["nash", "kalai_smorodinsky"])
@pytest.mark.parametrize("command", [["plan"], ["audit"], ["run", "--replications", 9]])
def test_bargaining_needs_outside_options(nashbox, problem, command, plan):
    changes = {"costs": "[[0.1, inf], [0.1, 0.2]]", "plan": f'"{plan}"'}
    files = {"p.toml": problem(**changes)}
    command = [command[0], "p.toml", *command[1:]]
    nashbox(*command, files=files).refuses("p.toml: outside_option", plan, "finite", "a0")
    files = {"p.toml": problem(**changes, outside_option="{a0 = 12.0}")}
    assert nashbox(*command, files=files).code == 0


def test_outside_options_that_nobody_can_meet(nashbox, problem):
    files = {"p.toml": problem(outside_option="{a0 = 0.001}")}
    nashbox("plan", "p.toml", files=files).refuses("p.toml: plan 'ir_optimal'", "outside option")


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["audit", "--method", "black_box"],
        ["audit", "--method", "exhaustive"],
    ],
)
def test_real_counts_draw_no_points(nashbox, problem, command):
    files = {"p.toml": problem(counts='"real"')}
    nashbox(command[0], "p.toml", *command[1:], files=files).refuses(
        "p.toml", 'counts = "real"', 'counts = "integer"'
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"strategies": '{a0 = "scaler"}'},
        {"strategies": '{a0 = "fabricator"}'},
        {"source": '{csv = "d.csv", columns = ["x"]}'},
    ],
)
def test_real_counts_need_exact_formulas(nashbox, problem, changes):
    files = {"p.toml": problem(counts='"real"', **changes), "d.csv": DATA}
    nashbox("audit", "p.toml", files=files).refuses("p.toml", 'counts = "real"', "exact")


@pytest.mark.parametrize("command", ["plan", "audit"])
def test_real_counts_work_where_nothing_is_drawn(nashbox, problem, command):
    assert nashbox(command, "p.toml", files={"p.toml": problem(counts='"real"')}).code == 0


@pytest.mark.parametrize(
    ("changes", "method", "words"),
    [
        ({"source": '{csv = "d.csv", columns = ["x"]}'}, "exact", "measurements are real"),
        ({"source": '{csv = "d.csv", columns = ["x"]}'}, "exhaustive", "measurements are real"),
        ({"strategies": '{a1 = "fabricator"}'}, "exact", "a1 (fabricator)"),
    ],
)
def test_methods_that_do_not_apply(nashbox, problem, changes, method, words):
    files = {"p.toml": problem(**changes), "d.csv": DATA}
    nashbox("audit", "p.toml", "--method", method, files=files).refuses(f"'{method}'", words)


def test_the_baseline_assumes_compliance(nashbox, problem):
    files = {"p.toml": problem(mechanism='"baseline"', strategies='{a1 = "free_rider"}')}
    nashbox("run", "p.toml", files=files).refuses("p.toml", "'baseline'", "a1")
