"""What commands print: one line first, tables as wide as there is room, five notes; tracebacks."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest
from rich.text import Text

from nashbox.cli import main
from nashbox.commands import COMMANDS
from nashbox.commands.parser import GROUPS
from nashbox.rules.exchange import Proof
from nashbox.tables.console import new_table
from nashbox.tables.printing import sheet_of
from nashbox.tables.sheet import MOST, Sheet, fitting, print_sheet
from tests.places import ROOT

SLOW_BY_NATURE = ("app", "reproduce", "exchange")  # a server, hours, and files that none has yet
SPARED = {
    "coalitions": ["--budget", "3000"],
    "compare": ["--starts", "0", "--verbose"],
    "design": ["--kinds", "alone,free,threshold"],
}
WIDE = [  # what examples do not show: other games, many columns, long names
    "plan examples/wine/labs.toml",
    "audit examples/figure1.toml --method black_box --budget 1000 --verbose",
    "audit examples/public_goods.toml",
    "audit examples/battle.toml",
    "run examples/testing/case_a.toml --replications 100",
    "run examples/figure1.toml --replications 100 --rounds 2",
    "empirical examples/auction.toml --menu 'bid(factor=0.25),bid(factor=0.5)'",
    "robust examples/figure1.toml --mechanism threshold --drop 1",
    "compare examples/cournot.toml",
    "exchange examples/figure1.toml --rehearse",
    "list",
]
EXAMPLES = {c.__name__.rpartition(".")[2]: c.EXAMPLE for c in COMMANDS}
TYPED = [
    shlex.split(text.replace("--export alpha.csv", "--status"))[1:] + SPARED.get(name, [])
    for name, text in EXAMPLES.items()
    if name not in SLOW_BY_NATURE
] + [shlex.split(text) for text in WIDE]
CHEAP = ("init", "plan", "run", "new", "solve")
TYPED.sort(key=lambda words: words[0] not in CHEAP)


@pytest.fixture
def narrow(folder, monkeypatch):
    """A folder with the examples, and 80 columns."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    monkeypatch.setenv("COLUMNS", "80")


def faults(printed):
    """Lines that are too long, cut, or say that a number is none."""
    cut = re.compile(r"…|\bnan\b", re.IGNORECASE)
    return [line for line in printed.splitlines() if len(line) > 80 or cut.search(line)]


@pytest.mark.sparse(8)
@pytest.mark.parametrize("words", TYPED, ids=lambda words: " ".join(words)[:40])
def test_everything_is_readable_at_80_columns(narrow, capsys, words):
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert printed and faults(printed) == []
    assert not printed.startswith(("┏", "note"))  # a line in words comes first


def test_faults_are_seen():
    assert len(faults("a" * 81 + "\nsample_me…\n│ nan │\nfine, a banana\n")) == 3


def test_every_help_has_an_example_of_its_own(capsys):
    for name, text in EXAMPLES.items():
        with pytest.raises(SystemExit, match="0"):
            main([name, "--help"])
        assert text in capsys.readouterr().out and f"nashbox {name}" in text


@pytest.mark.parametrize("name", ["", *EXAMPLES])
def test_every_help_fits_and_says_what_each_option_does_and_its_default(monkeypatch, capsys, name):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"] if name else ["--help"])
    said = capsys.readouterr().out
    assert faults(said) == [] and "nashbox " in said.partition("options:")[2]
    assert re.findall(r"^  (--\S+(?: \S+)?)\n(?!    )", said, re.MULTILINE) == []  # no words
    options = re.split(r"\n\n|\n(?=  -)", said.partition("options:")[2])
    for number in (" SEED", "{", " N\n", " N  ", " R\n", " R  ", " T\n", " T  "):
        assert all("default" in told for told in options if number in told + "\n"), options


@pytest.mark.parametrize("name", EXAMPLES)
def test_help_tells_what_a_command_is_about_from_what_all_have(capsys, name):
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    said = capsys.readouterr().out
    titles = re.findall(r"^(\w[\w ]*):$", said, re.MULTILINE)
    heads = [title for title in titles if title in ("options", *GROUPS)]
    assert heads[0] == "options" and heads[-2:] == ["what is written", "of every command"]
    assert "--verbose" not in said.partition("\noptions:")[2].partition("\n\n")[0]
    assert "--json" in said.partition("what is written:")[2].partition("\n\n")[0]


@pytest.mark.parametrize(
    ("words", "cells"),
    [
        ("audit examples/figure1.toml --method black_box --budget 1000", 3),
        ("run examples/testing/case_a.toml --replications 100", 4),
        ("run examples/figure1.toml --replications 100 --rounds 2", 5),
    ],
)
def test_simulated_numbers_have_their_errors_and_a_legend(narrow, capsys, words, cells):
    assert main(words.split()) == 0
    printed = capsys.readouterr().out
    rows = [line for line in printed.splitlines() if line.startswith("\u2502")]
    assert sum(bool(re.search(r"\d\u00b1\d", row)) for row in rows) == cells
    assert "a number after \u00b1 is a standard error" in printed


def test_every_simulated_mean_of_a_run_has_its_error(narrow, capsys):
    """What a race brings, how it ends, and sums; counts and costs of points are no chance."""
    assert main(["run", "examples/testing/case_a.toml", "--replications", "100"]) == 0
    printed = capsys.readouterr().out
    row = " ".join(line for line in printed.splitlines() if line.startswith("\u2502 A"))
    assert row.count("\u00b1") == 7 and "s.e." not in printed
    assert re.match(r"testing: social payoff [.\d]+\u00b1[.\d]+, in round 1 of 1", printed)
    for word in ("tau: tests", "won: share", "anticipation: another", "cut off at the cap 0"):
        assert word in " ".join(printed.split())
    assert main(["run", "examples/figure1.toml", "--replications", "100", "--rounds", "2"]) == 0
    printed = capsys.readouterr().out
    assert len(re.findall(r"\u2502 +78 \u2502 +78 \u2502 +[.\d]+\u00b1[.\d]+ \u2502", printed)) == 2
    assert "\u2502 2.3430 \u2502" in printed and "equivariant: moves by as much" in printed


HALF = """from dataclasses import dataclass
from nashbox import Mechanism

@dataclass(frozen=True)
class Half(Mechanism):
    def mediate(self, submissions, terms, rng):
        everybody = sum(s.sum for s in submissions) / sum(s.counts for s in submissions)
        return [(s.mean + everybody) / 2 for s in submissions]
"""


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (
            "compare p.toml --starts 0 --design none --mechanism half.py:Half --budget 9000",
            "honest",
        ),
        ("coalitions p.toml --budget 2000", r"a0 \+ a1"),
        ("empirical p.toml --menu truthful,withholder --worlds 100", r"truthful +\u2502 +truthful"),
        ("adapt p.toml --menu truthful,withholder --rounds 1 --worlds 100", None),
    ],
)
def test_simulated_numbers_of_every_command_have_their_errors(nashbox, problem, line, row):
    """Rules without formulas: all that is printed of them is simulated."""
    text = problem(mechanism='"half.py:Half"', costs="[[0.5], [0.9]]")
    told = nashbox(*line.split(), files={"half.py": HALF, "p.toml": text})
    assert told.code == 0, told
    cells = r"\u2502 0 +\u2502.*?\u00b1" if row is None else row + r" +\u2502.*?\u00b1.*?\u00b1"
    assert re.search(cells, told.out), told.out
    assert "a number after \u00b1 is a standard error" in told.out
    assert not re.search(r"\b(se|s\.e\.)\b", told.out)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("plan", ["certified gap: share", "condition (8) holds (of Clinton et al.: sharing"]),
        ("audit --mechanism cbl", ["(nobody is worse off than outside)", "(8) (of Clinton"]),
        (
            "design --goal social --kinds alone,free,threshold",
            ["no leverage: whoever samples most cheaply"],
        ),
        ("coalitions --budget 2000", ["owe, collect, hand in: points", "each, unpaid: what"]),
    ],
)
def test_words_that_a_newcomer_does_not_know_have_a_legend(nashbox, problem, line, words):
    command, *more = line.split()
    told = nashbox(command, "p.toml", *more, files={"p.toml": problem()})
    said = " ".join(told.out.split())
    assert told.code == 0 and all(word in said for word in words)


def test_honesty_is_not_said_to_lose_where_other_counts_gain(narrow, capsys):
    """Under plain pooling agents would collect less, and hand in honestly what they have."""
    options = ["--mechanism", "sample_mean", "--starts", "0", "--design", "none"]
    assert main(["compare", "examples/figure1.toml", *options]) == 0
    printed = capsys.readouterr().out
    assert "honesty pays" not in printed and "who gains" in printed and "a1 0.3356" in printed
    assert printed.startswith("honest play was found to be an equilibrium under none of")


def test_one_agent_alone_is_spoken_of_in_the_singular(nashbox, problem):
    files = {"p.toml": problem(costs="[[0.033]]", strategies="{}")}
    told = nashbox("compare", "p.toml", "--starts", 0, "--design", "none", files=files)
    assert told.code == 0 and "all does" not in told.out and "if all do" in told.out
    nashbox("coalitions", "p.toml").refuses("at least two agents, got 1")


def test_exact_numbers_have_none(narrow, capsys):
    assert main(["audit", "examples/figure1.toml"]) == 0
    printed = capsys.readouterr().out
    assert "\u00b1" not in printed
    assert "\npitman: the best use" in printed  # words in the table have a legend
    assert "epsilon, the least gain that counts: 0.001282 to 0.003625" in printed


def test_a_table_that_is_too_wide_goes_on_below_with_its_keys():
    names = [f"number_of_column_{k}" for k in range(9)]
    table = new_table("agent", *names)
    table.add_row("lab1", *map(str, range(9)))
    parts = fitting(table, 80)
    assert len(parts) == 3 and all(part.columns[0].header == "agent" for part in parts)
    assert [c.header for part in parts for c in part.columns[1:]] == names


@pytest.mark.parametrize("width", [40, 80, 133])
def test_no_word_is_cut_while_there_is_room_for_all_of_them(width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(width))
    table = new_table("mechanism", "cbl", "counted_mean", "a rather long heading")
    table.add_row("sample_mean", "12.3456", Text("none_above_epsilon"), "individually rational")
    sheet = Sheet("all's well")
    sheet.add(table)
    print_sheet(sheet)
    printed = capsys.readouterr().out
    words = ("sample_mean", "12.3456", "none_above_epsilon", "individually", "counted_mean")
    assert all(word in printed for word in words)
    assert max(map(len, printed.splitlines())) <= width


def test_of_many_agents_the_first_hundred_are_shown_those_who_gain_before(nashbox):
    costs = [[0.02 + 0.001 * i] for i in range(130)]
    text = f'game = "estimation"\nsigma = 10.0\nmechanism = "sample_mean"\ncosts = {costs}\n'
    line = ["audit", "p.toml", "--method", "exact"]
    shown = nashbox(*line, files={"p.toml": text}).out.splitlines()
    rows = [row for row in shown if row.startswith("│ a")]
    gaining = ["gains" in row for row in rows]
    assert len(rows) == 100 and any(gaining) and gaining == sorted(gaining, reverse=True)
    assert "30 more rows: --verbose, or --json PATH" in shown
    everything = nashbox(*line, "--verbose", files={"p.toml": text}).out.splitlines()
    assert sum(row.startswith("│ a") for row in everything) == 130
    assert not any("more rows" in row for row in everything)


def test_five_notes_are_shown_and_the_rest_is_asked_for(capsys):
    sheet = Sheet("headline")
    for k in range(MOST + 2):
        sheet.note(f"note {k}")
    print_sheet(sheet, verbose=False)
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["headline", *(f"note {k}" for k in range(5)), "2 more notes: --verbose"]
    print_sheet(sheet, verbose=True)
    assert len(capsys.readouterr().out.splitlines()) == 8


def test_what_differs_is_no_note(capsys):
    proof = Proof(["rules"], [f"file{k}: is another" for k in range(9)], "0" * 64)
    print_sheet(sheet_of(proof), verbose=False)
    printed = capsys.readouterr().out
    assert printed.startswith("not verified") and "--verbose" not in printed
    assert all(f"file{k}: is another" in printed for k in range(9)) and "0" * 64 in printed


BROKEN = '''from dataclasses import dataclass
from nashbox import Strategy

@dataclass(frozen=True)
class Mine(Strategy):
    def gather(self, view, rng):
        return helper()

def helper():
    return {}["no such key"]
'''  # fmt: skip


@pytest.mark.parametrize("command", ["audit p.toml", "run p.toml", "check mine.py:Mine"])
def test_errors_in_ones_own_class_name_file_line_and_method(nashbox, problem, command):
    files = {"mine.py": BROKEN, "p.toml": problem(strategies='{a0 = "mine.py:Mine"}')}
    plain = nashbox(*command.split(), files=files)
    said = " ".join((plain.out + plain.err).replace("│", " ").split())
    assert plain.code in (1, 2) and "Traceback" not in said
    assert "KeyError" in said and "mine.py, line 10: helper" in said
    debug = nashbox(*command.split(), "--debug")
    assert debug.code == plain.code and debug.out == plain.out
    assert "Traceback" in debug.err and 'return {}["no such key"]' in debug.err


AWAY = '''from dataclasses import dataclass
from multiprocessing import parent_process
from nashbox import Strategy

@dataclass(frozen=True)
class Mine(Strategy):
    def gather(self, view, rng):
        return view.counts if parent_process() is None else {}["no such key"]
'''  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", ["audit p.toml --method black_box --budget 4000", "sweep s.toml"]
)
def test_debug_reaches_worker_processes(folder, problem, command):
    (folder / "mine.py").write_text(AWAY)
    (folder / "p.toml").write_text(problem(strategies='{a0 = "mine.py:Mine"}'))
    (folder / "s.toml").write_text(
        'problem = "p.toml"\nexperiment = "run"\nstore = "s.sqlite"\nseeds = 2\n'
        "options = {replications = 20}\n[grid]\nsigma = [5.0]\n"
    )
    line = [sys.executable, "-m", "nashbox.cli", *command.split(), "--workers", "2"]
    for more, tracebacks in (([], 0), (["--debug"], 1)):
        (folder / "s.sqlite").unlink(missing_ok=True)  # failed cells are not computed again
        done = subprocess.run([*line, *more], capture_output=True, text=True, cwd=folder)
        assert done.returncode in (1, 2)
        said = " ".join((done.stdout + done.stderr).split())
        assert "KeyError: 'no such key' (mine.py, line 8: Mine.gather)" in said
        assert min(1, done.stderr.count("Traceback")) == tracebacks
        assert min(1, done.stderr.count('else {}["no such key"]')) == tracebacks


FEW = '''from dataclasses import dataclass
from nashbox import Mechanism, Strategy
from nashbox.games import Action, OneShot
from nashbox.problem.payoffs import Payoff

@dataclass(frozen=True)
class Mine(Strategy):
    def gather(self): return 3

@dataclass(frozen=True)
class Late(Strategy):
    def estimate(self, data): return 3

@dataclass(frozen=True)
class Rules(Mechanism):
    def mediate(self, submissions): return []

class Ask(Action):
    def act(self): return 0.5

@dataclass(frozen=True, kw_only=True)
class Cake(OneShot):
    def recommended(self, i): return Ask()
    def deviations(self, i): return [Ask()]

class Pie(Cake):
    def recommended(self): return Ask()

class Pay(Payoff):
    def pay(self): return 1

def paid(): return 1

@dataclass(frozen=True)
class Init(Strategy):
    def __post_init__(self, more): ...
'''  # fmt: skip
RACE = (
    'game = "testing"\nbeta = "1/10"\npayoff = "few.py:{}"\n'
    '[[agents]]\nname = "A"\np0 = ["0.8", "0.2"]\np1 = ["0.5", "0.5"]\n'
    '[[agents]]\nname = "B"\np0 = ["0.8", "0.2"]\np1 = ["0.5", "0.5"]\n'
)


@pytest.mark.parametrize("command", ["audit", "run", "check"])
@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("Mine", "gather"),
        ("Late", "estimate"),
        ("Rules", "mediate"),
        ("Cake", "Ask.act"),
        ("Pie", "recommended"),
        ("Init", "__post_init__"),
        ("Pay", "pay"),
        ("paid", "paid"),
    ],
)
def test_a_method_that_takes_too_few_arguments_is_named(nashbox, problem, command, name, method):
    """The error arises where it is called, so no traceback leads there."""
    if name in ("Cake", "Pie"):
        text = f'game = "few.py:{name}"\nagents = ["ann", "ben"]\n'
    elif name.lower().startswith("pa"):
        text = RACE.format(name)
    elif name == "Rules":
        text = problem(mechanism='"few.py:Rules"')
    else:
        text = problem(strategies=f'{{a0 = "few.py:{name}"}}')
    if command == "check" and "payoff" in text:
        command = "check signaller --problem p.toml"
    elif command == "check":
        command = f"check few.py:{name}"
    else:
        command += " p.toml"
    found = nashbox(*command.split(), files={"few.py": FEW, "p.toml": text})
    said = " ".join((found.out + found.err).replace("│", " ").split())
    assert found.code in (1, 2) and "Traceback" not in said and "TypeError" in said
    place = method if "." in method or name == "paid" else f"{name}.{method}"
    line = next(
        number
        for number, text in enumerate(FEW.splitlines(), 1)
        if f"def {method.rpartition('.')[2]}(" in text and (name != "Pie" or "(self):" in text)
    )
    assert f"(few.py, line {line}: {place})" in said


def test_bad_input_has_no_traceback_with_debug_either(nashbox):
    nashbox("audit", "nowhere.toml", "--debug").refuses("nowhere.toml")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("audti p.toml", "'audit'"),
        ("audit p.toml --metod exact", "'--method'"),
        ("audit p.toml --method exakt", "'exact'"),
        ("compare p.toml --desing=social", "'--design'"),
        ("list --jsn -", "'--json'"),
    ],
)
def test_typing_errors_get_a_suggestion(nashbox, words, meant):
    nashbox(*words.split()).refuses(f"did you mean {meant}?", "--help")


@pytest.mark.slow
def test_numbers_in_small_units_are_no_rounding(nashbox, problem, folder):
    """Figure 1 with sigma 1e-4: penalties of 1e-10, gains of a tenth of them, and one of 0."""
    small = {"p.toml": problem(sigma="1e-4", costs="[[3.3e-12], [6.6e-12], [1e-11]]")}
    for line in ("plan p.toml", "run p.toml --replications 50", "compare p.toml --starts 0"):
        out = nashbox(*line.split(), files=small).out
        assert len(re.findall("e-(09|10)", out)) > 5 and " 0.0000 │ 0.0000 " not in out, line
    out = nashbox("audit", "p.toml", "--report", "r.html").out
    assert "2.23e-11" in out and " 0.00000 " in out and "3.63e-10" in out
    page = (folder / "r.html").read_text(encoding="utf-8")
    assert ">3.62505e-10<" in page and ">2.22869e-11<" in page and ">3.3e-12<" in page
    tiny = {"p.toml": problem(sigma="1e-12", costs="[[3.3e-28], [6.6e-28], [1e-27]]")}
    out = nashbox("exchange", "p.toml", "--rehearse", files=tiny).out
    assert len(re.findall("[0-9]e-1[0-9]", out)) == 9


def test_worst_and_best_are_named_only_beyond_their_errors(nashbox):
    """No equilibrium of Cournot is worse or better than the others; of the stag hunt one is."""
    stag = "game = 'table'\n[payoffs]\nrow = [[4, 0], [3, 3]]\ncolumn = [[4, 3], [0, 3]]\n"
    cournot = str(ROOT / "examples" / "cournot.toml")
    for line, named in ([cournot, "--starts", "3"], False), (["p.toml"], True):
        out = nashbox("compare", *line, files={"p.toml": stag}).out
        rows = "".join(row for row in out.splitlines() if row.startswith("\u2502"))
        assert ("worst" in rows, "best" in rows) == (named, named)
        assert "equilibrium" in rows or named


def test_one_of_anything_is_no_plural(nashbox):
    text = (
        'game = "estimation"\nsigma = 10.0\ncosts = [[0.03], [0.06]]\nmechanism = "sample_mean"\n'
    )
    shown = nashbox("run", "p.toml", "--replications", "1", files={"p.toml": text}).out
    assert ", 1 world\n" in shown and "inf" not in shown
    points = [row.split("│")[4].strip() for row in shown.splitlines() if row.startswith("│ a")]
    assert points and all(number.isdecimal() for number in points)  # one world says no error
