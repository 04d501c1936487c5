"""The command as a process: what it imports, and how it behaves in a pipe."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.places import EXAMPLES

HEAVY = ("numpy", "scipy", "mesa", "matplotlib", "pandas", "clarabel", "networkx", "rich")


def python(code):
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize(
    "code",
    [
        "import nashbox; dir(nashbox)",
        "from nashbox.cli import main; main([])",
        "from nashbox.cli import main; main(['--version'])",
        "from nashbox.cli import main; main(['nonsense'])",
        "from nashbox.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
    ],
)
def test_little_is_imported_before_it_is_needed(code):
    found = python(f"{code}\nimport sys; print([m for m in {HEAVY} if m in sys.modules])")
    assert found.splitlines()[-1] == "[]"


FIGURE1 = EXAMPLES / "figure1.toml"
SLOW = ("scipy.stats", "scipy.optimize", "mesa", "matplotlib", "pandas", "clarabel", "networkx")


@pytest.mark.parametrize(
    ("line", "unwanted"),
    [
        ("audit", ("scipy", *SLOW)),
        pytest.param("audit --mechanism cbl", SLOW, marks=pytest.mark.slow),
        ("plan", SLOW),
        ("compare --mechanism cbl", SLOW),
    ],
)
def test_exact_answers_load_what_they_need(line, unwanted):
    verb, *more = line.split()
    code = f"from nashbox.cli import main; main({[verb, str(FIGURE1), *more]})"
    found = python(f"{code}\nimport sys; print([m for m in {unwanted} if m in sys.modules])")
    assert found.splitlines()[-1] == "[]"


def test_what_games_declare_is_known_without_mesa():
    code = "from nashbox.games.registry import GAMES, builtin\nfor name in GAMES: builtin(name)"
    assert python(f"{code}\nimport sys; print('mesa' in sys.modules)") == "False\n"


@pytest.mark.parametrize(("given", "count"), [({}, "1"), ({"OMP_NUM_THREADS": "2"}, "None")])
def test_linear_algebra_runs_on_one_thread_unless_the_user_chose(given, count):
    clean = {k: v for k, v in os.environ.items() if not k.endswith("_THREADS")}
    code = "from nashbox.cli import main\nmain(['plan', 'no.toml'])\nimport os\n"
    shown = subprocess.run(
        [sys.executable, "-c", f"{code}print(os.environ.get('OPENBLAS_NUM_THREADS'))"],
        capture_output=True, text=True, env={**clean, **given},
    )  # fmt: skip
    assert shown.stdout == f"{count}\n"


def command(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "nashbox.cli", *arguments], capture_output=True, text=True, **options
    )


def test_bad_input(folder):
    done = command("audit", "no.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nashbox: no.toml: cannot be read: No such file or directory\n"


@pytest.mark.slow
def test_a_pipe_gets_the_table_and_no_progress(folder, problem):
    (folder / "p.toml").write_text(problem())
    audit = ["audit", "p.toml", "--method", "black_box", "--budget", "3000"]
    done = command(*audit, "--json", "-")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["method"] == "black_box"
    done = command(*audit)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout and not re.search(r"\d%", done.stdout)


@pytest.mark.slow
@pytest.mark.sparse(1)
@pytest.mark.parametrize("options", [[], ["--json", "-"]])
def test_a_reader_that_leaves_does_not_change_the_exit_code(folder, problem, options):
    (folder / "p.toml").write_text(problem())
    reader, writer = os.pipe()
    os.close(reader)
    for arguments, code in ((["plan"], 0), (["audit", "--strict"], 1)):
        line = [sys.executable, "-m", "nashbox.cli", arguments[0], "p.toml", *arguments[1:]]
        done = subprocess.run([*line, *options], stdout=writer, stderr=subprocess.PIPE)
        assert (done.returncode, done.stderr) == (code, b"")
    os.close(writer)


LEFT = """
import os, sys
from nashbox.problem.output import drop_output, is_closed, output_kept
reader, writer = os.pipe()
os.close(reader)
os.dup2(writer, 1)
with output_kept():
    try:
        print("what nobody reads stays in the buffer")
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    assert not is_closed()
    print("the rest goes nowhere")
sys.stdout.flush()
sys.exit(7)
"""


def test_what_a_reader_left_is_neither_put_back_nor_blamed_on_a_plugin():
    done = subprocess.run([sys.executable, "-c", LEFT], capture_output=True, text=True)
    assert (done.returncode, done.stderr, done.stdout) == (7, "", "")


def test_a_terminal_that_cannot_show_a_name(folder, problem):
    (folder / "p.toml").write_text(problem(costs='"c.csv"'))
    (folder / "c.csv").write_text("agent,x\nŁódź,0.1\nb,0.2\n", encoding="utf-8")
    done = command("plan", "p.toml", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u0141" in done.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a full disk to write to")
def test_a_full_disk_is_one_message(folder, problem):
    (folder / "p.toml").write_text(problem())
    with open("/dev/full", "w") as full:
        line = [sys.executable, "-m", "nashbox.cli", "plan", "p.toml"]
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "No space left" in done.stderr


SHUT = """import os
from nashbox import Strategy

class Mine(Strategy):
    def gather(self, view, rng):
        try:
            os.close(1)
        except OSError:
            pass  # it is closed already
        return view.counts
"""


@pytest.mark.parametrize(
    "words",
    [
        "check mine.py:Mine",
        pytest.param("run p.toml --json a.json", marks=pytest.mark.slow),
        pytest.param("run p.toml --json -", marks=pytest.mark.slow),
    ],
)
def test_a_plugin_that_closes_standard_output_is_named(tmp_path, problem, words):
    (tmp_path / "mine.py").write_text(SHUT)
    (tmp_path / "p.toml").write_text(problem(strategies='{a0 = "mine.py:Mine"}'))
    line = [sys.executable, "-m", "nashbox.cli", *words.split()]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert "mine.py:Mine closes standard output (file descriptor 1)" in done.stderr
    assert not (tmp_path / "a.json").exists()


def test_whoever_closes_standard_output_gets_the_files(tmp_path, problem):
    (tmp_path / "p.toml").write_text(problem())
    line = f"{shlex.quote(sys.executable)} -m nashbox.cli plan p.toml --json a.json >&-"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0 and done.stderr == ""
    assert json.loads((tmp_path / "a.json").read_text())["format"] == "nashbox-plan/1"


@pytest.mark.sparse(1)
@pytest.mark.parametrize("where", ["when it is imported", "while it plays"])
def test_threads_that_a_plugin_leaves_do_not_keep_the_command(tmp_path, problem, where):
    start = "threading.Thread(target=time.sleep, args=(600,)).start()"
    now, then = (start, "pass") if where == "when it is imported" else ("", start)
    (tmp_path / "s.py").write_text(
        f"import threading, time\nfrom nashbox import Strategy\n{now}\n\n\nclass S(Strategy):\n"
        f"    def gather(self, *a):\n        {then}\n        return super().gather(*a)\n"
    )
    (tmp_path / "p.toml").write_text(problem(strategies='{a0 = "s.py:S"}'))
    line = [sys.executable, "-m", "nashbox.cli", "run", "p.toml", "--replications", "9"]
    line += ["--json", "o.json"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "that a plug-in has left running" in done.stderr, done
    assert json.loads((tmp_path / "o.json").read_text()) and done.stdout


SLEEPER = """import time
from nashbox import Strategy
class Sleeper(Strategy):
    def gather(self, view, rng):
        time.sleep(0.002)
        return view.counts
"""
MENU = ["--menu", "truthful,free_rider"]


def slow(*case):
    return pytest.param(*case, marks=pytest.mark.slow)


SOON = (
    "import sys; import nashbox.tables.console as c; c.FIRST = 0.01\n"
    "from nashbox.cli import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["plan", "p.toml"], "solving the plan"),
        slow(["audit", "p.toml", "--method", "black_box", "--budget", "40000"], "auditing agents"),
        slow(["compare", "p.toml"], "walking paths of best responses"),
        slow(["coalitions", "p.toml", "--budget", "20000"], "searching coalitions"),
        slow(["robust", "p.toml", "--costs", "5%"], "comparing rules"),
        slow(["run", "p.toml", "--replications", "100000"], "playing blocks of worlds"),
        slow(["adapt", "p.toml", *MENU, "--method", "simulated"], "revising"),
        slow(["empirical", "p.toml", *MENU, "--method", "simulated"], "measuring payoffs"),
        slow(["design", "p.toml", "--goal", "social"], "searching rules"),
        slow(["check", "sleeper.py:Sleeper"], "holding it to its contract"),
    ],
)
def test_what_is_slow_by_nature_says_in_a_pipe_how_far_it_is(tmp_path, problem, words, what):
    (tmp_path / "p.toml").write_text(problem())
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    line = [sys.executable, "-c", SOON, *words, "--json", "-"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and json.loads(done.stdout)
    said = done.stderr.splitlines()
    told = re.compile(rf"nashbox: {what}: (\d+% in )?\d+ s \(Ctrl-C ends it\)")
    assert said and [line for line in said if not told.fullmatch(line)] == []
