"""`adapt`: let a population revise its strategies round by round, and record what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

from nashbox.experiments.dynamics.adaptation import Adaptation, AdaptRun
from nashbox.experiments.dynamics.best_response import BestResponse
from nashbox.experiments.dynamics.example import example_menu
from nashbox.experiments.dynamics.fictitious_play import FictitiousPlay
from nashbox.experiments.dynamics.imitation import Imitation
from nashbox.experiments.dynamics.logit import Logit
from nashbox.experiments.dynamics.menu import Menu, graph_of, place_of, read_start, shown
from nashbox.experiments.dynamics.oracles import Method, Worlds, oracle_for, read_choices
from nashbox.experiments.dynamics.paths import Setting, play, replicate
from nashbox.experiments.dynamics.revision import Revision
from nashbox.games.registry import blaming, builtin, engine, game_of
from nashbox.model.population import ORDERS, Order
from nashbox.problem.errors import InputError
from nashbox.problem.files import GAMES
from nashbox.problem.graphs import Edges
from nashbox.problem.options import Choice, Option, Real, Seed, Whole, held
from nashbox.problem.spec import Spec, build, find_class
from nashbox.problem.ticker import Ticker
from nashbox.problem.written import Entries, Labels, Start

RULES: dict[str, type[Revision]] = {
    "best_response": BestResponse,
    "logit": Logit,
    "imitation": Imitation,
    "fictitious_play": FictitiousPlay,
}
REPLICATOR = "replicator"


def make_rule(value: object, folder: Path | str = ".") -> Revision | None:
    """Make a rule of a name, a table, or ``"file.py:Class"``; None is the replicator."""
    if isinstance(value, Revision):
        return value
    spec = Spec.parse(value, "rule")
    if spec.name == REPLICATOR:
        if spec.parameters:
            raise InputError(f"rule: replicator has no parameters, got {dict(spec.parameters)!r}")
        return None
    base: type[Revision] = Revision  # type: ignore[type-abstract]
    known = {**RULES, REPLICATOR: base}
    found = find_class(spec.name, known, base, "nashbox.rules", Path(folder), "rule")
    return build(found, spec.parameters, "rule")


RULE = Option(f"{', '.join((*RULES, REPLICATOR))}, or file.py:Class", "RULE")
MENU = Entries(
    "strategies to choose from, e.g. 'truthful,fabricator(fraction=0.3),my.py:Liar'; without one, "
    "best responses choose among all counts",
    "LIST",
)
START = Start(
    "who starts with what, e.g. 'fabricator=3'; all others play the first of the menu",
    "COUNTS",
    usual="a tenth of the agents for each of the others",
)
GRAPH = Option(
    "who sees whom under imitation, e.g. 'ring', 'watts_strogatz_graph(k=4, p=0.1)', edges.csv",
    "GRAPH",
    usual="everybody; the file's in testing games",
)
REVISING = Real("chance that an agent revises when it is her turn", "P", low=0.0, high=1.0)


@blaming
@held
def adapt(
    problem: Any,
    rule: Annotated[object, RULE] = "best_response",
    *,
    menu: Annotated[Sequence[object] | None, MENU] = None,
    rounds: Annotated[int, Whole("at most", "N", low=1, high=1e6)] = 50,
    start: Annotated[Mapping[str, int] | None, START] = None,
    graph: Annotated[object, GRAPH] = None,
    order: Annotated[Order, Choice("in which agents revise", words=ORDERS)] = "sequential",
    revising: Annotated[float, REVISING] = 1.0,
    honest: Annotated[
        Sequence[str] | None, Labels("entries of the menu that count as honest", "LIST")
    ] = None,
    compare: Annotated[Sequence[object], Entries("mechanisms to play in turn", "LIST")] = (),
    method: Method = "auto",
    worlds: Worlds = 2000,
    seed: Seed = 0,
    progress: Ticker | None = None,
) -> Adaptation:
    """Let the agents of a problem, of whichever game, revise for `rounds` rounds.

    menu: strategies as problem files write them, for everybody, whatever the problem's own are;
    None lets best responses choose among all counts (estimation games with exact formulas). start:
    agents by entry, placed at random, all others play the first; by default a tenth of the agents,
    at least one, starts with each other entry. graph: who sees whom (imitation): a networkx
    generator, an edge list of names or a CSV file; by default everybody, in testing games the
    problem's. order, revising: see `Population`. honest: entries counted as honest, by default
    `truthful`, in testing games signallers with alpha = 1. compare: mechanisms to play in turn in
    place of the problem's. method: exact, simulated, or auto (exact where formulas exist); worlds:
    simulated for every answer. Raises InputError.
    """
    got = asked(problem, rule, menu, start, graph, order, revising, honest, method, seed)
    problems = [_under(problem, mechanism) for mechanism in compare] or [problem]
    if got.menu is None:
        runs = _among_counts(problems, rounds, order, progress)
    else:
        setting = Setting(
            problem, got.rule, order, revising, rounds, seed, got.edges, got.start, got.honest
        )
        step = replicate if got.rule is None else play
        runs = []
        for r, one in enumerate(problems):
            oracle = oracle_for(one, got.menu, method, worlds, seed)
            tick = None if progress is None else _part(progress, r, len(problems))
            runs.append(step(setting, oracle, rules_of(one), tick))
    labels = () if got.menu is None else got.menu.labels
    return Adaptation(
        notes=_notes(problem),
        game=problem.game,
        rule=named(got.rule),
        menu=labels,
        honest=[labels[k] for k in got.honest],
        order=order if got.rule is not None else "continuous",
        graph=got.graph,
        runs=runs,
        seeds={} if got.menu is None else {"seed": seed},
        problem=problem.to_json(),
        players=problem.m,
    )


def _under(problem: Any, mechanism: object) -> Any:
    """The problem with a mechanism that `compare` names. Raises InputError."""
    spec = Spec.parse(mechanism, "compare")
    game_of(problem).check_mechanism(spec, "compare", problem.folder)
    return replace(problem, mechanism=spec)


@dataclass(frozen=True)
class AdaptationSetup:
    """What is adapted: the rule (None: the replicator), and what it revises, made and checked.

    menu: None for all counts; all else is empty then. honest: places in the menu. edges, graph: who
    sees whom, and what that is called, where the rule looks at neighbours. start: (m,) places.
    """

    rule: Revision | None
    menu: Menu | None = None
    honest: tuple[int, ...] = ()
    edges: Edges = ()
    graph: str | None = None
    start: Any = None


def asked(
    problem: Any,
    rule: object,
    menu: Sequence[object] | None,
    start: Mapping[str, int] | None,
    graph: object,
    order: str,
    revising: float,
    honest: Sequence[str] | None,
    method: str,
    seed: int,
) -> AdaptationSetup:
    """Read the options of `adapt`, which go together. Raises InputError."""
    made = make_rule(rule, problem.folder)
    _hold_together(made, menu, graph, order, revising, method)
    if menu is None:
        for name, value in (("start", start), ("honest", honest)):
            if value is not None:
                raise InputError(f"{name}: names entries of a menu; give a menu as well")
        _check_counts(problem, made, order)
        return AdaptationSetup(made)
    chosen = read_choices(problem, menu)
    labels = chosen.labels
    places = (
        chosen.honest if honest is None else tuple(place_of(h, labels, "honest") for h in honest)
    )
    graphed = made is not None and made.uses_graph
    edges, drawn = _edges(problem, graph, seed) if graphed else ((), None)
    profile = read_start(start, labels, problem.m, seed, "start")
    return AdaptationSetup(made, chosen, places, edges, drawn, profile)


def _check_counts(problem: Any, rule: Revision | None, order: str) -> None:
    """Refuse to do without a menu what only best responses among counts can."""
    if "best_counts" not in game_of(problem).engines or not isinstance(rule, BestResponse):
        without = " or ".join(name for name in GAMES if "best_counts" in builtin(name).engines)
        example = example_menu(problem, range(problem.m))
        tell = f", e.g. {example!r}" if example else "; none is known that all could play"
        raise InputError(
            f"menu must be given, but for best responses in {without} games: strategies to choose "
            f"from{tell}"
        )
    if order == "random":
        raise InputError("order: best responses among all counts are sequential or simultaneous")


def rules_of(problem: Any) -> str:
    """The mechanism in words, the game where that has none to choose."""
    return str(problem.game) if problem.mechanism is None else shown(problem.mechanism)


def _notes(problem: Any) -> list[str]:
    if game_of(problem).says_all or not problem.strategies:
        return []
    return ["the strategies of the problem are not played: everybody revises"]


def _part(progress: Ticker, r: int, parts: int) -> Ticker:
    return lambda done, total: progress(r * total + done, parts * total)


def _hold_together(
    rule: Revision | None, menu: object, graph: object, order: str, revising: float, method: str
) -> None:
    """Refuse options that would change nothing."""
    if graph is not None and (rule is None or not rule.uses_graph):
        raise InputError(f"graph: rule {named(rule)['name']} looks at no neighbours, got {graph!r}")
    if rule is None:
        why = "the replicator moves large populations as a whole"
        _refuse("order", order, order != "sequential", why)
        _refuse("revising", revising, revising != 1.0, why)
    if menu is None:
        why = "best responses among all counts are exact and by all; give a menu"
        _refuse("method", method, method == "simulated", why)
        _refuse("revising", revising, revising != 1.0, why)


def _refuse(name: str, value: object, when: bool, why: str) -> None:
    if when:
        raise InputError(f"{name}: {why}, got {value!r}")


def named(rule: Revision | None) -> dict[str, Any]:
    """A rule as results hold it: its name and parameters."""
    if rule is None:
        return {"name": REPLICATOR}
    names = {cls: name for name, cls in RULES.items()}
    parameters = {f.name: getattr(rule, f.name) for f in fields(rule)}
    return {"name": names.get(type(rule), type(rule).__name__), **parameters}


def _edges(problem: Any, graph: object, seed: int) -> tuple[Edges, str | None]:
    own = game_of(problem).edges(problem)
    if graph is None and own is not None:
        return own, "the problem's"
    value = "complete" if graph is None else graph
    return graph_of(value, problem.names, Path(), "adapt", seed), str(value)


def _among_counts(
    problems: Sequence[Any], rounds: int, order: Order, progress: Ticker | None
) -> list[AdaptRun]:
    """Best responses among all counts, on exact penalties."""
    path = engine(game_of(problems[0]), "best_counts")
    runs = []
    for r, one in enumerate(problems):
        runs.append(path(one, rounds, order))
        if progress is not None:
            progress(r + 1, len(problems))
    return runs
