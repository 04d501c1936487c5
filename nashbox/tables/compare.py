"""Mechanisms side by side as tables that a person likes to read in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from nashbox.experiments.audit.words import yes_or_no
from nashbox.experiments.compare.words import RESTS, kept_under, played, profiles_in_words
from nashbox.games.base import keys_of
from nashbox.games.compared import ENFORCED, SHOWN
from nashbox.measure.leading import apart, least
from nashbox.problem.counts import counts, several
from nashbox.tables.console import amount, new_table, with_error
from nashbox.tables.sheet import Sheet
from nashbox.tables.words import strategies_in_words

if TYPE_CHECKING:
    from nashbox.experiments.compare import Comparison, Contender, GameComparison, Row

FEW = 10  # agents, up to whom honest profiles are shown one by one as well
AGENTS = 30  # shown one by one
DISTRIBUTIONS = 3  # whose counts fit into a cell; of more the sum is shown


def compare_sheet(result: Comparison) -> Sheet:
    """Social penalties by mechanism and profile, then everybody at her equilibrium."""
    columns, groups = _social_rows(result)
    sheet = Sheet(_headline(result))
    table = new_table(*columns, title=f"social penalty, plan {result.plan}", keys=2)
    table.columns[1].justify = "left"
    for group in groups:
        table.add_section()
        for row in group:
            table.add_row(*row)
    sheet.add(table, *_legend(result))
    few = len(result.names) <= FEW
    for profile in ("honest", "from_honest") if few else ("from_honest",):
        sheet.add(*_agents_table(result, profile))
    sheet.tables[-1][1].append("on her own: the penalty of who works alone, without a mechanism")
    for text in (below(result), *babbled(result)):
        sheet.note(text)
    sheet.remark(*result.notes)
    for text in _remarks(result):
        sheet.note(text)
    if not few:
        sheet.note("who collects what in the other profiles is in --json")
    return sheet


def _headline(result: Comparison) -> str:
    """Where nobody gains by leaving honest play, and which of these comes out cheapest."""
    honest = [c for c in result.contenders if c.honest_is_equilibrium]
    if not honest:
        open_ = [c for c in result.contenders if c.honest_is_equilibrium is None]
        besides = f"; undecided: {', '.join(_short(c.mechanism) for c in open_)}" if open_ else ""
        return f"honest play was found to be an equilibrium under none of the mechanisms{besides}"
    social = {c.mechanism: result.row(c.mechanism, "honest").social_penalty for c in honest}
    known = {name: value for name, value in social.items() if value is not None}
    words = f"honest play is an equilibrium under {', '.join(_short(c.mechanism) for c in honest)}"
    if len(known) < 2:
        return words
    rows = {name: result.row(name, "honest") for name in known}
    first = least(known, {name: row.social_penalty_se or 0.0 for name, row in rows.items()})
    size = _social(rows[first[0]])
    if len(first) == len(known):
        return f"{words}, with the same social penalty, {size}"
    who, have = " and ".join(map(_short, first)), "has" if len(first) == 1 else "have"
    return f"{words}; the least social penalty of these {have} {who}, {size}"


def _social(row: Row) -> str:
    return with_error(row.social_penalty, row.social_penalty_se)


def _legend(result: Comparison) -> list[str]:
    """What the words in the first table mean."""
    return [
        "from honest, from free riding: the equilibrium that best responses in index order lead to "
        "from the recommended counts, and from nobody collecting anything; worst, best: of all "
        f"found, with {several(result.seeds['starts'], 'random start')} more; equilibrium: all "
        "four are one",
        *result.by_order(_short),
        "points: collected by all, in sum; social: the sum of all penalties",
        f"ratio: to the best rational plan under compliance, {amount(result.best_rational)}; "
        "favour: penalty over that of working alone; who gains most by leaving honest play, and "
        "how much, [from, to] where that is simulated",
    ]


def babbled(result: Comparison) -> list[str]:
    """What was looked at, and what equilibria with noise cost, in words."""
    if not result.babbling:
        return []
    costs = [
        f"{amount(found.social_penalty)} if {_listed(found.agents, result.names)} "
        + ("does" if len(found.agents) == 1 < len(result.names) else "do")
        + f" (under {found.under})"
        for found in result.babbling
    ]
    return [
        "looked at: profiles in which everybody hands in what she measured; to hand in noise that "
        "nobody believes is an equilibrium as well, with a social penalty of " + ", ".join(costs)
    ]


def _listed(names: Sequence[str], everybody: Sequence[str]) -> str:
    return "all" if len(names) == len(everybody) else " and ".join(names)


def below(result: Comparison) -> str:
    """What no truthful rule gets below, in words."""
    known, how = result.no_rule_below, result.no_rule_below_how
    if known is None:
        return f"the social penalty that no truthful rule gets below: {how or 'not known'}"
    return f"no truthful rule gets below a social penalty of {amount(known)} ({how})"


def _remarks(result: Comparison) -> list[str]:
    """What there is to know of each mechanism, and what best responses are under it."""
    found = [
        f"{_short(contender.mechanism)}: {text}"
        for contender in result.contenders
        for text in _remarks_on(result, contender)
    ]
    for words in dict.fromkeys(contender.class_ for contender in result.contenders):
        names = [_short(c.mechanism) for c in result.contenders if c.class_ == words]
        found.append(f"best responses under {', '.join(names)}: {words}")
    return found


def _short(label: str) -> str:
    """A plug-in by its class alone."""
    head, _, inside = label.partition("(")
    return head.rpartition(":")[2] + (f"({inside}" if inside else "")


def _social_rows(result: Comparison) -> tuple[list[str], list[list[tuple[str | Text, ...]]]]:
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
                    "" if group else _short(contender.mechanism),
                    profiles,
                    "-" if row.counts is None else counts([sum(sum(r) for r in row.counts)]),
                    _social(row),
                    *([_measured(real)] if measured else []),
                    with_error(row.efficiency_ratio, row.efficiency_ratio_se),
                    _favour(result, row, row.least_favoured),
                    _favour(result, row, row.most_favoured),
                    "" if group else _honesty(contender),
                )
            )
        groups.append(group)
    return columns, groups


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


def _agents_table(result: Comparison, profile: str) -> tuple[Any, ...]:
    """What everybody collects and pays under every mechanism in one profile, with a legend."""
    many = len(result.distributions) > DISTRIBUTIONS
    table = new_table(
        "agent",
        "on her own",
        *(_short(c.mechanism) for c in result.contenders),
        title=f"{SHOWN[profile]}: {'points in all' if many else 'points collected'}, penalty",
    )
    rows = [result.row(c.mechanism, profile) for c in result.contenders]
    for i, name in enumerate(result.names[:AGENTS]):
        cells = []
        for row in rows:
            if row.counts is None or row.penalties is None:
                cells.append("-")
                continue
            collected = [sum(row.counts[i])] if many else row.counts[i]
            error = None if row.penalties_se is None else row.penalties_se[i]
            cells.append(f"{counts(collected)}, {with_error(row.penalties[i], error)}")
        table.add_row(name, amount(result.penalties_alone[i]), *cells)
    more = len(result.names) - AGENTS
    return (table, f"{more} more agents are in --json") if more > 0 else (table,)


def _remarks_on(result: Comparison, contender: Contender) -> list[str]:
    """What a reader has to know besides the numbers."""
    found = []
    values = contender.social_penalties
    if contender.equilibria > 1:
        spread = (
            f"all of social penalty {amount(values[0])}"
            if len(values) == 1
            else f"social penalties from {amount(values[0])} to {amount(values[-1])}"
        )
        found.append(
            f"{contender.equilibria} equilibria found on {contender.starts} paths, {spread}"
        )
    for cycle in contender.cycles:
        low, high = (amount(x) for x in cycle["social_penalty"])
        found.append(
            f"a cycle of {cycle['length']} sweeps without an equilibrium, social penalty from "
            f"{low} to {high}"
        )
    if contender.unfinished:
        found.append(f"{contender.unfinished} paths neither ended nor repeated themselves")
    rows = [row for row in result.rows if row.mechanism == contender.mechanism]
    found += [f"{SHOWN[row.profile]}: {row.note}" for row in rows if row.note is not None]
    deceived = [sum(row.unsuspecting) for row in rows if row.unsuspecting]
    if deceived:
        found.append(
            "if everybody takes the others' made-up points for measured ones, the social penalty "
            f"is up to {amount(max(deceived))}"
        )
    return [*found, *(note for note in contender.notes if note != ENFORCED)]  # said of all at once


def game_compare_sheet(result: GameComparison) -> Sheet:
    """The sum of payoffs by mechanism and profile, and who plays what."""
    keeps = {row["mechanism"]: row["honest_is_equilibrium"] for row in result.rows}
    sheet = Sheet(kept_under(keeps))
    paid, _, whole = keys_of(result.pays)
    table = new_table(
        "mechanism", "profile", f"sum of {paid}", "strategies", "equilibrium",
        title=f"{result.game}: honest play, and where best responses lead", keys=2,
    )  # fmt: skip
    open_ = False
    labels: list[str] = []
    for mechanism in keeps:
        for profile, row in result.merged(mechanism):
            social, checked = row[whole], row.get("equilibrium")
            if social is None:
                table.add_row(mechanism, profile, "none found", "", "")
                continue
            error = row.get(f"{whole}_se")  # not in files of 0.1
            open_ |= checked is None
            labels += row["strategies"]
            shown = with_error(social, error, 6)
            shown += "" if row["converged"] else " (still moving)"
            table.add_row(mechanism, profile, shown, played(row["strategies"]), yes_or_no(checked))
    sheet.add(
        table,
        f"{profiles_in_words(result)}; the last column: {RESTS}",
        *strategies_in_words(result.game, dict.fromkeys(labels)),
        *(["undecided here: nashbox audit asks more of one profile"] if open_ else []),
    )
    sheet.remark(*result.notes)
    return sheet
