"""The site: every public name has its place, and it is built offline, without a warning."""

import contextlib
import importlib
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
import yaml

import nashbox
from nashbox.tables import sheet as sheets
from nashbox.tables.console import new_table
from nashbox.tables.sheet import Sheet
from tests.places import ROOT

DOCS = str(ROOT / "docs")
if DOCS not in sys.path:
    sys.path.append(DOCS)
outputs, runner = importlib.import_module("outputs"), importlib.import_module("pages")
LOADED = {"src", "srcset", "data", "poster"}  # attributes whose targets a browser fetches


def test_every_public_name_is_in_the_reference():
    shown = set()
    for page in (ROOT / "docs" / "api").glob("*.md"):
        shown |= set(re.findall(r"^::: (\S+)$", page.read_text(encoding="utf-8"), re.MULTILINE))
    public = {name: getattr(nashbox, name) for name in nashbox.__all__}
    missing = [n for n, o in public.items() if f"{o.__module__}.{o.__qualname__}" not in shown]
    assert not missing


def test_every_page_is_in_the_navigation():
    named = set(re.findall(r"([\w/-]+\.md)", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    docs = ROOT / "docs"
    assert named == {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")}


def test_the_citation_is_of_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited["cff-version"] == "1.2.0" and cited["title"].startswith("nashbox")
    assert cited["version"] == project["version"] and cited["license"] == project["license"]
    assert cited["message"] and all(author for author in cited["authors"])


class Page(HTMLParser):
    """What a page loads, what it links to, and its MathML."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.links, self.formulas = [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.formulas += tag == "math"
        self.loads += [found[name] for name in LOADED & set(found) if found[name]]
        if tag == "link" and "canonical" not in found.get("rel", ""):
            self.loads.append(found["href"])
        elif tag == "a" and found.get("href"):
            self.links.append(found["href"])


def external(address):
    return bool(urlsplit(address).netloc)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    here = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, env=here, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    strange = [line for line in built.stderr.splitlines() if not line.startswith("INFO ")]
    assert not strange, built.stderr
    return folder


@pytest.mark.slow
def test_the_site_is_whole_and_loads_nothing_from_elsewhere(site):
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    named = re.findall(r"([\w/-]+)\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert {site / f"{name}.html" for name in named} <= set(pages)
    for path, page in pages.items():
        assert not [address for address in page.loads if external(address)], path
        if path.name == "404.html":  # its addresses are those of a server's root
            continue
        for address in [*page.loads, *page.links]:
            parts = urlsplit(address)
            if parts.scheme or external(address) or not parts.path:
                continue
            assert (path.parent / unquote(parts.path)).exists(), f"{path}: {address}"
    for sheet in site.rglob("*.css"):
        loaded = re.findall(r"(?:url\(|@import )[\"']?([^\"')]+)", sheet.read_text())
        assert not [address for address in loaded if re.match("(https?:)?//", address)], sheet


@pytest.mark.slow
def test_all_formulas_are_mathml_and_all_images_are_drawn(site):
    for source in (ROOT / "docs").rglob("*.md"):
        text = source.read_text(encoding="utf-8")
        prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
        place = source.relative_to(ROOT / "docs").with_suffix(".html")
        html = (site / place).read_text(encoding="utf-8")
        if "api" not in place.parts:
            assert Page(html).formulas == len(re.findall(r"\$\$.+?\$\$|\$.+?\$", prose, re.DOTALL))
        assert not re.search(r"arithmatex|\\\(|\\\[|merror", html), source
        for image in re.findall(r"!\[.*?\]\((.*?)\)", text, re.DOTALL):
            drawn = (site / place).parent / image
            assert drawn.stat().st_size > 5_000, drawn


def test_the_site_shows_the_sheet_behind_what_is_printed(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    table = new_table("agent", "plays", "penalty", "x0", title="a table")
    table.add_row("a<0", "some thing that is too long for terminals", "no: 4.5", "3")
    table.add_row("a1", "-", "no: bye -1.5", "14")
    sheet = Sheet("note")
    sheet.add(table, "a legend that is so long that it goes on")
    for number in range(7):
        sheet.note(f"note {number}")
    with contextlib.redirect_stdout(io.StringIO()) as said, outputs.overheard() as heard:
        sheets.print_sheet(sheet, False)
    html = outputs.shown_of(said.getvalue(), heard)
    assert "<td>some thing that is too long for terminals</td>" in html and "a&lt;0" in html
    assert '<td class="number">14</td>' in html and "that it goes on</p>" in html
    assert "<p>note 4</p>\n<p>2 more notes: --verbose</p>" in html and "note 5" not in html
    assert not set(html) & set("┏┃│└━") and "\n\n" not in html and outputs.drawn(said.getvalue())
    assert outputs.shown_of("more\n" + said.getvalue(), heard) is None


@pytest.mark.slow
def test_no_page_draws_a_table_with_letters(site):
    for source in (ROOT / "docs").rglob("*.md"):
        text = source.read_text(encoding="utf-8")
        html = (site / source.relative_to(DOCS).with_suffix(".html")).read_text(encoding="utf-8")
        made = [step.body for step in runner.steps(text) if step.made and outputs.drawn(step.body)]
        assert html.count('class="output"') >= len(made)
        assert not set(html) & set("┏┃│└━"), source


@pytest.mark.slow
def test_the_notebook_is_a_page_and_a_file(site):
    html = (site / "notebook.html").read_text(encoding="utf-8")
    assert html.count("<table>") >= 3 and html.count('src="data:image/png;base64,') >= 2
    assert (site / "notebook.ipynb").read_bytes() == (ROOT / "docs/notebook.ipynb").read_bytes()


@pytest.mark.slow
def test_every_page_has_its_neighbours_its_contents_and_the_dark(site):
    named = re.findall(r"([\w/-]+)\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    for place, name in enumerate(named):
        html = (site / f"{name}.html").read_text(encoding="utf-8")
        assert ("md-footer__link--prev" in html) == (place > 0), name
        assert ("md-footer__link--next" in html) == (place < len(named) - 1), name
        schemes = re.findall(r'data-md-color-media="([^"]*)" data-md-color-scheme="(\w+)"', html)
        system, *kinds = dict.fromkeys(schemes)
        assert system[0] == "(prefers-color-scheme)"
        assert [scheme for _, scheme in kinds] == ["default", "slate"]
        assert 'data-md-type="toc"' in html


@pytest.mark.slow
def test_the_index_of_the_search_can_be_read_from_a_disk(site):
    text = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    found = json.loads(text.removeprefix("var __index = "))["docs"]
    assert any("prisoners" in page["title"] for page in found)
    assert "iframe-worker.js" in (site / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium():
    sys.path.append(str(ROOT / "tests" / "app"))
    with importlib.import_module("app_browser").chromium(alone=False) as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("width", [1366, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_finds_its_way_on_a_disk(site, chromium, scheme, width):
    context = chromium.new_context(
        viewport={"width": width, "height": 768}, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.goto((site / "tutorials" / "teacher.html").as_uri())

    def lightness():
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3

    assert lightness() > 200 if scheme == "light" else lightness() < 60
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".md-sidebar--secondary nav").is_visible() == (width > 1000)
    page.locator("label[for^=__palette]:visible").click()  # always light
    page.locator("label[for^=__palette]:visible").click()  # always dark
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(lambda address: "teacher" not in address)
    assert lightness() < 60
    if width < 1000:
        page.locator("label[for=__search]:visible").first.click()
    page.locator(".md-search__input").click()
    page.keyboard.type("prisoners")
    page.locator(".md-search-result__link").first.wait_for()
    assert "teacher.html" in page.locator(".md-search-result__link").first.get_attribute("href")
    assert not wrong
    context.close()
