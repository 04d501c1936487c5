"""Generate what the documentation shows: `python docs/generate.py [PAGE ...]`.

Pages are Markdown; `pages.py` runs their blocks and refreshes the outputs in them. Behind
`<!-- figure: nashbox ... -->` stands an image that the command draws, or a function of
`drawings.py` (`<!-- figure: ratio_to_compliance -->`). Outputs are part of the pages, images are
drawn when the site is built; only the README's picture is kept. `<!-- section: FILE, HEADING -->`
stands for a section of another file, which the site shows there, `<!-- notebook: FILE -->` for a
notebook, which `notebooks.py` runs; its outputs, figures too, are part of it.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FIGURE = re.compile(r"<!-- figure: (.*?) -->\n!\[.*?\]\((.*?)\)", re.DOTALL)
NOTEBOOK = re.compile(r"<!-- notebook: (.*?) -->")
SECTION = re.compile(r"<!-- section: (.*?), (.*?) -->")

if str(DOCS) not in sys.path:
    sys.path.insert(0, str(DOCS))


def all_pages() -> list[Path]:
    """All pages, the README first."""
    found = [ROOT / "README.md", *sorted(ROOT.glob("examples/*/README.md"))]
    return [*found, *sorted(DOCS.rglob("*.md"))]


def all_notebooks() -> list[Path]:
    """All notebooks."""
    return sorted(DOCS.rglob("*.ipynb"))


def figures() -> None:
    """Draw the images of the site; files with a title on the page are there for the commands."""
    for page in sorted(DOCS.rglob("*.md")):
        draw(page.read_text(encoding="utf-8"), page.parent)


def draw(text: str, folder: Path) -> None:
    """Draw the images of one page that lies in `folder`."""
    import drawings
    import pages

    marked = FIGURE.findall(text)
    if not marked:
        return
    with tempfile.TemporaryDirectory() as place, pages.workspace(Path(place)):
        for step in pages.steps(text):
            if step.title is not None:
                Path(step.title).write_text(step.body, encoding="utf-8")
        for maker, name in marked:
            image = (folder / name).resolve()
            image.parent.mkdir(parents=True, exist_ok=True)
            if not maker.startswith("nashbox "):
                getattr(drawings, maker)(image)
                continue
            code, said = pages.nashbox([*shlex.split(maker)[1:], "--figure", str(image)])
            if code != 0:
                raise pages.PageError(f"{maker}: exit code {code}\n{said}")


def with_others(text: str, folder: Path = DOCS) -> str:
    """The text of a page in `folder` with the sections and notebooks that it asks for."""
    import notebooks

    def notebook(match: re.Match[str]) -> str:
        return notebooks.as_markdown((folder / match[1]).read_text(encoding="utf-8"))

    return NOTEBOOK.sub(notebook, SECTION.sub(lambda m: section(m[1], m[2]), text))


def section(file: str, heading: str) -> str:
    """What stands below a second-level heading of a file of the repository."""
    text = (ROOT / file).read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if found is None:
        raise ValueError(f"{file} has no section {heading!r}")
    return found[1].strip()


def main(names: list[str]) -> None:
    """Draw the README's picture, refresh the outputs of all pages, or of those named."""
    import drawings
    import notebooks
    import outputs
    import pages

    if not names:
        drawings.honesty(DOCS / "honesty.png")
    shown = outputs.kept() if names else {}
    everything = [*all_pages(), *all_notebooks()]
    for page in [Path(name).resolve() for name in names] or everything:
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            if page.suffix == ".ipynb":
                new = notebooks.refreshed(text, Path(folder))
            else:
                new, more = pages.run_anew(text, Path(folder))
                shown |= more
        page.write_text(new, encoding="utf-8")
    outputs.keep(outputs.used(shown, all_pages()))


if __name__ == "__main__":
    main(sys.argv[1:])
