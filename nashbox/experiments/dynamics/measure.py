"""The payoff table of two agents of a problem, cell by cell from a payoff oracle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.dynamics.empirical import EmpiricalGame
from nashbox.experiments.dynamics.example import example_menu
from nashbox.experiments.dynamics.menu import Menu
from nashbox.experiments.dynamics.oracles import (
    Method,
    Worlds,
    oracle_for,
    read_choices,
)
from nashbox.games.registry import blaming, game_of, prepare_game
from nashbox.problem.errors import InputError
from nashbox.problem.options import Option, Seed, held
from nashbox.problem.parameters import same
from nashbox.problem.payoff_oracle import Answer
from nashbox.problem.spec import suggest
from nashbox.problem.ticker import Ticker
from nashbox.problem.written import Entries

MENU = Entries("strategies of both, e.g. 'truthful,under_collector(factor=0.75)'", "LIST")
COLUMN_MENU = Entries("strategies of the column agent, if others", "LIST")


@blaming
@held
def empirical_game(
    problem: Any,
    menu: Annotated[Sequence[object] | None, MENU] = None,
    *,
    column_menu: Annotated[Sequence[object] | None, COLUMN_MENU] = None,
    row: Annotated[str | None, Option("", "AGENT", usual="the first agent")] = None,
    column: Annotated[str | None, Option("", "AGENT", usual="the next one")] = None,
    method: Method = "auto",
    worlds: Worlds = 10_000,
    seed: Seed = 0,
    progress: Ticker | None = None,
) -> EmpiricalGame:
    """Measure the game between two agents of a problem, of either game.

    menu, column_menu: strategies as problem files write them; one menu serves both. row, column:
    names, by default the first two agents. method: exact, simulated, or auto (exact where formulas
    exist). worlds: simulated for every column (row) of a table. Raises InputError.
    """
    if problem.m < 2:
        raise InputError(f"{problem.shown}: two players need two agents, got {problem.m}")
    first = problem.names[0] if row is None else row
    second = column if column is not None else next(n for n in problem.names if n != first)
    i, j = _place(problem, first, "row"), _place(problem, second, "column")
    if i == j:
        raise InputError(f"row and column must be two agents, got {first!r} twice")
    if menu is None:
        raise InputError(f"menu must be given: strategies of both{_example(problem, i, j)}")
    mine = read_choices(problem, menu, "menu", i)
    other, where = (menu, "menu") if column_menu is None else (column_menu, "column_menu")
    theirs = read_choices(problem, other, where, j)
    union, rows, columns, others = _union(problem, mine, theirs, i, j)
    oracle = oracle_for(problem, union, method, worlds, seed)

    def ask(agent: int, k: int, l: int) -> Answer:
        profile = others.copy()
        profile[i], profile[j] = rows[k], columns[l]
        return oracle.against(agent, profile)

    K, L = len(rows), len(columns)
    total, done = K + L, 0
    U, V = np.zeros((K, L)), np.zeros((K, L))
    C, D = np.zeros((L, K, K)), np.zeros((K, L, L))
    for l in range(L):
        answer = ask(i, 0, l)
        U[:, l], C[l] = answer.values[rows], answer.covariance[np.ix_(rows, rows)]
        done = _tick(progress, done, total)
    for k in range(K):
        answer = ask(j, k, 0)
        V[k], D[k] = answer.values[columns], answer.covariance[np.ix_(columns, columns)]
        done = _tick(progress, done, total)
    return EmpiricalGame(
        row=first,
        column=second,
        row_menu=list(mine.labels),
        column_menu=list(theirs.labels),
        row_payoffs=U,
        column_payoffs=V,
        row_covariance=C,
        column_covariance=D,
        payoffs=oracle.method,
        pays=game_of(problem).pays.name,
        worlds=oracle.worlds,
        seeds={"seed": seed},
        problem=problem.to_json(),
    )


def _tick(progress: Ticker | None, done: int, total: int) -> int:
    if progress is not None:
        progress(done + 1, total)
    return done + 1


def _example(problem: Any, i: int, j: int) -> str:
    """What both may choose from, or each of them, as the end of a message."""
    both = example_menu(problem, (i, j))
    if both is not None:
        return f", e.g. {both!r}"
    mine, theirs = (example_menu(problem, (player,)) for player in (i, j))
    return f", e.g. {mine!r} with column_menu {theirs!r}" if mine and theirs else ""


def _place(problem: Any, name: str, what: str) -> int:
    if name not in problem.names:
        near = suggest(name, list(problem.names))
        raise InputError(f"{what}: unknown agent {name!r} ({near})")
    return int(problem.names.index(name))


def _union(
    problem: Any, mine: Menu, theirs: Menu, i: int, j: int
) -> tuple[Menu, list[int], list[int], NDArray[np.int64]]:
    """One menu of all that is played, places of both menus in it, and what the others play."""
    game, whose = prepare_game(problem), dict[str, set[int]]()
    made: dict[str, tuple[Any, Any]] = {}  # strategies and how files name them, by label
    for agent, menu in ((i, mine), (j, theirs)):
        for label, strategy, spec in zip(menu.labels, menu.strategies, menu.specs, strict=True):
            made.setdefault(label, (strategy, spec))
            whose.setdefault(label, set()).add(agent)
    plays = [mine.labels[0]] * problem.m
    for agent, name in enumerate(problem.names):
        if agent in (i, j):
            continue
        own = game.strategy(agent)
        known = (label for label, (strategy, _) in made.items() if same(strategy, own))
        plays[agent] = next(known, f"{name}'s own")
        made.setdefault(plays[agent], (own, None))
        whose.setdefault(plays[agent], set()).add(agent)
    labels = tuple(made)
    strategies, specs = zip(*made.values(), strict=True)
    shared = tuple(frozenset(whose[label]) for label in labels)
    rows, columns, others = (
        [labels.index(label) for label in menu] for menu in (mine.labels, theirs.labels, plays)
    )
    return Menu(labels, strategies, (), specs, shared), rows, columns, np.array(others)
