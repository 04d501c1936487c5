"""The comparison report: one file, its numbers are the JSON's, no part of the rules is missing."""

import hashlib
import json
import re

import numpy as np
import pytest

from nashbox.games.pay import keys_of
from tests.experiments.report.report_pages import Page, alone_in_the_world, compare

GAME = (
    'game = "estimation"\nsigma = [10.0, 3.0]\ncosts = [[0.05, 0.02], [0.06, inf], [0.07, 0.03]]\n'
    'plan = "egalitarian"\noutside_option = {a1 = 9.5}\n'
)
HALF = """
from dataclasses import dataclass
from nashbox import Mechanism

@dataclass(frozen=True)
class Half(Mechanism):
    def mediate(self, submissions, terms, rng):
        everybody = sum(s.sum for s in submissions) / sum(s.counts for s in submissions)
        return [(s.mean + everybody) / 2 for s in submissions]
"""
ONE = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.5], [0.9]]\n'
REAL = (
    'game = "estimation"\nsigma = 1.0\ncosts = [[0.01], [0.02], [0.04]]\n'
    'source = {csv = "m.csv", columns = ["x"]}\n'
)
DATA = "x\n" + "".join(f"{x:.3f}\n" for x in np.linspace(-1.7, 1.7, 41))
BOSSY = HALF.replace("Half", "Bossy").replace(
    "    def mediate", "    enforced = False\n\n    def mediate"
)
FILES = {"half.py": HALF, "bossy.py": BOSSY, "m.csv": DATA}
CASES = {
    "enforced": (ONE, ["--mechanism", "bossy.py:Bossy", "--budget", 60_000]),
    "default": (GAME, []),
    "goals": (GAME, ["--design", "egalitarian", "--design", "social", "--mechanism", "cbl"]),
    "joint": (GAME, ["--mechanism", "threshold(joint=true)", "--epsilon", 0.02]),
    "simulated": (ONE, ["--mechanism", "half.py:Half", "--mechanism", "cbl", "--budget", 60_000]),
    "starved": (ONE, ["--mechanism", "half.py:Half", "--budget", 1000]),
    "measured": (REAL, ["--design", "social"]),
}


def written(nashbox, folder, case):
    text, options = CASES[case]
    files = {"p.toml": text, **FILES}
    arguments = ["compare", "p.toml", "--starts", 2, *options]
    arguments += ["--report", "r.html", "--json", "r.json"]
    answer = nashbox(*arguments, files=files)
    assert answer.code == 0 and answer.written == {"r.html", "r.json"}, answer
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    return arguments, page, json.loads((folder / "r.json").read_text())


def first_of_its_kind(rows, r):
    """Whether no row before has the same counts, so that it has a line of its own."""
    row = rows[r]
    before = [other for other in rows[:r] if other["mechanism"] == row["mechanism"]]
    return row["counts"] is not None and not any(
        other["counts"] is not None
        and other["note"] == row["note"]
        and np.allclose(other["counts"], row["counts"], rtol=1e-6, atol=1e-6)
        for other in before
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_numbers_are_those_of_the_json(nashbox, folder, case):
    arguments, page, body = written(nashbox, folder, case)
    alone_in_the_world(page)
    assert json.loads(page.json) == body
    places, rows, agents = compare(page), body["rows"], range(len(body["agents"]))
    kinds = range(len(body["distributions"]))
    wanted = {"best_rational", *(f"penalties_alone/{i}" for i in agents)}
    for r, row in enumerate(rows):
        if not first_of_its_kind(rows, r):
            continue
        wanted |= {f"rows/{r}/{key}" for key in ("social_penalty", "efficiency_ratio")}
        for i in agents:
            wanted |= {f"rows/{r}/{key}/{i}" for key in ("penalties", "relative")}
            wanted |= {f"rows/{r}/counts/{i}/{k}" for k in kinds}
            if row["penalties_se"] is not None:
                wanted |= {f"rows/{r}/{key}/{i}" for key in ("penalties_se", "relative_se")}
                wanted |= {f"rows/{r}/{key}_se" for key in ("social_penalty", "efficiency_ratio")}
            if row["measured"] is not None:
                wanted |= {f"rows/{r}/measured/{key}/{i}" for key in ("penalties", "se")}
    simulated = any(row["penalties_se"] or row["measured"] for row in rows)
    assert ("is a standard error." in page.text) == simulated
    for j, known in enumerate(body["mechanisms"]):
        if known["method"] == "enforced":
            assert "honest, by order" in page.text
        if known.get("gains_bounds") is not None and rows[5 * j]["counts"] is not None:
            wanted |= {f"mechanisms/{j}/gains_bounds/{i}/{side}" for i in agents for side in (0, 1)}
        if known["honest_is_equilibrium"] is False:
            wanted.add(f"mechanisms/{j}/max_gain")
        for key in ("n", "z", "t", "alpha"):
            table = (known["checks"] or {}).get(key)
            if table is not None and any(x is not None for row in table for x in row):
                wanted |= {f"mechanisms/{j}/checks/{key}/{i}/{k}" for i in agents for k in kinds}
        for text in (known["mechanism"], known["class"], known["method"], *known["notes"]):
            assert text in page.text, text
    assert wanted <= places, sorted(wanted - places)
    for text in (*body["notes"], *body["agents"], *body["versions"].values()):
        assert text in page.text
    words = " ".join(f"'{a}'" if "(" in str(a) else str(a) for a in arguments)
    assert f"nashbox {words}" in page.text and "SHA-256" in page.text
    images = [a for tag, a in page.tags if tag == "img"]
    assert len(images) == 1 and images[0]["alt"]
    if case not in ("simulated", "starved", "enforced"):  # whose notes name numbers
        assert re.findall(r"\d+\.\d+", page.plain.replace("threshold(joint=True)", "")) == []


@pytest.mark.slow
def test_it_says_which_rules_hold_and_which_are_best(nashbox, folder):
    _, page, body = written(nashbox, folder, "default")
    honest = [r for r in body["rows"] if r["profile"] == "honest"]
    held = [r for r in honest if r["honest_is_equilibrium"] and r["individually_rational"]]
    names = ", ".join(r["mechanism"] for r in held)
    assert 0 < len(held) < len(honest)
    assert f"nobody is worse off than outside, under: {names}. Of these" in page.text
    least = min(held, key=lambda r: float(r["social_penalty"]))
    mildest = min(held, key=lambda r: max(map(float, r["penalties"])))
    assert f"{least['mechanism']} has the least social penalty" in page.text
    assert f"{mildest['mechanism']} has the smallest largest penalty" in page.text


def test_measured_values_stand_beside_those_of_normal_data(nashbox, folder):
    _, page, body = written(nashbox, folder, "measured")
    rows = [r for r in range(len(body["rows"])) if body["rows"][r]["mechanism"] == "cbl"]
    assert body["rows"][rows[0]]["measured"] is not None
    places = compare(page)
    assert f"rows/{rows[0]}/measured/social_penalty" in places
    assert f"rows/{rows[0]}/measured/social_se" in places
    assert "this is said of normal data; see the notes" in page.text


def test_measurements_may_lie_beside_a_problem_file_elsewhere(nashbox, folder):
    files = {"deep/p.toml": REAL, "deep/m.csv": DATA}
    options = ["--starts", 0, "--mechanism", "cbl", "--design", "social", "--report", "r.html"]
    assert nashbox("compare", "deep/p.toml", *options, files=files).code == 0
    text = Page((folder / "r.html").read_text(encoding="utf-8")).text
    assert "deep/m.csv, SHA-256" in text and "designed (social)" in text


@pytest.mark.sparse(1)
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "threshold",
            ("compared, passes within t", "Within t she receives the mean of everything"),
        ),
        ("decoy", ("told a falsehood beyond t", "told a plausible falsehood")),
    ],
)
def test_kinds_and_comparisons_are_those_that_are_played(nashbox, folder, kind, words):
    from nashbox.games.estimation import prepare
    from nashbox.problem.files import load

    nashbox("design", "p.toml", "--goal", "egalitarian", "--form", "separate", "--save", "d.toml",
            "--kinds", f"alone,free,{kind}", files={"p.toml": GAME})  # fmt: skip
    options = ["--mechanism", "cbl", "--rules", "d.toml", "--starts", 0, "--report", "r.html"]
    assert nashbox("compare", "p.toml", *options, "--json", "r.json").code == 0
    found = {c["mechanism"]: c["checks"] for c in json.loads((folder / "r.json").read_text())[
        "mechanisms"]}  # fmt: skip
    terms = prepare(load("d.toml"), recommended=True).terms
    rules = found["d.toml"]
    assert rules["kind"] == terms.kind.tolist() and kind in np.ravel(rules["kind"])
    for key, table in (("n", terms.counts), ("z", terms.z), ("t", terms.t)):
        assert np.array_equal(np.array(rules[key], dtype=float), table, equal_nan=True)
    cbl = prepare(load("p.toml"), recommended=True).terms
    noisy = np.array(found["cbl"]["kind"]) == "noise"
    assert np.array_equal(noisy, np.isfinite(cbl.alpha))
    alpha = np.array(found["cbl"]["alpha"], dtype=float)
    assert np.array_equal(alpha, cbl.alpha, equal_nan=True)
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    for word in words:
        assert word in page.text


@pytest.mark.slow
def test_a_number_that_is_not_the_json_s_is_found(nashbox, folder):
    written(nashbox, folder, "joint")
    source = (folder / "r.html").read_text(encoding="utf-8")
    match = re.search(r'(data-path="rows/0/penalties/0">)([\d.]+)', source)
    wrong = source.replace(match[0], match[1] + f"{1.001 * float(match[2]):.6g}", 1)
    with pytest.raises(AssertionError, match="rows/0/penalties/0"):
        compare(Page(wrong))


@pytest.mark.slow
def test_names_cannot_become_markup(nashbox, folder):
    name = "<script>alert(1)</script>"
    text = f"{ONE}agents = ['{name}', 'b']\n"
    nashbox("compare", "p.toml", "--starts", 0, "--report", "r.html", files={"p.toml": text})
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    alone_in_the_world(page)
    assert name in page.text


@pytest.mark.slow
def test_the_same_comparison_writes_the_same_bytes(nashbox, folder):
    found = []
    for _ in range(2):
        written(nashbox, folder, "measured")
        found.append((folder / "r.html").read_bytes())
        for name in ("r.html", "r.json"):
            (folder / name).unlink()
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("r.pdf", ["--report must end in .html or .htm, got 'r.pdf'"]),
        ("nowhere/r.html", ["'nowhere/r.html' cannot be written", "no directory nowhere"]),
    ],
)
def test_bad_paths_are_refused_before_anything_is_computed(nashbox, path, words):
    nashbox("compare", "p.toml", "--report", path, files={"p.toml": GAME}).refuses(*words)


@pytest.mark.slow
def test_every_file_is_named_with_its_hash(nashbox, folder):
    files = {
        "p/p.toml": 'game = "estimation"\nsigma = 10.0\ncosts = "c.csv"\nplan = "plan.csv"\n',
        "p/c.csv": "agent,x\na,0.1\nb,0.2\n",
        "p/plan.csv": "agent,x\na,30\nb,4\n",
        "q/r.toml": 'game = "estimation"\nsigma = 10.0\ncosts = "c.csv"\n',
        "q/c.csv": "agent,x\na,0.10\nb,0.20\n",
        "rules.py": "from nashbox.mechanisms import SampleMean\nclass Mine(SampleMean): pass\n",
        "other.csv": "agent,x\na,20\nb,6\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    both = {"p/p.toml", "p/c.csv", "q/r.toml", "q/c.csv"}
    options = ["--mechanism", "rules.py:Mine", "--budget", 2000, "--plan", "other.csv"]
    for more, extra in ((["--mechanism", "cbl"], {"p/plan.csv"}),
                        (options, {"rules.py", "other.csv"})):  # fmt: skip
        words = ["--rules", "q/r.toml", *more, "--starts", 0, "--report", "r.html"]
        assert nashbox("compare", "p/p.toml", *words).code == 0
        text = Page((folder / "r.html").read_text()).text
        assert {name for name, digest in digests.items() if digest in text} == both | extra
        assert all(f"{name}, SHA-256" in text for name in both | extra)


def test_rules_that_come_out_alike_are_named_together(nashbox, folder):
    text = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.033], [0.066], [0.1]]\n'
    arguments = ["compare", "p.toml", "--starts", 0, "--design", "none", "--report", "r.html"]
    assert nashbox(*arguments, files={"p.toml": text}).code == 0
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    assert "decoy has the least social penalty" in page.text
    assert "threshold and decoy have the smallest largest penalty" in page.text
    assert "no: a1 gains" in page.text and "agents want to know 1 mean" in page.text


WATCH = """
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from nashbox.games import Action, OneShot, Pay

@dataclass(frozen=True)
class Call(Action):
    \"\"\"Call if it costs less than a cutoff.\"\"\"
    cutoff: float = 0.5  # of costs, in [0, 1]
    def act(self, view, rng):
        return (view.private < self.cutoff).astype(float)

@dataclass(frozen=True)
class Bell:
    failure: float = 0.0  # its chance
    def mediate(self, actions, rng):
        heard = np.sum(actions, axis=0) > 0
        return [heard & (rng.random(heard.shape) >= self.failure)] * len(actions)

@dataclass(frozen=True, kw_only=True)
class Watch(OneShot):
    pays: ClassVar = Pay("penalty", -1)
    menu: ClassVar = {"call": Call}
    mechanisms: ClassVar = {"bell": Bell}
    mechanism: Bell = Bell()
    def recommended(self, i):
        return Call(0.5)
    def nature(self, worlds, rng):
        return list(rng.random((self.m, worlds)))
    def pay(self, view, action, received):
        return np.where(received, 0.0, 1.0) + action * view.private
    def deviations(self, i):
        return [self.family("call", cutoff=(0.0, 1.0), coarse=5)]
"""
GAMES = {
    "auction": ('game = "auction"\nagents = 2\n', [], "payoff", ["sealed", "bid"]),
    "table": ('game = "table"\npayoffs = {row = [[4, 0], [3, 3]], column = [[4, 3], [0, 3]]}\n',
              [], "payoff", ["honest", "table"]),
    "own": ('game = "watch.py:Watch"\nagents = 3\n',
            ["--mechanism", "bell(failure=0.2)", "--mechanism", "bell", "--budget", 20_000],
            "penalty", ["bell(failure=0.2)", "a0", "standard error"]),
}  # fmt: skip


@pytest.mark.parametrize("case", GAMES)
def test_games_without_a_plan_have_a_report_as_well(nashbox, folder, case):
    text, options, pays, words = GAMES[case]
    files = {"p.toml": text, "watch.py": WATCH}
    arguments = ["compare", "p.toml", "--starts", 2, *options]
    answer = nashbox(*arguments, "--report", "r.html", "--json", "r.json", files=files)
    assert answer.code == 0 and answer.written == {"r.html", "r.json"}, answer
    page = Page((folder / "r.html").read_text(encoding="utf-8"))
    body = json.loads((folder / "r.json").read_text())
    alone_in_the_world(page)
    places = compare(page)
    assert json.loads(page.json) == body
    shown = {place.split("/")[1] for place in places if place.startswith("rows/")}
    merged = {json.dumps([r["mechanism"], r["strategies"], r["converged"]]) for r in body["rows"]}
    assert len(shown) == len(merged)
    paid, _, whole = keys_of(pays)
    assert {f"rows/{k}/{whole}" for k in shown} <= places
    assert {f"rows/{k}/{paid}/{i}" for k in shown for i in range(len(body["names"]))} <= places
    for word in [*words, "The problem", "nashbox compare p.toml"]:
        assert word in page.text, word
