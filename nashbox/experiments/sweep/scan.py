"""Flat rows of JSON text as columns, without an object per value.

Rows of a sweep are flat and written by one program, so that thousands have the same keys in the
same order. Where every key and value lies is found by arrays of positions; numbers are then read
together, and of all other values every text that occurs is decoded once. Text in which anything is
not as `encoding.to_text` writes flat rows raises ShapeError: a parser of all JSON then reads it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.sweep.encoding import from_text

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Places = NDArray[np.intp]
QUOTE, BACKSLASH, COLON, COMMA, OPEN, CLOSE, MINUS = b'"\\:,{}-'
DIGITS = (ord("0"), ord("9"))
BLANK = (ord(" ") - ord("0")) % 256  # among digits
MOST_DIGITS = 20  # of a number that is read with others
LONGEST = 32  # characters of a number
SURE = 15  # digits up to which a float holds every whole number
WIDE = 512  # characters up to which texts are compared in place; longer ones are decoded one by one


class ShapeError(ValueError):
    """Text that is not flat rows as they are usually written."""


@dataclass(frozen=True)
class Coded:
    """A column: values[codes]; every value occurs."""

    values: Sequence[Any]
    codes: Places

    def __len__(self) -> int:
        return len(self.codes)

    def of(self, chosen: NDArray[np.bool_]) -> Coded:
        """The chosen entries."""
        used, codes = np.unique(self.codes[chosen], return_inverse=True)
        return Coded([self.values[code] for code in used], codes)


Part = NDArray[Any] | Coded  # int64, float64, or anything


@dataclass(frozen=True)
class Group:
    """Rows with the same keys in the same order: their places among all rows, columns by key."""

    rows: Places
    columns: dict[str, Part]


@dataclass(frozen=True)
class Text:
    """JSON objects joined by commas, and where their keys and values lie.

    raw: the bytes, with blanks behind so that every window lies inside. opens, closes: quotes
    around each key. first: which key is the first of its row, (rows,). ends: behind each value.
    """

    raw: Bytes
    opens: Places
    closes: Places
    first: Places
    ends: Places

    @property
    def starts(self) -> Places:
        """Where each row begins, (rows,)."""
        return self.opens[self.first] - 1


def windows(raw: Bytes, starts: Places, width: int) -> Bytes:
    """So many bytes from each place on, (places, width)."""
    every: Bytes = np.ndarray((len(raw) - width + 1, width), np.uint8, raw, strides=(1, 1))
    return every[starts]


def laid_out(body: str) -> Text:
    """Find keys and values. Raises ShapeError."""
    try:
        content = body.encode("ascii")
    except UnicodeEncodeError as error:
        raise ShapeError("not ASCII") from error
    raw = np.frombuffer(content + b" " * (WIDE + 16), np.uint8)
    quotes = np.flatnonzero(raw == QUOTE)
    if b"\\" in content:
        if b"\\\\" in content:
            raise ShapeError("a backslash that is meant")
        quotes = quotes[raw[quotes - 1] != BACKSLASH]
    if len(quotes) % 2 or not content.startswith(b'{"') or not content.endswith(b"}"):
        raise ShapeError("no rows")
    opens, closes = quotes[::2], quotes[1::2]
    keys = raw[closes + 1] == COLON
    opens, closes = opens[keys], closes[keys]
    before = raw[opens - 1]
    first = np.flatnonzero(before == OPEN)
    later = opens[first[1:]]
    flat = (
        int((before == COMMA).sum()) == len(before) - len(first)
        and (raw[later - 2] == COMMA).all()
        and (raw[later - 3] == CLOSE).all()
        and b",{}" not in content  # a row without keys; the first one has some
    )
    if not flat:
        raise ShapeError("not flat")
    ends = np.append(opens[1:] - 1, len(content) - 1)
    ends[first[1:] - 1] = later - 3
    return Text(raw, opens, closes, first, ends)


def groups(text: Text) -> Iterator[tuple[Places, list[str], Places]]:
    """Rows with the same keys: which, the keys, and places among all keys, (rows, keys)."""
    sizes = np.diff(text.first, append=len(text.opens))
    lengths = text.closes - text.opens
    at = np.arange(len(lengths)) - np.repeat(text.first, sizes)
    with np.errstate(over="ignore"):  # a hash
        kind = _same(np.add.reduceat((lengths + 1) * (2 * at + 1) ** 5, text.first)[:, None])
    for number in range(int(kind.max()) + 1):
        rows = np.flatnonzero(kind == number)
        if (sizes[rows] != sizes[rows[0]]).any():
            raise ShapeError("other keys")
        places = text.first[rows][:, None] + np.arange(sizes[rows[0]])
        yield rows, _shared_keys(text, places), places


def _shared_keys(text: Text, places: Places) -> list[str]:
    """The keys that all rows have. Raises ShapeError if they differ."""
    keys = []
    for column in places.T:
        start, end = int(text.opens[column[0]]), int(text.closes[column[0]]) + 2
        found = windows(text.raw, text.opens[column], end - start)
        if end - start > WIDE or not (found == text.raw[start:end]).all():
            raise ShapeError("other keys")
        keys.append(text.raw[start + 1 : end - 2].tobytes().decode())
    if len(set(keys)) < len(keys) or any("\\" in key for key in keys):
        raise ShapeError("a key that JSON reads otherwise")
    return keys


def column(text: Text, places: Places) -> Part:
    """The values that follow some keys."""
    starts, ends = text.closes[places] + 2, text.ends[places]
    if (ends <= starts).any():
        raise ShapeError("no value")
    head = text.raw[starts]
    if (((head >= DIGITS[0]) & (head <= DIGITS[1])) | (head == MINUS)).all():
        numbers = _numbers(text.raw, starts, ends - starts)
        if numbers is not None:
            return numbers
    return _decoded(text.raw, starts, ends - starts)


def _padded(raw: Bytes, starts: Places, lengths: Places, width: int, padding: int) -> Bytes:
    """Texts side by side, (texts, width)."""
    found = windows(raw, starts, width)
    if int(lengths.min()) < width:
        found[np.arange(width) >= lengths[:, None]] = padding
    return found


def _numbers(raw: Bytes, starts: Places, lengths: Places) -> NDArray[Any] | None:
    """Whole numbers or floats; None if there are both, or numbers that a float does not hold."""
    longest = int(lengths.max())
    if longest > LONGEST:
        return None
    texts = _padded(raw, starts, lengths, longest + 1, ord(" "))
    broken = (texts == ord(".")) | (texts == ord("e")) | (texts == ord("E"))
    count = int(broken.any(axis=1).sum())
    if 0 < count < len(starts) or (count == 0 and longest > SURE):
        return None
    return _floats(texts) if count else _whole(texts)


def _whole(texts: Bytes) -> NDArray[np.int64] | None:
    """Whole numbers of few digits, (texts, width) with blanks behind."""
    values = _read(texts)
    return None if values is None else values.astype(np.int64)


def _read(texts: Bytes) -> Floats | None:
    """Numbers one by one as C reads them, None if they are not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # "-Infinity", which then is missing
        values = np.fromstring(texts.tobytes(), sep=" ")
    return values if len(values) == len(texts) else None


def _floats(texts: Bytes) -> Floats | None:
    """Numbers with a point or an exponent, (texts, width) with blanks behind; exactly rounded.

    Those of one form (sign, digits before the point) are read as whole numbers M < 2^64 and
    divided by a power of ten, which 64 bits hold: that quotient is rounded rightly to 64 bits, and
    rounding it again to 53 is wrong at most where it lies halfway between two floats. Those, and
    what has an exponent or more digits, are read one by one.
    """
    if np.finfo(np.longdouble).nmant < 63:
        return _read(texts)
    values = np.full(len(texts), np.nan)
    point = np.argmax(texts == ord("."), axis=1)
    form = 2 * point + (texts[:, 0] == MINUS)
    for kind in np.flatnonzero(np.bincount(form)).tolist():
        rows = np.flatnonzero(form == kind)
        dot, minus = divmod(kind, 2)
        if dot > minus:
            same = texts if len(rows) == len(texts) else texts[rows]
            values[rows] = _quotients(same, minus, dot)
    rest = np.flatnonzero(np.isnan(values))
    if len(rest):
        read = _read(texts[rest])
        if read is None:
            return None
        values[rest] = read
    return values


def _quotients(texts: Bytes, minus: int, dot: int) -> Floats:
    """Numbers of one form, NaN where they must be read otherwise."""
    behind = min(texts.shape[1], minus + MOST_DIGITS + 1)
    digits = np.concatenate([texts[:, minus:dot], texts[:, dot + 1 : behind]], axis=1) - ord("0")
    blank = digits == BLANK
    sure = ((digits <= 9) | blank).all(axis=1) & (texts[:, behind:] == ord(" ")).all(axis=1)
    digits[blank] = 0
    count = digits.shape[1]
    low = min(9, count)
    table = digits.astype(np.float64)
    head = table[:, : count - low] @ 10.0 ** np.arange(count - low)[::-1]
    tail = table[:, count - low :] @ 10.0 ** np.arange(low)[::-1]
    sure &= head < 1.8e10
    whole = head.astype(np.uint64) * np.uint64(10**low) + tail.astype(np.uint64)
    exact = whole.astype(np.longdouble) / np.longdouble(10) ** (count - dot + minus)
    values = exact.astype(np.float64)
    off = np.abs((exact - values).astype(np.float64))
    gap = np.spacing(values)
    halfway = (off == gap / 2) | (off == gap / 4)  # below a power of two they are half as far
    return np.where(sure & ~halfway, -values if minus else values, np.nan)


def _decoded(raw: Bytes, starts: Places, lengths: Places) -> Coded:
    """Any values: each text that occurs is decoded once."""
    codes = np.arange(len(starts))
    if int(lengths.max()) <= WIDE:
        width = -(-int(lengths.max()) // 8) * 8
        codes = _same(_padded(raw, starts, lengths, width, 0).view(np.uint64))
    one = np.empty(int(codes.max()) + 1, dtype=np.intp)
    one[codes[::-1]] = np.arange(len(codes))[::-1]
    texts = [
        raw[start : start + length].tobytes().decode()
        for start, length in zip(starts[one].tolist(), lengths[one].tolist(), strict=True)
    ]
    values = from_text(f"[{','.join(texts)}]")
    if len(values) != len(texts):
        raise ShapeError("not one value")
    return Coded(values, codes)


def _same(words: NDArray[Any]) -> Places:
    """Equal numbers for equal rows of words (texts, words), from 0 on as they appear."""
    import pandas as pd

    codes = np.zeros(len(words), dtype=np.intp)
    for word in words.T:
        if (word == word[0]).all():
            continue
        more, different = pd.factorize(np.ascontiguousarray(word))
        codes = pd.factorize(codes * len(different) + more)[0]
    return codes


def scanned(text: Text) -> list[Group]:
    """All rows of a text. Raises ShapeError."""
    return [
        Group(rows, {key: column(text, p) for key, p in zip(keys, places.T, strict=True)})
        for rows, keys, places in groups(text)
    ]


def parsed(rows: Sequence[dict[str, Any]]) -> list[Group]:
    """The same of rows that are there already."""
    kinds: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows):
        kinds.setdefault(tuple(row), []).append(number)
    return [
        Group(
            np.array(where),
            {key: Coded([rows[i][key] for i in where], np.arange(len(where))) for key in keys},
        )
        for keys, where in kinds.items()
    ]
