"""Competitive sequential testing as a game: a problem with its exchange and strategies."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.rounds import Columns
from nashbox.games.testing import candidates, exact
from nashbox.games.testing.declared import RaceDeclared
from nashbox.games.testing.ledger import RaceLedger
from nashbox.games.testing.unread import but_for_alpha, unread
from nashbox.mechanisms.exchange import EXCHANGES, Exchange, NoExchange, make_exchange
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError
from nashbox.problem.files import of_game
from nashbox.problem.spec import Spec
from nashbox.problem.testing import SIGNALLER, RaceProblem
from nashbox.strategies.testing import (
    RaceStrategy,
    Signaller,
    Silent,
    make_testing_strategy,
)
from nashbox.strategies.testing.side_by_side import SideBySide, is_plain

if TYPE_CHECKING:
    from nashbox.model.testing import RaceModel
    from nashbox.model.well import Copies, Well

RECORDED = 100  # games of a model stepped by hand that are recorded step by step
ROOM = 1 << 15  # games that are played at once when several strategies share a run


@dataclass(frozen=True, eq=False)
class RaceGame(RaceDeclared):
    """Competitive sequential testing: a race to be sure, in which beliefs may be inverted.

    strategies: by agent name, for all agents.
    signals: what deviations may say: "paper" (the belief or its inverse) or "any".
    """

    block: ClassVar[int] = 1 << 17
    lasting: ClassVar[bool] = False

    problem: RaceProblem
    exchange: Exchange
    strategies: Mapping[str, RaceStrategy]
    signals: str = "paper"
    known: dict[str, Any] = field(default_factory=dict, repr=False)  # stopping laws, once found

    @classmethod
    def prepared(cls, problem: Any, *, recommended: bool = False, **own: Any) -> RaceGame:
        """Build exchange and strategies."""
        return prepare_testing(problem, recommended=recommended, **own)

    @property
    def shown(self) -> str:
        """The problem's file."""
        return self.problem.shown

    def parts(self) -> list[Any]:
        """The exchange and the payoff."""
        return [self.exchange, self.problem.payoff]

    @property
    def mechanism(self) -> Exchange:
        """The exchange."""
        return self.exchange

    @property
    def players(self) -> Sequence[str]:
        """Names of the agents."""
        return self.problem.names

    def recommended(self, i: int) -> RaceStrategy:
        """The default signaller."""
        return make_testing_strategy(SIGNALLER, "recommended")

    def model(self, worlds: int, seed: int, at: Any = None) -> RaceModel:
        """Return the Mesa model of R games, each still to be stepped to its end.

        Up to `RECORDED` games, spread over all, go into its tables.
        """
        return self._model(self.strategies, worlds, seed, None, RECORDED)

    def opened(self, worlds: int, seed: int, at: Any, shown: int, **own: Any) -> RaceModel:
        """The model of R games, of which some are recorded step by step."""
        return self._model(self.strategies, worlds, seed, None, shown)

    def labels(self, model: RaceModel) -> Sequence[str]:
        """What files say; in the model are strategies made ready for its prices."""
        return [self.strategies[name].label for name in self.players]

    def payments(self, model: RaceModel) -> Array:
        """What everybody was paid, (m, R)."""
        return np.array(model.payoffs())

    def columns(self, model: RaceModel) -> Sequence[Columns]:
        """How games ended for every agent, and the shares of games by reason to stop."""
        from nashbox.agents.testing import REASONS  # Mesa takes its time to load

        costs = self.problem.payoff.costs
        return [
            {
                "error": o.wrong.astype(float),
                "cost": costs(o),
                "tau": o.tau.astype(float),
                "won": o.share,
                "reasons": {
                    reason: (agent.reason == r).astype(float) for r, reason in enumerate(REASONS)
                },
            }
            for o, agent in zip(model.outcomes(), model.players, strict=True)
        ]

    def overall(self, model: RaceModel) -> Mapping[str, Array]:
        """First and last stop of a game, in iterations, and the agents' mean error."""
        outcomes = model.outcomes()
        tau = np.stack([o.tau for o in outcomes]).astype(float)
        wrong = np.stack([o.wrong for o in outcomes]).mean(axis=0)
        return {"first_stop": tau.min(axis=0), "last_stop": tau.max(axis=0), "mean_error": wrong}

    def ledger(self) -> RaceLedger:
        """Laws of stopping times, games at the cap, and a few games step by step."""
        return RaceLedger(self.players)

    def revised(self, rows: Sequence[Mapping[str, Any]]) -> Self:
        """Let strategies revise after games with these averages."""
        return self.with_strategies(
            {row["AgentID"]: self.strategies[row["AgentID"]].revise(row) for row in rows}
        )

    def _model(
        self, strategies: Mapping[str, Any], worlds: int, seed: int,
        well: Well | Copies | None, record: int = 0,
    ) -> RaceModel:  # fmt: skip
        from nashbox.model.testing import RaceModel  # Mesa takes its time to load

        return RaceModel(
            self.problem, self.exchange, strategies,
            replications=worlds, rng=seed, record=record, well=well,
        )  # fmt: skip

    def trials(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Array]:
        """Payoffs (m, R) with each strategy, on the same observations; signallers share runs."""
        from nashbox.model.well import Copies, Well  # Mesa takes its time to load

        well = Well(self.problem, worlds, seed)
        paid: dict[int, Array] = {}
        for group in together(strategies, worlds):
            mine = strategies[group[0]]
            if len(group) > 1:
                mine = SideBySide(tuple(s for j in group if is_plain(s := strategies[j])))
            played = {**self.strategies, self.players[i]: mine}
            symbols = well if len(group) == 1 else Copies(well, len(group))
            model = self._model(played, worlds * len(group), seed, symbols).play()
            pays = np.array(model.payoffs()).reshape(self.m, worlds, len(group))
            paid.update((j, pays[..., k]) for k, j in enumerate(group))
        yield from (paid[j] for j in range(len(strategies)))

    @cached_property
    def _unread(self) -> frozenset[int]:
        return unread(self)

    def alike(self, i: int, strategy: Any) -> Hashable:
        """Alpha alone changes nothing where all who hear her see how sure she is, no more."""
        return but_for_alpha(strategy) if i in self._unread else super().alike(i, strategy)

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """The paper's grid at threshold beta, plug-ins, and bluffs if they are allowed."""
        kind = type(self.exchange)  # another one may relay to whom it likes
        unheard = kind in EXCHANGES.values() and not self.problem.heard[i]
        return candidates.catalogue(self, alone=kind is NoExchange or unheard)

    def compared(self, i: int) -> Sequence[Deviation | Family]:
        """The paper's grid, without other ways to stop."""
        return candidates.catalogue(self, otherwise_stopping=False)

    def described(self) -> str:
        """The class that the black box searches, in words."""
        return candidates.described_class(self.signals)

    def exact(self, i: int) -> Exact | str:
        """Dynamic programme over all stopping policies, or why there is none."""
        reason = exact.unavailable(self)
        if reason is not None:
            return reason
        try:
            return exact.answer(self, i)
        except InputError as error:
            return str(error)

    def paid(self, i: int) -> float | str:
        """Payoff from the stopping laws; the rival's choice does not change it."""
        reason = exact.unavailable(self)
        if reason is not None:
            return reason
        return exact.paid(self, i)

    def kind(self, i: int) -> Hashable:
        """Agents who observe alike are alike where everybody hears everybody."""
        p = self.problem
        if not p.complete or type(self.exchange) not in EXCHANGES.values():
            return i
        return p.models[i]

    def is_honest(self, i: int, strategy: Any) -> bool:
        """Revealing what one believes is honest, whatever else one does."""
        if not isinstance(strategy, Signaller):
            return False
        return bool(strategy.alpha == 1) and not isinstance(strategy, Silent)

    def extras(self) -> Mapping[str, Any]:
        """The payoff and the signals of this game."""
        return {"payoff": self.problem.payoff.label, "signals": self.signals}

    def notes(self, method: str) -> Sequence[str]:
        """What a reader of an exact audit should know."""
        if method != "exact":
            return ()
        return (
            "changing alpha alone changes nothing, exactly: rivals with w = 1 look at "
            "magnitudes, which are the same for every alpha",
        )

    def read_strategy(self, i: int, spec: Spec, folder: Path, where: str) -> RaceStrategy:
        """Make the strategy that a problem file or option names."""
        return make_testing_strategy(spec, where, folder)


def together(strategies: Sequence[Any], worlds: int) -> list[list[int]]:
    """Groups of strategies that play `worlds` games each in one run: as many as a run holds."""
    most = max(1, ROOM // worlds)
    plain = [j for j, strategy in enumerate(strategies) if is_plain(strategy)]
    alone = [[j] for j, strategy in enumerate(strategies) if not is_plain(strategy)]
    return alone + [plain[k : k + most] for k in range(0, len(plain), most)]


@of_game("testing")
def prepare_testing(
    problem: RaceProblem, *, recommended: bool = False, signals: str = "paper"
) -> RaceGame:
    """Build exchange and strategies. recommended: everybody plays the default signaller."""
    exchange = make_exchange(problem.mechanism, f"{problem.shown}: mechanism", problem.folder)
    strategies = {
        name: make_testing_strategy(
            SIGNALLER if recommended else spec,
            f"{problem.shown}: agent {name}: strategy",
            problem.folder,
        )
        for name, spec in problem.strategies.items()
    }
    return RaceGame(problem, exchange, strategies, signals)
