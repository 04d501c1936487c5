"""The cards of the game on the table: the question, charts, who plays what, rules, controls."""

from __future__ import annotations

import html
from typing import Any

import solara

from nashbox.app import parameters
from nashbox.app.messages import PageTable
from nashbox.app.story import line_svg, svg
from nashbox.app.ui.choices import EVERYBODY
from nashbox.app.ui.elements import Drawing, Picture, Rows, place, save, section, still
from nashbox.app.ui.inputs import Button, Choice, Parameters, Slide, Text
from nashbox.app.ui.session import Session
from nashbox.app.ui.state import Tab
from nashbox.problem.parameters import summary
from nashbox.problem.spec import Spec
from nashbox.tables.console import number

ANSWERING = "Working out whether honesty pays ..."


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
            Drawing(svg(story), story.name)
        lines = tab.lines.value
        if lines is not None and lines.series:
            Drawing(line_svg(lines), lines.name)
        for name in ("graph", "law"):
            if tab.figures[name].value is not None:
                Picture(tab.figures[name], name)
    if tab.solving.value:
        still("solving", 0.0)
        solara.Text("the exact law is being computed", classes=["nb-note"])
        Button("Cancel solving", on_click=tab.cancel_solving, plain=True)


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
        return tab.choices.checked(1, chosen, given)

    def choose(value: str) -> None:
        tab.attempt(lambda: tab.set_mechanism(made(value, {})))

    def change(key: str, value: Any) -> None:
        # what was asked for last counts, not what is shown: the answer may be on its way
        asked = getattr(tab.wanted, "mechanism", None)
        now = dict(asked.parameters) if asked is not None and asked.name == name else inputs
        tab.attempt(lambda: tab.set_mechanism(made(name, {**now, key: value})))

    Choice("mechanism", value=name, values=with_own(tab.choices.mechanisms, name), on_value=choose)
    if name in tab.choices.mechanisms:
        entries = parameters.user_params(tab.choices.class_of(1, name), inputs)
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
    names = [parameters.RECOMMENDED, *tab.choices.strategies]

    def change(key: str, value: Any) -> None:
        tab.choices.chosen.value = {**tab.choices.chosen.value, key: value}

    Choice(
        "agent",
        value=tab.choices.agent.value,
        values=[EVERYBODY, *opened.names],
        on_value=tab.choices.choose_agent,
    )
    Choice(
        "strategy",
        value=tab.choices.strategy.value,
        values=with_own(names, *own, tab.choices.strategy.value),
        on_value=tab.choices.choose_strategy,
    )
    cls = tab.choices.strategy_class()
    if cls is not None:
        solara.Text(summary(cls), classes=["nb-note"])
        with place("div", "nb-inputs"):
            shown = parameters.user_params(cls, tab.choices.chosen.value)
            Parameters(tab.choices.strategy.value, shown, change, lazy=False)


@solara.component
def OwnInputs(tab: Tab) -> None:
    """Lists of numbers that are the chosen agent's own."""
    texts = tab.choices.lists.texts.value
    for control in tab.cls.agent_controls:

        def write(text: str, key: str = control.key) -> None:
            tab.choices.lists.write(key, text)

        Text(control.label, value=texts.get(control.key, ""), on_value=write)


def with_own(names: list[str], *own: str) -> list[str]:
    """A menu with what the problem's file names besides."""
    return list(dict.fromkeys([*names, *(name for name in own if name)]))
