"""The audit report: one file, no network, its numbers are the JSON's, names are only text."""

import hashlib
import itertools
import json
import re

import pytest

from nashbox.experiments.audit.words import CONDITION_8, ONE
from tests.experiments.report.report_pages import Page, alone_in_the_world, compare

RACE = 'game = "testing"\nbeta = "1/10"\n' + "".join(
    f'[[agents]]\nname = "{n}"\np0 = ["0.6", "0.4"]\np1 = ["0.4", "0.6"]\n' for n in "AB"
)
GAME = (
    'game = "estimation"\nsigma = [10.0, 3.0]\ncosts = [[0.05, 0.02], [0.06, inf], [0.07, 0.03]]\n'
    'strategies = {a1 = {name = "withholder", fraction = 0.25}}\noutside_option = {a1 = 9.5}\n'
)
CASES = {
    "exact": (GAME, ["--mechanism", "sample_mean"]),
    "cbl": (GAME, []),
    "black_box": (GAME, ["--method", "black_box", "--budget", 2000, "--mechanism", "counted_mean"]),
    "testing": (RACE, ["--signals", "any"]),
    "testing_black_box": (RACE, ["--method", "black_box", "--budget", 1000, "--seed", 3]),
}


@pytest.mark.sparse(2)
@pytest.mark.parametrize("case", CASES)
def test_numbers_are_those_of_the_json(nashbox, folder, case):
    text, options = CASES[case]
    arguments = ["audit", "p.toml", *options, "--report", "r.html", "--json", "r.json"]
    answer = nashbox(*arguments, files={"p.toml": text})
    assert answer.code == 0 and answer.written == {"r.html", "r.json"}, answer
    source = (folder / "r.html").read_text(encoding="utf-8")
    page, body = Page(source), json.loads((folder / "r.json").read_text())
    alone_in_the_world(page)
    assert json.loads(page.json) == body
    places = compare(page)
    pay = "payoff" if body["game"] == "testing" else "penalty"
    wanted = {f"social_{pay}"}
    for i in range(len(body["agents"])):
        row = f"agents/{i}/"
        wanted |= {row + key for key in (pay, "epsilon", f"best_deviation/{pay}")}
        wanted |= {row + f"gain/{key}" for key in ("estimate", "lower", "upper")}
        if pay == "penalty":
            kinds = range(len(body["problem"]["distributions"]))
            wanted |= {row + f"recommended/{k}" for k in kinds}
            wanted |= {row + "penalty_alone", row + "damage_to_others"}
            prices = {f"problem/costs/{i}/{k}": body["problem"]["costs"][i][k] for k in kinds}
            wanted |= {path for path, price in prices.items() if price != "inf"}
    shown = {path for path in places if path.startswith("agents/")}
    assert len(shown) >= 7 * len(body["agents"])
    for agent in body["agents"]:
        assert agent["name"] in page.text and ONE[agent["verdict"]] in page.text
    if body["resolution"] is not None:
        wanted |= {f"social_{pay}_se"}
        assert body["resolution"] in page.text
    if pay == "penalty":
        assert CONDITION_8 in page.text  # as in the terminal
    assert wanted <= places
    for text in (body["class"], *body["notes"], *body["versions"].values(), body["method"]):
        assert text in page.text
    words = " ".join(str(a) for a in arguments)
    assert f"nashbox {words}" in page.text and "SHA-256" in page.text
    images = [a for tag, a in page.tags if tag == "img"]
    assert len(images) == 2 and all(a["alt"] for a in images)
    if case != "testing_black_box" and case != "black_box":  # whose class names a grid
        assert re.findall(r"\d+\.\d+", page.plain) == []  # no number stands outside the JSON


def test_values_have_the_places_of_their_errors_and_whole_numbers_all_digits(nashbox, folder):
    text, options = CASES["black_box"]
    nashbox("audit", "p.toml", *options, "--report", "r.html", files={"p.toml": text})
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    texts = [(path, text) for path, _, text in page.numbers]
    pairs = [(a, b) for (_, a), (path, b) in itertools.pairwise(texts) if path.endswith("se")]
    assert pairs and all(len(a.partition(".")[2]) == len(b.partition(".")[2]) for a, b in pairs)
    assert all(len(b.replace(".", "").lstrip("0")) == 2 for _, b in pairs if b != "0")
    needed = [row["budget_needed"] for row in json.loads(page.json)["agents"]]
    assert all(f"--budget {n} would" in page.text for n in needed if n is not None)
    assert "e+" not in page.plain


RULES = """
[mechanism]
name = "decoy"
kind = [["mirror"], ["mirror"], ["free"]]
n = [[20], [20], [0]]
t = [[6.0], [6.0], [nan]]
"""
CHECKED = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.05], [0.05]]\n'


CONTRACTS = [
    pytest.param(c, r, marks=[pytest.mark.slow] * (r == RULES and c != "audit"))
    for c in ("audit", "compare --starts 0 --design none")
    for r in (RULES, 'mechanism = "cbl"\n', 'mechanism = "threshold"\n')
]


@pytest.mark.parametrize(("command", "rules"), CONTRACTS)
def test_the_contract_says_what_each_owes_and_how_she_is_checked(nashbox, folder, command, rules):
    """Also where honest play alone was examined, and of rules written by hand."""
    line = [*command.split(), "p.toml", "--report", "r.html"]
    more = ["--budget", 1000]
    answer = nashbox(line[0], *line[1:], *more, files={"p.toml": CHECKED + rules})
    assert answer.code == 0, answer
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    compare(page)
    assert "What each agent owes, and how she is checked" in page.text
    assert not re.search(r"[{}\[]\w* ?=|\{|\}|\[\[", page.plain)  # no raw mappings


def test_every_kind_of_check_is_said_in_words():
    from nashbox.experiments.report.rule import HOW
    from nashbox.experiments.report.rule import KINDS as SAID
    from nashbox.mechanisms.decoy.terms import KINDS

    assert {*KINDS, "noise"} == set(SAID) == set(HOW)


def test_the_honest_act_is_no_deviation(nashbox, folder):
    nashbox("audit", "p.toml", "--report", "r.html", files={"p.toml": CHECKED})
    text = Page((folder / "r.html").read_text(encoding="utf-8")).text
    assert text.count("nothing that was examined gains her anything") == 3
    assert "Her penalty is then" not in text


GOODS = 'game = "public_goods"\nagents = ["a", "b", "c"]\n'


@pytest.mark.sparse(2)
@pytest.mark.parametrize(
    ("text", "scale"), [(GOODS, "the range of payoffs"), (CHECKED, "each agent's penalty")]
)
@pytest.mark.parametrize("share", [None, "0.5%"])
def test_epsilon_is_said_as_it_was_taken(nashbox, folder, text, scale, share):
    options = [] if share is None else ["--epsilon", share]
    nashbox("audit", "p.toml", *options, "--report", "r.html", files={"p.toml": text})
    said = Page((folder / "r.html").read_text(encoding="utf-8")).text
    assert f"a share of {scale}" in said and "a thousandth unless another is asked for" in said


def test_a_number_that_is_not_the_json_s_is_found(nashbox, folder):
    nashbox("audit", "p.toml", "--report", "r.html", files={"p.toml": GAME})
    source = (folder / "r.html").read_text(encoding="utf-8")
    compare(Page(source))
    match = re.search(r'(data-path="agents/0/penalty">)([\d.]+)', source)
    wrong = source.replace(match[0], match[1] + f"{1.001 * float(match[2]):.6g}", 1)
    with pytest.raises(AssertionError, match="agents/0/penalty"):
        compare(Page(wrong))
    loud = source.replace("<h1>", '<h1 onclick="x()"><img src="https://example.org/x">', 1)
    with pytest.raises(AssertionError):
        alone_in_the_world(Page(loud))


def test_names_from_files_cannot_become_markup(nashbox, folder):
    names = ["<script>alert(1)</script>", "</script><img src=x onerror=alert(2)>", "a & b's \"c\"",
             "$\\frac{$"]  # fmt: skip
    column = "<b>x</b>"
    rows = ['"' + name.replace('"', '""') + '",0.1' for name in names]
    files = {
        "c.csv": f"agent,{column}\n" + "\n".join(rows) + "\n",
        "p.toml": 'game = "estimation"\nsigma = 10.0\ncosts = "c.csv"\nmechanism = "sample_mean"\n',
    }
    answer = nashbox("audit", "p.toml", "--report", "r.html", files=files)
    assert answer.code == 0, answer
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    alone_in_the_world(page)
    compare(page)
    for name in (*names, column):
        assert name in page.text
    assert [a["name"] for a in json.loads(page.json)["agents"]] == names


def test_a_plug_in_s_words_are_text_as_well(nashbox, folder):
    rules = (
        "from dataclasses import dataclass\nfrom nashbox import Mechanism\n"
        "@dataclass(frozen=True)\nclass M(Mechanism):\n"
        "    def mediate(self, submissions, terms, rng):\n"
        "        return [s.mean for s in submissions]\n"
        "M.label = '<i>'\n"
    )
    files = {"a&b.py": rules, "p.toml": GAME.replace("strategies", "#")}
    options = ["--mechanism", "a&b.py:M", "--budget", 6000, "--report", "r.html"]
    assert nashbox("audit", "p.toml", *options, files=files).code == 0
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    alone_in_the_world(page)
    assert "a&b.py:M" in page.text


def test_the_same_audit_writes_the_same_bytes(nashbox, folder):
    text, options = CASES["cbl"]
    found = []
    for _ in range(2):
        nashbox("audit", "p.toml", *options, "--report", "r.html", files={"p.toml": text})
        found.append((folder / "r.html").read_bytes())
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("r.pdf", ["--report must end in .html or .htm, got 'r.pdf'"]),
        ("r", ["--report must end in .html or .htm, got 'r'"]),
        ("nowhere/r.html", ["'nowhere/r.html' cannot be written", "no directory nowhere"]),
    ],
)
def test_bad_paths_are_refused_before_anything_is_computed(nashbox, path, words):
    nashbox("audit", "p.toml", "--report", path, files={"p.toml": GAME}).refuses(*words)


def test_it_opens_from_python_without_a_command(tmp_path):
    from nashbox.experiments.audit import audit
    from nashbox.experiments.report import write_audit_report
    from tests.games import figure1

    write_audit_report(audit(figure1()), tmp_path / "r.html")
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert compare(page) and "SHA-256" not in page.text and "<pre" not in page.text


@pytest.mark.slow
def test_every_file_the_audit_rests_on_is_named_with_its_hash(nashbox, folder):
    files = {
        "p/p.toml": 'game = "estimation"\nsigma = 10.0\ncosts = "c.csv"\nplan = "plan.csv"\n',
        "p/c.csv": "agent,x\na,0.1\nb,0.2\n",
        "p/plan.csv": "agent,x\na,3\nb,4\n",
        "rules.py": "from nashbox.mechanisms import SampleMean\nclass Mine(SampleMean): pass\n",
        "other.csv": "agent,x\na,5\nb,6\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    overrides = ["--mechanism", "rules.py:Mine", "--plan", "other.csv"]
    first = {"p/p.toml", "p/c.csv"}
    for options, more in (([], {"p/plan.csv"}), (overrides, {"rules.py", "other.csv"})):
        answer = nashbox("audit", "p/p.toml", *options, "--budget", 2000, "--report", "r.html")
        assert answer.code == 0, answer
        text = Page((folder / "r.html").read_text()).text
        assert {name for name, digest in digests.items() if digest in text} == first | more


KEY = "0123456789abcdef" * 4


@pytest.mark.parametrize("command", ["audit", pytest.param("compare", marks=pytest.mark.slow)])
def test_a_contract_has_a_title_the_commitment_and_the_commands(nashbox, folder, command):
    more = ["--report", "r.html", "--title", "Agreement <2026>", "--commitment", KEY]
    assert nashbox(command, "p.toml", *more, files={"p.toml": GAME}).code == 0
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    alone_in_the_world(page)
    for words in ("Agreement <2026>", KEY, "nashbox exchange p.toml submissions --key secret.key"):
        assert words in page.text
    assert "--new-key" not in page.text  # it has been made


@pytest.mark.slow
def test_without_a_commitment_the_contract_says_how_it_is_made(nashbox, folder):
    assert nashbox("audit", "p.toml", "--report", "r.html", files={"p.toml": GAME}).code == 0
    assert "nashbox exchange --new-key secret.key" in (folder / "r.html").read_text()
    race, quickly = CASES["testing_black_box"]
    nashbox("audit", "p.toml", *quickly, "--report", "s.html", files={"p.toml": race})
    assert "nashbox exchange" not in (folder / "s.html").read_text()


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (GAME, ["--title", "x"], "--title is for a report; give --report as well"),
        (GAME, ["--commitment", KEY], "--commitment is for a report"),
        (GAME, ["--report", "r.html", "--commitment", KEY[1:]], "must be 64 hexadecimal digits"),
        (GAME, ["--report", "r.html", "--commitment", "G" * 64], "must be 64 hexadecimal digits"),
        (RACE, ["--report", "r.html", "--commitment", KEY], "exchange is for estimation games"),
        (
            GAME,
            ["--report", "r.html", "--commitment", KEY, "--mechanism", "cbl"],
            "--mechanism changes them",
        ),
    ],
)
def test_a_contract_that_cannot_be_is_refused(nashbox, text, options, words):
    nashbox("audit", "p.toml", *options, files={"p.toml": text}).refuses(words)


def test_a_recommendation_is_a_sentence_where_it_is_the_best_deviation(nashbox, folder):
    """Who bids her value in an all-pay auction gains by what is recommended."""
    text = (
        'game = "auction"\nagents = 3\nrule = "all_pay"\n'
        'strategies = {a0 = {name = "bid", factor = 1.0}}\n'
    )
    options = ["--method", "black_box", "--budget", 6000, "--report", "r.html"]
    nashbox("audit", "p.toml", *options, files={"p.toml": text})
    assert "a0: what is recommended. Her payoff" in Page((folder / "r.html").read_text()).text
