"""Competitive sequential testing as data (Raghavan, Niazi, Johansson 2025, sections I and II).

State theta in {0, 1} with P(theta = 1) = prior; agent i draws i.i.d. symbols with pmf p0 or p1.
Common confidence beta: a stop with own error probability <= beta qualifies (6b). Probabilities are
exact rationals. Zero-probability symbols are allowed (`observations`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from nashbox.problem.base import Problem
from nashbox.problem.errors import LARGEST, InputError, brief
from nashbox.problem.graphs import Edges, read_graph
from nashbox.problem.labelled import estimate_model, read_labelled
from nashbox.problem.observations import ObservationModel, exact_fraction, parse_probability
from nashbox.problem.parameters import Parameter, check_keys
from nashbox.problem.payoffs import Contest, Cost, FunctionPayoff, Payoff
from nashbox.problem.profile import by_agent, of_ones_own, own_ones
from nashbox.problem.spec import Spec, build, check_known, find_object
from nashbox.problem.tables import check_names

KEYS = {
    key.name: key
    for key in (
        Parameter("game", "str", None, True, "testing"),
        Parameter("prior", "float", 0.5, False, "P(theta = 1)"),
        Parameter("beta", "Any", None, True, "error at which an agent stops, below 1/2"),
        Parameter("mechanism", "Any", "belief_exchange", False, "belief_exchange, no_exchange"),
        Parameter("payoff", "Any", "contest", False, "contest(prize, cost), cost(c, chat), win"),
        Parameter("graph", "Any", "complete", False, "who hears whom: a generator, or edges"),
        Parameter("agents", "list", None, True, "tables: name, p0, p1, strategy"),
        Parameter("strategies", "Any", None, False, "by agent, in place of the agents' own"),
        Parameter("cap", "int", None, False, "steps at which a game is called unfinished"),
    )
}
AGENT_KEYS = ["name", "p0", "p1", "csv", "label", "symbol", "smoothing", "strategy"]
KINDS = ("contest", "cost", "win")
SIGNALLER = Spec("signaller")
CAP = 10_000  # iterations after which a game counts as unfinished


@dataclass(frozen=True, eq=False)
class RaceProblem(Problem):
    """A validated testing game of m >= 2 agents.

    models, specs: by agent, in order. edges: pairs of positions that hear each other. alphabets:
    symbols' names of agents estimated from data. cap: iterations after which a game is unfinished.
    """

    names: tuple[str, ...]
    models: tuple[ObservationModel, ...]
    prior: Fraction
    beta: Fraction
    specs: tuple[Spec, ...]
    payoff: Payoff
    payoff_raw: Any
    mechanism: Spec
    edges: Edges
    cap: int = CAP
    alphabets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folder: Path = Path()
    raw: Mapping[str, Any] = field(default_factory=dict)
    shown: str = "problem"

    game = "testing"

    @property
    def sizes(self) -> dict[str, int]:
        """What makes a problem large, beside agents."""
        pairs = zip(self.names, self.models, strict=True)
        return {f"symbols of {name}": model.symbols for name, model in pairs}

    @property
    def strategies(self) -> dict[str, Spec]:
        """What every agent plays, by name."""
        return dict(zip(self.names, self.specs, strict=True))

    @property
    def complete(self) -> bool:
        """Whether everybody hears everybody."""
        return len(self.edges) == self.m * (self.m - 1) // 2

    def neighbours(self, i: int) -> tuple[int, ...]:
        """Whom agent i hears, in order."""
        return self.heard[i]

    @cached_property
    def heard(self) -> tuple[tuple[int, ...], ...]:
        """Whom each agent hears, in order."""
        found: list[set[int]] = [set() for _ in self.names]
        for i, j in self.edges:
            found[i].add(j)
            found[j].add(i)
        return tuple(tuple(sorted(some)) for some in found)

    def with_strategies(self, strategies: Mapping[str, Spec]) -> RaceProblem:
        """Return the same problem with the named agents' strategies replaced."""
        pairs = zip(self.names, self.specs, strict=True)
        played = {name: strategies.get(name, spec) for name, spec in pairs}
        own = own_ones(played, self.shown)
        return replace(self, specs=tuple(own.get(name, SIGNALLER) for name in self.names))

    def to_json(self) -> dict[str, Any]:
        """Return what a problem file would hold: pmfs and edges inline, fractions as strings."""
        agents = zip(self.names, self.models, self.specs, strict=True)
        return {
            "game": "testing",
            "prior": str(self.prior),
            "beta": str(self.beta),
            "mechanism": self.mechanism.to_json(),
            "payoff": self.payoff_raw,
            "graph": [[self.names[i], self.names[j]] for i, j in self.edges],
            "cap": self.cap,
            "agents": [
                {
                    "name": name,
                    "p0": [str(p) for p in model.p0],
                    "p1": [str(p) for p in model.p1],
                    "strategy": spec.to_json(),
                }
                for name, model, spec in agents
            ],
        }


def read_testing(raw: Mapping[str, Any], folder: Path, shown: str) -> RaceProblem:
    """Validate the mapping of a problem file with ``game = "testing"``.

    `folder` is where relative paths start, `shown` the file's name in messages. Raises InputError
    with file, key or agent, what is allowed and what came.
    """
    check_keys(raw, KEYS, "a testing game", shown)
    prior = parse_probability(raw.get("prior", "1/2"), f"{shown}: prior")
    beta = parse_probability(raw["beta"], f"{shown}: beta")
    if not 0 < beta < Fraction(1, 2):
        raise InputError(f"{shown}: beta must be in (0, 1/2), got {brief(raw['beta'])}")
    if not min(prior, 1 - prior) > beta:
        raise InputError(
            f"{shown}: prior must have min(prior, 1 - prior) > beta = {beta}, else the test is "
            f"over before the first observation, got {brief(raw.get('prior'))}"
        )
    agents = _agents(raw["agents"], shown)
    names = tuple(agent["name"] for agent in agents)
    read = [_model(agent, folder, f"{shown}: agent {agent['name']}") for agent in agents]
    cap = raw.get("cap", CAP)
    if not isinstance(cap, int) or isinstance(cap, bool) or not 1 <= cap <= 10**6:
        raise InputError(f"{shown}: cap must be a whole number in [1, 1000000], got {brief(cap)}")
    return RaceProblem(
        names=names,
        models=tuple(model for model, _ in read),
        prior=prior,
        beta=beta,
        specs=_specs(agents, raw.get("strategies", {}), shown),
        payoff=read_payoff(raw.get("payoff", {"kind": "contest"}), folder, f"{shown}: payoff"),
        payoff_raw=raw.get("payoff", {"kind": "contest", "prize": 1.0, "cost": 0.01}),
        mechanism=Spec.parse(raw.get("mechanism", "belief_exchange"), f"{shown}: mechanism"),
        edges=read_graph(raw.get("graph", "complete"), names, folder, shown),
        cap=cap,
        alphabets={n: a for n, (_, a) in zip(names, read, strict=True) if a},
        folder=folder,
        raw=dict(raw),
        shown=shown,
    )


def _agents(value: object, shown: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(a, Mapping) for a in value):
        raise InputError(f"{shown}: agents must be tables [[agents]], got {brief(value)}")
    if len(value) < 2:
        raise InputError(f"{shown}: at least two [[agents]] are needed, got {len(value)}")
    for position, agent in enumerate(value, start=1):
        name = agent.get("name")
        if not isinstance(name, str) or not name:
            raise InputError(
                f"{shown}: agent number {position}: the key 'name' must be a text of its own, "
                f"got {brief(name)}"
            )
        check_known(agent, AGENT_KEYS, "key", f"{shown}: agent {name}")
    check_names([agent["name"] for agent in value], shown, "agent")
    return value


def _model(
    agent: Mapping[str, Any], folder: Path, where: str
) -> tuple[ObservationModel, tuple[str, ...]]:
    """Observation model of one agent, with its symbols' names if it comes from data."""
    if "csv" in agent:
        if "p0" in agent or "p1" in agent:
            raise InputError(f"{where}: must have p0 and p1, or csv, not both")
        alphabet, model = _estimated(agent, folder, where)
    else:
        for key in ("label", "symbol", "smoothing"):
            if key in agent:
                raise InputError(f"{where}: {key} is allowed together with csv only")
        for key in ("p0", "p1"):
            if not isinstance(agent.get(key), list) or not agent[key]:
                raise InputError(
                    f"{where}: {key} must be a list of probabilities, got {brief(agent.get(key))}"
                )
        alphabet, model = (), _parsed(agent, where)
    if not model.informative:
        raise InputError(
            f"{where}: p0 and p1 must differ, got the same pmf twice: the observations say nothing "
            "and a test would never stop"
        )
    return model, alphabet


def _parsed(agent: Mapping[str, Any], where: str) -> ObservationModel:
    try:
        return ObservationModel.parse(agent["p0"], agent["p1"])
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _estimated(
    agent: Mapping[str, Any], folder: Path, where: str
) -> tuple[tuple[str, ...], ObservationModel]:
    columns = [agent.get("label", "label"), agent.get("symbol", "symbol")]
    for key, value in (("csv", agent["csv"]), *zip(("label", "symbol"), columns, strict=True)):
        if not isinstance(value, str) or not value:
            raise InputError(f"{where}: {key} must be a name, got {brief(value)}")
    given = agent.get("smoothing", "1/2")
    try:
        text = repr(given) if isinstance(given, (int, float)) else given
        smoothing = exact_fraction(text)
    except (AttributeError, TypeError, ValueError):
        smoothing = None
    if smoothing is None or not 0 <= smoothing <= LARGEST or isinstance(given, bool):
        raise InputError(
            f"{where}: smoothing must be a number from 0 to {LARGEST:g}, got {brief(given)}"
        )
    pairs = read_labelled(folder / agent["csv"], agent["csv"], *columns)
    return estimate_model(pairs, smoothing)


def _specs(agents: Sequence[Mapping[str, Any]], over: object, shown: str) -> tuple[Spec, ...]:
    """Strategies of all agents; a table `strategies` (as audits write deviations) goes first."""
    names = [agent["name"] for agent in agents]
    if over == "recommended":
        return (SIGNALLER,) * len(names)
    table = by_agent(over, names, shown)
    found = []
    for agent in agents:
        value = table.get(agent["name"], agent.get("strategy", "signaller"))
        where = f"{shown}: agent {agent['name']}: strategy"
        found.append(of_ones_own(Spec.parse(value, where), where) or SIGNALLER)
    return tuple(found)


def read_payoff(value: object, folder: Path, where: str) -> Payoff:
    """Read {kind = "contest" | "cost" | "win", ...}, a kind's name, or a plug-in."""
    table = dict(value) if isinstance(value, Mapping) else {"kind": value}
    kind = table.pop("kind", None)
    if kind == "win":
        if table:
            raise InputError(f"{where}: win has no parameter, got {', '.join(table)}")
        return Contest(1.0, 0.0)
    known: dict[object, type[Payoff]] = {"contest": Contest, "cost": Cost}
    if isinstance(kind, str) and kind in known:
        return build(known[kind], table, where)
    if not isinstance(kind, str) or ":" not in kind:
        raise InputError(
            f"{where}: kind must be one of {', '.join(KINDS)} or 'file.py:Class' (or function), "
            f"got {brief(kind)}"
        )
    found = find_object(kind, folder, where)
    if isinstance(found, type) and issubclass(found, Payoff):
        return build(found, table, where)
    if callable(found) and not isinstance(found, type) and not table:
        return FunctionPayoff(found)
    raise InputError(
        f"{where}: {kind!r} must be a subclass of Payoff or a function of an outcome, "
        f"got {brief(found)}"
    )
