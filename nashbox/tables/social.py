"""Social penalties of mechanisms side by side: the first table of a comparison, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text

from nashbox.measure.leading import apart
from nashbox.problem.counts import counts, several
from nashbox.tables.console import amount, with_error

if TYPE_CHECKING:
    from nashbox.experiments.compare import Comparison, Contender, Row


def legend(result: Comparison) -> list[str]:
    """What the words in the first table mean."""
    return [
        "from honest, from free riding: the equilibrium that best responses in index order lead to "
        "from the recommended counts, and from nobody collecting anything; worst, best: of all "
        f"found, with {several(result.seeds['starts'], 'random start')} more; equilibrium: all "
        "four are one",
        *result.by_order(class_alone),
        "points: collected by all, in sum; social: the sum of all penalties",
        f"ratio: to the best rational plan under compliance, {amount(result.best_rational)}; "
        "favour: penalty over that of working alone; who gains most by leaving honest play, and "
        "how much, [from, to] where that is simulated",
    ]


def social_rows(result: Comparison) -> tuple[list[str], list[list[tuple[str | Text, ...]]]]:
    """Columns, and a group of rows per mechanism, one for all profiles that end alike."""
    measured = any(row.measured for row in result.rows)
    columns = [
        "mechanism",
        "profile",
        "points",
        "social",
        *(["measured"] if measured else []),
        "ratio",
        "least favoured",
        "most favoured",
        "who gains",
    ]
    groups = []
    for contender in result.contenders:
        group: list[tuple[str | Text, ...]] = []
        for profiles, row in result.merged(contender.mechanism):
            real = row.measured or {}
            group.append(
                (
                    "" if group else class_alone(contender.mechanism),
                    profiles,
                    "-" if row.counts is None else counts([sum(sum(r) for r in row.counts)]),
                    social(row),
                    *([_measured(real)] if measured else []),
                    with_error(row.efficiency_ratio, row.efficiency_ratio_se),
                    _favour(result, row, row.least_favoured),
                    _favour(result, row, row.most_favoured),
                    "" if group else _honesty(contender),
                )
            )
        groups.append(group)
    return columns, groups


def social(row: Row) -> str:
    """The social penalty of a row, with its error."""
    return with_error(row.social_penalty, row.social_penalty_se)


def _measured(real: Mapping[str, Any]) -> str:
    """The social penalty with the file's measurements."""
    return with_error(real.get("social_penalty"), real.get("social_se"))


def _favour(result: Comparison, row: Row, name: str | None) -> str:
    """Who is favoured, and how much; how many others are, whose penalties are not told apart."""
    if row.relative is None:
        return "-"
    place = 0 if name is None else list(result.names).index(name)
    value, error = _level(row, place)
    size = with_error(value, error, 3)
    if name is None:
        return "all alike" if row.relative[0] is None or error else f"all alike {size}"
    more = sum(_alike_favour(row, place, i) for i in range(len(row.relative))) - 1
    return f"{name} and {more} more {size}" if more else f"{name} {size}"


def _level(row: Row, i: int) -> tuple[float, float]:
    """An agent's penalty over that of working alone, with its error; 1 for who gets nothing."""
    value = None if row.relative is None else row.relative[i]
    return 1.0 if value is None else value, row.relative_se[i] if row.relative_se else 0.0


def _alike_favour(row: Row, i: int, j: int) -> bool:
    (low, low_error), (high, high_error) = sorted([_level(row, i), _level(row, j)])
    return not apart(low, high, low_error, high_error)


def _honesty(contender: Contender) -> Text:
    if contender.honest_is_equilibrium is None:
        return Text("undecided", style="yellow")
    if contender.honest_is_equilibrium:
        return Text("nobody", style="green")
    size = amount(contender.max_gain)
    if contender.max_gain_bounds is not None:
        size += f" [{', '.join(map(amount, contender.max_gain_bounds))}]"
    return Text(f"{contender.max_gain_agent} {size}", style="bold red")


def class_alone(label: str) -> str:
    """A plug-in by its class alone."""
    head, _, inside = label.partition("(")
    return head.rpartition(":")[2] + (f"({inside}" if inside else "")
