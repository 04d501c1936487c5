"""What the columns of a sweep's table are called: its own, those of the grid, and the results.

Whoever comes later gives way, by a word in front: grid paths to the table's own columns
(problem.status), results to both (result.sigma). What is called like that already gets one word
more, so that no two columns have one name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

FIRST, LAST = ("RunId", "iteration", "Step", "AgentID"), ("status", "error")
GRID, RESULT = "problem.", "result."  # in front of what gives way


def grid_names(paths: Sequence[str]) -> list[str]:
    """Columns of the paths of a grid, in order.

    >>> grid_names(["sigma", "status", "problem.status", "problem.sigma"])
    ['sigma', 'problem.status', 'problem.problem.status', 'problem.sigma']
    """
    return [giving_way(path, GRID, (*FIRST, *LAST)) for path in paths]


def result_name(key: str, grid: Sequence[str]) -> str:
    """The column of a result; grid: what `grid_names` says."""
    return giving_way(key, RESULT, (*FIRST, *LAST, *grid))


def giving_way(name: str, word: str, taken: Collection[str]) -> str:
    """A name that is not taken; names that differ get names that differ.

    >>> [giving_way(name, "result.", ["x", "result.x"]) for name in ("y", "x", "result.x")]
    ['y', 'result.result.x', 'result.result.result.x']
    """
    body, words = _split(name, word)
    often = [count for other, count in (_split(one, word) for one in taken) if other == body]
    return word * (words + max(often) + 1) + body if often else name


def _split(name: str, word: str) -> tuple[str, int]:
    """A name without the words in front, and how many they are."""
    body = name
    while body.startswith(word):
        body = body.removeprefix(word)
    return body, (len(name) - len(body)) // len(word)
