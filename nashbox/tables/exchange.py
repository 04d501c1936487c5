"""Exchanges in words: who gets which file, what a rehearsal came to, what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.problem.errors import shown
from nashbox.tables.console import new_console, new_table, number

if TYPE_CHECKING:
    from nashbox.rules.exchange import Exchanged, Proof, Rehearsal

SHOWN = 60  # rows of a rehearsal


def key_text(path: str, commitment: str) -> None:
    """Print what to do with a new key."""
    console = new_console()
    console.print(f"wrote {shown(path)}, which only you can read; show it to nobody before the end")
    console.print("its commitment, for everybody before submissions are collected:")
    console.print(commitment, soft_wrap=True)


def exchange_text(result: Exchanged, out: str) -> None:
    """Print which file is whose, and what missing agents do to the promise."""
    console, out = new_console(), out.rstrip("/")
    table = new_table("agent", "handed in", "file, for her alone")
    files = [name for name in result.files if name.endswith(".csv")]
    for answer, file in zip(result.answers, files, strict=True):
        points = " ".join(f"{n:.0f}" for n in answer.counts)
        table.add_row(shown(answer.agent), points, shown(f"{out}/{file}"))
    console.print(table)
    if result.promise is not None:
        console.print(f"without {', '.join(map(shown, result.promise.missing))}:", style="yellow")
        for line in result.promise.words:
            console.print(f"  {shown(line)}")
    console.print(shown(f"receipt, for everybody: {out}/receipt.json"))
    console.print(f"hash of the rules: {result.rules.hash}", soft_wrap=True)
    console.print(f"the key's commitment: {result.key}", soft_wrap=True)


def rehearsal_table(result: Rehearsal) -> None:
    """Print what everybody would get, and how far it is from the truth."""
    console = new_console()
    table = new_table(
        "agent",
        "plays",
        "distribution",
        "owed",
        "handed in",
        "information",
        "estimate",
        "error",
        title=f"{shown(result.mechanism)}: rehearsed on simulated submissions, seed {result.seed}",
    )
    rows = [(agent, k) for agent in result.agents for k in range(len(result.distributions))]
    for agent, k in rows[:SHOWN]:
        table.add_row(
            shown(agent.name),
            shown(agent.strategy),
            shown(result.distributions[k]),
            f"{agent.owed[k]:.0f}",
            f"{agent.handed_in[k]:.0f}",
            "nothing" if agent.information[k] is None else number(agent.information[k]),
            "none" if agent.estimate[k] is None else number(agent.estimate[k]),
            number(agent.error[k]),
        )
    console.print(table)
    if len(rows) > SHOWN:
        console.print(f"and {len(rows) - SHOWN} rows more: --json has them all")
    truth = ", ".join(
        f"{shown(name)} {mu:g}"
        for name, mu in list(zip(result.distributions, result.truth, strict=True))[:10]
    )
    console.print(
        f"true means: {truth}; one draw, whose errors are chance: nashbox run has the law"
    )
    console.print(f"hash of the rules: {result.rules}", soft_wrap=True)
    if all(agent.strategy == "truthful" for agent in result.agents):
        console.print("nobody cheats: strategies = {NAME = ...} in the problem file says who does")


def verification_text(result: Proof) -> None:
    """Print what differs, or that nothing does."""
    console = new_console()
    for line in result.differences:
        console.print(f"differs: {shown(line)}", style="bold red", soft_wrap=True)
    if result.verified:
        console.print(f"verified, nothing differs: {', '.join(result.checked)}", style="green")
    if result.key is not None:
        console.print("the key's commitment, which is to be the one you were given before:")
        console.print(result.key, soft_wrap=True)
