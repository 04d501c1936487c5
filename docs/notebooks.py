"""Run a notebook from top to bottom, as its reader would, and show it as a page.

Nothing but nashbox is needed for it: a cell's last expression is shown by its `_repr_html_`, or by
its repr, and figures that are open after a cell are shown and closed, as Jupyter does.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pages

DOTS = 90  # per inch of a figure
BLANK = re.compile(r"\n\s*\n")


def refreshed(text: str, folder: Path) -> str:
    """Run a notebook in an empty folder; return its text with the outputs as they are now."""
    book = json.loads(text)
    drawn()  # what whoever asks has left open is none of the notebook's
    with pages.workspace(folder):
        namespace: dict[str, Any] = {"__name__": "__main__"}
        codes = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
        for number, cell in enumerate(codes, 1):
            cell["execution_count"] = number
            cell["outputs"] = run("".join(cell["source"]), namespace, number)
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def run(source: str, namespace: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Run one cell; return what it prints, shows and draws, as a notebook keeps it."""
    body = ast.parse(source).body
    quiet = source.rstrip().endswith(";")
    last = body.pop() if body and isinstance(body[-1], ast.Expr) and not quiet else None
    value = None
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(ast.Module(body, []), "cell", "exec"), namespace)  # noqa: S102 - our own text
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)  # noqa: S307
    found: list[dict[str, Any]] = []
    if said.getvalue():
        found.append({"name": "stdout", "output_type": "stream", "text": lines(said.getvalue())})
    if value is not None:
        result = {"data": shown(value), "execution_count": number, "metadata": {}}
        found.append(result | {"output_type": "execute_result"})
    return found + [
        {"data": {"image/png": picture}, "metadata": {}, "output_type": "display_data"}
        for picture in drawn()
    ]


def shown(value: object) -> dict[str, list[str]]:
    """A value as HTML if it knows how, and as text."""
    data = {"text/plain": lines(repr(value))}
    as_html = getattr(value, "_repr_html_", lambda: None)()
    return data if as_html is None else {"text/html": lines(as_html), **data}


def drawn() -> list[str]:
    """The open figures, which are closed, as PNG in base 64."""
    from matplotlib import pyplot

    found = []
    for number in pyplot.get_fignums():
        image, figure = io.BytesIO(), pyplot.figure(number)
        figure.savefig(
            image, format="png", dpi=DOTS, bbox_inches="tight", metadata={"Software": None}
        )
        pyplot.close(figure)
        found.append(base64.b64encode(image.getvalue()).decode("ascii"))
    return found


def lines(text: str) -> list[str]:
    """A text as notebooks keep it."""
    return text.splitlines(keepends=True)


def as_markdown(text: str) -> str:
    """A notebook as a page: its words, its code, and what that shows."""
    parts = []
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        alt = cell["metadata"].get("alt", "")  # what a figure shows, for who cannot see it
        parts += [_output(output, alt) for output in cell["outputs"]]
    return "\n\n".join(parts) + "\n"


def _output(output: dict[str, Any], alt: str) -> str:
    if output["output_type"] == "stream":
        return f"```text\n{''.join(output['text'])}```"
    data = output["data"]
    if "image/png" in data:
        source = f"data:image/png;base64,{data['image/png']}"
        return f'<p><img alt="{html.escape(alt)}" src="{source}"></p>'
    if "text/html" in data:
        return f'<div class="output">\n{BLANK.sub(chr(10), "".join(data["text/html"]))}\n</div>'
    return f"```text\n{''.join(data['text/plain'])}\n```"
