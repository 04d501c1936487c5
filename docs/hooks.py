"""What `mkdocs build` does besides.

It draws figures, shows tables of outputs as tables, and writes formulas as MathML (no script).
"""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError

INLINE = r'<span class="arithmatex">\\\((.*?)\\\)</span>'
BLOCK = r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>'


def on_pre_build(config: Any) -> None:
    """Draw every figure that a page asks for."""
    here = str(Path(__file__).parent)
    if here not in sys.path:
        sys.path.insert(0, here)
    import generate

    generate.figures()


def on_page_markdown(text: str, page: Any, **_: Any) -> str:
    """Put in what stands in other files; make tables of those that are drawn."""
    import generate
    import outputs
    import pages

    kept = outputs.kept()

    def table(match: re.Match[str]) -> str:
        step = pages.Step.of(match)
        if step.made is None or not outputs.drawn(step.body):
            return match[0]
        shown = kept.get(outputs.key(step.body))
        if shown is None:
            raise PluginError(f"{page.file.src_uri}: python docs/generate.py makes {step.made!r}")
        return shown

    folder = Path(page.file.abs_src_path).parent
    return pages.STEP.sub(table, generate.with_others(text, folder))


def on_page_content(text: str, page: Any, **_: Any) -> str:
    """Replace TeX by MathML, which browsers show by themselves."""

    def formula(display: str) -> Any:
        return lambda m: convert(html.unescape(m[1]).strip(), display=display)

    text = re.sub(INLINE, formula("inline"), text, flags=re.DOTALL)
    text = re.sub(BLOCK, formula("block"), text, flags=re.DOTALL)
    if "arithmatex" in text:
        raise PluginError(f"{page.file.src_uri}: a formula was not converted")
    return text
