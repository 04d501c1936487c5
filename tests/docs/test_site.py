"""The site: every public name has its place, and it is built offline, without a warning."""

import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

import nashbox

ROOT = Path(__file__).parent.parent.parent
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
