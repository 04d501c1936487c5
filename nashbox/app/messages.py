"""What the page asks for, and what comes back: plain data that travels between processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nashbox.app.sources import ProblemSource
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.spec import Spec


@dataclass(frozen=True)
class Setup:
    """A game as chosen on the page; what is not chosen is as the problem file says.

    keys: of the problem file, by name. agents: keys of the file's tables of agents, by agent.
    worlds: of games whose rounds are played in several at once.
    """

    source: ProblemSource
    mechanism: Spec | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    agents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    strategies: Mapping[str, Spec] | None = None
    worlds: int = 1000
    seed: int = 0

    def problem(self) -> Any:
        """The problem with these choices, validated as a problem file is. Raises InputError."""
        problem = self.source.problem()
        if self == Setup(self.source, worlds=self.worlds, seed=self.seed):
            return problem
        body = {**problem.to_json(), **self.keys}
        if self.mechanism is not None:
            body["mechanism"] = self.mechanism.to_json()
        if self.strategies is not None:
            body["strategies"] = {name: spec.to_json() for name, spec in self.strategies.items()}
        if self.agents:
            body["agents"] = [{**one, **self.agents.get(one["name"], {})} for one in body["agents"]]
        return from_mapping(body, problem.folder, problem.shown)


@dataclass(frozen=True)
class Opened:
    """The game that is on the table from now on, for the menus.

    body: what a problem file would hold, by key. title: of the card with its charts. file: the text
    of a problem file that holds all this.
    """

    setup: Setup
    names: Sequence[str]
    mechanism: Spec
    strategies: Mapping[str, Spec]
    body: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    file: str = ""


@dataclass(frozen=True)
class PageTable:
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
class PlayedSoFar:
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
    """The answer of an audit, as a word."""

    verdict: str


@dataclass(frozen=True)
class Conclusion:
    """Whether honesty pays ("yes", "no", "plan", "open"), and the answer in sentences."""

    word: str
    text: str


@dataclass(frozen=True)
class Designed:
    """Rules designed for the costs of a source: the mechanism, and keys of the file beside it."""

    source: ProblemSource
    mechanism: Spec
    keys: Mapping[str, Any] = field(default_factory=dict)

    def onto(self, setup: Setup) -> Setup:
        """The setup under these rules. Raises InputError if it is about other costs."""
        if setup.source != self.source:
            raise InputError(
                f"the designed rules are for {self.source.shown}, but {setup.source.shown} has "
                "been opened since; they are not played"
            )
        return replace(setup, mechanism=self.mechanism, keys=self.keys)


@dataclass(frozen=True)
class Laws:
    """Exact probabilities of stopping at n = 1, 2, ...: the first stop, and agents alone."""

    first: Sequence[float]
    alone: Mapping[str, Sequence[float]]
    bound: float
    notes: Sequence[str] = ()
