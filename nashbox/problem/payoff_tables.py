"""Payoff tables of N players with menus of any length, and the files they are read from.

A file is TOML arrays, as they stand in a problem, CSV, or Gambit's .nfg in both its forms.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array
from nashbox.problem.dialect import rows_of_text
from nashbox.problem.errors import LARGEST, InputError, brief, told
from nashbox.problem.files import read_toml
from nashbox.problem.reading import read_bytes
from nashbox.problem.tables import check_names

WholeNumbers = NDArray[np.object_]
MOST_CELLS = 20_000_000  # numbers in all tables together
MOST_WHOLE = 20_000  # numbers that are computed with as whole ones
MOST_PLAYERS = 60  # an axis of the table each, of which numpy has 64
COUNT = re.compile("[0-9]{1,9}")  # a number of entries, or of an outcome
WORDS = ("recommended", "mixed")  # labels that mean something else in problem files
TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<brace>[{}])|(?P<word>[^\s{},"]+)|(?P<line>\n)|"'
)
ONLY = "must begin with NFG 1 R or NFG 1 D"


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


def read_tables(path: Path, shown: str) -> PayoffTables:
    """Read a file of payoffs: .nfg, .toml, or CSV. Raises InputError naming it.

    TOML: an array for each player, alone or in a table named payoffs.
    """
    if path.suffix.lower() == ".toml":
        found = read_toml(path, shown)
        inside = found.get("payoffs") if set(found) == {"payoffs"} else found
        if not isinstance(inside, Mapping):
            raise InputError(f"{shown}: payoffs: must be an array for each player")
        return of_arrays(inside, f"{shown}: payoffs" if inside is not found else shown)
    try:
        text = read_bytes(path, shown).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{shown}: is not UTF-8: {told(error)}") from error
    try:
        gambit = path.suffix.lower() == ".nfg" or text.lstrip().upper().startswith("NFG")
        return of_nfg(text) if gambit else of_csv(text)
    except InputError as error:
        raise InputError(f"{shown}: {error}") from error


def of_csv(text: str) -> PayoffTables:
    """One row per choice of everybody: N columns of labels, then N of what each is paid.

    The header's first N names are the players'.
    """
    lines, rows = zip(*rows_of_text(text.encode(), "the table"), strict=True)
    if len(rows) < 2 or len(rows[0]) < 4 or len(rows[0]) % 2:
        raise InputError(
            "must have a header and rows of N labels and N payoffs, one of each per player"
        )
    N = len(rows[0]) // 2
    check_number(N)
    players = tuple(rows[0][:N])
    menus: list[dict[str, int]] = [{} for _ in players]
    cells: dict[tuple[int, ...], list[float | Fraction]] = {}
    for line, row in zip(lines[1:], rows[1:], strict=True):
        labels = row[:N]
        key = tuple(menu.setdefault(w, len(menu)) for menu, w in zip(menus, labels, strict=True))
        if key in cells:
            raise InputError(f"row {line}: {', '.join(labels)} is there twice")
        cells[key] = [_number(cell, "row {}", line) for cell in row[N:]]
    sizes = [len(menu) for menu in menus]
    if math.prod(sizes) != len(cells):
        raise InputError(
            f"must have one row for each of {' x '.join(map(str, sizes))} choices, got {len(cells)}"
        )
    paid = np.empty((N, *sizes), dtype=object)
    for key, values in cells.items():
        np.moveaxis(paid, 0, -1)[key] = values
    return of_numbers(players, tuple(tuple(menu) for menu in menus), paid)


def _number(text: str, where: str, *places: int) -> float | Fraction:
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


def of_nfg(text: str) -> PayoffTables:
    """Gambit's strategic form: payoffs in a row, or outcomes with an index into them.

    The first player's choice changes fastest. Raises InputError naming the line.
    """
    tokens = _tokens(text)
    for words in (("NFG",), ("1",), ("R", "D")):
        token = next(tokens, END)
        if token.word.upper() not in words:
            raise token.error(ONLY)
    _take(tokens, "text", "a title")
    _take(tokens, "{", "the players' names")
    players = _rest_of_texts(tokens, "the players' names")
    if len(players) < 2:
        raise InputError("must have at least two players")
    check_number(len(players))
    _take(tokens, "{", "what everybody can do")
    token = next(tokens, END)
    menus: tuple[tuple[str, ...], ...]
    if token.kind == "{":
        named = []
        while token.kind == "{":
            named.append(_rest_of_texts(tokens, "names of strategies"))
            token = next(tokens, END)
        menus = tuple(tuple(label or str(k + 1) for k, label in enumerate(menu)) for menu in named)
    else:
        sizes = []
        while token.kind == "word":
            if not COUNT.fullmatch(token.word) or not 0 < int(token.word) <= MOST_CELLS:
                raise token.error("must give numbers of strategies > 0")
            sizes.append(int(token.word))
            token = next(tokens, END)
        if math.prod(sizes) * len(players) > MOST_CELLS:
            raise InputError(f"must have at most {MOST_CELLS} payoffs")
        menus = numbered(sizes)
    if token.kind != "}" or len(menus) != len(players) or not all(menus):
        raise token.error(f"must say for each of {len(players)} players what she can do")
    shape = tuple(len(menu) for menu in menus)
    if math.prod(shape) * len(players) > MOST_CELLS:
        raise InputError(f"must have at most {MOST_CELLS} payoffs")
    return of_numbers(players, menus, _paid(list(tokens), shape))


def _paid(tokens: list[_Token], shape: tuple[int, ...]) -> WholeNumbers:
    """Payoffs (N, k_1, ..., k_N) behind the strategies; a comment may stand in front."""
    N, cells = len(shape), math.prod(shape)
    if tokens and tokens[0].kind == "text":
        tokens = tokens[1:]
    if tokens and tokens[0].kind == "{":
        outcomes, tokens = _outcomes(tokens, N)
        _check_words(tokens, cells, "numbers of outcomes")
        which = [_outcome(token, cells, len(outcomes)) for token in tokens]
        values = np.array([[0.0] * N, *outcomes], dtype=object)[which]
    else:
        _check_words(tokens, cells * N, "payoffs")
        numbers = [_number(token.word, "line {}: payoff", token.line) for token in tokens]
        values = np.array(numbers, dtype=object).reshape(cells, N)
    return np.array([column.reshape(shape, order="F") for column in values.T])


def _check_words(tokens: list[_Token], count: int, what: str) -> None:
    """Hold what is left of a file to so many words."""
    must = f"must have {count} {what}"
    for token in tokens:
        if token.kind != "word":
            raise token.error(must)
    if len(tokens) != count:
        first = tokens[0] if tokens else END
        raise InputError(f"{first.place}: {must} from here on, got {len(tokens)}")


def _outcome(token: _Token, cells: int, known: int) -> int:
    """Number of an outcome, 0 for none."""
    if not COUNT.fullmatch(token.word) or int(token.word) > known:
        raise token.error(f"must have {cells} numbers of outcomes, from 0 to {known}")
    return int(token.word)


def _outcomes(tokens: list[_Token], N: int) -> tuple[list[list[float | Fraction]], list[_Token]]:
    """Payoffs by outcome, and what stands behind them."""
    found: list[list[float | Fraction]] = []
    at = 1
    while at < len(tokens) and tokens[at].kind == "{":
        inside = list(itertools.takewhile(lambda token: token.kind != "}", tokens[at + 1 :]))
        where, places = "line {}: outcome {}", (tokens[at].line, len(found) + 1)
        at += len(inside) + 2
        words = inside[1:] if inside and inside[0].kind == "text" else inside
        if len(words) != N or any(token.kind != "word" for token in words):
            came = brief(" ".join(token.word for token in words))
            raise InputError(f"{where.format(*places)}: must have {N} payoffs, got {came}")
        found.append([_number(token.word, where, *places) for token in words])
    if at >= len(tokens) or tokens[at].kind != "}":
        raise (tokens[at] if at < len(tokens) else END).error("the list of outcomes must end in }")
    return found, tokens[at + 1 :]


class _Token(NamedTuple):
    """A piece of a file: kind is text (in quotes), word or the brace itself, line from 1 on."""

    kind: str
    word: str
    line: int

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"line {self.line}" if self.line else "at its end"

    def error(self, must: str) -> InputError:
        """Say that something else has to stand here."""
        return InputError(
            f"{self.place}: {must}, got {brief(self.word) if self.line else 'nothing'}"
        )


END = _Token("", "", 0)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for found in TOKEN.finditer(text):
        kind, word = found.lastgroup, found.group()
        if kind == "word":
            yield _Token(kind, word, line)
        elif kind == "brace":
            yield _Token(word, word, line)
        elif kind == "text":
            yield _Token(kind, re.sub(r"\\(.)", r"\1", word[1:-1]), line)
            line += word.count("\n")
        elif kind == "line":
            line += 1
        else:
            raise InputError(f"line {line}: a quotation mark is never closed")


def _take(tokens: Iterator[_Token], kind: str, what: str) -> None:
    token = next(tokens, END)
    if token.kind != kind:
        raise token.error(f"must have {what} here")


def _rest_of_texts(tokens: Iterator[_Token], what: str) -> tuple[str, ...]:
    found: list[str] = []
    for token in tokens:
        if token.kind == "}":
            return tuple(found)
        if token.kind not in ("text", "word"):
            raise token.error(f"must have {what} here")
        found.append(token.word)
    raise InputError(f"{what} must end in }}")


def to_nfg(tables: PayoffTables, *, outcomes: bool = False, title: str = "") -> str:
    """Write Gambit's strategic form, as payoffs in a row or as outcomes."""

    def quoted(word: str) -> str:
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'

    menus = " ".join("{ " + " ".join(map(quoted, menu)) + " }" for menu in tables.menus)
    head = f"NFG 1 R {quoted(title)} {{ {' '.join(map(quoted, tables.players))} }}\n{{ {menus} }}\n"
    paid = tables.paid if tables.written is None else tables.written
    rows = [
        [str(value) if isinstance(value, Fraction) else repr(float(value)) for value in cell]
        for cell in np.array([table.ravel(order="F") for table in paid]).T
    ]
    if not outcomes:
        return head + "\n" + "\n".join(" ".join(row) for row in rows) + "\n"
    known: dict[tuple[str, ...], int] = {}
    which = [known.setdefault(tuple(row), len(known) + 1) for row in rows]
    listed = "\n".join(f'{{ "{k}" {", ".join(row)} }}' for row, k in known.items())
    return f"{head}{{\n{listed}\n}}\n{' '.join(map(str, which))}\n"
