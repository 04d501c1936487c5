"""The game of counts where risks are known in closed form.

A profile says how many points everybody collects. What an agent hands in follows from it: her
channel's best play, which is honest under the sample mean, CBL and working alone (honesty is then
best among all submissions and estimators), and padded with made-up points under the counted mean.

Made-up points harm nobody who knows of them. In a Nash equilibrium strategies are known: points
made up at a fixed value are subtracted by everybody, and penalties are those of the collected
points alone. Whoever does not know of them is worse off: `unsuspecting_penalties`.
"""

from __future__ import annotations

import numpy as np

from nashbox.games.estimation.comparison.counts import CountGame, ProfileOutcome, truthful
from nashbox.games.estimation.exact import exact_answer
from nashbox.games.estimation.game import EstimationGame
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel
from nashbox.problem.plays import Play
from nashbox.problem.pollution import PollutedPool
from nashbox.problem.terms import View
from nashbox.strategies.best_count import best_count
from nashbox.strategies.response import OPTIMISER_ERROR, best_response

TIE = 1e-14  # relative: penalties closer than this are equal, and nobody moves for less


class ExactGame(CountGame):
    """Answers by exact penalties. What was computed once for a channel and a cost is kept."""

    def __init__(self, game: EstimationGame, seed: int = 0) -> None:
        super().__init__(game, seed)
        self._best: dict[tuple[object, ...], tuple[float, float]] = {}

    def faced(self, i: int, counts: Array) -> list[Channel]:
        """What agent i faces when the others collected `counts` (m, d)."""
        return View(i, self.game.terms, counts).risks().known()

    def answer(self, i: int, profile: Array) -> Array:
        """Return agent i's exact best counts, (d,); the present ones if they are as good."""
        view = View(i, self.game.terms, profile)
        if view.risks().joint is not None:
            return self._tied_answer(view)
        costs, now = self.game.problem.costs[i], profile[i]
        row = np.array(now, dtype=float)
        for k, channel in enumerate(view.risks().known()):
            n, best = self._best_count(channel, float(costs[k]))
            paid = float(costs[k]) * now[k] if now[k] else 0.0
            here = float(channel.best_risk(np.float64(now[k]))) + paid
            if here > best + TIE * abs(best):
                row[k] = n
        return row

    def _tied_answer(self, view: View) -> Array:
        """The same where distributions are tied together, up to the error of that search."""
        now = view.others[view.agent]
        best = best_response(view)
        here, error = view.risks().price([Play.truthful(float(n)) for n in now])
        if here > best.penalty + error + OPTIMISER_ERROR * abs(best.penalty):
            return np.array([play.n for play in best.plays], dtype=float)
        return np.array(now, dtype=float)

    def _best_count(self, channel: Channel, cost: float) -> tuple[float, float]:
        try:
            known = self._best.get((channel, cost))
        except TypeError:  # a plug-in's channel that cannot be a key
            return best_count(channel, cost, integer=self.game.problem.integer)
        if known is None:
            known = best_count(channel, cost, integer=self.game.problem.integer)
            self._best[channel, cost] = known
        return known

    def honest(self) -> ProfileOutcome:
        """What it brings if everybody does as recommended."""
        counts = self.game.terms.counts.astype(float)
        return self._outcome(counts, truthful(counts))

    def outcome(self, profile: Array) -> ProfileOutcome:
        """What a profile (m, d) brings at the best use of what everybody collects."""
        return self._outcome(profile, self.plays(profile))

    def _outcome(self, counts: Array, plays: list[list[Play]]) -> ProfileOutcome:
        return ProfileOutcome(
            counts=counts,
            submitted=np.array([[play.s for play in row] for row in plays]),
            penalties=self.penalties(counts, plays),
            se=None,
            unsuspecting=self.unsuspecting_penalties(plays),
            plays=plays,
        )

    def audited(self) -> list[tuple[float, float, float, float]]:
        """By agent, the honest and the best penalty, each before its numerical error."""
        found = [exact_answer(self.game, i) for i in range(self.game.problem.m)]
        return [(e.penalty, e.penalty_error, e.best_penalty, e.best_error) for e in found]

    def plays(self, counts: Array) -> list[list[Play]]:
        """What everybody does in a profile (m, d): the best use of what she collected."""
        return [
            [c.best_play(float(n)) for c, n in zip(self.faced(i, counts), row, strict=True)]
            for i, row in enumerate(counts)
        ]

    def penalties(self, counts: Array, plays: list[list[Play]]) -> Array:
        """Penalties of a profile (m, d) of collected points, (m,); inf where nothing is had."""
        terms = self.game.terms
        views = (View(i, terms, counts) for i in range(len(counts)))
        return np.array([view.risks().price(plays[view.agent])[0] for view in views])

    def unsuspecting_penalties(self, plays: list[list[Play]]) -> Array | None:
        """Penalties of agents who take the others' submissions for honest ones, (m,).

        Only for plain means; None elsewhere, and where all points are measured ones. An agent with
        n points weighs the others' mean by the number of points they hand in. Made-up points lie
        around the own mean (risk s^2 sigma^2/n of their sum), those of who measured nothing
        anywhere: the supremum over mu is inf.
        """
        if all(play.honest for row in plays for play in row):
            return None
        terms = self.game.terms
        handed = np.array([[play.s for play in row] for row in plays])
        total = np.zeros(len(plays))
        for i, row in enumerate(plays):
            for k, channel in enumerate(self.faced(i, handed)):
                others = [p[k] for p in plays if p is not row]
                pool = PollutedPool.of(others, float(terms.sigma[k]))
                risk = channel.risk_among(row[k], pool) if channel.linear else None
                if risk is None:
                    return None
                total[i] += risk
                if row[k].n:
                    total[i] += row[k].n * terms.costs[i, k]
        return total
