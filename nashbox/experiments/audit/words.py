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
# Of one agent, and of a profile or a whole audit; files have the verdict's name instead.
ONE = {"profitable": "gains", "none_above_epsilon": "no gain found", "undecided": "open"}
ALL = {**ONE, "profitable": "somebody gains"}


def by_counts_alone(audit: Any) -> bool:
    """Whether what pays best is honest, for everybody who gains, but for how much is collected."""
    paying = [row for row in audit.agents if row.verdict == "profitable"]
    return bool(paying) and all(row.best_deviation.how == "counts" for row in paying)


def verdict_in_words(audit: Any) -> str:
    """What the verdict of a whole audit means."""
    words = declared(audit.game).verdicts
    misfit = "misfit" in words and by_counts_alone(audit)
    return words["misfit" if misfit else audit.nash]


def yes_or_no(answer: bool | None) -> str:
    """An answer in words, "undecided" where there is none."""
    return "undecided" if answer is None else "yes" if answer else "no"
