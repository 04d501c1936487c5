"""Payoff tables in Gambit's strategic form, .nfg, in both its forms."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from nashbox.problem.errors import InputError, brief
from nashbox.problem.payoff_tables import (
    MOST_CELLS,
    PayoffTables,
    WholeNumbers,
    check_number,
    numbered,
    of_numbers,
    read_payoff,
)

COUNT = re.compile("[0-9]{1,9}")  # a number of entries, or of an outcome
TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<brace>[{}])|(?P<word>[^\s{},"]+)|(?P<line>\n)|"'
)
ONLY = "must begin with NFG 1 R or NFG 1 D"


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
        numbers = [read_payoff(token.word, "line {}: payoff", token.line) for token in tokens]
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
        found.append([read_payoff(token.word, where, *places) for token in words])
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
