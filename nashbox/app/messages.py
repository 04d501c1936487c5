"""What the page asks for, and what comes back: plain data that travels between processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from nashbox.app.sources import Source
from nashbox.games.registry import PAPERS
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.spec import Spec


def only(game: str, problem: Any) -> None:
    """Refuse a problem of another game than the tab's. Raises InputError."""
    if problem.game != game:
        raise InputError(
            f"{problem.shown}: game must be {game!r} in this tab, got {problem.game!r}"
        )


@dataclass(frozen=True)
class EstimationSetup:
    """An estimation game as chosen on the page; None is what the problem file says."""

    game: ClassVar[str] = "estimation"

    source: Source
    mechanism: Spec | None = None
    plan: str | None = None
    strategies: Mapping[str, Spec] | None = None
    worlds: int = 1000
    seed: int = 0

    def problem(self) -> Any:
        """The problem with these choices. Raises InputError."""
        problem = self.source.problem()
        only(self.game, problem)
        if self.mechanism is not None:
            problem = replace(problem, mechanism=self.mechanism)
        if self.plan is not None:
            problem = replace(problem, plan=self.plan)
        if self.strategies is not None:
            named = {n: s for n, s in self.strategies.items() if s.name != "recommended"}
            problem = problem.with_strategies(named)
        return problem


@dataclass(frozen=True)
class RaceSetup:
    """A testing game as chosen on the page; None is what the problem file says.

    pmfs: by agent name, (p0, p1) as lists of decimals or fractions.
    """

    game: ClassVar[str] = "testing"

    source: Source
    mechanism: Spec | None = None
    prior: str | None = None
    beta: str | None = None
    pmfs: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)
    strategies: Mapping[str, Spec] = field(default_factory=dict)
    seed: int = 0

    def problem(self) -> Any:
        """The problem with these choices, validated as a problem file is. Raises InputError."""
        problem = self.source.problem()
        only(self.game, problem)
        raw = problem.to_json()
        for key in ("prior", "beta"):
            if getattr(self, key) is not None:
                raw[key] = getattr(self, key)
        if self.mechanism is not None:
            raw["mechanism"] = self.mechanism.to_json()
        for agent in raw["agents"]:
            if agent["name"] in self.pmfs:
                agent["p0"], agent["p1"] = (list(pmf) for pmf in self.pmfs[agent["name"]])
            if agent["name"] in self.strategies:
                agent["strategy"] = self.strategies[agent["name"]].to_json()
        return from_mapping(raw, problem.folder, problem.shown)


@dataclass(frozen=True)
class GameSetup:
    """A game of one step as chosen on the page; None is what the problem file says."""

    source: Source
    mechanism: Spec | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    strategies: Mapping[str, Spec] | None = None
    worlds: int = 1000
    seed: int = 0

    def problem(self) -> Any:
        """The problem with these choices, validated as a problem file is. Raises InputError."""
        problem = self.source.problem()
        if problem.game in PAPERS:
            raise InputError(f"{problem.shown}: game {problem.game!r} has a tab of its own")
        raw = {**problem.raw, **self.parameters}
        if self.mechanism is not None:
            raw["mechanism"] = self.mechanism.to_json()
        if self.strategies is not None:
            raw["strategies"] = {name: spec.to_json() for name, spec in self.strategies.items()}
        return from_mapping(raw, problem.folder, problem.shown)


@dataclass(frozen=True)
class Opened:
    """The game that is on the table from now on, for the menus; pmfs as in RaceSetup."""

    setup: Any
    names: Sequence[str]
    mechanism: Spec
    strategies: Mapping[str, Spec]
    plan: str = ""
    prior: str = ""
    beta: str = ""
    pmfs: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""  # the text of a problem file that holds all this


@dataclass(frozen=True)
class Table:
    """Rows for a table of the page, cells as text, with what to know about them."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    notes: Sequence[str] = ()
    printed: str = ""  # what the command line prints


@dataclass(frozen=True)
class Sketch:
    """What is to be drawn: a function of the axes and `arguments`, or a result's bound `plot`.

    size: inches. number: given by the page, which so knows what it still waits for.
    """

    name: str
    text: str
    draw: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    size: tuple[float, float] = (6.4, 4.0)
    number: int = 0


@dataclass(frozen=True)
class Figure:
    """A drawing as PNG, with its description for people who cannot see it."""

    name: str
    png: bytes
    text: str
    number: int = 0


@dataclass(frozen=True)
class Played:
    """How far the game is: `count` rounds, or games; `step` iterations of the current game."""

    count: int
    step: int = 0
    over: bool = False


@dataclass(frozen=True)
class Progress:
    """How much of a long work is done; total 0 where nobody knows. left: seconds, at this pace."""

    done: int
    total: int
    left: float | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Verdict:
    """The answer of an audit: a word, and the text the command line prints."""

    verdict: str
    text: str


@dataclass(frozen=True)
class Answer:
    """Whether honesty pays ("yes", "no", "plan", "open"), and the answer in sentences."""

    word: str
    text: str


@dataclass(frozen=True)
class Designed:
    """Rules designed for the costs of a source; plan None is the source's own."""

    source: Source
    mechanism: Spec
    plan: str | None

    def onto(self, setup: EstimationSetup) -> EstimationSetup:
        """The setup under these rules. Raises InputError if it is about other costs."""
        if setup.source != self.source:
            raise InputError(
                f"the designed rules are for {self.source.shown}, but {setup.source.shown} has "
                "been opened since; they are not played"
            )
        return replace(setup, mechanism=self.mechanism, plan=self.plan)


@dataclass(frozen=True)
class Laws:
    """Exact probabilities of stopping at n = 1, 2, ...: the first stop, and agents alone."""

    first: Sequence[float]
    alone: Mapping[str, Sequence[float]]
    bound: float
    notes: Sequence[str] = ()
