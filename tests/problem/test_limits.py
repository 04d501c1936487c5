"""One line of a file that would hang, eat memory or end in a traceback is refused at once.

Every case runs in a process with 2 GiB and 20 seconds, as a fault must not take the machine down.
"""

import os
import resource
import subprocess
import sys

import numpy as np
import pytest

HEX = "0x" + "f" * 6000
COINS = 'p0 = ["0.8", "0.2"]\np1 = ["0.5", "0.5"]\n'


def race(agents=2, head="", coins=COINS, beta='"1/10"'):
    names = "".join(f'[[agents]]\nname = "a{i}"\n{coins}' for i in range(agents))
    return f'game = "testing"\nbeta = {beta}\n{head}\n{names}'


def labs(costs="[[0.033], [0.066], [0.1]]", sigma="10.0", more=""):
    return f'game = "estimation"\nsigma = {sigma}\ncosts = {costs}\n{more}\n'


@pytest.fixture
def bounded(tmp_path):
    """Run `nashbox *arguments` on files, within limits; refuse tracebacks, kills and long words."""

    def run(text, *arguments, memory=2 << 30, **files):
        def limits():
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
            resource.setrlimit(resource.RLIMIT_CPU, (20, 21))

        for name, content in {"p.toml": text, **files}.items():
            (tmp_path / name.replace("__", ".")).write_text(content)
        done = subprocess.run(
            [sys.executable, "-m", "nashbox.cli", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            preexec_fn=limits,
            timeout=100,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        assert done.returncode in (0, 2), done
        assert "Traceback" not in done.stderr
        told = [line for line in done.stderr.splitlines(True) if not line.endswith(" ends it)\n")]
        done.stderr = "".join(told)  # how far it was, on a machine with other work
        if done.returncode == 2:
            assert done.stderr.startswith("nashbox: ") and done.stderr.count("\n") == 1, done.stderr
            assert len(done.stderr) <= 500
        return done

    return run


REFUSED = {
    "beta with a huge exponent": (race(beta='"1e-20000000"'), ["beta", "1e-20000000"]),
    "pmf with a huge exponent": (
        race(coins='p0 = ["1e-30000000", "0.5"]\np1 = ["0.5", "0.5"]\n'),
        ["p0", "1e-30000000"],
    ),
    "beta below all floats": (race(beta='"1e-400"'), ["p.toml", "beta", "1e-300", "1e-400"]),
    "a float below all normal ones": (race(beta="1e-320"), ["p.toml", "beta", "1e-320"]),
    "a pmf below all floats": (
        race(coins='p0 = ["1e-399", "1"]\np1 = ["0.5", "0.5"]\n'),
        ["p0", "1e-399"],
    ),
    "foreign digits": (race(beta='"\u0660.\u0661"'), ["beta must be a probability"]),
    "a graph of no seed": (
        race(head='graph = {name = "gnp_random", p = 0.5, seed = true}'),
        ["graph.seed"],
    ),
    "a graph of a chance that is none": (
        race(head='graph = {name = "gnp_random", p = nan}'),
        ["graph.p", "nan"],
    ),
    "a chance above 1": (race(head='graph = {name = "binomial", p = 2}'), ["graph.p", "got 2"]),
    "a radius that is none": (
        race(head='graph = {name = "random_geometric", radius = nan}'),
        ["graph.radius", "nan"],
    ),
    "prior with a huge exponent": (race(head='prior = "1e20000000"'), ["prior"]),
    "prior with many digits": (race(head=f'prior = "0.{"1" * 5000}"'), ["prior"]),
    "prior as a whole number": (race(head=f"prior = {HEX}"), ["prior", "4300"]),
    "cap as a whole number": (race(head=f"cap = {HEX}"), ["cap", "4300"]),
    "cost as a whole number": (labs(f"[[{HEX}]]"), ["costs", "4300"]),
    "sigma as a whole number": (labs(sigma=HEX), ["sigma"]),
    "plan as a whole number": (labs(more=f"plan = {HEX}"), ["plan"]),
    "outside option": (labs(more=f"outside_option = {{a0 = {HEX}}}"), ["outside_option"]),
    "decimal digits": (labs(sigma="1" + "0" * 5000), ["TOML"]),
    "an endless table": (labs('"/dev/zero"'), ["/dev/zero", "no regular file"]),
    "a device as a plug-in": (labs(more='mechanism = "/dev/zero:M"'), ["/dev/zero"]),
    "a graph of 2^26 nodes": (race(26, 'graph = "hypercube"'), ["graph", "hypercube"]),
    "a graph that grows": (race(26, 'graph = "mycielski"'), ["graph", "mycielski"]),
    "a tree of 10^9 nodes": (
        race(3, 'graph = {name = "balanced_tree", h = 20}'),
        ["graph", "balanced_tree"],
    ),
    "pmfs that hardly differ": (
        race(coins='p0 = ["0.5", "0.5"]\np1 = ["0.500001", "0.499999"]\n'),
        ["hardly differ", "iterations"],
    ),
    "a name that steers the terminal": (
        labs(more='agents = ["a\\u001b[31m", "b", "c"]'),
        ["agent"],
    ),
    "a name that turns the writing": (labs(more='agents = ["a\\u202e", "b", "c"]'), ["agent"]),
    "deep nesting": ("x = " + "[" * 3000 + "]" * 3000, ["TOML"]),
    "a very long word": (f'game = "{"x" * 100_000}"', ["unknown name"]),
}


@pytest.mark.sparse(1)
@pytest.mark.parametrize("kind", REFUSED)
def test_refused_in_one_line(bounded, kind):
    text, words = REFUSED[kind]
    done = bounded(text, "solve" if "testing" in text else "plan", "p.toml")
    assert done.returncode == 2, done
    assert [word for word in words if word not in done.stderr] == [], done.stderr


TINY = labs("[[0.04], [2.53], [8.9e-18]]")


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "coalitions p.toml",
        "audit p.toml --method black_box --budget 4000 --workers 1",
        "adapt p.toml --menu truthful,free_rider --method simulated",
        "run p.toml --everyone fabricator --replications 100",
        "compare p.toml --starts 1",
    ],
)
def test_counts_that_no_memory_holds(bounded, command):
    done = bounded(TINY, *command.split())
    assert done.returncode == 0 or "GiB" in done.stderr, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", ["coalitions p.toml", "audit p.toml --method black_box --budget 4000 --workers 1"]
)
def test_counts_are_refused_before_memory_is_asked_for(bounded, command):
    """Of a machine that promises more memory than it has: it would kill the process later."""
    text = labs("[[1e-14], [2.53], [8.9e-18]]")
    done = bounded(text, *command.split(), memory=3 << 30)  # a block may take 2 GiB of it
    assert done.returncode == 2 and "points need" in done.stderr, done.stderr
    assert "Unable to allocate" not in done.stderr


@pytest.mark.slow
def test_tables_beyond_reach_are_refused(bounded):
    rows = "".join(f"a{i},{0.1 + i * 1e-6}\n" for i in range(100_000))
    assert bounded(labs('"c.csv"'), "plan", "p.toml", c__csv="agent,x\n" + rows).returncode == 2
    wide = ",".join(f"x{k}" for k in range(2000))
    row = ",".join(["0.1"] * 2000)
    table = f"agent,{wide}\na,{row}\nb,{row}\n"
    assert bounded(labs('"c.csv"'), "plan", "p.toml", c__csv=table).returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "error", ["GeneratorExit()", "SystemExit(3)", "BaseException('x')", "RecursionError()", "Odd()"]
)
def test_whatever_a_plugin_raises_is_one_line(bounded, error):
    source = (
        "from nashbox import Strategy\n\nclass Odd(BaseException):\n"
        "    def __str__(self):\n        raise ValueError('no')\n    __repr__ = __str__\n\n"
        f"class S(Strategy):\n    def gather(self, view, rng):\n        raise {error}\n"
    )
    text = labs(more='strategies = {a0 = "s.py:S"}')
    done = bounded(text, "run", "p.toml", "--replications", "10", s__py=source)
    assert done.returncode == 2 and "a0: S.gather raised" in done.stderr
    done = bounded(text, "plan", "p.toml", s__py=source + f"raise {error}\n")
    assert done.returncode == 2 and "fails to import" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", ["plan", "design --goal social", "run", "audit"])
def test_names_are_looked_for_whatever_the_command(bounded, command):
    for more in ('mechanism = "nope"', 'strategies = {a1 = "nope"}'):
        first, *rest = command.split()
        done = bounded(labs(more=more), first, "p.toml", *rest)
        assert done.returncode == 2 and "nope" in done.stderr


def test_random_graphs_are_drawn_once(nashbox):
    from nashbox.problem.files import from_mapping

    agents = [{"name": f"a{i}", "p0": ["0.8", "0.2"], "p1": ["0.5", "0.5"]} for i in range(9)]
    game = {"game": "testing", "beta": "1/10", "agents": agents}

    def edges(**graph):
        return from_mapping({**game, "graph": {"name": "gnp_random", "p": 0.5, **graph}}).edges

    assert edges() == edges() == edges(seed=0) != edges(seed=1)


def test_an_edge_list_may_do_without_a_header(tmp_path):
    from nashbox.problem.graphs import read_graph

    (tmp_path / "bare.csv").write_text("a,b\nb,c\n")
    (tmp_path / "headed.csv").write_text("from,to\na,b\nb,c\n")
    for name in ("bare.csv", "headed.csv"):
        assert read_graph(name, ("a", "b", "c"), tmp_path, "p") == ((0, 1), (1, 2))


def test_pmfs_that_hardly_differ_can_be_played():
    from fractions import Fraction

    from nashbox.problem.lattice_walk import make_walk
    from nashbox.problem.observations import ObservationModel

    third = Fraction("0." + "3" * 24)
    model = ObservationModel.parse(["1/3", "2/3"], [third, 1 - third])
    assert model.d01 >= 0 and all(0 < abs(x) < 1e-23 for x in model.log_likelihood_ratios)
    walk = make_walk(model, Fraction(1, 2), 2)
    walk.move(np.array([0, 1], dtype=np.uint8))
    assert walk.crossed(Fraction(1, 10)).tolist() == [False, False]
    assert walk.side.tolist() == [-1, 1]
