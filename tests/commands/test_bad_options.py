"""Bad options: the same one message, before anything is computed or written."""

import json

import pytest


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--epsilon -1", ["epsilon must be", "got -1.0"]),
        ("--epsilon nan", ["epsilon must be", "got nan"]),
        ("--epsilon inf", ["epsilon must be", "got inf"]),
        ("--epsilon x", ["--epsilon: must be a number, got 'x'"]),
        ("--delta 0", ["delta must be", "(0.0, 0.5]", "got 0.0"]),
        ("--delta 2", ["delta must be", "got 2.0"]),
        ("--delta nan", ["delta must be", "got nan"]),
        ("--delta half", ["--delta: must be a number, got 'half'"]),
        ("--budget 0", ["budget must be a whole number in [", "got 0"]),
        ("--budget -5", ["got -5"]),
        ("--budget 1.5", ["--budget: must be a whole number, got '1.5'"]),
        ("--budget 1e5", ["--budget: must be a whole number, got '1e5'"]),
        ("--seed -1", ["seed must be a whole number in [0", "got -1"]),
        ("--seed x", ["--seed: must be a whole number, got 'x'"]),
        ("--workers 0", ["--workers must be a whole number in [1", "got 0"]),
        ("--method fast", ["--method", "'fast'", "auto", "exhaustive"]),
        ("--profile mine", ["--profile", "'mine'", "recommended"]),
        ("--mechanism clb", ["--mechanism: unknown name 'clb'", "did you mean 'cbl'?"]),
        ("--mechanism no.py:M", ["--mechanism: no.py cannot be read"]),
        ("--mechanism truthful", ["--mechanism: unknown name 'truthful'"]),
        ("--plan best", ["--plan must be one of ir_optimal", "got 'best'"]),
        ("--plan no.csv", ["no.csv: cannot be read"]),
        ("--plan nash --mechanism", ["--mechanism", "expected one argument"]),
    ],
)
def test_audit(nashbox, problem, options, words):
    files = {"p.toml": problem()}
    nashbox("audit", "p.toml", "--json", "o.json", *options.split(), files=files).refuses(*words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--rounds 0", ["rounds must be a whole number in [1", "got 0"]),
        ("--rounds two", ["--rounds: must be a whole number, got 'two'"]),
        ("--replications 0", ["replications must be", "got 0"]),
        ("--replications -3", ["replications must be", "got -3"]),
        ("--seed -1", ["seed must be", "got -1"]),
        ("--revision never", ["--revision", "'never'", "simultaneous"]),
        ("--everyone liar", ["--everyone: unknown name 'liar'", "truthful"]),
        ("--everyone no.py:S", ["--everyone: no.py cannot be read"]),
        ("--everyone cbl", ["--everyone: unknown name 'cbl'"]),
    ],
)
def test_run(nashbox, problem, options, words):
    files = {"p.toml": problem()}
    nashbox("run", "p.toml", "--figure", "f.png", *options.split(), files=files).refuses(*words)


@pytest.mark.parametrize("option", ["--mechanism", "--plan", "--json", "--figure"])
def test_an_empty_option_is_not_ignored(nashbox, problem, option):
    nashbox("audit", "p.toml", option, "", files={"p.toml": problem()}).refuses("''")


def test_rule(nashbox, problem):
    files = {"p.toml": problem(), "few.csv": "agent,x0\na0,3\n", "x1.csv": "agent,x1\na0,3\n"}
    for rule in ("nonsense", "", "my.txt"):
        answer = nashbox("plan", "p.toml", "--rule", rule, files=files)
        answer.refuses("--rule must be one of ir_optimal, social", "CSV file", repr(rule))
    for rule, words in (
        ("my.csv", "cannot be read"),
        ("few.csv", "every agent of the costs needs one"),
        ("x1.csv", "the header must be agent,x0"),
    ):
        nashbox("plan", "p.toml", "--rule", rule, files=files).refuses(rule, words)


def test_a_plan_from_a_file_is_that_of_the_problem(nashbox, problem, folder):
    """Semicolons and decimal commas, rows in another order; the file is found from here."""
    table = "agent;x0\na2;13\na0;41\na1;20\n"
    files = {"below/p.toml": problem(), "q.toml": problem(plan='"c.csv"'), "c.csv": table}
    assert nashbox("plan", "q.toml", "--json", "a.json", files=files).code == 0
    given = nashbox("plan", "below/p.toml", "--rule", "c.csv", "--json", "b.json")
    assert given.code == 0 and "plan given" in given.out
    found, same = (json.loads((folder / f"{name}.json").read_text()) for name in "ba")
    assert found["counts"] == [[41], [20], [13]] and found["rule"] == "given"
    for key in ("counts", "penalties", "social_penalty", "condition_8", "cbl"):
        assert found[key] == same[key]


@pytest.mark.parametrize("command", ["plan", "audit", "run"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--figure", "x.bmp"], ["--figure must end in .png, .svg, .pdf, got 'x.bmp'"]),
        (["--figure", "x"], ["--figure must end in", "'x'"]),
        (["--figure", ".png"], ["--figure must end in", "'.png'"]),
        (["--figure", "no/x.png"], ["'no/x.png' cannot be written: there is no directory no"]),
        (["--figure", "taken.png"], ["'taken.png' cannot be written: it is a directory"]),
        (["--json", "no/x.json"], ["'no/x.json' cannot be written: there is no directory no"]),
        (["--json", "taken.png"], ["'taken.png' cannot be written: it is a directory"]),
        (["--json", "a\0b"], ["cannot be written", "no name of a file"]),
        (["--figure", "x.png", "--json", "no/x.json"], ["'no/x.json'"]),
        (["--json", "x.json", "--figure", "no/x.png"], ["'no/x.png'"]),
        (["--nonsense"], ["unrecognized arguments: --nonsense"]),
    ],
)
def test_outputs_are_checked_before_the_work(
    nashbox, problem, command, options, words, monkeypatch
):
    monkeypatch.setattr(
        "nashbox.commands.shared.load_problem", lambda options: pytest.fail("work began")
    )
    files = {"p.toml": problem(), "taken.png/x": ""}
    nashbox(command, "p.toml", *options, files=files).refuses(*words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit"], ["FILE"]),
        (["nonsense"], ["'nonsense'", "audit", "plan", "run", "check"]),
        (["check"], ["file.py:Class"]),
        (["check", "nonsense"], ["unknown name 'nonsense'", "truthful"]),
        (["check", ""], ["unknown name ''"]),
        (["check", ":"], ["'file.py:Class', got ':'"]),
        (["check", "no.py:S"], ["no.py cannot be read"]),
        (["check", "truthful", "--json", "no/x"], ["'no/x' cannot be written"]),
    ],
)
def test_commands(nashbox, arguments, words):
    nashbox(*arguments).refuses(*words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["audit", "p.toml", "--epsilon", "nan"], "nashbox: --epsilon must be"),
        (["audit", "p.toml", "--epsilon=nan%"], "nashbox: --epsilon must be"),
        (["audit", "p.toml", "--delta", "0"], "nashbox: --delta must be"),
        (["audit", "p.toml", "--budget", "0"], "nashbox: --budget must be"),
        (["run", "p.toml", "--rounds", "0"], "nashbox: --rounds must be"),
        (["run", "p.toml", "--replications", "0"], "nashbox: --replications must be"),
        (["adapt", "p.toml", "--revising", "nan"], "nashbox: --revising must be"),
        (["adapt", "p.toml", "--menu", "truthful,truthful"], "nashbox: --menu: every entry"),
        (["compare", "p.toml", "--starts", "-1"], "nashbox: --starts must be"),
        (["design", "p.toml", "--goal", "nope"], "nashbox: --goal must be"),
        (["robust", "p.toml", "--goal", "nope"], "nashbox: --goal must be"),
    ],
)
def test_options_are_named_with_their_dashes(nashbox, problem, words, message):
    found = nashbox(*words, files={"p.toml": problem()})
    assert found.code == 2 and found.err.startswith(message), found.err


def test_keys_of_a_file_get_no_dashes(nashbox, problem):
    files = {"p.toml": problem() + 'strategies = "nope"\n'}
    found = nashbox("audit", "p.toml", "--mechanism", "cbl", "--seed", "1", files=files)
    assert found.code == 2 and found.err.startswith("nashbox: p.toml: strategies"), found.err


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("audit p.toml --seed 1 --seed 1", "--seed"),
        ("audit p.toml --mechanism cbl --mechanism alone", "--mechanism"),
        ("run p.toml --rounds 2 --json a.json --json b.json", "--json"),
        ("new strategy Xy --game testing --game estimation", "--game"),
    ],
)
def test_an_option_is_given_once_unless_it_may_be_repeated(nashbox, problem, words, option):
    answer = nashbox(*words.split(), files={"p.toml": problem()})
    answer.refuses(f"argument {option}: may be given once")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("design p.toml --goal social --seed 5", "--seed is of --data"),
        ("new game Xy --game testing", "--game is for a new strategy or mechanism"),
        ("run p.toml --json o.json --revision sequential", "--revision is for estimation games"),
        ("audit e.toml --signals any", "--signals is for testing games"),
        ("compare p.toml --design social", "--design is for estimation games"),
        ("reproduce clinton2025 --quick --engine=", "--engine must be local"),
    ],
)
def test_options_that_would_change_nothing(nashbox, problem, words, said):
    race = (
        'game = "testing"\nbeta = "1/10"\n'
        '[[agents]]\nname = "A"\np0 = ["0.8", "0.2"]\np1 = ["0.5", "0.5"]\n'
        '[[agents]]\nname = "B"\np0 = ["0.8", "0.2"]\np1 = ["0.5", "0.5"]\n'
    )
    own = problem() if words.startswith("design") else race
    nashbox(*words.split(), files={"p.toml": own, "e.toml": problem()}).refuses(said)
