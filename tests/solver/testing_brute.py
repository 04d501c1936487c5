"""Slow, independent answers for small games: every history is kept apart, all numbers are exact."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np

from nashbox.solver import Contest


def probability(model, theta, symbols):
    return prod(((model.p0, model.p1)[theta][y] for y in symbols), start=Fraction(1))


def error(model, prior, symbols):
    """Posterior P(theta = 1) after these symbols; None if they cannot happen."""
    zero, one = ((1 - prior, prior)[t] * probability(model, t, symbols) for t in (0, 1))
    return None if zero + one == 0 else one / (zero + one)


def stop_time(model, prior, beta, symbols):
    """First n at which the posterior error is <= beta, or None."""
    for n in range(1, len(symbols) + 1):
        one = error(model, prior, symbols[:n])
        if one is not None and min(one, 1 - one) <= beta:
            return n
    return None


def law(model, prior, beta, horizon):
    """The (2, 2, N) stop and (2, 3, N) lean masses, by enumeration of all symbol sequences."""
    stop = np.zeros((2, 2, horizon), dtype=object)
    lean = np.zeros((2, 3, horizon), dtype=object)
    for symbols in product(range(model.symbols), repeat=horizon):
        tau = stop_time(model, prior, beta, symbols)
        for theta in (0, 1):
            mass = probability(model, theta, symbols)
            for n in range(1, min(tau or horizon + 1, horizon + 1)):
                one = error(model, prior, symbols[:n])
                if one is not None:
                    lean[
                        theta, 2 if one == Fraction(1, 2) else int(one > Fraction(1, 2)), n - 1
                    ] += mass
            if tau is not None and mass:
                stop[theta, int(error(model, prior, symbols[:tau]) > Fraction(1, 2)), tau - 1] += (
                    mass
                )
    return stop.astype(float), lean.astype(float)


def wrong(model, prior, theta, symbols):
    """Chance that declaring the likelier state is wrong given theta; a coin at exactly 1/2."""
    one = error(model, prior, symbols)
    if one == Fraction(1, 2):
        return Fraction(1, 2)
    return Fraction(int((one > Fraction(1, 2)) != (theta == 1)))


def race(a, b, prior, beta, horizon):
    """Numbers of the games of two agents that end by `horizon`, over all pairs of sequences."""
    out = defaultdict(Fraction)
    for theta in (0, 1):
        weight = prior if theta else 1 - prior
        for x in product(range(a.symbols), repeat=horizon):
            for y in product(range(b.symbols), repeat=horizon):
                p = weight * probability(a, theta, x) * probability(b, theta, y)
                s, t = stop_time(a, prior, beta, x), stop_time(b, prior, beta, y)
                if not p or (s is None and t is None):
                    continue
                end = min(n for n in (s, t) if n is not None)
                bad = [wrong(a, prior, theta, x[:end]), wrong(b, prior, theta, y[:end])]
                who = "tie" if s == t else "A" if s == end else "B"
                out[who] += p
                out["error A"] += p * bad[0]
                out["error B"] += p * bad[1]
                if who != "tie":
                    out["winner"] += p * bad[who == "B"]
                    out["loser"] += p * bad[who == "A"]
    return {key: float(value) for key, value in out.items()}


class Tree:
    """Best payoff over all policies that stop by `horizon`, on the full tree of histories.

    A history is the own symbols and the rival's signals, coins of the signals included; beliefs
    about (theta, rival's odds) come from Bayes' rule alone.
    """

    def __init__(self, own, rival, prior, beta, payoff, any_signal, horizon):
        self.own, self.rival, self.payoff = own, rival, payoff
        self.any_signal, self.horizon = any_signal, horizon
        self.odds = prior / (1 - prior)
        self.upper = (1 - beta) / beta
        self.prior = prior
        self.alpha = Fraction(repr(rival.alpha))

    def value(self):
        start = {(0, self.odds): 1 - self.prior, (1, self.odds): self.prior}
        return float(self._go_on(0, self.odds, start, "playing"))

    def _crossed(self, odds):
        return odds >= self.upper or odds <= 1 / self.upper

    def _decide(self, n, mine, weights, rival):
        contest = isinstance(self.payoff, Contest)
        if contest:
            won = sum(weights.values()) * Fraction(self.payoff.prize) * self._crossed(mine)
            if rival == "crosses":
                return won / 2
        else:
            by_theta = [sum(w for (t, _), w in weights.items() if t == k) for k in (0, 1)]
            won = -Fraction(self.payoff.chat) * min(by_theta)
        if n == self.horizon:
            return won
        return max(won, self._go_on(n, mine, weights, "playing" if rival == "playing" else "gone"))

    def _go_on(self, n, mine, weights, rival):
        price = Fraction(
            repr(self.payoff.cost if isinstance(self.payoff, Contest) else self.payoff.c)
        )
        total = -price * sum(weights.values())
        for p0, p1 in zip(self.own.p0, self.own.p1, strict=True):
            seen = {k: w * (p1 if k[0] else p0) for k, w in weights.items()}
            odds = mine * p1 / p0
            options = [self.rival.anticipates and self._crossed(odds)]
            if self.rival.anticipates and self.any_signal:
                options = [False, True]
            total += max(self._signal(n + 1, odds, seen, rival, loud) for loud in options)
        return total

    def _signal(self, n, mine, weights, rival, loud):
        if rival == "gone":
            return self._decide(n, mine, weights, "gone")
        signals = defaultdict(lambda: defaultdict(Fraction))
        for (theta, odds), w in weights.items():
            for p0, p1 in zip(self.rival.model.p0, self.rival.model.p1, strict=True):
                new, mass = odds * p1 / p0, w * (p1 if theta else p0)
                for shown, chance in ((new, self.alpha), (1 / new, 1 - self.alpha)):
                    if chance:
                        signals[shown][(theta, new)] += mass * chance
        total = Fraction(0)
        for shown, told in signals.items():
            state = "crosses" if self._crossed(shown) else "leaves" if loud else "playing"
            total += self._decide(n, mine, told, state)
        return total
