"""Verdicts and methods in words, for tables and reports."""

from __future__ import annotations

from typing import Any

from nashbox.games.registry import declared

METHOD_WORDS = {
    "exact": "exact formulas or dynamic programming, no simulation",
    "exhaustive": "all translation-equivariant strategies: counts collected and handed in, shift, "
    "with the best use of the answer",
    "black_box": "simulation; the search and the verdict use different seeds",
}


def verdict_in_words(audit: Any) -> str:
    """What the verdict of a whole audit means."""
    return declared(audit.game).verdicts[audit.nash]


def yes_or_no(answer: bool | None) -> str:
    """An answer in words, "undecided" where there is none."""
    return "undecided" if answer is None else "yes" if answer else "no"
