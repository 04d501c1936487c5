"""Pieces of HTML files that need nothing else: no network, no script that runs, no other file.

Text is escaped unless it is `Html` already, so that a name from a file cannot become markup.
"""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nashbox.experiments.digits import FINEST, TINY
from nashbox.results.saving import plain, to_text

STYLE = """
body{max-width:62em;margin:2em auto;padding:0 1em;font:16px/1.5 system-ui,sans-serif;color:#1a1a1a}
h1{font-size:1.5em}h2{margin-top:2em;border-bottom:2px solid #ccc}h3{margin-top:2em}
table{border-collapse:collapse;margin:.8em 0;font-size:.9em}
caption{text-align:left;white-space:nowrap;font-weight:600;padding:.3em 0}
th,td{border-bottom:1px solid #ddd;padding:.25em .7em;text-align:left;vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.badge{color:#fff;border-radius:.3em;padding:.1em .5em;font-size:.85em;white-space:nowrap}
.good{background:#006b4f}.bad{background:#b34700}.open{background:#005f9e}
pre{background:#f6f6f6;padding:.6em 1em;white-space:pre-wrap;overflow-wrap:anywhere}
blockquote{margin:.6em 0;padding:.3em 1em;border-left:4px solid #bbb;background:#f6f6f6}
img{max-width:100%}code{overflow-wrap:anywhere}details{margin:.8em 0}
@media screen and (max-width:40em){table{display:block;overflow-x:auto}caption{white-space:normal}}
@media print{body{max-width:none;margin:0}h2{break-after:avoid}tr,img{break-inside:avoid}}
""".strip()
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"  # a browser loads no more


class Html(str):
    """Text that is markup already."""


def escaped(value: object) -> Html:
    """Return text as markup that shows it.

    >>> escaped('<a href="x">')
    '&lt;a href=&quot;x&quot;&gt;'
    """
    return value if isinstance(value, Html) else Html(html.escape(str(value), quote=True))


def joined(parts: Iterable[object], between: str = "") -> Html:
    """Put pieces side by side, each escaped if it needs to be."""
    return Html(escaped(between).join(escaped(part) for part in parts))


def element(tag: str, *parts: object, **attributes: str) -> Html:
    """An element around its parts; `class_` is the attribute class, `data_x` is data-x."""
    names = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    inside = "".join(f' {key}="{escaped(value)}"' for key, value in names.items())
    return Html(f"<{tag}{inside}>{joined(parts)}</{tag}>")


def shown(value: Any, places: int | None = None, tiny: float = TINY) -> str:
    """Six digits of a number, or so many decimal places; words as they are; a dash for nothing.

    tiny: what is nearer to 0 is rounding.

    >>> shown(1815832.751), shown(0.25), shown(None), shown(float("inf")), shown(True)
    ('1.81583e+06', '0.25', '-', 'infinite', 'yes')
    >>> shown(1148544), shown(3.45834, 3)
    ('1148544', '3.458')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (int, float)):
        return {"inf": "infinite", "-inf": "-infinite"}.get(value, str(value))
    if math.isinf(value):
        return "infinite" if value > 0 else "-infinite"
    if isinstance(value, int):  # counts and budgets: all of them
        return str(value)
    if places is not None and places > FINEST:
        return f"{value:.3g}"
    if places is not None and abs(value) < 1e15:
        return f"{value:.{places}f}"
    return "0" if abs(value) < tiny else f"{value:.6g}"


def number(value: Any, path: str = "", places: int | None = None, tiny: float = TINY) -> Html:
    """Show a number, to so many decimal places if they are given; see `shown`.

    Its full value, and its place in the page's JSON, stand in the attributes.

    >>> import numpy as np
    >>> number(np.float64(1 / 3)), number(np.int64(3))
    ('<data value="0.3333333333333333">0.333333</data>', '<data value="3">3</data>')
    """
    value = plain(value)
    full = value if isinstance(value, str) else "" if value is None else repr(value)
    where = {"data_path": path} if path else {}
    return element("data", shown(value, places, tiny), value=full, **where)


def table(columns: Sequence[object], rows: Iterable[Sequence[object]], caption: str = "") -> Html:
    """A table; cells that `number` made stand to the right."""
    head = joined(element("th", column, scope="col") for column in columns)
    body = Html("\n").join(element("tr", *(_cell(cell) for cell in row)) for row in rows)
    title = element("caption", caption) if caption else Html()
    return Html(f"<table>{title}<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>")


def _cell(value: object) -> Html:
    right = isinstance(value, Html) and value.startswith("<data ")
    return element("td", value, class_="number") if right else element("td", value)


def image(svg: bytes, text: str) -> Html:
    """A figure inside the page; `text` says what it shows to who cannot see it."""
    data = base64.b64encode(svg).decode("ascii")
    source = f"data:image/svg+xml;base64,{data}"
    return Html(f'<p><img alt="{escaped(text)}" src="{source}"></p>')


def embedded(body: Mapping[str, Any]) -> Html:
    """JSON for programs that read the page; no text in it can end the element."""
    text = to_text(body)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Html(f'<script type="application/json" id="result">\n{text}</script>')


def page(title: str, *parts: object) -> str:
    """The whole file."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escaped(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>{element('h1', title)}\n{joined(parts, Html(chr(10)))}\n</body></html>\n"
    )
