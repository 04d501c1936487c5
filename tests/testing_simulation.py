"""Simulated games of agents with w = 1, and z tests at a stated false-alarm rate."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm


def draw(model, theta, rng):
    """One symbol per game given theta (R,) of 0 and 1."""
    u = rng.random(theta.size)
    cdf = np.cumsum(np.array([model.p0, model.p1], dtype=float), axis=1)[:, :-1]
    return np.where(
        theta == 1, np.searchsorted(cdf[1], u, "right"), np.searchsorted(cdf[0], u, "right")
    )


def play(models, prior, beta, games, rng, strict=False):
    """Let every agent run to its own threshold: (tau, declaration, odds at the first stop).

    Log odds are running sums, accurate to 1e-12: safe for games whose thresholds are either met
    exactly or missed by more than 1e-9, which is where they are tested. `strict` tests with "<".
    Returns theta (R,), tau (m, R), log odds at own stop (m, R), log odds at min tau (m, R).
    """
    limit = np.log(float((1 - beta) / beta)) + (1e-9 if strict else -1e-9)
    theta = (rng.random(games) < float(prior)).astype(int)
    m = len(models)
    tau = np.zeros((m, games), dtype=int)
    at_stop, at_first = np.zeros((m, games)), np.zeros((m, games))
    odds = np.full((m, games), np.log(float(prior / (1 - prior))))
    steps = [np.array(model.log_likelihood_ratios) for model in models]
    active = np.arange(games)
    n = 0
    while active.size:
        n += 1
        first = (tau[:, active] == 0).all(axis=0)
        for i, model in enumerate(models):
            odds[i, active] += steps[i][draw(model, theta[active], rng)]
            now = odds[i, active]
            stops = (tau[i, active] == 0) & (np.abs(now) >= limit)
            tau[i, active[stops]] = n
            at_stop[i, active[stops]] = now[stops]
            at_first[i, active[first]] = now[first]
        active = active[(tau[:, active] == 0).any(axis=0)]
    return theta, tau, at_stop, at_first


def wrong_now(odds, theta, rng):
    """Declare the likelier state, a fair coin at even odds; whether that is wrong."""
    coin = rng.random(odds.shape) < 0.5
    declared = np.where(np.abs(odds) < 1e-9, coin, odds > 0)
    return declared != (theta == 1)


def statistics(models, prior, beta, games, rng, strict=False):
    """Samples of every number of a two-agent solution, by name."""
    theta, tau, at_stop, at_first = play(models, prior, beta, games, rng, strict)
    wrong = wrong_now(at_first, theta, rng)
    a, b = tau[0] < tau[1], tau[1] < tau[0]
    won = np.where(a, wrong[0], wrong[1])[a | b]
    lost = np.where(a, wrong[1], wrong[0])[a | b]
    return {
        "time A": tau[0],
        "time B": tau[1],
        "error A": (at_stop[0] > 0) != (theta == 1),
        "error B": (at_stop[1] > 0) != (theta == 1),
        "A wins": a,
        "B wins": b,
        "tie": tau[0] == tau[1],
        "min": tau.min(axis=0),
        "max": tau.max(axis=0),
        "winner": won,
        "loser": lost,
        "interactive A": wrong[0],
        "interactive B": wrong[1],
    }


def exact_numbers(solution):
    """The same names from a two-agent solution of agents A and B."""
    return {
        "time A": solution.expected_time["A"],
        "time B": solution.expected_time["B"],
        "error A": solution.error["A"],
        "error B": solution.error["B"],
        "A wins": solution.wins["A"],
        "B wins": solution.wins["B"],
        "tie": solution.tie,
        "min": solution.expected_min,
        "max": solution.expected_max,
        "winner": solution.error_winner,
        "loser": solution.error_loser,
        "interactive A": solution.error_interactive["A"],
        "interactive B": solution.error_interactive["B"],
    }


def assert_mean(sample, exact, false_alarm):
    """Two-sided z test; `false_alarm` is the chance that a right answer fails."""
    sample = np.asarray(sample, dtype=float)
    bound = norm.isf(false_alarm / 2) * sample.std(ddof=1) / np.sqrt(sample.size) + 1e-12
    assert abs(sample.mean() - exact) <= bound, f"{sample.mean():.7g} vs {exact:.7g} +- {bound:.2g}"
