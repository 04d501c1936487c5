"""Collaborative mean estimation as a Mesa model (Clinton et al., section 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from nashbox.agents import EstimationAgent
from nashbox.agents.honest_crowd import honest_crowd
from nashbox.mechanisms import Mechanism
from nashbox.model.base import Sandbox
from nashbox.model.collector import DataCollector
from nashbox.problem.answers import real_numbers
from nashbox.problem.arrays import Array, Counts
from nashbox.problem.data import Collected, Dataset
from nashbox.problem.errors import ContractError, InputError, blamed, brief
from nashbox.problem.estimation import EstimationProblem, check_can_draw
from nashbox.problem.own import OWN
from nashbox.problem.terms import Terms, View
from nashbox.strategies import Strategy, Truthful

REVISION = OWN["estimation"]["run"]["revision"]


class EstimationSandbox(Sandbox):
    """One round a step: collect and submit, mediate, estimate and pay.

    strategies: by agent name; agents not named are truthful, which is what every mechanism
    recommends. offset: (d,) added to the source's means: where mu lies. revision: who revises
    between rounds: nobody (None), everybody in turn seeing what the ones before decided
    ("sequential"), or everybody at once ("simultaneous"). what_if: play other strategies also where
    the mechanism takes compliance for granted, as audits do.
    """

    def __init__(
        self,
        problem: EstimationProblem,
        mechanism: Mechanism,
        terms: Terms,
        strategies: Mapping[str, Strategy] | None = None,
        *,
        replications: int = 1,
        rng: int | None = None,
        offset: Array | float = 0.0,
        revision: Literal["sequential", "simultaneous"] | None = None,
        what_if: bool = False,
    ) -> None:
        super().__init__(replications=replications, rng=rng)
        check_can_draw(problem)
        chosen = strategies or {}
        if not mechanism.enforced and chosen and not what_if:
            raise InputError(
                f"{problem.shown}: mechanism {problem.mechanism.name!r} takes compliance for "
                f"granted, so that a simulation refuses other strategies, got strategies for "
                f"{', '.join(chosen)}; nashbox audit plays them"
            )
        self.problem, self.mechanism, self.terms = problem, mechanism, terms
        self.revision = None if revision is None else REVISION.read("revision", revision)
        self.offset = np.broadcast_to(np.asarray(offset, dtype=float), (problem.d,))
        self.truth = problem.source.means + self.offset
        seeds = self.rng.bit_generator.seed_seq.spawn(problem.m + 1)
        streams = [np.random.Generator(np.random.SFC64(seed)) for seed in seeds]  # the fastest
        self.mechanism_rng = streams[-1]
        self.players = [
            EstimationAgent(self, i, chosen.get(name, Truthful()), streams[i])
            for i, name in enumerate(problem.names)
        ]
        self._know_each_other()
        self.datacollector = DataCollector(
            model_reporters={"social_penalty": _social}, agent_reporters=_reporters(problem)
        )

    def _know_each_other(self) -> None:
        """Let everybody know how many points the others hand in, as far as strategies say."""
        known = self.terms.counts.astype(float).copy()
        for agent in self.players:
            plays = agent.strategy.plays(agent.view)
            if plays is not None:
                known[agent.index] = [play.s for play in plays]
        for agent in self.players:
            agent.view = View(agent.index, self.terms, known)

    def interact(self) -> None:
        """Honest agents act together where the mechanism looks at sums alone."""
        crowd = honest_crowd(self)
        if crowd is None:
            super().interact()
            return
        crowd.act()
        alone = [agent for agent in self.players if agent.index not in crowd.rows]
        for agent in alone:
            agent.act()
        information = self.mediate([agent.submission for agent in self.players])
        crowd.receive([information[i] for i in crowd.rows])
        for agent in alone:
            agent.receive(information[agent.index])

    def trials(self, index: int, strategies: Sequence[Strategy]) -> Iterator[EstimationAgent]:
        """Play one round once with every one of `strategies` for agent `index`.

        What the others hand in does not depend on her, so it is drawn once; she measures from one
        well of points, and the mechanism rolls the same dice: the rounds differ in her strategy
        alone. Yields her after each; only she receives.
        """
        agent = self.players[index]
        submissions = self._others_act(agent)
        counts = [
            agent.counts_of(pure) for strategy in strategies for pure, _ in strategy.mixture()
        ]
        source, offset = self.problem.source, self.offset
        agent.well = Collected(
            source,
            self.problem.sigma,
            offset,
            np.max(counts, axis=0),
            self.replications,
            agent.stream,
        )
        for k in range(self.problem.d):
            agent.well.points(k)  # drawn now, not by the first strategy that looks
        streams = (agent.stream, self.mechanism_rng)
        states = [stream.bit_generator.state for stream in streams]
        for strategy in strategies:
            agent.strategy = strategy
            for stream, state in zip(streams, states, strict=True):
                stream.bit_generator.state = state
            submissions[index] = agent.act()
            rng = self.mechanism_rng
            (received,) = mediated(self.mechanism, submissions, self.terms, rng, [index])
            agent.receive(received)
            yield agent

    def _others_act(self, agent: EstimationAgent) -> list[Any]:
        """What all but an agent hand in; None in her place."""
        crowd = honest_crowd(self, besides=agent)
        known = {} if crowd is None else crowd.rows
        if crowd is not None:
            crowd.act()
        for other in self.players:
            if other is not agent and other.index not in known:
                other.act()
        return [None if other is agent else other.submission for other in self.players]

    def mediate(self, submissions: Sequence[Dataset]) -> Sequence[Any]:
        """Ask the mechanism what everybody gets."""
        return mediated(self.mechanism, submissions, self.terms, self.mechanism_rng)

    def revise(self) -> None:
        """Let strategies revise after having seen how many points were handed in."""
        if self.revision is None:
            return
        seen = np.array([agent.submitted.mean(axis=0) for agent in self.players])
        following = seen.copy()
        for agent in self.players:
            agent.revise(following if self.revision == "sequential" else seen)
            plays = agent.strategy.plays(agent.view)
            if plays is not None:
                following[agent.index] = [p.s for p in plays]


def mediated(
    mechanism: Mechanism,
    submissions: Sequence[Dataset],
    terms: Terms,
    rng: np.random.Generator,
    readers: Sequence[int] | None = None,
) -> Sequence[Any]:
    """Call a mechanism for everybody, or for `readers`; a failing plug-in is a ContractError."""
    name = type(mechanism).__name__
    with (
        blamed(f"{name}.mediate"),
        np.errstate(invalid="ignore", divide="ignore"),  # 0/0 is NaN is no information
    ):
        if readers is None:
            information = mechanism.mediate(submissions, terms, rng)
        else:
            information = mechanism.inform(submissions, terms, rng, readers)
    expected = len(submissions) if readers is None else len(readers)
    method = f"{name}.{'mediate' if readers is None else 'inform'}"
    if not isinstance(information, (Sequence, np.ndarray)) or len(information) != expected:
        got = len(information) if hasattr(information, "__len__") else brief(information)
        raise ContractError(f"{method}: must return information for {expected} agents, got {got}")
    worlds = submissions[0].worlds
    for piece in information:
        if np.shape(piece)[:1] != (worlds,):
            raise ContractError(
                f"{method}: information must have the worlds first, shape ({worlds}, ...), "
                f"got {np.shape(piece)}"
            )
        try:
            real_numbers(piece)
        except (TypeError, ValueError) as error:
            raise ContractError(
                f"{method}: information must be real numbers, got {brief(piece)}"
            ) from error
    return information


def _social(model: EstimationSandbox) -> float:
    return float(sum(agent.mean_of("penalty") for agent in model.players))


def _mean_counts(counts: Counts) -> list[float]:
    """Mean over worlds, (d,), of counts (R, d), which may be the same in all of them."""
    if counts.strides[0] == 0 and len(counts):
        return [float(n) for n in counts[0].tolist()]
    return counts.mean(axis=0).tolist()  # type: ignore[no-any-return]


def _reporters(problem: EstimationProblem) -> dict[str, Any]:
    """Means over the worlds; counts per distribution are lists in the order of the problem."""
    return {
        "agent": "name",
        "strategy": lambda a: a.strategy.label,
        "collected": lambda a: _mean_counts(a.collected),
        "submitted": lambda a: _mean_counts(a.submitted),
        "error": lambda a: a.mean_of("error"),
        "cost": lambda a: a.mean_of("cost"),
        "penalty": lambda a: a.mean_of("penalty"),
    }
