"""What an agent of a testing game sees: two exact pmfs over a finite alphabet.

State theta in {0, 1}; the symbols of one agent are i.i.d. given theta with pmf p0 or p1.

Zero probabilities are allowed, with the certainty they bring: a symbol that only one state can
produce has log-likelihood ratio +inf or -inf, the posterior becomes 0 or 1, the error probability
0, and the agent stops at once at every threshold. A symbol that neither state can produce never
occurs; it keeps its place in the alphabet and counts for nothing.

>>> model = ObservationModel.parse(["0.8", "1/5"], ["0.5", 0.5])
>>> model.p0
(Fraction(4, 5), Fraction(1, 5))
>>> round(model.d01, 6), round(model.d10, 6)
(0.192745, 0.223144)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from nashbox.problem.errors import InputError, brief

DIGITS = 400  # of a number written as text, and its largest power of ten
LEAST = Fraction(1, 10**300)  # chance above 0: below, odds are no floats any more
NEAR = Fraction(1, 1000)  # to 1: ratios whose log, as a difference of logs, would lose digits


def parse_probability(value: object, name: str = "probability") -> Fraction:
    """Read a probability exactly: "1/3", "0.2", an int, a Fraction, or a float.

    A float means its shortest decimal, so 0.1 is 1/10 and not the binary number next to it.
    Raise InputError for anything else, and for numbers outside [0, 1].

    >>> parse_probability(0.1), parse_probability("1/3")
    (Fraction(1, 10), Fraction(1, 3))
    """
    number = _fraction(value)
    if number is None or not 0 <= number <= 1:
        wanted = 'a probability in [0, 1] such as 0.2, "0.2" or "1/3"'
        raise InputError(f"{name} must be {wanted}, got {brief(value)}")
    if 0 < min(number, 1 - number) < LEAST:
        raise InputError(f"{name} must be 0, 1 or at least 1e-300 off both, got {brief(value)}")
    return number


def _fraction(value: object) -> Fraction | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    if isinstance(value, float):
        return Fraction(repr(float(value))) if math.isfinite(value) else None
    if isinstance(value, str):
        return exact_fraction(value)
    return None


def exact_fraction(text: str) -> Fraction | None:
    """A decimal or a fraction as text; None for what is none, or has hundreds of digits.

    >>> exact_fraction("1/3"), exact_fraction("2e-3"), exact_fraction("1e-20000000")
    (Fraction(1, 3), Fraction(1, 500), None)
    """
    _, _, exponent = text.lower().partition("e")
    try:
        if len(text) > DIGITS or abs(int(exponent or "0")) > DIGITS:
            return None
        if not text.isascii() or "_" in text:  # Python reads more than people mean
            return None
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


@dataclass(frozen=True)
class ObservationModel:
    """The pmfs of one agent's symbols: p0[y] = P(y | theta = 0), p1[y] = P(y | theta = 1).

    Both are tuples of Fractions of the same length >= 1 that sum to exactly 1; anything else
    raises InputError. `parse` takes decimals and strings.
    """

    p0: tuple[Fraction, ...]
    p1: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if len(self.p0) != len(self.p1) or not self.p0:
            raise InputError(
                "p0 and p1 must have the same number of symbols, at least one, "
                f"got {len(self.p0)} and {len(self.p1)}"
            )
        for name, pmf in (("p0", self.p0), ("p1", self.p1)):
            for y, p in enumerate(pmf):
                if not isinstance(p, Fraction) or not 0 <= p <= 1:
                    raise InputError(f"{name}[{y}] must be a Fraction in [0, 1], got {brief(p)}")
            total = sum(pmf, Fraction(0))
            if total != 1:
                raise InputError(
                    f"{name} must sum to exactly 1, got {total} (about {float(total):.12g}); "
                    'write thirds and the like as fractions, "1/3"'
                )

    @classmethod
    def parse(cls, p0: Sequence[object], p1: Sequence[object], name: str = "") -> ObservationModel:
        """Read two lists of probabilities; `name` (of the agent) goes in front of errors."""
        prefix = f"{name}." if name else ""
        read = [
            tuple(parse_probability(v, f"{prefix}{key}[{y}]") for y, v in enumerate(values))
            for key, values in (("p0", p0), ("p1", p1))
        ]
        try:
            return cls(read[0], read[1])
        except InputError as error:
            raise InputError(prefix + str(error)) from None

    @property
    def symbols(self) -> int:
        """Size of the alphabet."""
        return len(self.p0)

    @property
    def informative(self) -> bool:
        """Whether the two pmfs differ at all; if not, nobody ever learns from this model."""
        return self.p0 != self.p1

    @property
    def log_likelihood_ratios(self) -> tuple[float, ...]:
        """Logs of p1[y]/p0[y] in nats; +-inf for certainty, nan for a symbol that never occurs."""
        return tuple(_log_ratio(b, a) for a, b in zip(self.p0, self.p1, strict=True))

    @property
    def d01(self) -> float:
        """Kullback-Leibler divergence D(P0 || P1) in nats, possibly inf."""
        return _divergence(self.p0, self.p1)

    @property
    def d10(self) -> float:
        """Kullback-Leibler divergence D(P1 || P0) in nats, possibly inf."""
        return _divergence(self.p1, self.p0)


def log_of(ratio: Fraction) -> float:
    """Natural logarithm of a fraction > 0 of whatever size, also next to 1.

    >>> log_of(Fraction(10**30 + 1, 10**30))
    1e-30
    """
    return math.log1p(float(ratio - 1)) if abs(ratio - 1) < NEAR else log_of_parts(ratio)


def log_of_parts(ratio: Fraction) -> float:
    """The same, less exact next to 1: a difference of logs, as no integer overflows."""
    return math.log(ratio.numerator) - math.log(ratio.denominator)


def _log_ratio(top: Fraction, bottom: Fraction) -> float:
    if top and bottom:
        return log_of(top / bottom)
    if top == bottom:
        return math.nan
    return math.inf if top else -math.inf


def _divergence(p: tuple[Fraction, ...], q: tuple[Fraction, ...]) -> float:
    terms = (float(a) * _log_ratio(a, b) for a, b in zip(p, q, strict=True) if a)
    return max(0.0, math.fsum(terms))
