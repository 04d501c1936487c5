"""Problem mappings and an independent, slow player that several tests share."""

from fractions import Fraction

from nashbox.problem.files import from_mapping

COIN = (["0.6", "0.4"], ["0.4", "0.6"])
SHARP = (["0.8", "0.2"], ["0.5", "0.5"])
THREE = (["0.5", "0.3", "0.2"], ["0.2", "0.3", "0.5"])
SIX = (
    ["0.28", "0.22", "0.18", "0.14", "0.10", "0.08"],
    ["0.09", "0.11", "0.13", "0.17", "0.23", "0.27"],
)
CASES = {"a": (COIN, COIN), "c": (SHARP, COIN)}


def game(models, strategies="signaller", beta="1/10", **keys):
    """A testing problem; strategies: one for all, or one per agent."""
    if not isinstance(strategies, list):
        strategies = [strategies] * len(models)
    agents = [
        {"name": chr(ord("A") + i), "p0": p0, "p1": p1, "strategy": strategy}
        for i, ((p0, p1), strategy) in enumerate(zip(models, strategies, strict=True))
    ]
    return from_mapping({"game": "testing", "beta": beta, "agents": agents, **keys})


def text(changes="", agents=None, **keys):
    """A problem file with some keys changed (None leaves one out); `agents` as TOML."""
    lines = {"game": '"testing"', "beta": '"1/10"', **keys}
    head = "".join(f"{key} = {value}\n" for key, value in lines.items() if value is not None)
    if agents is None:
        agents = agent("A") + agent("B")
    return head + changes + agents


def agent(name, p0='["0.6", "0.4"]', p1='["0.4", "0.6"]', more=""):
    shown = f'name = "{name}"\n' if name is not None else ""
    return f"\n[[agents]]\n{shown}p0 = {p0}\np1 = {p1}\n{more}"


def play_slowly(problem, symbols, plans):
    """Play one game by eqs. (1)-(3) on exact fractions; coins with alpha 0 or 1 only.

    symbols: per agent its symbols. plans: per agent (alpha, w, anticipate, feedback, later).
    Returns per agent (tau, declared or None for a fair coin, reason).
    """
    beta, prior, m = problem.beta, problem.prior, problem.m
    own = [prior] * m  # belief, fed back where asked for
    done = [None] * m
    warned = [False] * m
    n = 0
    while any(d is None for d in done):
        shown = [None] * m
        for i in range(m):
            if done[i] is None:
                model, y = problem.models[i], symbols[i][n]
                one, zero = own[i] * model.p1[y], (1 - own[i]) * model.p0[y]
                own[i] = one / (one + zero)
                shown[i] = own[i] if plans[i][0] == 1 else 1 - own[i]
        n += 1
        news = {}
        for i in range(m):
            if done[i] is not None:
                continue
            _, w, anticipate, feedback, later = plans[i]
            heard = [shown[j] for j in problem.neighbours(i) if shown[j] is not None]
            w = Fraction(str(w))
            fused = w * own[i] + (1 - w) * sum(heard, Fraction(0)) / len(heard) if heard else own[i]
            now = any(min(s, 1 - s) <= beta for s in heard)
            react, warned[i] = (warned[i], now) if later else (now, now)
            before = own[i]
            if feedback:
                own[i] = fused
            if min(fused, 1 - fused) <= beta:
                news[i] = (n, int(fused > Fraction(1, 2)), "threshold")
            elif anticipate and react:
                side = None if before == Fraction(1, 2) else int(before > Fraction(1, 2))
                news[i] = (n, side, "anticipation")
        for i, result in news.items():
            done[i] = result
    return done
