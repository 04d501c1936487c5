"""One round with nashbox's own plans: every mechanism against the time to draw its points.

The plain loop plays one world of CBL at a time as a straightforward Mesa model would: each agent's
points in one numpy call, sums by numpy.
"""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from benchmarks.timing import Row, compared, interleaved, shown
from nashbox.agents import honest_crowd
from nashbox.games.estimation import prepare
from nashbox.mechanisms.cbl import CblTerms
from nashbox.model import EstimationSandbox
from nashbox.problem.files import from_mapping

MECHANISMS = ("cbl", "threshold", "decoy", "sample_mean", "counted_mean", "baseline", "alone")
PAIRS = "pair_decoy"  # for agents with equal costs, who are not too many
PLANS = ("ir_optimal", "egalitarian")
SIZES = ((10, 1), (100, 1), (100, 10), (1000, 1))
PAIRED = ((10, 1), (100, 1), (100, 10))
UNEQUAL = ((10, 3), (100, 3))
LOOPED = ((100, 1), (100, 10))
CROWDS = (("sample_mean", 1000, 1 / 2.6), ("counted_mean", 1000, None))
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


def model_and_draws(game: Any, worlds: int) -> tuple[EstimationSandbox, Any]:
    """What plays a round, and what draws its points alone."""
    model = EstimationSandbox(game.problem, game.mechanism, game.terms, replications=worlds, rng=1)
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
    everywhere = [(name, plan, *size) for name in MECHANISMS for plan in PLANS for size in SIZES]
    pairs = [(PAIRS, "ir_optimal", *size) for size in PAIRED]
    return [
        *(shown(_round(*case, equal=True)) for case in (*everywhere, *pairs)),
        *(shown(_round("cbl", "egalitarian", *size, equal=False)) for size in UNEQUAL),
        *(shown(_looped(*size)) for size in LOOPED),
        *(shown(_together(*case)) for case in CROWDS),
    ]


def _looped(m: int, d: int) -> Row:
    """CBL in a thousand worlds against the plain loop."""
    game = prepared("cbl", "ir_optimal", m, d, equal=True)
    model, _ = model_and_draws(game, 1000)
    plain = PlainModel(game.terms, 1)
    spent = interleaved({"plain": plain.step, "whole": model.step})
    worlds = [1000 * one for one in spent["plain"]]
    return compared(f"cbl m={m} d={d} and a plain Mesa loop", spent["whole"], worlds, 1 / 50)


def _together(mechanism: str, m: int, limit: float | None) -> Row:
    """Honest agents as one array against one by one."""
    few, spent = honest_crowd.LEAST, {}
    for name, least in (("one by one", m + 1), ("together", few)):
        honest_crowd.LEAST = least
        model, _ = model_and_draws(prepared(mechanism, "ir_optimal", m, 1, equal=True), 1000)
        spent[name] = interleaved({"round": model.step})["round"]
    case = f"{mechanism} m={m} and one by one"
    return compared(case, spent["together"], spent["one by one"], limit)


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
