"""Exchanges in words: who gets which file, what a rehearsal came to, what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.problem.counts import several
from nashbox.problem.errors import shown
from nashbox.tables.console import amount, filled, new_table
from nashbox.tables.sheet import Sheet
from nashbox.tables.words import in_brief

if TYPE_CHECKING:
    from nashbox.rules.exchange import Exchanged, Proof, Rehearsal

SHOWN = 60  # rows of a rehearsal


def key_sheet(path: str, commitment: str) -> Sheet:
    """What to do with a new key."""
    sheet = Sheet(f"wrote {shown(path)}, which only you can read; show it to nobody before the end")
    sheet.say("its commitment, for everybody before submissions are collected:")
    sheet.say(commitment)
    return sheet


def exchange_sheet(result: Exchanged, out: str = ".") -> Sheet:
    """Which file is whose, and what missing agents do to the promise."""
    out = out.rstrip("/")
    many = several(len(result.answers), "answer")
    one = ", for this agent alone" if len(result.answers) == 1 else ", one for each agent alone"
    sheet = Sheet(f"{many}{one}, and a receipt")
    table = new_table("agent", "handed in", "file, for her alone")
    files = [name for name in result.files if name.endswith(".csv")]
    for answer, file in zip(result.answers, files, strict=True):
        points = " ".join(f"{n:.0f}" for n in answer.counts)
        table.add_row(shown(answer.agent), points, shown(f"{out}/{file}"))
    told = []
    if result.promise is not None:
        told = [f"without {', '.join(map(shown, result.promise.missing))}:"]
        told += [f"  {shown(line)}" for line in result.promise.words]
    sheet.add(table, *told)
    sheet.note(shown(f"receipt, for everybody: {out}/receipt.json"))
    sheet.note("hash of the rules, and the key's commitment:")
    sheet.note(result.rules.hash)
    sheet.note(result.key)
    return sheet


def rehearsal_sheet(result: Rehearsal) -> Sheet:
    """What everybody would get, and how far it is from the truth."""
    sheet = Sheet(
        f"{shown(in_brief(result.mechanism))}: rehearsed on simulated submissions, "
        f"seed {result.seed}"
    )
    rows = [(agent, k) for agent in result.agents for k in range(len(result.distributions))]
    table = filled(
        rows[:SHOWN],
        ("agent", lambda row: shown(row[0].name)),
        ("plays", lambda row: shown(row[0].strategy)),
        ("distribution", lambda row: shown(result.distributions[row[1]])),
        ("owed", lambda row: f"{row[0].owed[row[1]]:.0f}"),
        ("handed in", lambda row: f"{row[0].handed_in[row[1]]:.0f}"),
        ("information", lambda row: _or(row[0].information[row[1]], "nothing")),
        ("estimate", lambda row: _or(row[0].estimate[row[1]], "none")),
        ("error", lambda row: amount(row[0].error[row[1]])),
        keys=3,
    )
    sheet.add(
        table,
        "owed, handed in: points; information: what the mechanism answers, to her alone; estimate: "
        "the mean that she makes of it and of her own points; error: the estimate minus the truth",
    )
    if len(rows) > SHOWN:
        sheet.note(f"and {len(rows) - SHOWN} rows more: --json has them all")
    truth = ", ".join(
        f"{shown(name)} {mu:g}"
        for name, mu in list(zip(result.distributions, result.truth, strict=True))[:10]
    )
    sheet.note(f"true means: {truth}; one draw, whose errors are chance: nashbox run has the law")
    if all(agent.strategy == "truthful" for agent in result.agents):
        sheet.note("nobody cheats: strategies = {NAME = ...} in the problem file says who does")
    sheet.note("hash of the rules:")
    sheet.note(result.rules)
    return sheet


def _or(value: float | None, nothing: str) -> str:
    return nothing if value is None else amount(value)


def verification_sheet(result: Proof) -> Sheet:
    """What differs, or that nothing does."""
    if result.verified:
        sheet = Sheet(f"verified, nothing differs: {', '.join(result.checked)}", "green")
    else:
        sheet = Sheet("not verified", "bold red")
    for line in result.differences:
        sheet.say(f"differs: {shown(line)}", style="bold red")
    if result.key is not None:
        sheet.say("the key's commitment, which is to be the one you were given before:")
        sheet.say(result.key)
    return sheet
