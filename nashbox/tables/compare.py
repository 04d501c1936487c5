"""Mechanisms side by side as tables that a person likes to read in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nashbox.experiments.audit.words import yes_or_no
from nashbox.experiments.compare.words import RESTS, kept_under, played, profiles_in_words
from nashbox.games.compared import ENFORCED, SHOWN
from nashbox.games.pay import keys_of
from nashbox.measure.leading import least
from nashbox.problem.counts import counts
from nashbox.tables.console import amount, new_table, with_error
from nashbox.tables.sheet import Sheet
from nashbox.tables.words import strategies_in_words

if TYPE_CHECKING:
    from nashbox.experiments.compare import Comparison, Contender, GameComparison

from nashbox.tables.social import class_alone, legend, social, social_rows

FEW = 10  # agents, up to whom honest profiles are shown one by one as well
AGENTS = 30  # shown one by one
DISTRIBUTIONS = 3  # whose counts fit into a cell; of more the sum is shown


def compare_sheet(result: Comparison) -> Sheet:
    """Social penalties by mechanism and profile, then everybody at her equilibrium."""
    columns, groups = social_rows(result)
    sheet = Sheet(_headline(result))
    table = new_table(*columns, title=f"social penalty, plan {result.plan}", keys=2)
    table.columns[1].justify = "left"
    for group in groups:
        table.add_section()
        for row in group:
            table.add_row(*row)
    sheet.add(table, *legend(result))
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
    honest = [name for name, holds in result.kept.items() if holds]
    if not honest:
        open_ = [class_alone(name) for name, holds in result.kept.items() if holds is None]
        besides = f"; undecided: {', '.join(open_)}" if open_ else ""
        return f"honest play was found to be an equilibrium under none of the mechanisms{besides}"
    words = f"honest play is an equilibrium under {', '.join(map(class_alone, honest))}"
    rows = {name: result.row(name, "honest") for name in honest}
    known = {name: x for name, row in rows.items() if (x := row.social_penalty) is not None}
    if len(known) < 2:
        return words
    first = least(known, {name: rows[name].social_penalty_se or 0.0 for name in known})
    size = social(rows[first[0]])
    if len(first) == len(known):
        return f"{words}, with the same social penalty, {size}"
    who, have = " and ".join(map(class_alone, first)), "has" if len(first) == 1 else "have"
    return f"{words}; the least social penalty of these {have} {who}, {size}"


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
        f"{class_alone(contender.mechanism)}: {text}"
        for contender in result.contenders
        for text in _remarks_on(result, contender)
    ]
    for words in dict.fromkeys(contender.class_ for contender in result.contenders):
        names = [class_alone(c.mechanism) for c in result.contenders if c.class_ == words]
        found.append(f"best responses under {', '.join(names)}: {words}")
    return found


def _agents_table(result: Comparison, profile: str) -> tuple[Any, ...]:
    """What everybody collects and pays under every mechanism in one profile, with a legend."""
    many = len(result.distributions) > DISTRIBUTIONS
    table = new_table(
        "agent",
        "on her own",
        *(class_alone(c.mechanism) for c in result.contenders),
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
    sheet = Sheet(kept_under(result.kept))
    paid, _, whole = keys_of(result.pays)
    table = new_table(
        "mechanism", "profile", f"sum of {paid}", "strategies", "equilibrium",
        title=f"{result.game}: honest play, and where best responses lead", keys=2,
    )  # fmt: skip
    open_ = False
    labels: list[str] = []
    for mechanism in result.kept:
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
