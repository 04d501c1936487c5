"""The command, its result and its reports: nothing in them but what was found."""

import ast
import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from nashbox.papers import cells, clinton2025, raghavan2025
from nashbox.papers.claim import (
    Claim,
    ClaimTable,
    Finding,
    Number,
    Parts,
    claim_in_parts,
)
from nashbox.papers.report import to_html, to_markdown, write_report
from nashbox.papers.reproducing import reproduce
from nashbox.papers.reproduction import VERDICTS, Checked, Reproduction
from nashbox.results.saving import plain
from nashbox.tables.printing import print_result

CHEAP = ("figure1", "unravelling", "theorem4", "print-social-counts", "print-nash-product")


class Page(HTMLParser):
    """What a browser would show, number by number, and what it would load."""

    def __init__(self, text):
        super().__init__()
        self.numbers, self.words, self.loads, self.data = [], [], [], False
        self.script, self.json = False, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.data, self.script = tag == "data", tag == "script"
        if self.data:
            self.numbers.append(float(attrs["value"]))
        self.loads += [attrs[key] for key in ("src", "href") if key in attrs]

    def handle_endtag(self, tag):
        self.data = self.script = False

    def handle_data(self, text):
        if self.script:
            self.json += text
        elif self.data:
            number = float(text.replace("infinite", "inf"))
            assert number == pytest.approx(self.numbers[-1], rel=1e-5, abs=1e-10), text
        else:
            self.words.append(text)


def numbers_of(body):
    """All numbers of a JSON value."""
    if isinstance(body, dict):
        return [n for item in body.values() for n in numbers_of(item)]
    if isinstance(body, list):
        return [n for item in body for n in numbers_of(item)]
    return [body] if isinstance(body, (int, float)) and not isinstance(body, bool) else []


def changed(body):
    """The same with every number another one."""
    if isinstance(body, dict):
        return {key: changed(item) for key, item in body.items()}
    if isinstance(body, list):
        return [changed(item) for item in body]
    is_number = isinstance(body, (int, float)) and not isinstance(body, bool)
    return 1.5 * body + 0.125 if is_number else body


@pytest.fixture
def cheap(monkeypatch):
    """Few claims, so that the command can be tried often."""
    chosen = tuple(claim for claim in clinton2025.CLAIMS if claim.id in CHEAP)
    monkeypatch.setattr(clinton2025, "CLAIMS", chosen)
    monkeypatch.setattr(raghavan2025, "CLAIMS", ())
    return chosen


@pytest.fixture(scope="module")
def found():
    """What there is to find out about them."""
    with pytest.MonkeyPatch.context() as patch:
        chosen = tuple(claim for claim in clinton2025.CLAIMS if claim.id in CHEAP)
        patch.setattr(clinton2025, "CLAIMS", chosen)
        patch.setattr(raghavan2025, "CLAIMS", ())
        return reproduce(quick=True)


@pytest.mark.slow
def test_the_command_writes_what_it_found(nashbox, folder, cheap):
    answer = nashbox(
        "reproduce", "clinton2025", "--quick", "--workers", 1, "--json", "a.json", "--report", "r"
    )
    assert answer.code == 0, answer
    assert {"a.json", "r.html", "r.md", "r_figures"} < answer.written
    body = json.loads((folder / "a.json").read_text())
    assert body["format"] == "nashbox-reproduce/1" and body["papers"] == ["clinton2025"]
    assert [claim["id"] for claim in body["claims"]] == [c.id for c in cheap]
    assert body["verdicts"] == {"holds": 2, "holds if": 2, "fails": 1} and not body["unchecked"]
    for claim in body["claims"]:
        assert claim["id"] in answer.out
        assert claim["verdict"] in answer.out
    assert nashbox("reproduce", "--quick", "--workers", 1, "--strict").code == 1
    text = nashbox("reproduce", "--quick", "--workers", 1, "--json", "-")
    assert text.code == 0
    assert json.loads(text.out) == body | {"papers": ["clinton2025", "raghavan2025"]}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["clinton2024"], ["PAPER must be one of clinton2025, raghavan2025", "'clinton2024'"]),
        (["--report", "r.pdf"], ["--report must end in .html or .md", "'r.pdf'"]),
        (["--report", "nowhere/r.md"], ["there is no directory nowhere"]),
        (["--workers", "0"], ["--workers", "got 0"]),
        (["--seed", "-1"], ["seed", "got -1"]),
    ],
)
def test_bad_options_are_refused_at_once(nashbox, cheap, options, words):
    nashbox("reproduce", "--quick", *options).refuses(*words)


@pytest.mark.slow
def test_what_was_found_does_not_depend_on_workers(cheap, found):
    """Children see all claims, not the few of this process; so these are real ones."""
    many = [c for c in cells.cells_of("clinton2025", quick=True, seed=0) if c.claim in CHEAP]
    alone, together = (cells.evaluate(many, workers=n) for n in (1, 2))
    assert alone == together and list(alone) == many
    assert [c.finding for c in found.claims] == [
        cells.finding_of(claim, {cell: a for cell, a in alone.items() if cell.claim == claim.id})
        for claim in cheap
    ]


@pytest.mark.slow
def test_it_survives_saving(found, tmp_path):
    found.save(tmp_path / "r.json")
    loaded = Reproduction.load(tmp_path / "r.json")
    assert plain(loaded.to_json()) == plain(found.to_json())
    frame = found.to_frame()
    assert len(frame) == sum(len(claim.finding.numbers) for claim in found.claims)
    assert set(frame["id"]) == set(CHEAP) and frame["value"].notna().all()
    for folder, result in (("a", found), ("b", loaded)):
        (tmp_path / folder).mkdir()
        for path in write_report(result, tmp_path / folder):
            assert path.is_file()
    for path in (tmp_path / "a").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
    assert found.plot().figure is not None


@pytest.mark.slow
def test_a_page_needs_nothing_else_and_shows_only_what_was_found(found, tmp_path):
    write_report(found, tmp_path / "r.html")
    page = Page((tmp_path / "r.html").read_text())
    assert page.loads and all(load.startswith(("data:", "#")) for load in page.loads)
    body = found.to_json()
    assert json.loads(page.json) == plain(body)
    assert page.numbers and set(page.numbers) <= {float(n) for n in numbers_of(body["claims"])}
    shown = sum(len(c.finding.numbers) for c in found.claims)
    assert len(page.numbers) >= 2 * shown
    for claim in found.claims:
        said = claim.finding.condition, claim.finding.computed
        for text in (claim.statement, claim.source, *said):
            assert text in "".join(page.words)


def test_reports_change_with_what_was_found(found):
    body = plain(found.to_json())
    other = Reproduction.from_json(body | {"claims": changed(body["claims"])})
    first, second = (Page(to_html(r, {})) for r in (found, other))
    assert second.numbers == [1.5 * n + 0.125 for n in first.numbers]
    assert first.words == second.words  # prose is the finding's own, see below
    assert "<h1>Ours</h1>" in to_html(found, {}, "Ours")
    assert to_markdown(found, {}, "Ours").startswith("# Ours\n")
    tables = re.findall(r"^\|.*$", to_markdown(found, {}), re.M)
    others = re.findall(r"^\|.*$", to_markdown(other, {}), re.M)
    digits = [row for row in tables if re.search(r"\| -?[0-9][-+0-9.e]* \|", row)]
    assert digits and not set(digits) & set(others)
    for claim in body["claims"]:
        claim["condition"], claim["verdict"] = "because of nothing", "fails"
    said = Reproduction.from_json(body)
    for text in (to_html(said, {}), to_markdown(said, {})):
        assert "because of nothing" in text
        assert found.claims[0].finding.condition not in text


@pytest.mark.slow
def test_figures_are_drawn_from_the_finding_alone(found, tmp_path):
    body = plain(found.to_json())
    for claim in body["claims"]:
        for table in claim["tables"]:
            table["rows"] = [
                [2 * v + 1 if isinstance(v, float) else v for v in row] for row in table["rows"]
            ]
    write_report(found, tmp_path / "a.md")
    write_report(Reproduction.from_json(body), tmp_path / "b.md")
    drawn = sorted((tmp_path / "a_figures").iterdir())
    assert [p.stem.removeprefix("clinton2025-") for p in drawn] == sorted(CHEAP[:3])
    for path in drawn:
        assert path.read_bytes() != (tmp_path / "b_figures" / path.name).read_bytes()
        assert f"a_figures/{path.name}" in (tmp_path / "a.md").read_text()


def finding(value):
    numbers = [Number("a number", value, 0.5, math.inf)]
    table = ClaimTable("a|table", ("x", "y"), [[value, None], ["<b>", 1.0]])
    return Finding("holds", "it does", "exact", "a sum", numbers, [table])


def test_a_screen_shows_what_holds_and_the_notes_why(capsys):
    kinds = [*VERDICTS, "holds if", "holds"] * 9
    papers = cells.PAPERS
    found = [
        Checked(papers[j % 2], f"claim-{j}", "here", "x", replace(finding(7.5 + j), verdict=v))
        for j, v in enumerate(kinds)
    ]
    print_result(Reproduction(list(papers), True, 0, found), verbose=False)
    short = capsys.readouterr().out
    assert len(short.splitlines()) <= 30 and all(f"claim-{j}" in short for j in range(len(kinds)))
    assert "18 holds, 18 holds if, 9 fails" in short
    print_result(Reproduction(list(papers), True, 0, found))
    out = capsys.readouterr().out
    assert "+-: how far off a number may be\n" in out
    for j, verdict in enumerate(kinds):
        assert f"claim-{j} {verdict}" in out and f"(a number: {7.5 + j:.2f} +- 0.50)" in out


def test_one_function_makes_verdicts_of_numbers():
    """Nobody else calls the class: claims say what their numbers are and what they mean."""
    callers = set()
    for path in Path(cells.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                callers.add(path.name)
    assert callers == {"findings.py"}


def breaks(quick, seed):
    raise ZeroDivisionError("nothing to divide by")


def test_a_check_that_breaks_off_is_named_and_the_others_go_on(nashbox, monkeypatch, folder):
    parts = Parts(lambda quick: 3, lambda quick, seed, j: {"j": j}, breaks)
    claims = (
        Claim("good", "here", "1 < 2 & 3", lambda quick, seed: finding(7.0)),
        Claim("bad", "here", "x", breaks),
        claim_in_parts("worse", "here", "x", parts),
    )
    monkeypatch.setattr(clinton2025, "CLAIMS", claims)
    monkeypatch.setattr(raghavan2025, "CLAIMS", ())
    answer = nashbox(
        "reproduce", "--quick", "--workers", 1, "--json", "r.json", "--report", "r.html"
    )
    assert answer.code == 1
    body = json.loads((folder / "r.json").read_text())
    assert [claim["id"] for claim in body["claims"]] == ["good"]
    assert [claim["id"] for claim in body["unchecked"]] == ["bad", "worse"]
    for text in (answer.out, (folder / "r.html").read_text()):
        assert "nothing to divide by" in text
    assert "Traceback" in body["unchecked"][0]["traceback"]


def test_parts_are_merged_in_their_order(monkeypatch):
    def merge(parts):
        return finding(float("".join(str(part["j"]) for part in parts)))

    parts = Parts(lambda quick: 3 if quick else 5, lambda quick, seed, j: {"j": j}, merge)
    claim = claim_in_parts("c", "here", "x", parts)
    monkeypatch.setattr(clinton2025, "CLAIMS", (claim,))

    def backwards(some, *, workers, progress):
        return cells.evaluate(some[::-1], workers=workers, progress=progress)

    for evaluate in (cells.evaluate, backwards):
        found = reproduce(("clinton2025",), quick=True, evaluate=evaluate)
        assert found.finding("c").numbers[0].value == 12.0
    assert claim.check(True, 0) == found.finding("c")
    assert claim.check(False, 0).numbers[0].value == 1234.0
    page = to_html(found, {})
    assert "&lt;b&gt;" in page and "<b>" not in page.split("a|table")[1].split("</table>")[0]
    assert 'value="inf"' in page and "a|table" in to_markdown(found, {})


def test_a_cell_is_its_identity():
    """Whoever keeps cells in a store needs JSON in, JSON out, and a name to call."""
    for cell in cells.cells_of("clinton2025", quick=True, seed=3):
        body = json.loads(json.dumps(cell.identity()))
        assert cells.ClaimCell(**body) == cell
    (cheap,) = (c for c in cells.cells_of("clinton2025", quick=True, seed=3) if "gure" in c.claim)
    assert Finding.from_json(plain(cells.work(**cheap.identity()))).verdict == "holds if"


@pytest.mark.long
def test_quick_mode_checks_every_claim_of_both_papers():
    found = reproduce(quick=True, workers=2)
    assert not found.unchecked
    wanted = [claim.id for paper in cells.PAPERS for claim in cells.claims_of(paper)]
    assert [claim.id for claim in found.claims] == wanted
