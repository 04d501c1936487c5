"""Plug-in files: what goes wrong in them is told in one message that names agent and method."""

import pytest

HEAD = """
import sys
from dataclasses import dataclass
import numpy as np
from nashbox import Dataset, InputError, Mechanism, Play, Strategy
"""
CLASSES = (
    HEAD
    + """
@dataclass(frozen=True)
class Good(Strategy):
    weight: float = 1.0
    kind: str = "a"
    times: int = 1
    eager: bool = False

@dataclass(frozen=True)
class Rules(Mechanism):
    def mediate(self, submissions, terms, rng):
        return [s.mean for s in submissions]

@dataclass(frozen=True)
class Needs(Strategy):
    x: float

class Unfinished(Mechanism):
    pass

class Boom(Strategy):
    def __init__(self):
        raise RuntimeError("two\\nlines")

class Leaves(Strategy):
    def __init__(self):
        sys.exit(0)

class Other:
    pass

three = 3
"""
)
FILES = {
    "p.py": CLASSES,
    "missing.py": "import no_such_module_anywhere\n",
    "syntax.py": "def (:\n",
    "leaves.py": "import sys; sys.exit(0)\n",
    "binary.py": bytes(range(256)),
    "deep.py": "def f(): f()\nf()\n",
    "notes.txt": "hello",
}


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("no.py:Good", ["no.py cannot be read: No such file"]),
        (".:Good", [". cannot be read: Is a directory"]),
        ("p.py:", ["'file.py:Class', got 'p.py:'"]),
        (":Good", ["'file.py:Class', got ':Good'"]),
        ("p.py:Gud", ["p.py has no class 'Gud'"]),
        ("p.py:three", ["'p.py:three' must be a subclass of", "got 3"]),
        ("p.py:Other", ["'p.py:Other' must be a subclass of", "got the class Other"]),
        ("missing.py:S", ["missing.py fails to import: ModuleNotFoundError", "no_such_module"]),
        ("syntax.py:S", ["syntax.py fails to import: SyntaxError", "line 1"]),
        ("leaves.py:S", ["leaves.py fails to import: SystemExit"]),
        ("binary.py:S", ["binary.py fails to import"]),
        ("deep.py:S", ["deep.py fails to import: RecursionError"]),
        ("notes.txt:S", ["notes.txt is not a Python file", ".py"]),
    ],
)
def test_classes_that_are_not_found(nashbox, problem, target, words):
    files = {**FILES, "p.toml": problem(strategies=f'{{a1 = "{target}"}}')}
    nashbox("run", "p.toml", files=files).refuses("p.toml: strategies.a1", *words)
    files["p.toml"] = problem(mechanism=f'"{target}"')
    nashbox("run", "p.toml", files=files).refuses("p.toml: mechanism", *words)
    files["p.toml"] = problem()
    nashbox("audit", "p.toml", "--mechanism", target, files=files).refuses("--mechanism", *words)
    nashbox("run", "p.toml", "--everyone", target, files=files).refuses("--everyone", *words)
    nashbox("check", target, files=files).refuses("check", *words)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ('"p.py:Rules"', ["must be a subclass of Strategy, got the class Rules"]),
        ('"p.py:Needs"', ["Needs refused {}", "'x'"]),
        ('"p.py:Boom"', ["Boom refused {}: RuntimeError: two lines"]),
        ('"p.py:Leaves"', ["Leaves refused {}: SystemExit"]),
        ('{name = "p.py:Good", wait = 1}', ["Good has no parameter 'wait' (allowed: weight, kind"]),
        ('{name = "p.py:Good", wieght = 1}', ["did you mean 'weight'?"]),
        ('{name = "p.py:Good", weight = "x"}', ["Good.weight must be a number, got 'x'"]),
        ('{name = "p.py:Good", weight = true}', ["Good.weight must be a number, got True"]),
        ('{name = "p.py:Good", kind = 3}', ["Good.kind must be a string, got 3"]),
        ('{name = "p.py:Good", times = 1.5}', ["Good.times must be a whole number, got 1.5"]),
        ('{name = "p.py:Good", eager = "no"}', ["Good.eager must be true or false, got 'no'"]),
    ],
)
def test_strategies_that_cannot_be_made(nashbox, problem, spec, words):
    files = {**FILES, "p.toml": problem(strategies=f"{{a1 = {spec}}}")}
    nashbox("run", "p.toml", files=files).refuses("p.toml: strategies.a1", *words)


def test_mechanisms_that_cannot_be_made(nashbox, problem):
    files = {**FILES, "p.toml": problem(mechanism='"p.py:Unfinished"')}
    nashbox("run", "p.toml", files=files).refuses("p.toml: mechanism", "Unfinished", "mediate")
    files["p.toml"] = problem(mechanism='"p.py:Good"')
    nashbox("run", "p.toml", files=files).refuses("must be a subclass of Mechanism")


def test_good_plug_ins_from_another_folder(nashbox, problem):
    """Paths in a file start at the file, paths on the command line where the command is given."""
    files = {
        "games/p.toml": problem(strategies='{a1 = {name = "../mine/p.py:Good", weight = 2}}'),
        "mine/p.py": CLASSES,
    }
    short = ["--replications", 9]
    assert nashbox("run", "games/p.toml", *short, files=files).code == 0
    options = ["--everyone", "mine/p.py:Good", "--mechanism", "mine/p.py:Rules", "--json", "-"]
    answer = nashbox("run", "games/p.toml", *short, *options)
    assert answer.code == 0
    assert '"mechanism": "../mine/p.py:Rules"' in answer.out  # as a file in games would say it
    nashbox("run", "games/p.toml", "--mechanism", "p.py:Rules").refuses("p.py cannot be read")


def test_what_a_plug_in_prints_stays_out_of_the_json(nashbox, problem):
    import json

    files = {"p.py": 'print("hello")\n' + CLASSES, "p.toml": problem(mechanism='"p.py:Rules"')}
    answer = nashbox("run", "p.toml", "--replications", 9, "--json", "-", files=files)
    assert answer.code == 0 and answer.err == "hello\n"
    assert json.loads(answer.out)["format"] == "nashbox-run/1"


GATHER = "def gather(self, view, rng): return "
REPORT = "def report(self, data, view, rng): return "
ESTIMATE = "def estimate(self, data, submission, information, view, rng): return "
PLAYS = "def plays(self, view): return "
BAD_STRATEGIES = [
    (GATHER + "1 / 0", ["a1", "S.gather raised ZeroDivisionError"]),
    (GATHER + "None", ["a1", "S.gather", "one count per distribution", "(1,)"]),
    (GATHER + "np.zeros(3)", ["a1", "S.gather", "(1,)", "(3,)"]),
    (GATHER + "[np.nan]", ["a1", "S.gather", "whole numbers", "nan"]),
    (GATHER + "[-1]", ["a1", "S.gather", "whole numbers", "-1"]),
    (GATHER + "[0.5]", ["a1", "S.gather", "whole numbers", "0.5"]),
    (GATHER + "['a']", ["a1", "S.gather", "['a']"]),
    (GATHER + "[1e30]", ["a1", "S.gather", "whole numbers", "1e+30"]),
    (GATHER + "sys.exit(0)", ["S.gather raised SystemExit"]),
    ("def gather(self, view): return [1]", ["a1", "S.gather raised TypeError"]),
    (REPORT + "1 / 0", ["a1", "S.report raised ZeroDivisionError"]),
    (REPORT + "None", ["a1", "S.report", "must return a Dataset"]),
    (REPORT + "data.rows(np.arange(2))", ["a1", "S.report", "must return a Dataset"]),
    (REPORT + "Dataset([data.points(0)] * 2)", ["a1", "S.report", "must return a Dataset"]),
    (REPORT + "Dataset([data.points(0) * np.nan], data.counts)", ["a1", "S.report", "finite"]),
    (REPORT + "Dataset([data.points(0)], 5 * data.counts)", ["a1", "counts"]),
    (ESTIMATE + "1 / 0", ["a1", "S.estimate raised ZeroDivisionError"]),
    (ESTIMATE + "0.0", ["a1", "S.estimate", "must return shape", "got ()"]),
    (ESTIMATE + "data.mean[:, 0]", ["a1", "S.estimate", "must return shape"]),
    (ESTIMATE + "data.mean * np.nan", ["a1", "S.estimate", "NaN"]),
    (ESTIMATE + "'a'", ["a1", "S.estimate", "'a'"]),
    (PLAYS + "1 / 0", ["S.plays raised ZeroDivisionError"]),
    (PLAYS + "[]", ["a1", "S.plays", "one Play", "got []"]),
    (PLAYS + "'ab'", ["a1", "S.plays", "one Play", "got 'ab'"]),
    (PLAYS + "[Play(-1.0, -1.0, -1.0)]", ["a1", "S.plays", "one Play", "n=-1.0"]),
    ("def invariant(self, view): return 1 / 0", ["S.invariant raised ZeroDivisionError"]),
    ("def mixture(self): return 1 / 0", ["S.mixture raised ZeroDivisionError"]),
    ("def mixture(self): return ()", ["a1", "S.mixture", "got ()"]),
    ("def mixture(self): return ((self, 0.5),)", ["a1", "S.mixture", "sum to 1"]),
    ("label = 3", ["a1", "S.label", "got 3"]),
]
BAD_REVISIONS = [
    ("def revise(self, view): return 1 / 0", ["a1", "S.revise raised ZeroDivisionError"]),
    ("def revise(self, view): return None", ["a1", "S.revise", "got None"]),
]
MEDIATE = "def mediate(self, submissions, terms, rng): return "
GOOD = MEDIATE + "[s.mean for s in submissions]\n    "
TERMS = GOOD + "def terms(self, problem, plan): return "
BAD_MECHANISMS = [
    (MEDIATE + "1 / 0", ["M.mediate raised ZeroDivisionError"]),
    ("def mediate(self): return 1", ["M.mediate raised TypeError"]),
    (MEDIATE + "sys.exit(0)", ["M.mediate raised SystemExit"]),
    (MEDIATE + "[submissions[0].mean]", ["M.mediate", "3 agents, got 1"]),
    (MEDIATE + "None", ["M.mediate", "3 agents, got None"]),
    (MEDIATE + "(s.mean for s in submissions)", ["M.mediate", "3 agents, got"]),
    (MEDIATE + "[s.mean[:2] for s in submissions]", ["M.mediate", "worlds first", "(2, 1)"]),
    (TERMS + "1 / 0", ["M.terms raised ZeroDivisionError"]),
    (TERMS + "None", ["M.terms", "must return Terms", "got None"]),
    (TERMS + "terms_of(self, problem, plan[0])", ["M.terms", "must return Terms", "(3, 1)"]),
    (TERMS + "terms_of(self, problem, np.nan * plan)", ["M.terms", "nan for a0, x0"]),
    (TERMS + "terms_of(self, problem, -plan)", ["M.terms", "for a0, x0"]),
    (TERMS + "terms_of(self, problem, plan)", ["M.terms", "whole", "for a0, x0"]),
]
TERMS_OF = """
from dataclasses import replace
def terms_of(rules, problem, counts):
    return replace(Mechanism.terms(rules, problem, np.ones((3, 1))), counts=counts)
"""


def plug_in(base, body):
    name = {"Strategy": "S", "Mechanism": "M"}[base]
    return f"{HEAD}{TERMS_OF}\n@dataclass(frozen=True)\nclass {name}({base}):\n    {body}\n"


@pytest.mark.sparse(20)
@pytest.mark.parametrize(("body", "words"), BAD_STRATEGIES)
def test_strategies_that_break_the_contract(nashbox, problem, body, words):
    files = {
        "p.toml": problem(strategies='{a1 = "p.py:S"}'),
        "p.py": plug_in("Strategy", body),
    }
    nashbox("run", "p.toml", "--replications", 9, files=files).refuses(*words)
    nashbox("audit", "p.toml", "--budget", 3000, files=files).refuses(*words)


@pytest.mark.parametrize(("body", "words"), BAD_REVISIONS)
def test_strategies_that_revise_badly(nashbox, problem, body, words):
    files = {
        "p.toml": problem(strategies='{a1 = "p.py:S"}'),
        "p.py": plug_in("Strategy", body),
    }
    run = ["run", "p.toml", "--replications", 9, "--rounds", 2]
    nashbox(*run, files=files).refuses(*words)


@pytest.mark.parametrize(("body", "words"), BAD_MECHANISMS)
def test_mechanisms_that_break_the_contract(nashbox, problem, body, words):
    files = {"p.toml": problem(mechanism='"p.py:M"'), "p.py": plug_in("Mechanism", body)}
    nashbox("run", "p.toml", "--replications", 9, files=files).refuses(*words)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (GOOD + "def channel(self, *a): return 1 / 0", ["M.channel raised ZeroDivisionError"]),
        (GOOD + "def channel(self, *a): return 3", ["M.channel", "Channel or None, got 3"]),
        (GOOD + "def inform(self, *a): return 1 / 0", ["raised ZeroDivisionError"]),
        (GOOD + "def inform(self, *a): return []", ["1 agents, got 0"]),
        (GOOD + "def inform(self, *a): return None", ["1 agents, got None"]),
    ],
)
def test_mechanisms_that_break_the_contract_in_an_audit(nashbox, problem, body, words):
    files = {"p.toml": problem(mechanism='"p.py:M"'), "p.py": plug_in("Mechanism", body)}
    nashbox("audit", "p.toml", "--budget", 3000, files=files).refuses(*words)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ('{name = "equivariant", collect = [1, 2, 3]}', ["one per distribution (1), got 3"]),
        ('{name = "equivariant", submit = []}', ["one per distribution (1), got 0"]),
        ('{name = "collector", factor = 1e49}', ["Collector.gather", "whole numbers"]),
        ('{name = "equivariant", collect = 1e30}', ["Equivariant.gather", "whole numbers"]),
        ('{name = "mixed", strategies = 3}', ["mixed.strategies must be a list", "got 3"]),
        ('{name = "mixed", weights = 3}', ["mixed.weights must be", "got 3"]),
    ],
)
def test_built_in_strategies_that_do_not_fit_the_game(nashbox, problem, spec, words):
    files = {"p.toml": problem(strategies=f"{{a1 = {spec}}}")}
    nashbox("run", "p.toml", "--replications", 9, files=files).refuses("a1", *words)


def test_mixed_strategies_find_their_files(nashbox, problem):
    spec = '{name = "mixed", strategies = ["truthful", "p.py:Good"]}'
    files = {"games/p.toml": problem(strategies=f"{{a1 = {spec}}}"), "games/p.py": CLASSES}
    assert nashbox("run", "games/p.toml", "--replications", 9, files=files).code == 0


def test_one_number_of_points_is_for_what_an_agent_can_sample(nashbox, problem):
    files = {
        "p.toml": problem(
            costs="[[0.1, inf], [0.1, 0.1]]",
            strategies='{a0 = {name = "equivariant", collect = 4}}',
        )
    }
    assert nashbox("run", "p.toml", "--replications", 9, files=files).code == 0


@pytest.mark.parametrize("answer", ["super().estimate(*a) * 1j", "['1.0'] * a[0].worlds"])
def test_answers_that_are_no_real_numbers_are_one_line(nashbox, problem, answer, recwarn):
    body = f"def estimate(self, *a): return {answer}"
    files = {
        "p.toml": problem(strategies='{a0 = "p.py:S"}'),
        "p.py": f"from nashbox import Strategy\n\n\nclass S(Strategy):\n    {body}\n",
    }
    command = ("audit", "p.toml", "--method", "black_box", "--budget", 2000)
    nashbox(*command, files=files).refuses("a0: S.estimate: must return numbers")
    assert not [w for w in recwarn if "complex" in str(w.message).lower()]
