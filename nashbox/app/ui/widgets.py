"""Widgets that both tabs are made of."""

from __future__ import annotations

import base64
import html
import threading
from collections.abc import Callable
from typing import Any

import solara
from ipyvuetify.extra import FileInput

from nashbox.app import parameters
from nashbox.app.limits import BYTES, FILES
from nashbox.app.messages import Figure, Progress, Table
from nashbox.app.ui.inputs import Button, Choice, Parameters, Slide, Text
from nashbox.app.ui.state import EVERYBODY, Tab
from nashbox.problem.spec import Spec

CSS = """
.nb-figure {width: 100%; max-width: 760px; height: auto; display: block;}
.nb-table {border-collapse: collapse; font-size: 0.82rem; width: 100%;}
.nb-table td, .nb-table th {padding: 1px 8px; text-align: right; border-bottom: 1px solid #ddd;}
.nb-table td:first-child, .nb-table th:first-child {text-align: left;}
.nb-below {padding-top: 18px;}
.v-application .nb-inputs > .v-sheet {display: grid !important; gap: 0 16px !important;
  grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));}
.nb-scroll {overflow-x: auto; max-height: 480px; overflow-y: auto;}
.nb-text {font-size: 0.68rem; line-height: 1.15; overflow-x: auto; white-space: pre;}
.nb-note {font-size: 0.82rem; color: #555;}
.nb-verdict {font-size: 1.05rem; font-weight: 600;}
.nb-profitable {color: #a63c00;} .nb-none_above_epsilon {color: #00664b;}
.nb-undecided {color: #7a5200;}
"""


@solara.component
def Picture(shown: Any, name: str) -> None:
    """A figure as an image with its description; an empty place until it comes."""
    figure: Figure | None = shown.value
    if figure is None:
        solara.HTML(tag="div", classes=["nb-note"], unsafe_innerHTML="...")
        return
    source = "data:image/png;base64," + base64.b64encode(figure.png).decode("ascii")
    solara.v.Html(
        tag="img",
        attributes={"src": source, "alt": figure.text, "data-figure": name},
        class_="nb-figure",
    )


@solara.component
def Rows(shown: Any, name: str) -> None:
    """A table with its title and notes."""
    table: Table | None = shown.value
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
        classes=["nb-scroll"],
        attributes={"data-table": name},
        unsafe_innerHTML=f"{title}<table class='nb-table'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{notes}",
    )


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
def Upload(on_files: Callable[[list[tuple[str, bytes]]], None], text: str) -> None:
    """Choose files of this machine."""
    solara.Text(text, classes=["nb-note"])
    _Files(on_files)


@solara.component
def _Files(on_files: Callable[[list[tuple[str, bytes]]], None]) -> Any:
    """Files are read in pieces, in a thread; of too large ones just enough to refuse them."""
    info, set_info = solara.use_state(None)
    chosen, set_chosen = solara.use_state(None)
    element = FileInput.element(multiple=True, on_file_info=set_info, show_progress=False)

    def wire() -> None:
        if info:
            widget: Any = solara.get_widget(element)
            widget.version += 1
            set_chosen(widget.get_files())

    solara.use_effect(wire, [info])

    def read(cancel: threading.Event) -> None:
        if chosen:
            on_files(
                [
                    (one["name"], one["file_obj"].read(min(one["size"], BYTES + 1)))
                    for one in chosen[: FILES + 1]
                ]
            )

    solara.use_thread(read, [chosen])
    return element


@solara.component
def Controls(tab: Tab, unit: str, count: solara.Reactive[str], run: Callable[[], None]) -> None:
    """Reset, play, step as on Mesa's pages, and run: many at once."""
    ready = tab.opened.value is not None
    with solara.Card("Controls", margin=0):
        Slide("Play interval (ms)", tab.interval, 1, 500, 10)
        with solara.Row(justify="space-between"):
            Button("Reset", color="primary", on_click=tab.reset, disabled=not ready)
            Button(
                "❚❚" if tab.playing.value else "▶",
                color="primary",
                on_click=tab.play_or_pause,
                disabled=not ready,
                spoken="Pause" if tab.playing.value else "Play",
            )
            Button("Step", color="primary", on_click=lambda: tab.step(), disabled=not ready)
        with solara.Row(classes=["nb-below"]):
            Text(unit, value=count)
            Button("Run", color="primary", on_click=run, disabled=not ready)
        Text("seed (taken by Reset)", value=tab.seed)
        Busy(tab)


@solara.component
def Busy(tab: Tab) -> None:
    """How far the game is, and a way out of what takes too long."""
    played = tab.played.value
    busy, drawing = tab.waiting.value > 0, tab.drawing
    solara.HTML(
        tag="div",
        classes=["nb-note"],
        attributes={"data-count": str(played.count), "data-step": str(played.step),
                    "data-busy": str(int(busy)), "data-drawing": str(int(drawing))},
        unsafe_innerHTML=f"{played.count:,} played"
        + (", working ..." if busy else ", drawing ..." if drawing else ""),
    )  # fmt: skip
    Button("Cancel", on_click=tab.cancel, plain=True, disabled=not busy)


def open_first(tab: Tab, usual: str) -> None:
    """Open what was named at the start, else the usual example."""
    if tab.setup.value is None and tab.sources.value:
        shown = [source.shown for source in tab.sources.value]
        named = [name for name in shown if name in tab.started.files]
        likely = [name for name in shown if name.endswith(usual)]
        tab.open_shown([*named, *likely, *shown][0])


@solara.component
def ChooseProblem(tab: Tab) -> None:
    """Examples, files named at the start, and what was uploaded."""
    setup = tab.setup.value
    Choice(
        "problem",
        value=None if setup is None else setup.source.shown,
        values=[source.shown for source in tab.sources.value],
        on_value=tab.open_shown,
    )


@solara.component
def Rules(tab: Any) -> None:
    """The mechanism, with its parameters."""
    opened = tab.opened.value
    if opened is None:
        return
    name, inputs = opened.mechanism.name, dict(opened.mechanism.parameters)

    def made(chosen: str, given: dict[str, Any]) -> Spec:
        spec: Spec = tab.checked(1, chosen, given)
        return spec

    def choose(value: str) -> None:
        tab.attempt(lambda: tab.set_rules(mechanism=made(value, {})))

    def change(key: str, value: Any) -> None:
        # what was asked for last counts, not what is shown: the answer may be on its way
        asked = getattr(tab.wanted, "mechanism", None)
        now = dict(asked.parameters) if asked is not None and asked.name == name else inputs
        tab.attempt(lambda: tab.set_rules(mechanism=made(name, {**now, key: value})))

    Choice("mechanism", value=name, values=with_own(tab.mechanisms, name), on_value=choose)
    if name in tab.mechanisms:
        cls = tab.class_of(1, name)
        Parameters(name, parameters.user_params(cls, inputs), change, lazy=True)


@solara.component
def ChooseStrategy(tab: Tab) -> None:
    """An agent (or everybody), a strategy of the menu, and its parameters."""
    opened = tab.opened.value
    if opened is None:
        return
    own = [spec.name for spec in opened.strategies.values()]
    names = [parameters.RECOMMENDED, *tab.strategies]

    def change(key: str, value: Any) -> None:
        tab.inputs.value = {**tab.inputs.value, key: value}

    with solara.Columns([1, 2]):
        with solara.Column():
            Choice(
                "agent",
                value=tab.agent.value,
                values=[*opened.names, EVERYBODY],
                on_value=tab.choose_agent,
            )
            Choice(
                "strategy",
                value=tab.strategy.value,
                values=with_own(names, *own, tab.strategy.value),
                on_value=tab.choose_strategy,
            )
        with solara.Column():
            cls = tab.strategy_class()
            if cls is not None:
                summary = (cls.__doc__ or "").strip().split("\n")[0]
                solara.Text(summary, classes=["nb-note"])
                with solara.Div(classes=["nb-inputs"]):
                    shown = parameters.user_params(cls, tab.inputs.value)
                    Parameters(tab.strategy.value, shown, change, lazy=False)


def with_own(names: list[str], *own: str) -> list[str]:
    """A menu with what the problem's file names besides."""
    return list(dict.fromkeys([*names, *(name for name in own if name)]))


@solara.component
def Audit(tab: Tab) -> None:
    """Start an audit, watch it, cancel it; verdict, table, landscape."""
    progress = tab.progress.value
    with solara.Card("Audit", margin=0):
        with solara.Row():
            Text("budget (worlds simulated per agent at most)", value=tab.budget)
            Button(
                "Audit", color="primary", on_click=tab.audit,
                disabled=progress is not None or tab.opened.value is None,
            )  # fmt: skip
            if progress is not None:
                Button("Cancel audit", on_click=tab.cancel_audit)
        Advance(progress)
        Message(tab.audit_trouble.value, "audit-trouble")
        verdict = tab.verdict.value
        if verdict is not None:
            solara.HTML(
                tag="div",
                classes=["nb-verdict", f"nb-{verdict.verdict}"],
                attributes={"data-verdict": verdict.verdict},
                unsafe_innerHTML=f"verdict: {html.escape(verdict.verdict)}",
            )
            if tab.audited.value != tab.setup.value:
                solara.Text("the game has been changed since this audit", classes=["nb-note"])
        Rows(tab.tables["audit"], "audit")
        if verdict is not None:
            Picture(tab.figures["landscape"], "landscape")
        if verdict is not None:
            Printed(verdict.text)


@solara.component
def Printed(text: str) -> None:
    """What the command line prints, folded up."""
    with solara.Details("as the command line prints it"):
        solara.HTML(tag="pre", classes=["nb-text"], unsafe_innerHTML=html.escape(text))


@solara.component
def Advance(progress: Progress | None, unit: str = "agents") -> None:
    """A bar: how many agents (or paths, steps) are done, or that nobody knows."""
    if progress is None:
        return
    known = progress.total > 0
    share = 100 * progress.done / progress.total if known else 0
    solara.v.ProgressLinear(value=share, indeterminate=not known)
    solara.HTML(
        tag="div", classes=["nb-note"], attributes={"data-progress": str(progress.done)},
        unsafe_innerHTML=f"{progress.done} of {progress.total} {unit}" if known else "working ...",
    )  # fmt: skip


def figures(tab: Tab, *names: str) -> None:
    """The named figures, two in a row where there is room."""
    with solara.ColumnsResponsive(12, large=6):
        for name in names:
            with solara.Card(margin=0):
                Picture(tab.figures[name], name)
