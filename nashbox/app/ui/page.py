"""The page: `Page` is what the server shows."""

from __future__ import annotations

import json
import os
from typing import Any

import ipyvuetify
import solara
import traitlets

from nashbox.app.sources import PRESETS
from nashbox.app.ui.cards import (
    Charts,
    ChooseProblem,
    ChooseStrategy,
    Controls,
    OwnInputs,
    Question,
    Rules,
    RuleTable,
)
from nashbox.app.ui.elements import Message, Rows, place, section
from nashbox.app.ui.inputs import Button
from nashbox.app.ui.session import Session
from nashbox.app.ui.state import Started, Tab
from nashbox.app.ui.style import CSS
from nashbox.app.ui.task_cards import Audit, CarriedOut, Compare
from nashbox.app.ui.upload import Upload

STARTED = "NASHBOX_APP"  # files and plug-ins of the command line, as JSON


def started() -> Started:
    """What the server was started with."""
    return Started(**json.loads(os.environ.get(STARTED, "{}")))


@solara.component
def Page() -> None:
    """The question, its answer, who plays what, what becomes of it."""
    known = started()
    session = solara.use_memo(lambda: Session.opened(known), [])
    solara.use_effect(lambda: session.close if session is not None else None, [])
    solara.Style(CSS)
    solara.Title("nashbox: does honesty pay?")
    if session is None:
        Message(
            f"this server shows {known.sessions} pages already, which is all it was started for; "
            "close one and load this page again, or start it with --sessions N",
            "full",
        )
        return
    _Address(session)
    _Game(session, session.now).key(f"game {session.now.game.value}")


class Frame(ipyvuetify.VuetifyTemplate):  # type: ignore[misc]
    """Says what the framework's frame does not: the language, and that one may zoom."""

    template = traitlets.Unicode("""<template><span hidden></span></template><script>
        module.exports = {created() {
          document.documentElement.lang = 'en'
          const sight = document.querySelector('meta[name=viewport]')
          if (sight) sight.content = 'width=device-width, initial-scale=1'
        }}</script>""").tag(sync=True)


@solara.component
def _Address(session: Session) -> None:
    """Keep the address and the game in step, whichever changes."""
    router = solara.use_router()
    search = router.search or ""

    def follow() -> None:
        if session.followed is None or search != session.followed:
            session.followed = search
            session.follow(search)

    def show() -> None:
        address = session.address()
        if address and address != session.followed:
            session.followed = address
            router.push(f"/?{address}")

    solara.use_effect(follow, [search])
    solara.use_effect(show, [session.now.setup.value])
    Frame.element()


@solara.component
def _Game(session: Session, tab: Tab) -> None:
    own = bool(tab.cls.agent_controls)
    with place("div", "nb-main"):
        with place("header", "nb-head"):
            Question(tab)
            Presets(session)
        with place("div", "nb-page"):
            with place("div", "nb-story"):
                Charts(tab)
                if tab.tables["change"].value is not None:
                    with section("What the last change does"):
                        Rows(tab.tables["change"], "change")
                with section("Everybody in numbers"):
                    for name in ("agents", "tally", "solution"):
                        Rows(tab.tables[name], name)
                RuleTable(tab)
            with place("div", "nb-who"):
                with section("Who plays what"):
                    ChooseStrategy(tab)
                    OwnInputs(tab)
                    Button(
                        "Play this" if own else "Play this strategy",
                        color="primary", on_click=tab.change, disabled=tab.opened.value is None,
                    )  # fmt: skip
                    Said(tab, "strategy")
                with section("Play"):
                    Controls(tab)
                    Said(tab, "play")
            with place("div", "nb-more"):
                with section("Game and rules"):
                    ChooseProblem(tab, session)
                    Rules(tab)
                    Said(tab, "rules")
                    Said(tab, "game")
                with section("Your own"):
                    Upload(session)
                    Said(tab, "upload")
                    if session.trouble.value:
                        Message(session.trouble.value)
        Audit(tab)
        Compare(tab)
        if tab.has("exchange"):
            CarriedOut(tab.setup.value.source.shown)


@solara.component
def Said(tab: Any, cause: str) -> None:
    """The message of what this card did, beside it."""
    if tab.cause.value == cause:
        Message(tab.trouble.value)


@solara.component
def Presets(session: Session) -> None:
    """Stories to begin with."""
    setup = session.now.setup.value
    with place("nav", "nb-presets", **{"aria-label": "Games to begin with"}):
        for name in PRESETS:
            shown = setup is not None and setup.source.shown == name
            Button(
                name, color="primary" if shown else None,
                on_click=lambda name=name: session.open(name),  # type: ignore[misc]
            )  # fmt: skip
