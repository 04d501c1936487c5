"""Words in tables: how many of what, and what not every reader knows."""

from __future__ import annotations

from collections.abc import Collection

from nashbox.games.registry import declared


def meanings(game: str, used: Collection[str]) -> list[str]:
    """Legends of the words used, as the game declares them."""
    return [f"{word}: {text}" for word, text in declared(game).words.items() if word in used]


def several(number: int, noun: str) -> str:
    """A number of things.

    >>> several(1, "more note"), several(12, "row")
    ('1 more note', '12 rows')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def in_brief(label: str, most: int = 60) -> str:
    """A name with its parameters, without those that fill a line.

    >>> in_brief("cbl(alpha_factor=0.5)"), in_brief("threshold(kind=[[" + 60 * "'free', " + "]])")
    ('cbl(alpha_factor=0.5)', 'threshold(...)')
    """
    name, bracket, inside = label.partition("(")
    return f"{name}(...)" if bracket and len(inside) > most + 1 else label
