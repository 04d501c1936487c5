"""The report of an audit: plan, gains, verdict and what it rests on, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nashbox.experiments.audit.base import NOTHING, AuditResult
from nashbox.experiments.audit.words import (
    ALL,
    METHOD_WORDS,
    ONE,
    condition_8,
    nothing_better,
    recommended_act,
    verdict_in_words,
    yes_or_no,
)
from nashbox.experiments.figures import rendered
from nashbox.experiments.html import Html, element, image, joined, table
from nashbox.experiments.report.body import Printed
from nashbox.experiments.report.contract import Contract, signed_part
from nashbox.experiments.report.frame import Told, write_report
from nashbox.experiments.report.origin import Origin
from nashbox.experiments.report.problem import plan_part
from nashbox.experiments.report.words import SEVERAL, deviation, epsilon_in_words, sentence
from nashbox.games.registry import declared

BADGES = {"profitable": "bad", "none_above_epsilon": "good", "undecided": "open"}


def write_audit_report(
    audit: AuditResult,
    path: str | Path,
    origin: Origin | None = None,
    contract: Contract | None = None,
) -> None:
    """Write the report whole. Raises InputError where nothing can be written."""
    write_report(audit, _told, path, origin, contract)


def _told(audit: AuditResult, result: Printed, contract: Contract) -> Told:
    """The verdict, the plan if there is one, gains, and what they rest on."""
    game, pay, rules = result.get("game"), audit.pays, result.get("problem", "mechanism")
    title = f"Audit of {rules['name'] if isinstance(rules, dict) else rules or game}"
    verdict = sentence(verdict_in_words(audit))
    return Told(
        title,
        element("p", verdict, " ", _badge(result.get("nash"), ALL)),
        [
            plan_part(result),
            _gains(result, pay),
            _deviations(audit.agents, result, game, pay),
            _basis(result, pay),
            _figures(audit, pay),
            signed_part(contract),
        ],
    )


def _badge(verdict: str, words: Mapping[str, str]) -> Html:
    return element("span", words[verdict], class_=f"badge {BADGES[verdict]}")


def _agents(result: Printed) -> list[Printed]:
    return [result.at("agents", i) for i in range(len(result.get("agents")))]


def _gains(result: Printed, pay: str) -> Html:
    damaged = any(row.get("damage_to_others") is not None for row in _agents(result))
    columns = ["agent", "plays", pay, f"{pay} with the best deviation", "gain [from, to]"]
    columns += ["epsilon", "verdict"] + (["costs the others"] if damaged else [])
    rows = []
    for row in _agents(result):
        cells: list[object] = [row.get("name"), row.get("strategy")]
        cells.append(row.plus_minus(pay, f"{pay}_se"))
        cells.append(row.at("best_deviation").plus_minus(pay, "se"))
        cells += [row.interval("gain"), row.n("epsilon"), _badge(row.get("verdict"), ONE)]
        if damaged:
            cells.append(row.plus_minus("damage_to_others", "damage_se"))
        rows.append(cells)
    better = "lower" if pay == "penalty" else "higher"
    parts: list[object] = [
        element("h2", "Who gains what"),
        element(
            "p",
            f"A {pay} is better when it is {better}. A gain is what an agent wins by leaving her "
            "strategy for the best deviation found while the others keep theirs; a negative gain "
            "is a loss. A number after \u00b1 is a standard error.",
        ),
        table(columns, rows),
    ]
    social = result.plus_minus(f"social_{pay}", f"social_{pay}_se")
    if result.get("plan") is None:
        parts.append(element("p", f"Sum of the {SEVERAL[pay]}: ", social, "."))
        return joined(parts)
    rational = yes_or_no(result.get("individually_rational"))
    rounded = result.get("problem", "counts") == "integer"
    condition = condition_8(result.get("condition_8"), rounded)
    parts.append(
        element(
            "p",
            "Sum of the penalties: ", social, ". Times that of the best rational plan: ",
            result.plus_minus("efficiency_ratio", "efficiency_ratio_se"),
            f". Nobody is worse off than outside: {rational}. {sentence(condition)}",
        )
    )  # fmt: skip
    return joined(parts)


def _deviations(agents: Sequence[Any], result: Printed, game: str, pay: str) -> Html:
    distributions = result.get("problem", "distributions") or []
    others = {"gain_over_recommended": "What is played gains over the recommendation"}
    for key, given in declared(game).gains_if.items():
        others[key] = f"{given.capitalize()}, the gain would be"
    items = []
    for agent, row in zip(agents, _agents(result), strict=True):
        said: list[object] = [
            element("b", row.get("name")),
            ": ",
            *_found(agent, row, distributions, game, pay),
        ]
        for key, text in others.items():
            if row.get(key) not in (None, asdict(NOTHING)):
                said += [f" {text} ", row.interval(key), "."]
        if row.get("budget_needed") is not None:
            said += [" About --budget ", row.n("budget_needed"), " would decide."]
        if row.get("normal_theory") is not None:
            said += [" If the measurements were normal, the penalty would be "]
            said += [row.n("normal_theory", "penalty"), " and the gain "]
            said += [row.n("normal_theory", "gain"), "."]
        items.append(element("li", *said))
    head = element("h2", "The best deviation found for each agent")
    return joined([head, element("ul", *items)])


def _found(agent: Any, row: Printed, distributions: list[str], game: str, pay: str) -> list[object]:
    """The deviation and what it brings; where nothing gains, that and no deviation."""
    if nothing_better(row.get("verdict"), float(row.get("gain", "estimate")), row.tiny):
        certain = row.get("verdict") == "none_above_epsilon"
        return [
            "nothing that was examined gains her anything",
            "." if certain else ", as measured.",
        ]
    act = recommended_act(game, agent)
    what = deviation(row, distributions, game) if act is None else f"{act}."
    best = row.at("best_deviation")
    said: list[object] = [what, f" Her {pay} is then "]
    said += [best.plus_minus(pay, "se"), " instead of ", row.plus_minus(pay, f"{pay}_se"), "."]
    if row.get("verdict") == "none_above_epsilon":
        said.append(" That is no more than epsilon.")
    if row.get("damage_to_others"):
        said.append(" What the others lose by it in sum: ")
        said += [row.plus_minus("damage_to_others", "damage_se"), "."]
    return said


def _basis(result: Printed, pay: str) -> Html:
    method = result.get("method")
    rows: list[Sequence[object]] = [
        ("method", joined([element("b", method), f": {METHOD_WORDS[method]}"])),
        ("deviations covered", result.get("class")),
    ]
    if result.get("signals") is not None:
        rows.append(("signals", result.get("signals")))
    scale = pay if result.get("plan") is not None else SEVERAL[pay]
    rows.append(("epsilon", epsilon_in_words(result, scale)))
    if method == "exact" or not result.get("seeds"):
        rows.append(("certainty", "no chance is involved; bounds are those of numerical errors"))
    else:
        rows.append(("delta", joined([result.n("delta"), ": chance that any verdict is wrong"])))
    if result.get("resolution") is not None:
        rows.append(("what is too rare", result.get("resolution")))
    counted = [row for row in _agents(result) if row.get("candidates") is not None]
    if counted:
        each = (joined([row.get("name"), " ", row.n("candidates")]) for row in counted)
        rows.append(("deviations measured", joined(each, ", ")))
    rows += [("note", note) for note in result.get("notes") or []]
    body = [(element("b", key), text) for key, text in rows]
    limits = (
        "The verdict is about one agent leaving alone, within the deviations covered; about "
        "coalitions, and about what is not covered, it says nothing."
    )
    heading = element("h2", "What the verdict rests on")
    return joined([heading, table(["", ""], body), element("p", limits)])


def _figures(audit: Any, pay: str) -> Html:
    from nashbox.experiments.figures.standing import StandingChart

    drawings = [
        (audit, "Gains of the deviations examined, with bounds, for every agent."),
        (StandingChart(audit), f"Every agent's {pay} now and with the best deviation found."),
    ]
    shown = (image(rendered(result, "svg")[0], text) for result, text in drawings)
    return joined([element("h2", "Figures"), *shown])
