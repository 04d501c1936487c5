"""What a coalition may agree on: how much to collect, and who hands in what.

The members collect C points of a distribution together, by whoever pays least, and share them. Then

    own     hands in the measured points, each once, divided as the members' debts are
    one     one member hands in all of them, the others nothing
    same    every member hands in all of them: the same data several times
    copies  every member hands in what she owes, all of it copies of the joint mean
    many    as copies, but each several times as many
    kept    nothing is handed in

Copies of the joint mean bring what a member hands in and what she is compared with together: where
Z holds h points of her friends, Y - Z shrinks by (z - h)/z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

MOST_POINTS = 30_000  # handed in per member and distribution
MULTIPLES = (4, 16, 64)  # of what is owed, handed in
SHARES = (0.25, 0.5, 0.75, 1.0)  # of what the members owe together, collected
FORMS = ("own", "one", "same", "copies", *(f"many {g}" for g in MULTIPLES), "kept")
CLASS = (
    "coalitions that share all their points and answers: together they collect C points of each "
    "distribution (none, 1, a quarter to all of what they owe, or what is best if everything is "
    "pooled) and hand in measured points once, by one member, or every member all of them; copies "
    "of their joint mean, as many as they owe or 4, 16, 64 times as many; or nothing. What two "
    "answers agree on is believed; else the answers are combined linearly, with weights learned on "
    "the search's worlds, or one of them is believed unless it is implausible"
)


@dataclass(frozen=True)
class Scheme:
    """collected: (d,) points of the coalition. forms: (d,) of FORMS."""

    collected: tuple[int, ...]
    forms: tuple[str, ...]

    def handed_in(self, k: int, owed: Counts) -> Counts:
        """How many points each member hands in of distribution k; owed: hers, (members,)."""
        C, form = self.collected[k], self.forms[k]
        if C == 0 or form == "kept":
            return np.zeros_like(owed)
        if form == "same":
            return np.full_like(owed, C)
        if form == "one":
            return np.where(np.arange(owed.size) == np.argmax(owed), C, 0)
        if form == "own":
            return _divided(C, owed)
        many = int(form.split()[1]) if form.startswith("many") else 1
        base = owed if owed.any() else np.where(np.arange(owed.size) == 0, C, 0)
        return np.asarray(np.minimum(base * many, MOST_POINTS))

    def points(self, k: int, owed: Counts, joint: Array) -> list[Array]:
        """What each member hands in, (R, s) arrays; joint: (R, C) the points they share."""
        sizes, form = self.handed_in(k, owed), self.forms[k]
        if form in ("own", "one"):
            ends = np.cumsum(sizes)
            return [joint[:, end - s : end] for s, end in zip(sizes, ends, strict=True)]
        if form == "same":
            return [joint[:, :s] for s in sizes]
        if not sizes.any():
            return [joint[:, :0] for _ in sizes]
        mean = joint.mean(axis=1, keepdims=True)
        return [np.broadcast_to(mean, (joint.shape[0], int(s))) for s in sizes]


def _divided(total: int, owed: Counts) -> Counts:
    """`total` points in proportion to debts, by largest remainders."""
    if not owed.any():
        return np.where(np.arange(owed.size) == 0, total, 0)
    exact = total * owed / owed.sum()
    sizes = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - sizes), kind="stable")
    sizes[order[: total - int(sizes.sum())]] += 1
    return np.asarray(sizes)


def counts_tried(
    owed: Counts, outside: Counts, costs: Array, sigma: Array, size: int
) -> list[tuple[int, ...]]:
    """Candidates for C, a tuple (d,) each. owed, outside, costs (least), sigma: (d,)."""
    columns = []
    for k in range(sigma.size):
        if np.isinf(costs[k]):
            columns.append([0])
            continue
        best = best_pooled(float(outside[k]), float(costs[k]), float(sigma[k]), size)
        found = {0, 1, best, *(round(float(s * owed[k])) for s in SHARES)}
        columns.append(sorted(found))
    rows = max(len(c) for c in columns)
    padded = [c + [c[-1]] * (rows - len(c)) for c in columns]
    return [tuple(c[j] for c in padded) for j in range(rows)]


def best_pooled(outside: float, cost: float, sigma: float, size: int) -> int:
    """The whole number C >= 0 that minimises size sigma^2/(C + M) + c C."""
    root = max(0.0, float(np.sqrt(size / cost)) * sigma - outside)
    near = [int(np.floor(root)), int(np.ceil(root))]
    return min(near, key=lambda C: pooled_price(C, outside, cost, sigma, size))


def pooled_price(C: int, outside: float, cost: float, sigma: float, size: int) -> float:
    """Joint penalty of who knows everybody's points and collects C, inf without any."""
    return size * sigma**2 / (C + outside) + cost * C if C + outside else float("inf")


def schemes(
    owed: Counts, outside: Counts, costs: Array, sigma: Array, size: int
) -> Sequence[Scheme]:
    """All schemes of one form for all distributions. owed: (members, d)."""
    found = []
    for collected in counts_tried(owed.sum(axis=0), outside, costs, sigma, size):
        forms = FORMS if any(collected) else FORMS[-1:]
        found += [Scheme(collected, (form,) * sigma.size) for form in forms]
    return found
