"""All equilibria of payoff tables, against two independent ways of finding them."""

import warnings
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from nashbox.experiments.dynamics import EmpiricalGame
from nashbox.problem.errors import InputError
from nashbox.solver.equilibria import equilibria, most_vertices

nashpy = pytest.importorskip("nashpy", reason="an oracle, in the extra dev")


def solved(matrix):
    """Solve a square system of Fractions; None if it is singular."""
    rows = [list(row) for row in matrix]
    for c in range(len(rows)):
        at = next((r for r in range(c, len(rows)) if rows[r][c] != 0), None)
        if at is None:
            return None
        rows[c], rows[at] = rows[at], rows[c]
        rows[c] = [v / rows[c][c] for v in rows[c]]
        for r in range(len(rows)):
            if r != c and rows[r][c] != 0:
                rows[r] = [a - rows[r][c] * b for a, b in zip(rows[r], rows[c], strict=True)]
    return [row[-1] for row in rows]


def mixture(table, mine, theirs):
    """Weights on `theirs` that make all of `mine` equally good, in a table (mine, theirs)."""
    system = [[Fraction(float(table[k, l])) for l in theirs] + [-1, 0] for k in mine]
    weights = solved([*system, [Fraction(1)] * len(theirs) + [0, 1]])
    if weights is None or min(weights[:-1]) <= 0:
        return None
    full = [Fraction(0)] * table.shape[1]
    for l, weight in zip(theirs, weights, strict=False):
        full[l] = weight
    return full, weights[-1]


def by_supports(A, B):
    """Equilibria of a nondegenerate game: supports of equal size, in exact fractions."""
    K, L = A.shape
    found = []
    for size in range(1, min(K, L) + 1):
        for rows in combinations(range(K), size):
            for columns in combinations(range(L), size):
                y, x = mixture(A, rows, columns), mixture(B.T, columns, rows)
                if x is None or y is None:
                    continue
                U = [sum(Fraction(float(a)) * w for a, w in zip(r, y[0], strict=True)) for r in A]
                V = [sum(Fraction(float(b)) * w for b, w in zip(c, x[0], strict=True)) for c in B.T]
                if max(U) == y[1] and max(V) == x[1]:
                    found.append((x[0], y[0]))
    return found


def as_set(pairs):
    return {tuple(round(float(v), 9) + 0.0 for part in pair for v in part) for pair in pairs}


@pytest.mark.parametrize(("size", "games"), [((3, 3), 60), ((2, 5), 20), ((4, 4), 12), ((1, 3), 3)])
def test_all_and_only_those_that_exact_supports_give(size, games, seed):
    rng = np.random.default_rng([seed, *size])
    for _ in range(games):
        A, B = rng.normal(size=(2, *size))
        found = equilibria(A, B)
        assert not found.degenerate and len(found.pairs) % 2 == 1
        assert as_set(found.pairs) == as_set(by_supports(A, B))


@pytest.mark.slow
@pytest.mark.parametrize("size", [3, 4])
def test_vertex_enumeration_finds_the_same_60_times(size):
    rng = np.random.default_rng(size)
    for _ in range(60):
        A, B = rng.normal(size=(2, size, size))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = list(nashpy.Game(A, B).vertex_enumeration())
        assert len(equilibria(A, B).pairs) == len(theirs)


def test_three_where_rounding_lost_some():
    A = [[-0.08, -0.46], [0.03, -0.07], [0.56, -0.53]]
    B = [[-0.13, 3.0], [-0.1, 0.77], [0.32, 0.25]]
    game = EmpiricalGame.of_tables(A, B)
    assert len(game.equilibria) == 3
    for x, y in game.equilibria:
        assert game.regret(x, y).nash_conv.estimate < 1e-12


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1.0, 1e9])
@pytest.mark.parametrize("shift", [0.0, -7.0, 1e6])
def test_neither_unit_nor_origin_of_payoffs_matters(scale, shift):
    A, B = np.round(np.random.default_rng(1).normal(size=(2, 4, 3)), 2)
    here, there = equilibria(A, B), equilibria(scale * (A + shift), 3 * scale * B)
    assert len(here.pairs) == len(there.pairs)
    for one, other in zip(here.pairs, there.pairs, strict=True):
        np.testing.assert_allclose(np.concatenate(one), np.concatenate(other), atol=1e-6)


def test_coordination_has_an_equilibrium_on_every_support():
    for size in (2, 5, 10):
        found = equilibria(np.eye(size), np.eye(size))
        assert len(found.pairs) == 2**size - 1 and not found.degenerate


DEGENERATE = {
    "indifferent": ([[1.0, 1.0]], [[2.0, 2.0]], 2, 2),
    "zero": (np.zeros((2, 2)), np.zeros((2, 2)), 4, 4),
    # von Stengel 2007, p. 54: rows 1 and 2 against column 1 leave the column player indifferent
    "threat": ([[3, 3], [2, 5], [0, 6]], [[3, 3], [2, 6], [3, 1]], 3, 2),
    "dominated": ([[1, 0], [1, 0]], [[1, 0], [0, 1]], 4, 4),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_tables_are_named_and_their_corners_listed(name):
    A, B, corners, pieces = DEGENERATE[name]
    found = equilibria(A, B)
    game = EmpiricalGame.of_tables(A, B)
    assert found.degenerate
    assert (len(found.pairs), sum(found.piece)) == (corners, pieces)
    assert all(game.regret(x, y).nash_conv.estimate < 1e-12 for x, y in found.pairs)
    assert "degenerate" in game.to_json()["note"] and game.to_json()["degenerate"]


def test_what_cannot_be_solved_is_refused_with_the_reason():
    with pytest.raises(InputError, match="finite"):
        equilibria([[np.nan]], [[1.0]])
    with pytest.raises(InputError, match="at most"):
        equilibria(np.zeros((40, 40)), np.zeros((40, 40)))
    assert most_vertices(10, 20) == 4004
