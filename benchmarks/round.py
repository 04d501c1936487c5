"""One round with nashbox's own plans: every mechanism against the time to draw its points.

The plain loop plays one world of CBL at a time as a straightforward Mesa model would: each agent's
points in one numpy call, sums by numpy.
"""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from benchmarks.timing import Row, compared, interleaved
from nashbox.agents import honest_crowd
from nashbox.games.estimation import prepare
from nashbox.mechanisms.cbl import CblTerms
from nashbox.model import EstimationModel
from nashbox.problem.files import from_mapping

MECHANISMS = ("cbl", "threshold", "decoy", "sample_mean", "counted_mean", "baseline", "alone")
PAIRS = "pair_decoy"  # for agents with equal costs, who are not too many
PLANS = ("ir_optimal", "egalitarian")
MOST = 2_000_000  # points of all worlds of a case


def prepared(mechanism: str, plan: str, m: int, d: int, *, equal: bool) -> Any:
    """The game of m agents with sigma = 10 and c = 0.05, or with half to twice that."""
    spread = np.ones((m, d)) if equal else np.random.default_rng(m).uniform(0.5, 2, (m, d))
    return prepare(
        from_mapping(
            {
                "game": "estimation",
                "sigma": 10.0,
                "costs": (0.05 * spread).tolist(),
                "plan": plan,
                "mechanism": mechanism,
            }
        )
    )


def model_and_draws(game: Any, worlds: int) -> tuple[EstimationModel, Any]:
    """What plays a round, and what draws its points alone."""
    model = EstimationModel(game.problem, game.mechanism, game.terms, replications=worlds, rng=1)
    counts = np.asarray(game.terms.counts).sum(axis=1).astype(int)
    rng = np.random.default_rng(1)
    return model, lambda: [rng.standard_normal((worlds, n)) for n in counts]


class PlainAgent(mesa.Agent):
    """An agent of a one-world model."""

    def act(self) -> None:
        """Collect and submit everything."""
        counts = self.model.terms.counts[self.unique_id - 1]
        self.points = [self.model.rng.normal(0.0, 10.0, size=int(n)) for n in counts]


class PlainModel(mesa.Model):
    """Algorithm 2 for one world, written as one would."""

    def __init__(self, terms: CblTerms, rng: int) -> None:
        super().__init__(rng=rng)
        self.terms = terms
        for _ in range(terms.counts.shape[0]):
            PlainAgent(self)

    def step(self) -> None:
        """One round with everybody's information."""
        agents, terms, rng = list(self.agents), self.terms, self.rng
        for agent in agents:
            agent.act()
        m, d = terms.counts.shape
        self.information = np.empty((m, d))
        for i, agent in enumerate(agents):
            for k in range(d):
                others = np.concatenate([a.points[k] for j, a in enumerate(agents) if j != i])
                owed = int(terms.counts[i, k])
                size = min(int(terms.fixed_totals[k]) - owed, others.size)
                drawn = rng.choice(others, size, replace=False)
                z, rest, y = drawn[:owed], drawn[owed:], agent.points[k]
                eta = terms.alpha[i, k] * abs(y.mean() - z.mean())
                noisy = rest + rng.normal(0.0, eta, size=rest.size)
                weight = 100.0 / (100.0 + eta**2)
                total = y.sum() + z.sum() + weight * noisy.sum()
                self.information[i, k] = total / (y.size + z.size + weight * rest.size)


def main() -> list[Row]:
    """Print the round of every case against its draws, and CBL's against the plain loop."""
    rows = []
    for mechanism in MECHANISMS:
        for plan in PLANS:
            for m, d in ((10, 1), (100, 1), (100, 10), (1000, 1)):
                rows.append(_round(mechanism, plan, m, d, equal=True))
                print(rows[-1].line(), flush=True)
    for m, d in ((10, 1), (100, 1), (100, 10)):
        rows.append(_round(PAIRS, "ir_optimal", m, d, equal=True))
        print(rows[-1].line(), flush=True)
    for m, d in ((10, 3), (100, 3)):
        rows.append(_round("cbl", "egalitarian", m, d, equal=False))
        print(rows[-1].line(), flush=True)
    for d in (1, 10):
        game = prepared("cbl", "ir_optimal", 100, d, equal=True)
        model, _ = model_and_draws(game, 1000)
        plain = PlainModel(game.terms, 1)
        spent = interleaved({"plain": plain.step, "whole": model.step})
        faster = 1000 * min(spent["plain"]) / min(spent["whole"])
        print(
            f"cbl m=100 d={d}: {faster:.0f} times a plain Mesa loop (limit: at least 50)",
            flush=True,
        )
    for mechanism in ("sample_mean", "counted_mean"):
        print(_together(mechanism), flush=True)
    return rows


def _together(mechanism: str) -> str:
    """How much faster 1,000 honest agents are as one array than one by one."""
    few, spent = honest_crowd.LEAST, {}
    for name, least in (("one by one", 1001), ("together", few)):
        honest_crowd.LEAST = least
        model, _ = model_and_draws(prepared(mechanism, "ir_optimal", 1000, 1, equal=True), 1000)
        spent[name] = min(interleaved({"round": model.step})["round"])
    faster = spent["one by one"] / spent["together"]
    return (
        f"{mechanism} m=1000 d=1 R=1000: {spent['together']:.1f} ms a round, {faster:.1f} times "
        "faster than one by one (limit: at least 2.6 for the sample mean)"
    )


def _round(mechanism: str, plan: str, m: int, d: int, *, equal: bool) -> Row:
    game = prepared(mechanism, plan, m, d, equal=equal)
    points = float(np.sum(game.terms.counts))
    worlds = min(1000, max(1, int(MOST * d / points)))
    model, draws = model_and_draws(game, worlds)
    spent = interleaved({"draws": draws, "whole": model.step})
    limit = 6.0 if (mechanism, m, d) == ("cbl", 100, 10) else None
    kind = "equal" if equal else "unequal"
    case = f"{mechanism} {plan} {kind} m={m} d={d} R={worlds}"
    return compared(case, spent["whole"], spent["draws"], limit)


if __name__ == "__main__":
    main()
