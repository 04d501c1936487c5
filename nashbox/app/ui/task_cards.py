"""The cards of long work: audits, mechanisms side by side, designed rules; how to keep them."""

from __future__ import annotations

from collections.abc import Callable

import solara

from nashbox.app.parameters import labelled
from nashbox.app.ui.elements import (
    Advance,
    Message,
    Picture,
    Printed,
    Rows,
    paragraph,
    place,
    section,
)
from nashbox.app.ui.inputs import Button, Choice, Text
from nashbox.app.ui.state import Tab
from nashbox.experiments.audit import audit
from nashbox.experiments.audit.words import ALL
from nashbox.experiments.compare import compare
from nashbox.experiments.report.contract import steps
from nashbox.problem.goals import GOALS

DRAWN = {"audit": "audit", "compare": "comparison"}  # of the game in sight; a design makes another


@solara.component
def Audit(tab: Tab) -> None:
    """Start an audit, watch it, cancel it; verdict, table, landscape."""
    with section("Audit"):
        with place("div", "nb-line"):
            Text(labelled(audit, "budget"), value=tab.budget)
            _Start(tab, "audit", "Audit", tab.audit)
        _Course(tab, "audit")
        verdict = tab.verdict.value
        if verdict is not None:
            solara.HTML(
                tag="div",
                classes=["nb-verdict", f"nb-{verdict.verdict}"],
                attributes={"data-verdict": verdict.verdict},
                unsafe_innerHTML=f"verdict: {ALL[verdict.verdict]}",
            )
        _Result(tab, "audit")


@solara.component
def Compare(tab: Tab) -> None:
    """Compare mechanisms, watch, cancel; table and bars. Likewise rules for a goal, and play them.

    The goal is also that of the designed rules which take part in the comparison.
    """
    designs = tab.has("design")
    with section("Compare and design" if designs else "Compare"):
        with place("div", "nb-line"):
            if designs:
                Choice("goal", value=tab.goal, values=list(GOALS))
            Text(labelled(compare, "starts"), value=tab.starts)
        with place("div", "nb-line"):
            _Start(tab, "compare", "Compare mechanisms", tab.compare)
            if designs:
                _Start(tab, "design", "Play the designed rules", tab.design)
        _Course(tab, "design")
        _Result(tab, "design")
        _Course(tab, "compare")
        _Result(tab, "compare")


@solara.component
def CarriedOut(rules: str) -> None:
    """The commands that carry out what was agreed."""
    with section("When everybody has agreed"):
        paragraph(
            "The rules are carried out on what everybody really hands in, by the very mechanism "
            "that was audited. First as a rehearsal, on simulated points; then for real:"
        )
        for what, command in steps(rules, rehearsed=True):
            paragraph(f"{what}:")
            solara.Preformatted(command)


@solara.component
def _Start(tab: Tab, name: str, label: str, begin: Callable[[], None]) -> None:
    """The button that begins a task and, while it is under way, the one that ends it."""
    task = tab.tasks[name]
    under_way = task.progress.value is not None
    Button(label, color="primary", on_click=begin, disabled=under_way or tab.opened.value is None)
    if under_way:
        Button(f"Cancel {name}", on_click=task.cancel)


@solara.component
def _Course(tab: Tab, name: str) -> None:
    """How far a task is, and what went wrong."""
    task = tab.tasks[name]
    Advance(task.progress.value, task.unit)
    Message(task.trouble.value, f"{name}-trouble")


@solara.component
def _Result(tab: Tab, name: str) -> None:
    """A task's table, its figure where it has one, and what the command line prints."""
    table = tab.tables[name].value
    if table is None:
        return
    drawn = name in DRAWN
    if drawn and tab.tasks[name].about.value != tab.setup.value:
        solara.Text(f"the game has been changed since this {DRAWN[name]}", classes=["nb-note"])
    Rows(tab.tables[name], name)
    if drawn:
        Picture(tab.figures[name], name)
    Printed(table.printed)
