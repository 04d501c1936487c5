"""What alpha does to a receiver, exactly: a forward recursion over both agents' counts.

No engine says this; games of the model and the solver's race, made in other ways, check it.

Binary alphabets without zeros, prior 1/2. The sender plays signaller(alpha), w = 1, to its own
threshold; the receiver stops by its own rule, and after the sender's stop keeps what it has heard.

State: own count i of ones, the sender's (n, j) (frozen when it stops), and k = signals that
showed the true sign minus those that did not, since the sender's belief was last even. What a
listener who knows the sender's model and alpha has heard (log P(signals|1)/P(signals|0)) is a
function of it:

* no two beliefs of the sender are mirror images: the magnitude names the belief, and its log
  odds s are heard in full;
* flip-symmetric: given the magnitudes, P(path|1)/P(path|0) = e^s depends on the end alone, and
  signs before the last even belief say nothing. With o = k log(alpha/(1 - alpha)), the log odds
  that signals alone give to the true sign, heard = +-log[(e^(o+m/2) + e^(-m/2))/(e^(o-m/2) +
  e^(m/2))], m = |s|. Nothing at alpha = 1/2, all of s at 0 and 1.

|k| is cut at `DEPTH`, where the sign is known up to (1/3)^DEPTH or better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from nashbox.papers.raghavan2025.games import HALF, flip_symmetric
from nashbox.problem.lattice import Floats, Ints, belief_of
from nashbox.problem.observations import ObservationModel
from nashbox.problem.odds import OddsLattice
from nashbox.solver.law import remaining_time

DEPTH = 20
LONGEST = 4000
RULES = ("naive w = 0.5", "own observations only", "informed Bayesian", "anticipating")
_TIE = 1e-9
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Values:
    """The objectives of one receiver (E tau, error, win probability, entropy), and their errors."""

    values: tuple[float, ...]
    errors: tuple[float, ...]


class _Side:
    """One agent's beliefs from counts of ones, with exact comparisons."""

    def __init__(self, model: ObservationModel, beta: Fraction) -> None:
        lattice = OddsLattice.of([model], HALF)
        ratios = [b / a for a, b in zip(model.p0, model.p1, strict=True)]
        self.lattice = lattice
        self.steps = [lattice.steps[lattice.symbols.ratios.index(r)] for r in ratios]
        self.p = np.array([[float(p) for p in pmf] for pmf in (model.p0, model.p1)])
        self.bound = (1 - beta) / beta

    def coords(self, n: Ints, ones: Ints) -> Ints:
        return np.asarray((n - ones)[:, None] * self.steps[0] + ones[:, None] * self.steps[1])

    def log_odds(self, n: Ints, ones: Ints) -> Floats:
        return self.lattice.log_odds(self.coords(n, ones))

    def crossed(self, n: Ints, ones: Ints) -> Mask:
        coords = self.coords(n, ones)
        high = self.lattice.compare(coords, self.bound) >= 0
        return np.asarray(high | (self.lattice.compare(coords, 1 / self.bound) <= 0))


def exact_values(
    own: ObservationModel,
    sender: ObservationModel,
    beta: Fraction,
    alpha: float,
    rule: str,
    tail: float = 1e-7,
) -> Values:
    """Play one receiver against one alpha; `rule` is one of `RULES`.

    It ends at an alive mass of `tail`; states of mass below tail/5000 are dropped on the way. What
    is missing goes into `errors`.
    """
    mine, other = _Side(own, beta), _Side(sender, beta)
    symmetric = flip_symmetric(sender)
    noisy = 0.0 < alpha < 1.0
    counting = symmetric and noisy and alpha != 0.5
    state = np.zeros((1, 5), dtype=np.int64)  # own ones, sender's n and ones, k, sender's state
    mass = np.ones((2, 1))
    sums = np.zeros(4)
    n, lost = 0, 0.0
    while n < LONGEST:
        n += 1
        state, mass = _observe(state, mass, mine, other)
        state[:, 4] = np.where(state[:, 4] == 0, other.crossed(state[:, 1], state[:, 2]), 2)
        s = other.log_odds(state[:, 1], state[:, 2])
        speaking = state[:, 4] < 2
        state, mass, s, truth = _speak(state, mass, s, speaking, alpha if noisy else None, alpha)
        speaking = state[:, 4] < 2
        if counting:
            state[:, 3] = _count(state[:, 3], s, truth, speaking)
        own_log = mine.log_odds(np.full(len(state), n), state[:, 0])
        crossed = mine.crossed(np.full(len(state), n), state[:, 0])
        heard = _heard(s, state[:, 3], alpha, symmetric)
        stop, lean = _rule(rule, beta, own_log, crossed, heard, s * truth, state[:, 4])
        if symmetric:  # once the sender is gone, only where it has stopped counts
            net = 2 * state[:, 2] - state[:, 1]
            gone = state[:, 4] > 0
            state[gone, 1], state[gone, 2] = np.abs(net)[gone], np.maximum(net, 0)[gone]
        stopped = state[stop], mass[:, stop]
        sums += _tally(n, stopped, lean[stop], (own_log + heard)[stop], crossed[stop])
        state, mass = _merge(state[~stop], mass[:, ~stop])
        rare = mass.max(axis=0) < tail / 5000
        now = float(mass[:, rare].sum() / 2)
        lost, sums[0] = lost + now, sums[0] + n * now
        state, mass = state[~rare], mass[:, ~rare]
        if mass.sum() / 2 <= tail:
            break
    left = float(mass.sum() / 2)
    sums[0] += n * left
    return Values(tuple(sums.tolist()), _errors(left + lost, mine, other, beta))


def _errors(lost: float, mine: _Side, other: _Side, beta: Fraction) -> tuple[float, ...]:
    """At most so much is missing: whoever is left needs the sender's way to its stop, and its own.

    After the sender's stop what has been heard is fixed, and the rest is a test of its own.
    """
    way = sum(float(remaining_time(side.lattice, beta).max()) for side in (mine, other))
    return (lost * way + 1e-11, *(lost + 1e-11,) * 3)


def _observe(state: Ints, mass: Floats, mine: _Side, other: _Side) -> tuple[Ints, Floats]:
    """One symbol each; a sender that has stopped sees none."""
    parts: list[Ints] = []
    masses: list[Floats] = []
    gone = state[:, 4] > 0
    for y in (0, 1):
        own = mass * mine.p[:, y, None]
        moved = state + np.array([y, 0, 0, 0, 0])
        parts.append(np.where(gone[:, None], moved, 0)[gone])
        masses.append(own[:, gone])
        for x in (0, 1):
            parts.append((moved + np.array([0, 1, x, 0, 0]))[~gone])
            masses.append((own * other.p[:, x, None])[:, ~gone])
    return np.concatenate(parts), np.concatenate(masses, axis=1)


def _speak(
    state: Ints, mass: Floats, s: Floats, speaking: Mask, noisy: float | None, alpha: float
) -> tuple[Ints, Floats, Floats, Floats]:
    """Flip the coin of eq. (1): truth is +1 where the belief is shown, -1 where its inverse is."""
    if noisy is None:
        return state, mass, s, np.full(len(state), 1.0 if alpha == 1 else -1.0)
    twice = np.concatenate([np.arange(len(state)), np.flatnonzero(speaking)])
    truth = np.concatenate([np.ones(len(state)), -np.ones(int(speaking.sum()))])
    chance = np.where(speaking[twice], np.where(truth > 0, noisy, 1 - noisy), 1.0)
    return state[twice], mass[:, twice] * chance, s[twice], truth


def _count(k: Ints, s: Floats, truth: Floats, speaking: Mask) -> Ints:
    even = np.abs(s) < _TIE
    new = np.where(even, 0, np.clip(k + truth.astype(np.int64), -DEPTH, DEPTH))
    return np.where(speaking, new, k)


def _heard(s: Floats, k: Ints, alpha: float, symmetric: bool) -> Floats:
    """Log P(signals | 1)/P(signals | 0) for a listener who knows the sender's model and alpha."""
    if not symmetric or alpha in (0.0, 1.0):
        return s
    o, m = k * np.log(alpha / (1 - alpha)), np.abs(s)
    size = np.logaddexp(o + m / 2, -m / 2) - np.logaddexp(o - m / 2, m / 2)
    return np.asarray(np.sign(s) * size)


def _rule(
    rule: str,
    beta: Fraction,
    own: Floats,
    crossed: Mask,
    heard: Floats,
    shown: Floats,
    sender: Ints,
) -> tuple[Mask, Floats]:
    """Where a receiver stops, and the log odds it declares by. sender: 1 stops now, 2 is gone."""
    if rule == "own observations only":
        return crossed, own
    if rule == "anticipating":
        return crossed | (sender == 1), own
    if rule == "informed Bayesian":
        limit = float(np.log(float((1 - beta) / beta)))
        return np.asarray(np.abs(own + heard) >= limit - _TIE), own + heard
    pi, told = (belief_of(x) for x in (own, shown))
    fused = np.where(sender < 2, (pi + told) / 2, pi)  # eq. (2) with w = 1/2
    stop = np.minimum(fused, 1 - fused) <= float(beta) + 1e-12
    return np.where(sender < 2, stop, crossed), fused - 0.5


def _tally(
    n: int, stopped: tuple[Ints, Floats], lean: Floats, known: Floats, crossed: Mask
) -> Floats:
    """What the stops of iteration n add to the four objectives."""
    state, mass = stopped
    side = np.where(np.abs(lean) < _TIE, 0.0, np.sign(lean))
    wrong = np.stack([(1 + side) / 2, (1 - side) / 2])  # an even belief tosses a fair coin
    share = crossed * np.array([1.0, 0.5, 0.0])[state[:, 4]]
    x = np.abs(known)
    q = np.exp(-x) / (1 + np.exp(-x))
    entropy = -(1 - q) * np.log1p(-q) - np.where(q > 0, q * np.log(np.maximum(q, 1e-300)), 0.0)
    each = (np.full(len(state), float(n)), wrong, share, entropy)
    return np.array([float((mass * value).sum()) / 2 for value in each])


def _merge(state: Ints, mass: Floats) -> tuple[Ints, Floats]:
    """Add up the masses of equal states."""
    low = state.min(axis=0, initial=0)
    key = np.zeros(len(state), dtype=np.int64)
    for column, span in zip((state - low).T, state.max(axis=0, initial=0) - low + 1, strict=True):
        key = key * span + column
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    total = [np.bincount(place, weights=m, minlength=len(first)) for m in mass]
    return state[first], np.array(total)


def best_alphas(sign: int, values: Sequence[float], alphas: Sequence[float], tol: float) -> str:
    """The alphas that harm the receiver most, "irrelevant" if all do equally."""
    top = max(sign * v for v in values)
    best = [a for a, v in zip(alphas, values, strict=True) if sign * v >= top - tol]
    return "irrelevant" if len(best) == len(alphas) else ", ".join(f"{a:g}" for a in best)
