"""Verdicts and methods in words, for tables and reports."""

from __future__ import annotations

from typing import Any

METHOD_WORDS = {
    "exact": "exact formulas or dynamic programming, no simulation",
    "exhaustive": "all translation-equivariant strategies: counts collected and handed in, shift, "
    "with the best use of the answer",
    "black_box": "simulation; the search and the verdict use different seeds",
}
ESTIMATION = {
    "profitable": "honesty does not pay: at least one agent gains by leaving her strategy",
    "none_above_epsilon": "honesty pays: no deviation of the class gains more than epsilon",
    "undecided": "honesty is undecided: the budget leaves room for a gain above epsilon",
}
OTHERS = {
    "profitable": "not an equilibrium: at least one agent gains by another strategy",
    "none_above_epsilon": "no deviation of the class gains more than epsilon",
    "undecided": "undecided: the method leaves room for a gain above epsilon",
}


def verdict_in_words(audit: Any) -> str:
    """What the verdict of a whole audit means."""
    return (ESTIMATION if audit.game == "estimation" else OTHERS)[audit.nash]


def yes_or_no(answer: bool | None) -> str:
    """An answer in words, "undecided" where there is none."""
    return "undecided" if answer is None else "yes" if answer else "no"
