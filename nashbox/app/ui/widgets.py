"""Widgets that all games are made of."""

from __future__ import annotations

import base64
import contextlib
import csv
import html
import io
from collections.abc import Iterator
from typing import Any

import solara
from ipyvuetify.extra import FileInput

from nashbox.app import parameters
from nashbox.app.limits import BYTES, FILES
from nashbox.app.messages import Figure, PageTable, Progress
from nashbox.app.parameters import labelled
from nashbox.app.story import line_svg, svg
from nashbox.app.ui.inputs import Button, Choice, Parameters, Slide, Text
from nashbox.app.ui.session import Session
from nashbox.app.ui.state import EVERYBODY, Tab
from nashbox.experiments.audit import audit
from nashbox.experiments.audit.words import ALL
from nashbox.problem.parameters import summary
from nashbox.problem.spec import Spec
from nashbox.tables.console import number

CSS = """
.nb-main {width: 100%; min-width: 0; box-sizing: border-box; max-width: 1500px; margin: 0 auto;
  padding: 8px 16px 40px; font-size: 1rem;}
.v-application .nb-main h1 {font-size: 1.9rem; line-height: 1.2; margin: 4px 0;}
.v-application .nb-main h2 {font-size: 1.15rem; margin: 0 0 8px;}
.nb-answer {font-size: 1.15rem; min-height: 1.7em; margin: 4px 0 10px;}
.nb-answer b {font-size: 1.25rem;}
.nb-yes b {color: #00664b;} .nb-no b, .nb-plan b {color: #a63c00;} .nb-open b {color: #7a5200;}
.nb-presets {display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 12px;}
.nb-main .v-btn {text-transform: none; letter-spacing: normal;}
.nb-line {display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center;}
.nb-line > .v-input {flex: 1 1 110px;}
.nb-page {display: grid; gap: 0 16px; grid-template-columns: 320px minmax(0, 1fr);
  grid-template-rows: auto 1fr; grid-template-areas: "who story" "more story";}
.nb-who {grid-area: who;} .nb-story {grid-area: story;} .nb-more {grid-area: more;}
@media (max-width: 960px) {
  .nb-page {grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto; grid-template-areas: "story" "who" "more";}
  .v-application .nb-main h1 {font-size: 1.5rem;}
}
.nb-card {border: 1px solid #ddd; border-radius: 6px; padding: 12px 14px; margin-bottom: 14px;
  background: #fff; min-width: 0;}
.nb-main :focus-visible {outline: 3px solid #0b57d0 !important; outline-offset: 2px;}
.nb-main .v-input--is-focused {outline: 3px solid #0b57d0; outline-offset: 2px;}
.nb-figure {max-width: 100%; min-width: 560px; height: auto; display: block;}
.nb-card > .v-btn, .nb-line {margin: 8px 0 4px;}
.nb-table {border-collapse: collapse; font-size: 0.9rem; width: 100%;}
.nb-table td, .nb-table th {padding: 2px 8px; text-align: right; border-bottom: 1px solid #ddd;}
.nb-table td:first-child, .nb-table th:first-child {text-align: left;}
.v-application .nb-inputs {display: grid; gap: 0 16px;
  grid-template-columns: repeat(auto-fill, minmax(130px, 1fr));}
.nb-drawing {margin: 0 0 12px;}
.nb-scroll {overflow: auto; max-height: 80vh;}
.nb-text {font-size: 0.75rem; line-height: 1.15; overflow-x: auto; white-space: pre;}
.nb-main pre {overflow-x: auto; white-space: pre-wrap;}
.nb-main .v-progress-linear * {transition: none !important;}
.nb-note {font-size: 0.875rem; color: #555;}
.nb-verdict {font-size: 1.05rem; font-weight: 600;}
.nb-profitable {color: #a63c00;} .nb-none_above_epsilon {color: #00664b;}
.nb-undecided {color: #7a5200;}
"""
LABELLED = FileInput.class_traits()["template"].default_value.replace(
    "<v-file-input", '<v-file-input label="files of this machine"'
)
ANSWERING = "Working out whether honesty pays ..."


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
def Question(tab: Tab) -> None:
    """The question of the page, and the answer of the audit to it for the game in sight."""
    solara.v.Html(tag="h1", children=["Does honesty pay here?"])
    answer = tab.answer.value
    first, _, rest = (answer.text if answer is not None else ANSWERING).partition(". ")
    word = "none" if answer is None else answer.word
    text = f"<b>{html.escape(first)}{'.' if rest else ''}</b> {html.escape(rest)}"
    solara.HTML(
        tag="div", classes=["nb-answer", f"nb-{word}"],
        attributes={"data-answer": word, "role": "status", "aria-live": "polite"},
        unsafe_innerHTML=text if answer is not None else f"{ANSWERING}",
    )  # fmt: skip


@solara.component
def Charts(tab: Tab) -> None:
    """The large chart of the game, and what else there is to see."""
    opened = tab.opened.value
    with section("What becomes of the game" if opened is None else opened.title):
        if opened is None:
            waits = tab.waiting.value > 0
            words = "The game is being opened ..." if waits else "Choose a game, or upload one."
            solara.Text(words, classes=["nb-note"])
        story = tab.story.value
        if story is not None:
            if not tab.played.value.count:
                solara.Text("Nothing has been played yet: press Step.", classes=["nb-note"])
            _Drawing(svg(story), story.name)
        lines = tab.lines.value
        if lines is not None and lines.series:
            _Drawing(line_svg(lines), lines.name)
        for name in ("graph", "law"):
            if tab.figures[name].value is not None:
                Picture(tab.figures[name], name)
    if tab.solving.value:
        still("solving", 0.0)
        solara.Text("the exact law is being computed", classes=["nb-note"])
        Button("Cancel solving", on_click=tab.cancel_solving, plain=True)


@solara.component
def _Drawing(drawing: str, name: str) -> None:
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
def Upload(session: Session) -> None:
    """Choose files of this machine."""
    solara.Text(
        "A problem file (.toml) with the tables it names, or a table of costs (.csv: "
        "agent,<distribution>,...)",
        classes=["nb-note"],
    )
    Text("sigma of an uploaded cost table", value=session.sigma)
    _Files(session)


@solara.component
def _Files(session: Session) -> Any:
    """Files are read in pieces, in a thread; of too large ones just enough to refuse them.

    Whatever is chosen while others are read is read next: the last choice counts.
    """
    info, set_info = solara.use_state(None)
    element = FileInput.element(
        multiple=True, on_file_info=set_info, show_progress=False, template=LABELLED
    )
    widget: Any = solara.use_ref(None)
    solara.use_effect(lambda: setattr(widget, "current", solara.get_widget(element)), [])
    taken = solara.use_ref(0)  # the version of the choice that was read last

    def read() -> None:
        while info and widget.current.file_info and widget.current.version != taken.current:
            version = widget.current.version
            try:
                held = [
                    (one["name"], one["file_obj"].read(min(one["size"], BYTES + 1)))
                    for one in widget.current.get_files()[: FILES + 1]
                ]
            except Exception:  # all that the widget raises: another choice, or no answer for long
                held = None
            if version == widget.current.version:
                taken.current = version
                session.upload(held)

    solara.use_thread(read, [info], intrusive_cancel=False)
    return element


@solara.component
def Controls(tab: Tab) -> None:
    """Reset, play, step as on Mesa's pages, and run: many at once."""
    ready = tab.opened.value is not None
    with place("div", "nb-line"):
        Button("Step", color="primary", on_click=lambda: tab.step(), disabled=not ready)
        Button(
            "❚❚" if tab.playing.value else "▶",
            color="primary",
            on_click=tab.play_or_pause,
            disabled=not ready,
            spoken="Pause" if tab.playing.value else "Play",
        )
        Button("Reset", color="primary", on_click=tab.reset, disabled=not ready)
    with place("div", "nb-line"):
        Text(tab.unit, value=tab.counts[tab.unit])
        Button("Run", color="primary", on_click=tab.run, disabled=not ready)
    Text("seed (taken by Reset)", value=tab.seed)
    Slide("Play interval (ms)", tab.interval, 1, 500, 10)
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


@solara.component
def ChooseProblem(tab: Tab, session: Session) -> None:
    """Files named at the start, presets, examples, and what was uploaded."""
    setup = tab.setup.value
    Choice(
        "game",
        value=None if setup is None else setup.source.shown,
        values=session.menu(),
        on_value=session.open,
    )
    if tab.opened.value is not None:
        save("Save the problem file", "problem.toml", "text/plain", tab.opened.value.file)


@solara.component
def Rules(tab: Tab) -> None:
    """The mechanism, the game's parameters, and how it is played."""
    if tab.opened.value is not None:
        _Mechanism(tab)
        Parameters(tab.setup.value.source.shown, tab.inputs(), tab.set_key, lazy=True)
    if tab.cls.lasting:
        Text("parallel worlds (taken by Reset)", value=tab.worlds)
    else:
        Button("Finish this game", on_click=tab.finish, disabled=tab.opened.value is None)


@solara.component
def _Mechanism(tab: Tab) -> None:
    """The mechanism, with its parameters."""
    opened = tab.opened.value
    if opened is None:
        return
    name, inputs = opened.mechanism.name, dict(opened.mechanism.parameters)

    def made(chosen: str, given: dict[str, Any]) -> Spec:
        return tab.checked(1, chosen, given)

    def choose(value: str) -> None:
        tab.attempt(lambda: tab.set_mechanism(made(value, {})))

    def change(key: str, value: Any) -> None:
        # what was asked for last counts, not what is shown: the answer may be on its way
        asked = getattr(tab.wanted, "mechanism", None)
        now = dict(asked.parameters) if asked is not None and asked.name == name else inputs
        tab.attempt(lambda: tab.set_mechanism(made(name, {**now, key: value})))

    Choice("mechanism", value=name, values=with_own(tab.mechanisms, name), on_value=choose)
    if name in tab.mechanisms:
        entries = parameters.user_params(tab.class_of(1, name), inputs)
        plain = {key: one for key, one in entries.items() if not _tabular(inputs.get(key))}
        Parameters(name, plain, change, lazy=True)


def _tabular(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(isinstance(v, (list, tuple)) for v in value)


@solara.component
def RuleTable(tab: Tab) -> None:
    """What the mechanism holds agent by agent, as a table: designed rules."""
    opened = tab.opened.value
    inputs = {} if opened is None else opened.mechanism.parameters
    tables = {key: value for key, value in inputs.items() if _tabular(value)}
    if opened is None or not tables:
        return
    columns, cells = ["agent"], [[name] for name in opened.names]
    for key, rows in tables.items():
        if len(rows) != len(cells):
            continue
        wide = max(len(row) for row in rows)
        columns += [key if wide == 1 else f"{key} {k + 1}" for k in range(wide)]
        for held, row in zip(cells, rows, strict=True):
            held += [_cell(value) for value in row]
    with section("The rules, agent by agent"):
        solara.Text(
            "n points are compared with the mean of z others and passed within t; what does not "
            "apply is -. To change a cell, save the problem file and edit it.",
            classes=["nb-note"],
        )
        Rows(solara.reactive(PageTable("rules", columns, cells)), "rules")


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else number(value)


@solara.component
def ChooseStrategy(tab: Tab) -> None:
    """An agent (or everybody), a strategy of the menu, and its parameters."""
    opened = tab.opened.value
    if opened is None:
        return
    own = [spec.name for spec in opened.strategies.values()]
    names = [parameters.RECOMMENDED, *tab.strategies]

    def change(key: str, value: Any) -> None:
        tab.chosen.value = {**tab.chosen.value, key: value}

    Choice(
        "agent",
        value=tab.agent.value,
        values=[EVERYBODY, *opened.names],
        on_value=tab.choose_agent,
    )
    Choice(
        "strategy",
        value=tab.strategy.value,
        values=with_own(names, *own, tab.strategy.value),
        on_value=tab.choose_strategy,
    )
    cls = tab.strategy_class()
    if cls is not None:
        solara.Text(summary(cls), classes=["nb-note"])
        with place("div", "nb-inputs"):
            shown = parameters.user_params(cls, tab.chosen.value)
            Parameters(tab.strategy.value, shown, change, lazy=False)


@solara.component
def OwnInputs(tab: Tab) -> None:
    """Lists of numbers that are the chosen agent's own."""
    texts = tab.lists.texts.value
    for control in tab.cls.agent_controls:

        def write(text: str, key: str = control.key) -> None:
            tab.lists.write(key, text)

        Text(control.label, value=texts.get(control.key, ""), on_value=write)


def with_own(names: list[str], *own: str) -> list[str]:
    """A menu with what the problem's file names besides."""
    return list(dict.fromkeys([*names, *(name for name in own if name)]))


@solara.component
def Audit(tab: Tab) -> None:
    """Start an audit, watch it, cancel it; verdict, table, landscape."""
    progress = tab.progress.value
    with section("Audit"):
        with place("div", "nb-line"):
            Text(labelled(audit, "budget"), value=tab.budget)
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
                unsafe_innerHTML=f"verdict: {ALL[verdict.verdict]}",
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
