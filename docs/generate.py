"""Generate what the documentation shows: `python docs/generate.py`.

Pages are Markdown with two kinds of marks. Behind `<!-- output: nashbox ... -->` stands what the
command prints; behind `<!-- figure: nashbox ... -->` an image that the command draws, or a function
of `drawings.py` (`<!-- figure: ratio_to_compliance -->`). Outputs are part of the pages, images are
drawn when the site is built; only the README's picture is kept.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
OUTPUT = re.compile(r"(<!-- output: nashbox (.*?) -->\n```text\n)(.*?)(```\n)", re.DOTALL)
FIGURE = re.compile(r"<!-- figure: (.*?) -->\n!\[.*?\]\((.*?)\)", re.DOTALL)


def pages() -> list[Path]:
    """All pages, the README first."""
    found = [ROOT / "README.md", *sorted(ROOT.glob("examples/*/README.md"))]
    return [*found, *sorted(DOCS.rglob("*.md"))]


def refreshed(text: str) -> str:
    """Return the text with every marked block replaced by its command's output."""
    return OUTPUT.sub(lambda m: m[1] + printed(m[2]) + m[4], text)


def printed(command: str) -> str:
    """What a nashbox command prints in a pipe."""
    from nashbox.cli import main as command_line

    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.chdir(ROOT):
        code = command_line(shlex.split(command))
    if code not in (0, 1):
        raise SystemExit(f"nashbox {command}: exit code {code}")
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def marked_figures() -> Iterator[tuple[str, Path]]:
    """Yield (what draws it, where it belongs) of every image the site's pages ask for."""
    for page in sorted(DOCS.rglob("*.md")):
        for maker, image in FIGURE.findall(page.read_text(encoding="utf-8")):
            yield maker, page.parent / image


def figures() -> None:
    """Draw the images of the site."""
    sys.path.insert(0, str(DOCS))
    import drawings

    for maker, image in marked_figures():
        image.parent.mkdir(parents=True, exist_ok=True)
        if maker.startswith("nashbox "):
            printed(f"{maker.removeprefix('nashbox ')} --figure {shlex.quote(str(image))}")
        else:
            getattr(drawings, maker)(image)


def main() -> None:
    """Draw the README's picture, refresh the outputs of all pages."""
    sys.path.insert(0, str(DOCS))
    import drawings

    drawings.honesty(DOCS / "honesty.png")
    for page in pages():
        text = page.read_text(encoding="utf-8")
        page.write_text(refreshed(text), encoding="utf-8")


if __name__ == "__main__":
    main()
