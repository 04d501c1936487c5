"""Best response of an agent to a fixed rival, over all stopping policies.

The agent knows the rival's model and strategy: signaller(alpha) with w = 1, anticipating or not,
at the common beta. Its policies are all functions of what it sees, own symbols and signals; it
may stop, quit or go on at will. `program` has the recursion, `signals` what alpha reveals.

>>> from nashbox.problem.observations import ObservationModel
>>> coin = ObservationModel.parse([.6, .4], [.4, .6])
>>> best = best_response(coin, Rival(coin), Fraction(1, 2), Fraction(1, 10), Contest(1, .01))
>>> round(best.lower, 6), round(best.upper, 6)
(0.340811, 0.340811)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from nashbox.problem.arrays import Mask
from nashbox.problem.errors import InputError
from nashbox.problem.lattice import Floats, Ints
from nashbox.problem.observations import ObservationModel
from nashbox.problem.payoffs import BuiltinPayoff, Contest, Cost
from nashbox.solver.beliefs import BeliefLayers
from nashbox.solver.policy import Policy
from nashbox.solver.program import RaceProgram
from nashbox.solver.signals import NODES, Signals, TooManyNodesError
from nashbox.solver.solution import check_game

FIRST, LONGEST = 16, 4096  # horizons tried, in iterations
TABLE = 1_000_000  # own beliefs times log ratios kept from rivals that have stopped


@dataclass(frozen=True)
class Rival:
    """The fixed rival: its model, its alpha in [0, 1] (w = 1), and whether it anticipates."""

    model: ObservationModel
    alpha: float = 0.5
    anticipates: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.alpha <= 1:
            raise InputError(f"alpha must be in [0, 1], got {self.alpha}")


@dataclass(frozen=True, eq=False)
class BestReply:
    """Bounds of the best payoff over all policies, and a policy whose payoff is `lower`.

    `lower` and `upper` differ by truncation (below the accuracy asked for, unless beliefs get too
    many to list before that) and, for alpha other than 0, 1/2 and 1, by what the signals' signs are
    worth: `receivers` names what the policies of the lower and of the upper bound know. `horizon`
    is in iterations.
    """

    lower: float
    upper: float
    horizon: int
    receivers: tuple[str, str]
    covers: str
    policy: Policy


def best_response(
    own: ObservationModel,
    rival: Rival,
    prior: Fraction,
    beta: Fraction,
    payoff: BuiltinPayoff,
    signals: str = "paper",
    knows: str | None = None,
    accuracy: float = 1e-10,
    horizon: int | None = None,
) -> BestReply:
    """Solve the agent's optimal stopping problem; payoff includes the first observation's cost.

    signals: "paper" (own belief or its inverse) or "any" (bluffs and hidden crossings too).
    knows: what the rival's signals tell, "signed", "magnitude" or "crossing"; None takes it from
    the rival's alpha. accuracy: absolute, in units of payoff; horizon: instead of an accuracy,
    policies that stop by then (`upper` still bounds all policies).
    Raises InputError for bad games, a free cost payoff, and beliefs too many to list at all.
    """
    check_game({"own": own, "rival": rival.model}, prior, beta)
    if signals not in ("paper", "any"):
        raise InputError(f"signals must be paper or any, got {signals!r}")
    if isinstance(payoff, Cost) and payoff.c <= 0:
        raise InputError("cost.c must be above 0 for a best response: free samples have no end")
    ask = _Question(own, rival, prior, beta, payoff, signals == "any", accuracy, horizon)
    lower_kind, upper_kind = _receivers(rival.alpha) if knows is None else (knows, knows)
    for kind in (lower_kind, upper_kind):
        if kind not in ("signed", "magnitude", "crossing"):
            raise InputError(f"knows must be signed, magnitude or crossing, got {kind!r}")
    try:
        low = _solve(ask, lower_kind)
    except TooManyNodesError:
        # coarser information bounds from below, finer from above
        lower_kind, upper_kind = "crossing", "signed"
        low = _solve(ask, lower_kind)
    try:
        high = low if upper_kind == lower_kind else _solve(ask, upper_kind)
    except TooManyNodesError:
        raise InputError(
            f"an exact best response needs at most {NODES} beliefs of the rival per iteration, "
            "got more; use the black box method"
        ) from None
    return BestReply(
        lower=low.value[0],
        upper=max(low.value[0], high.value[1]),
        horizon=max(low.horizon, high.horizon),
        receivers=(lower_kind, upper_kind),
        covers=_words(signals, lower_kind, upper_kind),
        policy=low.policy,
    )


def _receivers(alpha: float) -> tuple[str, str]:
    if alpha == 0.5:
        return "magnitude", "magnitude"
    return ("signed" if alpha in (0.0, 1.0) else "magnitude"), "signed"


def _words(signals: str, lower: str, upper: str) -> str:
    said = "the belief or its inverse" if signals == "paper" else "any signals, bluffs included"
    known = {
        "signed": "the rival's belief known",
        "magnitude": "the magnitude of the rival's belief known",
        "crossing": "only the rival's crossing known",
    }
    words = f"all stopping policies, quitting included, with {said}; {known[upper]}"
    return words if lower == upper else f"{words} (upper bound) or {known[lower]} (lower bound)"


@dataclass(frozen=True)
class _Question:
    own: ObservationModel
    rival: Rival
    prior: Fraction
    beta: Fraction
    payoff: BuiltinPayoff
    any_signal: bool
    accuracy: float
    horizon: int | None


@dataclass(frozen=True, eq=False)
class _Answer:
    value: tuple[float, float]
    horizon: int
    policy: Policy


def _solve(ask: _Question, kind: str) -> _Answer:
    """Double the horizon until the bounds meet, or until there is too much to list."""
    watched = Signals(BeliefLayers(ask.rival.model, ask.prior, ask.beta), kind)
    horizon, answer = ask.horizon or FIRST, None
    while horizon <= LONGEST:
        try:
            answer = _answer(ask, watched, horizon)
        except (InputError, TooManyNodesError):
            if answer is None:
                raise
            break  # the last horizon's bounds hold, if further apart than asked for
        if answer.value[1] - answer.value[0] <= ask.accuracy or ask.horizon is not None:
            break
        horizon *= 2
    if answer is None:
        raise InputError(f"horizon must be in 1..{LONGEST}, got {horizon}")
    return answer


def _answer(ask: _Question, watched: Signals, horizon: int) -> _Answer:
    watched.grow(horizon)
    columns, ratios, first = _columns(watched)
    mine = _own_beliefs(ask, ratios)
    mine.grow(horizon)
    if isinstance(ask.payoff, Contest) and not ask.any_signal:
        # the rival leaves only when somebody has won: nobody goes on alone, so no columns
        columns, ratios, first = [0 * c for c in columns], np.zeros(1), [1] * len(first)
    if ratios.size * max(len(layer.log_odds) for layer in mine.layers) > TABLE:
        raise TooManyNodesError
    program = RaceProgram(
        own=mine.layers,
        p=mine.p,
        rival=watched.layers,
        columns=columns,
        ratios=ratios,
        first=first,
        payoff=ask.payoff,
        anticipates=ask.rival.anticipates,
        any_signal=ask.any_signal,
    )
    value, choices = program.solve()
    policy = Policy(mine, watched.layers, columns, ratios, choices, kind=watched.kind)
    return _Answer((float(value[0]), float(value[1])), horizon, policy)


def _columns(watched: Signals) -> tuple[list[Ints], Floats, list[int]]:
    """Give numbers to the distinct log ratios of all nodes by first appearance."""
    place: dict[float, int] = {}
    columns: list[Ints] = []
    ratios: list[float] = []
    first: list[int] = []
    for layer in watched.layers:
        here = []
        for ratio in layer.log_ratio:
            here.append(place.setdefault(round(float(ratio), 10) + 0.0, len(ratios)))
            if len(place) > len(ratios):
                ratios.append(float(ratio))
        columns.append(np.array(here, dtype=np.int64))
        first.append(len(ratios))
    return columns, np.array(ratios), first


def _own_beliefs(ask: _Question, ratios: Floats) -> BeliefLayers:
    """List own beliefs where going on can be optimal.

    Contest: until the own belief crosses; then stopping wins all there is to win. Cost: one more
    observation costs c and saves at most chat times the probability of being wrong now.
    """
    if isinstance(ask.payoff, Contest):
        return BeliefLayers(ask.own, ask.prior, ask.beta)
    share = ask.payoff.c / ask.payoff.chat if ask.payoff.chat > 0 else 1.0
    told = float(np.abs(ratios[np.isfinite(ratios)]).max())
    limit = np.log((1 - share) / share) + told + 1e-9 if share < 0.5 else -1.0

    def goes_on(log_odds: Floats, crossed: Mask) -> Mask:
        return np.asarray(np.abs(log_odds) <= limit)

    return BeliefLayers(ask.own, ask.prior, ask.beta, goes_on)
