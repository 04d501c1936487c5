"""Payoff tables of N players with menus of any length."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array
from nashbox.problem.errors import LARGEST, InputError, brief
from nashbox.problem.tables import check_names

WholeNumbers = NDArray[np.object_]
MOST_CELLS = 20_000_000  # numbers in all tables together
MOST_WHOLE = 20_000  # numbers that are computed with as whole ones
MOST_PLAYERS = 60  # an axis of the table each, of which numpy has 64
WORDS = ("recommended", "mixed")  # labels that mean something else in problem files


@dataclass(frozen=True, eq=False)
class PayoffTables:
    """What everybody is paid for every choice of everybody.

    players: names. menus: labels of each player's entries. paid: (N, k_1, ..., k_N). written: the
    same as numbers or Fractions, where a file has fractions; thirds are no floats.
    """

    players: tuple[str, ...]
    menus: tuple[tuple[str, ...], ...]
    paid: Array
    written: WholeNumbers | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Hold names, labels and numbers to what every problem file is held to."""
        check_number(len(self.players))
        check_names(list(self.players), "payoffs", "player")
        for player, menu in zip(self.players, self.menus, strict=True):
            check_names(list(menu), f"payoffs: menu of {player}", "entry")
            for word in WORDS:
                if word in menu:
                    raise InputError(
                        f"payoffs: menu of {player}: an entry may not be called {word!r}"
                    )
        for player, paid in zip(self.players, self.paid, strict=True):
            wrong = paid[~(np.abs(paid) <= LARGEST)]
            if wrong.size:
                raise InputError(
                    f"payoffs: {player}: must be numbers from {-LARGEST:g} to {LARGEST:g}, "
                    f"got {wrong[0]:g}"
                )

    @cached_property
    def whole(self) -> list[tuple[WholeNumbers, int]] | None:
        """Each player's payoffs as `whole_numbers`; None for tables where that would take long."""
        if self.paid.size > MOST_WHOLE:
            return None
        return [whole_numbers(own) for own in (self.paid if self.written is None else self.written)]


def of_numbers(
    players: tuple[str, ...], menus: tuple[tuple[str, ...], ...], numbers: WholeNumbers
) -> PayoffTables:
    """Tables of floats and Fractions, (N, k_1, ..., k_N)."""
    small = numbers.size <= MOST_WHOLE  # see `PayoffTables.whole`
    broken = small and any(type(number) is Fraction for number in numbers.ravel())
    return PayoffTables(players, menus, numbers.astype(float), numbers if broken else None)


def whole_numbers(values: Array | WholeNumbers) -> tuple[WholeNumbers, int]:
    """Return numbers as whole ones and what to divide all of them by, without any rounding.

    A float is read by its shortest decimal, as files give it: three times 0.1 is 0.3. Fractions
    are what they are.

    >>> whole_numbers(np.array([0.1, 3.0, -0.25]))
    (array([2, 60, -5], dtype=object), 20)
    """
    fractions = [
        value if isinstance(value, Fraction) else Fraction(repr(value))
        for value in values.ravel().tolist()
    ]
    under = math.lcm(*(value.denominator for value in fractions))
    whole = np.empty(len(fractions), dtype=object)
    whole[:] = [value.numerator * (under // value.denominator) for value in fractions]
    return whole.reshape(values.shape), under


def check_number(players: int) -> None:
    """Refuse more players than a table has axes for. Raises InputError."""
    if players > MOST_PLAYERS:
        raise InputError(f"payoffs: must be of at most {MOST_PLAYERS} players, got {players}")


def numbered(sizes: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """Labels "1", "2", ... for menus without any."""
    return tuple(tuple(str(k + 1) for k in range(size)) for size in sizes)


def of_arrays(payoffs: Mapping[str, object], where: str) -> PayoffTables:
    """Tables given inline: one nested array per player, her own choice along her own axis."""
    found = {}
    for name, rows in payoffs.items():
        try:
            if not _all_numbers(rows):
                raise TypeError("numpy takes texts and truth values for numbers")
            found[str(name)] = np.array(rows, dtype=float)
        except (TypeError, ValueError, OverflowError, RecursionError):
            raise InputError(
                f"{where}.{name}: must be an array of numbers, all rows as long, got {brief(rows)}"
            ) from None
    if len(found) < 2:
        raise InputError(f"{where}: must have an array for each of at least two players")
    shapes = {table.shape for table in found.values()}
    if len(shapes) > 1 or len(next(iter(shapes))) != len(found) or 0 in next(iter(shapes)):
        shown = ", ".join(f"{name} {table.shape}" for name, table in found.items())
        raise InputError(
            f"{where}: every array must have one axis per player ({len(found)}) and the same "
            f"shape, got {brief(shown)}"
        )
    paid = np.array(list(found.values()))
    return PayoffTables(tuple(found), numbered(paid.shape[1:]), paid)


def _all_numbers(rows: object) -> bool:
    """Whether nested arrays hold numbers alone."""
    if isinstance(rows, np.ndarray):
        return rows.dtype.kind in "iuf"
    if isinstance(rows, (list, tuple)):
        return all(_all_numbers(row) for row in rows)
    number = isinstance(rows, (int, float, np.number))
    return number and not isinstance(rows, bool)


def read_payoff(text: str, where: str, *places: int) -> float | Fraction:
    """Read a payoff. Errors name `where` with the places put in: there are millions of payoffs."""
    value: float | Fraction = math.nan
    try:
        if text.isascii() and "_" not in text and len(text) <= 400:  # Python reads more
            value = Fraction(text) if "/" in text else float(text)
        finite = math.isfinite(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        finite = False
    if not finite:
        raise InputError(f"{where.format(*places)}: must be a finite number, got {brief(text)}")
    return value
