"""Words in tables: how many of what, and what not every reader knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from nashbox.games.registry import declared, named
from nashbox.problem.parameters import described_parameters, summary

PARAMETER = re.compile(r"(\w+)=")


def meanings(game: str, used: Collection[str]) -> list[str]:
    """Legends of the words used, as the game declares them."""
    return [f"{word}: {text}" for word, text in declared(game).words.items() if word in used]


def strategies_in_words(game: str, labels: Iterable[str]) -> list[str]:
    """What the strategies in labels do, with the parameters that are given there: a line for each.

    Those that are not in the game's menu, or say nothing of themselves, are left out: their authors
    know them.

    >>> print(*strategies_in_words("auction", ["bid(factor=0.5)", "bid", "mine.py:Shy"]))
    bid: bid factor * value ** power; factor: >= 0
    """
    menu, given = named(declared(game), "menu"), dict[str, set[str]]()
    for label in labels:
        name, _, inside = label.partition("(")
        if name in menu:
            given.setdefault(name, set()).update(PARAMETER.findall(inside))
    told = []
    for name, keys in given.items():
        does = summary(menu[name])
        known = [p for p in described_parameters(menu[name]) if p.name in keys and p.doc]
        words = [f"{does[:1].lower()}{does[1:].rstrip('.')}"] if does else []
        words += [f"{p.name}: {p.doc}" for p in known]
        if words:
            told.append(f"{name}: {'; '.join(words)}")
    return told


def in_brief(label: str, most: int = 60) -> str:
    """A name with its parameters, without those that fill a line.

    >>> in_brief("cbl(alpha_factor=0.5)"), in_brief("threshold(kind=[[" + 60 * "'free', " + "]])")
    ('cbl(alpha_factor=0.5)', 'threshold(...)')
    """
    name, bracket, inside = label.partition("(")
    return f"{name}(...)" if bracket and len(inside) > most + 1 else label
