"""Transport on a forest: cancel cycles, walk the trees, set flows from sums.

Nodes are agents and distributions, an edge (i, k) is work with a flow x >= 0 in units of worth, in
which every edge pays the same: moving flow around a cycle changes no sum, so no penalty.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from nashbox.problem.arrays import Array, Places

Edges = dict[int, dict[int, float]]  # agent -> {distribution: flow}; the last distribution is slack


def cancel_cycles(flows: list[tuple[float, int, int]], columns: int) -> Edges:
    """Cancel all cycles, largest flows first; flows stay >= 0 and all sums stay the same.

    Paths between distributions only lead over agents with two or more edges, of which a forest
    has fewer than it has distributions: that keeps the search short.
    """
    rows: Edges = {}
    shared: list[set[int]] = [set() for _ in range(columns)]  # agents with >= 2 edges, per column

    def put(i: int, k: int, x: float) -> None:
        row = rows.setdefault(i, {})
        row[k] = x
        if len(row) == 2:
            for j in row:
                shared[j].add(i)
        elif len(row) > 2:
            shared[k].add(i)

    def drop(i: int, k: int) -> None:
        del rows[i][k]
        shared[k].discard(i)
        if len(rows[i]) == 1:
            shared[next(iter(rows[i]))].discard(i)

    def path(i: int, k: int) -> list[tuple[int, int]] | None:
        """Edges that lead from agent i to distribution k, in order."""
        came: dict[int, tuple[int, int]] = {j: (i, -1) for j in rows.get(i, ())}
        stack = sorted(came)
        while stack:
            j = stack.pop()
            if j == k:
                found = []
                while j >= 0:
                    agent, before = came[j]
                    found.append((agent, j))
                    if before >= 0:
                        found.append((agent, before))
                    j = before
                return found[::-1]
            for agent in sorted(shared[j]):
                for other in rows[agent]:
                    if other not in came:
                        came[other] = (agent, j)
                        stack.append(other)
        return None

    edges = Counter(i for _, i, _ in flows)
    for x, i, k in sorted(flows, key=lambda e: (-e[0], e[1], e[2])):
        if edges[i] == 1:  # in no cycle, and on no path
            rows[i] = {k: x}
            continue
        cycle = path(i, k)
        put(i, k, x)
        if cycle is None:
            continue
        # The new edge and every second one of the path lose, the others gain.
        losing = [(i, k), *cycle[1::2]]
        amount, worst = min((rows[a][j], n) for n, (a, j) in enumerate(losing))
        for a, j in losing:
            rows[a][j] = max(rows[a][j] - amount, 0.0)
        for a, j in cycle[0::2]:
            rows[a][j] += amount
        drop(*losing[worst])
    return rows


def walk(rows: Edges, cost: Array) -> tuple[Places, Array, Places, Array]:
    """Walk the forest: tree number and relative weight of each agent and each distribution.

    The slack distribution (last column) starts tree 0, with weight 1. Agents without work are in
    tree -1.
    """
    agents, columns = cost.shape
    tree_i, log_w = [-1] * agents, [0.0] * agents
    tree_k, log_nu = [-1] * columns, [0.0] * columns
    log_c = np.log(cost).tolist()  # plain numbers: arrays are slow to ask for one
    served: list[list[int]] = [[] for _ in range(columns)]
    for i, row in rows.items():
        for k in row:
            served[k].append(i)
    number = 0
    for root in [columns - 1, *range(columns - 1)]:
        if tree_k[root] >= 0:
            continue
        tree_k[root] = number
        stack = [root]
        while stack:
            k = stack.pop()
            for i in served[k]:
                if tree_i[i] < 0:
                    tree_i[i], log_w[i] = number, log_nu[k] - log_c[i][k]
                    for j in rows[i]:
                        if tree_k[j] < 0:
                            tree_k[j], log_nu[j] = number, log_w[i] + log_c[i][j]
                            stack.append(j)
        number += 1
    return np.array(tree_i), np.exp(log_w), np.array(tree_k), np.exp(log_nu)


def pluck(rows: Edges, supply: Array, demand: Array) -> None:
    """Set the flows of a forest from its sums, leaf by leaf, in place.

    supply: per agent; demand: per distribution, NaN for slack. The last distribution of a tree
    takes what is left: its sum is implied by the others.
    """
    left_i, left_k = supply.tolist(), demand.tolist()
    served: list[set[int]] = [set() for _ in demand]
    alone: list[list[int]] = [[] for _ in demand]  # agents with one edge, in the order of rows
    open_i: dict[int, set[int]] = {}
    for i, row in rows.items():
        if len(row) == 1:
            alone[next(iter(row))].append(i)
        else:
            open_i[i] = set(row)
            for k in row:
                served[k].add(i)
    for k, agents in enumerate(alone):
        whole = agents and not served[k] and k < len(demand) - 1
        for i in reversed(agents[1:] if whole else agents):
            rows[i][k] = left_i[i]
            left_k[k] -= left_i[i]
        if whole:
            rows[agents[0]][k] = left_k[k]
    leaves = [(-1, k) for k in range(len(demand) - 1) if len(served[k]) == 1]
    while leaves:
        i, k = leaves.pop()
        if i >= 0:
            if not open_i[i]:
                continue
            k = next(iter(open_i[i]))
            x = left_i[i]
        else:
            if not served[k]:
                continue
            i = next(iter(served[k]))
            x = left_k[k]
        rows[i][k] = x
        left_i[i] -= x
        left_k[k] -= x
        open_i[i].discard(k)
        served[k].discard(i)
        if len(open_i[i]) == 1:
            leaves.append((i, -1))
        if len(served[k]) == 1 and k < len(demand) - 1:
            leaves.append((-1, k))
