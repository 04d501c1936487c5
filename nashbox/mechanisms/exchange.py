"""Objects that relay signals in a testing game.

`EXCHANGES` maps the built-in names to their classes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from nashbox.problem.signal import Signal, Word
from nashbox.problem.spec import Spec, build, find_class


@dataclass(frozen=True)
class Circle:
    """Public terms of an exchange: who takes part, and whom each of them hears (positions)."""

    names: tuple[str, ...]
    neighbours: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Exchange(ABC):
    """Turns the m agents' signals into what each of them hears. Subclass it and write `mediate`.

    faithful: relays every neighbour's signal as it is (what the exact methods rely on).
    """

    faithful: ClassVar[bool] = False

    @abstractmethod
    def mediate(
        self, submissions: Sequence[Signal | None], circle: Circle, rng: np.random.Generator
    ) -> Sequence[Sequence[Word]]:
        """Return the words each of the m agents hears; None in `submissions` is silence.

        A signal has `log_odds` (L,), `present` (L,) or None, and `sure(beta)`; make another one
        with `Revealed(log_odds, present)`.
        """


@dataclass(frozen=True)
class BeliefExchange(Exchange):
    """Relays along the graph: everybody hears all neighbours' signals as they are."""

    faithful: ClassVar[bool] = True

    def mediate(
        self, submissions: Sequence[Signal | None], circle: Circle, rng: np.random.Generator
    ) -> Sequence[Sequence[Word]]:
        """Relay."""
        words = [
            None if signal is None else Word(name, signal)
            for name, signal in zip(circle.names, submissions, strict=True)
        ]
        return [
            [word for j in heard if (word := words[j]) is not None] for heard in circle.neighbours
        ]


@dataclass(frozen=True)
class NoExchange(Exchange):
    """Nobody hears anything: everybody tests alone."""

    def mediate(
        self, submissions: Sequence[Signal | None], circle: Circle, rng: np.random.Generator
    ) -> Sequence[Sequence[Word]]:
        """Keep silent."""
        return [[] for _ in submissions]


EXCHANGES: dict[str, type[Exchange]] = {
    "belief_exchange": BeliefExchange,
    "no_exchange": NoExchange,
}


def make_exchange(spec: Spec, where: str, folder: Path) -> Exchange:
    """Build an exchange by name, ``file.py:Class`` or entry point. Raises InputError."""
    base: type[Exchange] = Exchange  # type: ignore[type-abstract]
    found = find_class(spec.name, EXCHANGES, base, "nashbox.mechanisms", folder, where)
    return build(found, spec.parameters, where)
