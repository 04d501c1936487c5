"""What `mkdocs build` does besides: draws figures, writes formulas as MathML (no script)."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert

sys.path.insert(0, str(Path(__file__).parent))
INLINE = r'<span class="arithmatex">\\\((.*?)\\\)</span>'
BLOCK = r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>'


def on_pre_build(config: Any) -> None:
    """Draw every figure that a page asks for."""
    import generate

    generate.figures()


def on_page_content(text: str, **_: Any) -> str:
    """Replace TeX by MathML, which browsers show by themselves."""
    text = re.sub(INLINE, lambda m: convert(html.unescape(m[1])), text, flags=re.DOTALL)
    return re.sub(
        BLOCK, lambda m: convert(html.unescape(m[1]), display="block"), text, flags=re.DOTALL
    )
