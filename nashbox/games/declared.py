"""What a game declares of itself, for everybody who would otherwise have to ask which one it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from nashbox.games.preparing import prepare_parametric
from nashbox.problem.graphs import Edges
from nashbox.problem.options import Option
from nashbox.problem.parameters import Parameter
from nashbox.problem.spec import Spec, build, find_class


@dataclass(frozen=True)
class Control:
    """An input of the page for a key of problem files: a text, or one name of a menu."""

    key: str
    label: str
    menu: Sequence[str] = ()


class Declared:
    """Facts about a game's class, and about its problems before they are made ready to play.

    menu, mechanisms: classes that problem files name, by name; strategy_base, mechanism_base: what
    their plug-ins derive from. has_plan: whether mechanisms follow a plan of what everybody
    collects. engines: experiments that not all games have, or do alike, and where they are.
    own_options: of experiments, that no other game has, by verb. says_all: whether files say what
    everybody plays, and not only who leaves the recommendation. lone_table: the key that a table
    needs to be a problem, if that is all it needs. verdicts: what an audit's verdict means, and
    what "profitable" does: misfit, if all that pays is collecting another number of points; use, if
    it is that or another use of the answer; own, if only those gain who leave strategies of their
    own. keys: of its problem files, where these are not the parameters of its class; files: those
    of them that may be paths; controls: of the page for some of them, agent_controls for lists in
    the file's tables of agents. words: that `in_short`, columns and notes use and not every reader
    knows, with their meaning. gains_if: gains of a player of an audit in other conditions than the
    game's, by key, with the condition in words.
    """

    menu: ClassVar[Mapping[str, type]] = {}
    mechanisms: ClassVar[Mapping[str, type]] = {}
    strategy_base: ClassVar[type] = object
    mechanism_base: ClassVar[type] = object
    formulas: ClassVar[str] = "formulas of the game"  # what exact answers rest on, in words
    worlds_called: ClassVar[str] = "games"  # what is simulated, in words
    has_plan: ClassVar[bool] = False
    engines: ClassVar[Mapping[str, str]] = {
        "audited": "nashbox.experiments.audit.rows:paid",
        "contest": "nashbox.experiments.compare.menus:MenuContest",
        "compare_figure": "nashbox.experiments.figures.payoffs:compared_figure",
        "comparison_told": "nashbox.experiments.report.game_comparison:game_comparison_told",
        "promises": "nashbox.experiments.audit.promises.one_shot:hold_one_shot",
        "reported": "nashbox.experiments.report.problem:key_by_key",
        "deviation_told": "nashbox.experiments.report.words:by_documentation",
        "run_figure": "nashbox.experiments.figures.runs:paid_figure",
        "gains_figure": "nashbox.experiments.figures.gains:payoff_gains",
        "page": "nashbox.app.views.payoffs:Payoffs",
    }
    own_options: ClassVar[Mapping[str, Mapping[str, Option]]] = {}
    says_all: ClassVar[bool] = False
    lone_table: ClassVar[str | None] = None
    keys: ClassVar[Sequence[Parameter]] = ()
    files: ClassVar[Sequence[str]] = ()
    controls: ClassVar[Sequence[Control]] = ()
    agent_controls: ClassVar[Sequence[Control]] = ()
    words: ClassVar[Mapping[str, str]] = {}
    gains_if: ClassVar[Mapping[str, str]] = {}
    verdicts: ClassVar[Mapping[str, str]] = {
        "profitable": "not an equilibrium: at least one agent gains by another strategy",
        "none_above_epsilon": "no deviation of the class gains more than epsilon",
        "undecided": "undecided: the method leaves room for a gain above epsilon",
    }

    @classmethod
    def prepared(cls, problem: Any, *, recommended: bool = False, **own: Any) -> Any:
        """Make a problem of this game ready to play; own: options of audits that change it."""
        return prepare_parametric(problem, recommended=recommended)

    @classmethod
    def check_names(cls, problem: Any) -> None:
        """Find everything that a problem of this game names. Raises InputError."""
        cls.prepared(problem)

    @classmethod
    def check_everyone(cls, problem: Any, spec: Spec, where: str) -> None:
        """Find a strategy that an option names for everybody. Raises InputError naming `where`."""
        game = cls.prepared(problem, recommended=True)
        for i in range(game.m):
            game.read_strategy(i, spec, Path(), where)

    @classmethod
    def check_mechanism(cls, spec: Spec, where: str, folder: Path | str = ".") -> None:
        """Find a mechanism that an option names. Raises InputError naming `where`."""
        base: type[Any] = cls.mechanism_base
        group = "nashbox.mechanisms"
        found = find_class(spec.name, cls.mechanisms, base, group, Path(folder), where)
        if spec.parameters:
            build(found, spec.parameters, where)

    @classmethod
    def in_short(cls, spec: Spec) -> str:
        """A strategy with its parameters in a few words, as tables print it."""
        return spec.short

    @classmethod
    def as_asked(cls, spec: Spec, owed: Sequence[float]) -> bool:
        """Whether a strategy hands in what a plan asks of a player who owes `owed`, (d,)."""
        return False

    @classmethod
    def edges(cls, problem: Any) -> Edges | None:
        """Who hears whom in a problem of this game, None where that is not the question."""
        return None
