"""The problem and the plan as tables."""

from __future__ import annotations

from collections.abc import Mapping

from nashbox.experiments.html import Html, element, joined, table
from nashbox.experiments.report.body import Printed
from nashbox.experiments.report.rule import checks_part
from nashbox.games.registry import declared, engine
from nashbox.mechanisms import MECHANISMS
from nashbox.problem.counts import several
from nashbox.problem.parameters import summary


def problem_part(result: Printed) -> Html:
    """What the game is: costs or observation models, rules, strategies."""
    game = result.get("game") or result.get("problem", "game")
    part: Html = engine(declared(game), "reported")(result.at("problem"))
    return part


def costs_and_rules(problem: Printed) -> Html:
    """What is measured at which costs."""
    names, kinds = problem.get("agents"), problem.get("distributions")
    rows = [
        [name, *(_cost(problem.at("costs", i, k)) for k in range(len(kinds)))]
        for i, name in enumerate(names)
    ]
    sigma = joined(
        (joined([problem.n("sigma", k), f" ({kind})"]) for k, kind in enumerate(kinds)), ", "
    )
    facts: dict[str, object] = {
        "standard deviation of a measurement": sigma,
        "mechanism": joined([problem.spec("mechanism"), _what_it_does(problem)]),
        "plan": _plan(problem),
        "counts": problem.get("counts"),
        "measurements": problem.value("source"),
        "strategies": problem.value("strategies"),
    }
    if problem.get("outside_option"):
        facts["outside options"] = problem.value("outside_option")
    text = (
        f"{several(len(names), 'agent wants', 'agents want')} to know "
        f"{several(len(kinds), 'mean')}. Each pays for the points that she measures; her "
        "penalty is her squared error plus that cost."
    )
    costs = table(["agent", *kinds], rows, "Cost of a measurement, in units of the penalty")
    return _told(facts, element("p", text), costs)


def key_by_key(problem: Printed) -> Html:
    """Whatever a problem says, in its order."""
    return _told({key: problem.value(key) for key in problem.get()})


def _told(facts: Mapping[str, object], *above: object) -> Html:
    """The heading, what stands above, and facts by name."""
    rows = [(element("b", key), value) for key, value in facts.items()]
    return joined([element("h2", "The problem"), *above, table(["", ""], rows)])


def _what_it_does(problem: Printed) -> str:
    """The first sentence of what is documented of a mechanism that comes along."""
    found = problem.get("mechanism")
    doc = summary(MECHANISMS.get(found["name"] if isinstance(found, dict) else found))
    return f": {doc}" if doc else ""


def _cost(cell: Printed) -> Html | str:
    return "cannot measure it" if cell.get() == "inf" else cell.n()


def _plan(problem: Printed) -> Html:
    plan = problem.get("plan")
    return problem.value("plan") if isinstance(plan, str) else Html("as given, see below")


def evidence_and_rules(problem: Printed) -> Html:
    """Who observes what, and who hears whom."""
    agents = range(len(problem.get("agents")))
    rows = [
        [
            problem.get("agents", i, "name"),
            problem.value("agents", i, "p0"),
            problem.value("agents", i, "p1"),
            problem.spec("agents", i, "strategy"),
        ]
        for i in agents
    ]
    edges = ", ".join(" - ".join(edge) for edge in problem.get("graph"))
    facts = {
        "prior, P(theta = 1)": problem.value("prior"),
        "beta, error probability at which one may stop": problem.value("beta"),
        "mechanism": problem.spec("mechanism"),
        "payoff": problem.value("payoff"),
        "who hears whom": edges,
        "iterations at most": problem.value("cap"),
    }
    text = (
        f"{len(rows)} agents watch evidence of their own on one hidden state, theta = 0 or 1, "
        "tell their neighbours a belief, and race to a declaration."
    )
    columns = ["agent", "P(symbol | theta = 0)", "P(symbol | theta = 1)", "plays"]
    return _told(facts, element("p", text), table(columns, rows))


def plan_part(result: Printed) -> Html:
    """What every agent owes, and what she could reach alone; nothing where there is no plan."""
    if result.get("plan") is None:
        return Html()
    kinds = result.get("problem", "distributions")
    rows = []
    for i in range(len(result.get("agents"))):
        row = result.at("agents", i)
        owed = [row.n("recommended", k) for k in range(len(kinds))]
        rows.append([row.get("name"), *owed, row.n("penalty_alone"), row.n("outside")])
    columns = ["agent", *(f"points of {kind}" for kind in kinds)]
    columns += ["penalty alone", "penalty outside"]
    name = element(
        "p",
        "Plan: ", result.get("plan"), ". What the mechanism asks for; penalty alone: what she pays "
        "who works alone; penalty outside: what she pays who stays away.",
    )  # fmt: skip
    parts = [element("h2", "The plan"), name, table(columns, rows)]
    if result.get("checks") is not None:
        agents = [row["name"] for row in result.get("agents")]
        parts.append(checks_part(agents, kinds, result.at("checks")))
    return joined(parts)
