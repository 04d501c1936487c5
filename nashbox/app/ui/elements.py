"""What all cards are made of: headings, tables, figures, messages, bars."""

from __future__ import annotations

import base64
import contextlib
import csv
import html
import io
from collections.abc import Iterator
from typing import Any

import solara

from nashbox.app.messages import Figure, PageTable, Progress


def place(tag: str, classes: str, **attributes: str) -> Any:
    """An element of the page, to be filled with `with`."""
    return solara.v.Html(tag=tag, class_=classes, attributes=attributes)


@contextlib.contextmanager
def section(title: str) -> Iterator[None]:
    """A part of the page under a heading."""
    with place("section", "nb-card", **{"aria-label": title}):
        solara.v.Html(tag="h2", children=[title])
        yield


def paragraph(text: str) -> None:
    """Words on a line of their own."""
    solara.v.Html(tag="p", children=[text])


@solara.component
def Drawing(drawing: str, name: str) -> None:
    """A drawing that is part of the page, and a link that saves it."""
    with place("figure", "nb-drawing"):
        solara.HTML(tag="div", unsafe_innerHTML=drawing)
        save("Save this figure", f"{name}.svg", "image/svg+xml", drawing)


def save(label: str, name: str, kind: str, content: str | bytes) -> None:
    """A link that saves what the page holds as a file."""
    held = base64.b64encode(content.encode() if isinstance(content, str) else content)
    solara.v.Html(
        tag="a", children=[label], class_="nb-note",
        attributes={"download": name, "href": f"data:{kind};base64,{held.decode('ascii')}"},
    )  # fmt: skip


@solara.component
def Picture(shown: Any, name: str) -> None:
    """A figure as an image with its description; an empty place until it comes."""
    figure: Figure | None = shown.value
    if figure is None:
        solara.HTML(tag="div", classes=["nb-note"], unsafe_innerHTML="is being drawn ...")
        return
    source = "data:image/png;base64," + base64.b64encode(figure.png).decode("ascii")
    with place("div", "nb-scroll", tabindex="0", role="region", **{"aria-label": f"figure {name}"}):
        solara.v.Html(
            tag="img",
            attributes={"src": source, "alt": figure.text, "data-figure": name},
            class_="nb-figure",
        )
    save("Save this figure", f"{name}.png", "image/png", figure.png)


@solara.component
def Rows(shown: Any, name: str) -> None:
    """A table with its title and notes."""
    table: PageTable | None = shown.value
    if table is None:
        return
    head = "".join(f"<th scope='col'>{html.escape(c)}</th>" for c in table.columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in table.rows
    )
    title = f"<div class='nb-title'><b>{html.escape(table.title)}</b></div>" if table.title else ""
    notes = "".join(f"<div class='nb-note'>note: {html.escape(note)}</div>" for note in table.notes)
    solara.HTML(
        tag="div",
        attributes={"data-table": name},
        unsafe_innerHTML=f"{title}<div class='nb-scroll' tabindex='0' role='region' "
        f"aria-label='{html.escape(table.title or name)}'><table class='nb-table'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{notes}",
    )  # fmt: skip
    save("Save this table", f"{name}.csv", "text/csv", _csv(table))


def _csv(table: PageTable) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows([table.columns, *table.rows])
    return stream.getvalue()


@solara.component
def Message(text: str, name: str = "trouble") -> None:
    """What went wrong, word for word what the command line says."""
    if text:
        with solara.Error(dense=True):
            solara.HTML(
                tag="span", attributes={"data-message": name, "role": "alert"},
                unsafe_innerHTML=html.escape(f"nashbox: {text}"),
            )  # fmt: skip


@solara.component
def Printed(text: str) -> None:
    """What the command line prints, folded up."""
    with solara.Details("as the command line prints it"):
        solara.HTML(tag="pre", classes=["nb-text"], unsafe_innerHTML=html.escape(text))


def _seconds(left: float) -> str:
    return f"{left:.0f} s" if left < 90 else f"{left / 60:.0f} min"


def still(label: str, share: float) -> None:
    """A bar, in percent. Where nobody knows it stands still.

    A moving one is drawn sixty times a second, which takes more than what it waits for.
    """
    solara.v.ProgressLinear(value=share, attributes={"aria-label": label})


@solara.component
def Advance(progress: Progress | None, unit: str = "agents") -> None:
    """A bar: how many agents (or paths, steps) are done, or that nobody knows."""
    if progress is None:
        return
    known = progress.total > 0
    share = 100 * progress.done / progress.total if known else 0
    left = "" if progress.left is None else f", about {_seconds(progress.left)} left"
    still("share done", share)
    solara.HTML(
        tag="div", classes=["nb-note"], attributes={"data-progress": str(progress.done)},
        unsafe_innerHTML=f"{progress.done} of {progress.total} {unit} ({share:.0f} %){left}"
        if known
        else "working; how long it takes is not known yet ...",
    )  # fmt: skip
