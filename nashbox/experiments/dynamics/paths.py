"""Paths of a population, round by round: agents who revise by a rule, or replicators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nashbox.experiments.dynamics.adaptation import AdaptRun
from nashbox.experiments.dynamics.replicator import Replicator
from nashbox.experiments.dynamics.revision import Revision
from nashbox.games.registry import game_of
from nashbox.measure.seeds import Stage, child
from nashbox.measure.sums import settled, summed
from nashbox.model.population import Order, Population
from nashbox.problem.graphs import Edges
from nashbox.problem.payoff_oracle import PayoffOracle, Profile
from nashbox.problem.ticker import Ticker


@dataclass(frozen=True, eq=False)
class Setting:
    """What all mechanisms of one comparison share; `rule` None is the replicator."""

    problem: Any
    rule: Revision | None
    order: Order
    revising: float
    rounds: int
    seed: int
    edges: Edges
    start: Profile
    honest: tuple[int, ...]

    def told(self, payoff: float, se: float, prefix: str = "") -> dict[str, float]:
        """A payoff as the game's users know it: penalties in estimation games."""
        name, sign = self._pays
        return {f"{prefix}{name}": 0.0 + sign * float(payoff), "se": float(se)}  # 0, not -0

    @cached_property
    def _pays(self) -> tuple[str, int]:
        pays = game_of(self.problem).pays
        return pays.name, pays.sign


def _summary(
    setting: Setting,
    oracle: PayoffOracle,
    t: int,
    shares: Any,
    social: float,
    se: float,
    data: Any,
) -> dict[str, Any]:
    honest = float(sum(shares[k] for k in setting.honest)) if setting.honest else None
    return {
        "round": t,
        "shares": {label: float(x) for label, x in zip(oracle.menu, shares, strict=True)},
        "share_honest": honest,
        "data": data,
        **setting.told(social, se, "social_"),
    }


def play(
    setting: Setting, oracle: PayoffOracle, mechanism: str, progress: Ticker | None
) -> AdaptRun:
    """Agents revise by a rule."""
    assert setting.rule is not None  # noqa: S101 - else it is the replicator
    model = Population(
        oracle,
        setting.rule,
        setting.start,
        names=setting.problem.names,
        edges=setting.edges,
        order=setting.order,
        revising=setting.revising,
        rng=child(setting.seed, Stage.ADAPT_PATH),
    )
    rounds, steps, changed = [], [], 0
    before: Profile | None = None
    for t in range(setting.rounds + 1):
        model.step()
        played = np.array([agent.played for agent in model.players])
        if before is not None and (played != before).any():
            changed = t
        before = played
        shares = np.bincount(played, minlength=oracle.K) / played.size
        data = [oracle.data(a.index, a.played) for a in model.players]
        total = None if any(n is None for n in data) else float(sum(data))  # type: ignore[arg-type]
        social = summed(a.earned for a in model.players)
        errors = sum(a.earned_se for a in model.players)  # agents share data: errors add at worst
        rounds.append(_summary(setting, oracle, t, shares, social, errors, total))
        for agent, collected in zip(model.players, data, strict=True):
            steps.append(
                {
                    "Step": t,
                    "AgentID": agent.name,
                    "strategy": oracle.menu[agent.played],
                    "collected": collected,
                    **setting.told(agent.earned, agent.earned_se),
                }
            )
        if progress is not None:
            progress(t + 1, setting.rounds + 1)
    rest = changed if changed < setting.rounds else None
    doubts = sum(agent.doubted for agent in model.players)
    known = (oracle.method, oracle.exact, oracle.worlds)
    all_revise = setting.revising == 1.0 and setting.order != "random"
    settled = rest is not None and setting.rule.steady and all_revise
    return AdaptRun(mechanism, *known, rounds, steps, rest, doubts, settled)


def replicate(
    setting: Setting, oracle: PayoffOracle, mechanism: str, progress: Ticker | None
) -> AdaptRun:
    """Large populations move by the replicator equation, a unit of time a round."""
    flow = Replicator(oracle)
    sizes = flow.sizes
    kinds = oracle.composition(setting.start) / sizes[:, None]
    some = [int(np.flatnonzero(oracle.kinds == t)[0]) for t in range(sizes.size)]
    data = [[oracle.data(i, k) for k in range(oracle.K)] for i in some]
    rounds, steps, changed = [], [], 0
    for t in range(setting.rounds + 1):
        if t:
            moved = flow.advance(kinds)
            changed = changed if np.abs(moved - kinds).max() < 1e-9 else t
            kinds = moved
        payoffs, errors = flow.payoffs(kinds)
        weights = sizes[:, None] * kinds
        alive = kinds > 0
        total = None
        if all(n is not None for row in data for n in row):
            total = float((weights * np.array(data, dtype=float)).sum())
        paid = weights * np.where(alive, payoffs, 0.0)
        social = settled(float(paid.sum()), float(np.abs(paid).sum()))
        error = float((weights * errors).sum())
        shares = weights.sum(axis=0) / sizes.sum()
        rounds.append(_summary(setting, oracle, t, shares, social, error, total))
        for kind, i in enumerate(some):
            row = {"Step": t, "kind": kind, "AgentID": setting.problem.names[i]}
            for k, label in enumerate(oracle.menu):
                said = {"strategy": label, "share": float(kinds[kind, k])}
                steps.append({**row, **said, **setting.told(payoffs[kind, k], errors[kind, k])})
        if progress is not None:
            progress(t + 1, setting.rounds + 1)
    rest = changed if changed < setting.rounds else None
    return AdaptRun(mechanism, oracle.method, oracle.exact, oracle.worlds, rounds, steps, rest)
