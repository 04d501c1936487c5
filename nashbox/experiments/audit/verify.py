"""The verifying half of a black-box audit, on fresh seeds: looks until every candidate is settled.

`none_above_epsilon` needs the upper bounds of all candidates below epsilon. It is wrong only if the
bound of the truly best one fails, so every bound has the whole level (an intersection-union test:
Berger 1982), however many candidates there are. Of the same reason the worst state of nature costs
nothing. `profitable` may be said of any: the level is shared by the order in which the search put
the candidates, the r-th getting a share that falls like r^-1.25.
Both have the same level: whatever the truth is, only one of the two can be wrong.
Levels are spent over looks as `looks.shares` says. Bounds of all looks hold together, so the
sharpest count.
"""

from __future__ import annotations

import math

from nashbox.experiments.audit.arena import Cell, paired
from nashbox.experiments.audit.epsilon import Epsilon, least_gain
from nashbox.experiments.audit.forecast import LEADERS, LIKELY, leaders_of, look_of, order_of
from nashbox.experiments.audit.patience import FAR, Kept, WorldBlock
from nashbox.experiments.audit.purse import PROBES, Purse
from nashbox.experiments.audit.screen import Screened
from nashbox.experiments.audit.standing import Standing, Verified, worth
from nashbox.measure.looks import CERTAIN, FIRST, TRUSTED, looks, shares, tail
from nashbox.measure.seeds import Stage
from nashbox.measure.tally import TailMoments

FALL = 1.25  # of the level of `profitable` from one candidate to the next, as a power of the rank
VERDICT, RATIONAL = 0.8, 0.2  # shares of an agent's delta
TINY = 1e-9  # of a gain: the standard error of one that is the same in all worlds
SHARP = 10_000  # worlds on which the printed numbers rest, where the budget allows
EVEN = 100_000  # worlds of such a gain: what is rare would say otherwise
FINE = 0.02  # of a gain: the standard error at which it needs no more worlds
GRAINS = 200  # of a budget: the least that a look adds, or 1,000 worlds
CHANGED = 2.0  # ratio of variances that says that something rare was seen later
HOPEFUL = 1.5  # standard errors beyond epsilon: who is worth more worlds than all others
WORTH = 1.05  # times the worlds played: the least that a last look has


class Verification:
    """Plays looks and judges after each."""

    def __init__(
        self,
        screened: Screened,
        epsilon: Epsilon,
        delta: float,
        budget: int,
        kept: Kept | None = None,
    ) -> None:
        """delta: this agent's share of it. budget: worlds that may still be played.

        kept: what was played before, with looks that have no end whatever the budget.
        """
        self.kept = kept
        self.screened, self.arena = screened, screened.arena
        self.asked, self.delta = epsilon, delta
        stop = self.arena.spent + budget if kept is None else None
        order = order_of(screened, epsilon)
        self.purse = Purse(self.arena, set(leaders_of(screened, epsilon, order)), stop)
        falling = [rank**-FALL for rank in range(1, len(order) + 1)]
        self.levels = {
            j: VERDICT * delta * f / sum(falling) for j, f in zip(order, falling, strict=True)
        }
        self.sizes = self._sizes(budget)
        level, half = screened.level(epsilon), VERDICT * delta / 2
        standings = [
            Standing(j, outlook, look_of(outlook, level, half, self.sizes))
            for j, outlook in enumerate(screened.outlooks)
            if outlook is not None
        ]
        payoffs = {place: TailMoments() for place in self.arena.places[0]}
        self.out = Verified(standings, payoffs, 0.0, 0)

    def run(self) -> Verified:
        """Look until all is settled, a deviation is profitable, or the budget is used up."""
        block = 0
        for look, size in enumerate(self.sizes):
            active = self._active()
            if look and not self.purse.affordable(active, size - self.out.worlds):
                active, size = self._rest(active, size)
            for worlds in self._pieces(size - self.out.worlds):
                if look and not self.purse.payable(active, size - self.out.worlds, worlds):
                    return self.out
                if look and self.kept and self.kept.patience.over:
                    return self.out
                self._play(active, worlds, block)
                block += 1
            self.out.epsilon = self._epsilon()
            for standing in active:
                self._judge(standing, look)
            self._doubt()
            self.out.winner = self._winner()
            if self._enough():
                break
        return self.out

    def _sizes(self, budget: int) -> tuple[int, ...]:
        """Worlds at which is looked."""
        grain = min(self.arena.game.room, 1000)
        if self.kept is not None:
            return looks(FAR, grain)
        places = self.arena.places
        tried = [(j, o.place) for j, o in enumerate(self.screened.outlooks) if o is not None]
        cells = self.arena.price([*((0, at) for at in places[0]), *tried])
        cells += sum(len(places[j]) for j in self.purse.leaders)
        first = budget // (cells + PROBES)  # worlds in which all can be played
        grain = max(1, min(grain, budget // GRAINS))
        return looks(budget // 2, grain) if first >= FIRST else (max(1, first),)

    def _active(self) -> list[Standing]:
        if self.out.winner is not None:
            return [self.out.winner]
        found = [s for s in self.out.standings if not s.settled]
        late = self.out.worlds > 0 and self.purse.half_empty
        likely = [s for s in found if late and self._beyond(s) > LIKELY]
        return likely or found or [self.out.shown]

    def _rest(self, active: list[Standing], size: int) -> tuple[list[Standing], int]:
        """What is left of the budget: who gets it, and up to how many worlds.

        All that are open where none seems to gain, else those that may turn out profitable; of
        candidates that were paid the same in every world one stands for all.
        """
        most = self.out.worlds + self.purse.bought(active)
        hopeful = self.out.winner is None and any(self._beyond(s) > HOPEFUL for s in active)
        fewest = min(s.main.count for s in active) + most - self.out.worlds
        if not hopeful and fewest >= TRUSTED and most >= WORTH * self.out.worlds:
            return active, min(size, most)
        self.purse.beside = PROBES  # of the few that are left it is not known yet
        able = [s for s in active if self.out.winner is None and self._beyond(s) > 0]
        kinds = {(s.main.count, s.main.mean, s.main.squares): s for s in able}
        few = sorted(kinds.values(), key=self._beyond)[-LEADERS:]
        least = int(min(size, WORTH * self.out.worlds)) - self.out.worlds
        while len(few) > 1 and self.purse.bought(few) < least:
            few = few[len(few) // 2 :]
        return few, min(size, self.out.worlds + self.purse.bought(few))

    def _beyond(self, s: Standing) -> float:
        """Standard errors by which the estimate exceeds epsilon."""
        return (s.main.mean - self.out.epsilon) / (s.main.se or 1e-300)

    def _pieces(self, worlds: int) -> list[int]:
        block = self.arena.game.room
        whole, rest = divmod(worlds, block)
        return [block] * whole + [rest] * (rest > 0)

    def _play(self, active: list[Standing], worlds: int, number: int) -> None:
        """Tally another block of worlds."""
        names = [f"paid {place}" for place in self.out.payoffs]
        for s in active:
            pairs = self._pairs(s)
            names += [f"{s.j}", f"{s.j} seen", *(f"{s.j} {own} {at}" for own, at in pairs)]
        block = self.kept.get(number, worlds, names) if self.kept else None
        if block is None:
            block = self._played(active, worlds, number)
            if self.kept:
                self.kept.put(number, block)
        else:
            self.arena.spent += block.plays
        self.purse.beside = block.plays / worlds - self.arena.price(self.purse.cells(active))
        for place, tally in self.out.payoffs.items():
            tally.merge(block.tallies[f"paid {place}"])
        for s in active:
            s.payoff.merge(block.tallies[f"{s.j}"])
            s.seen.merge(block.tallies[f"{s.j} seen"])
            for own, at in self._pairs(s):
                gains = s.gains.setdefault((own, at), TailMoments())
                gains.merge(block.tallies[f"{s.j} {own} {at}"])
                if math.isinf(s.payoff.mean) and s.payoff.mean == self.out.payoffs[own].mean:
                    # whatever is left of it in single worlds: the same ruin on average
                    s.gains[own, at] = TailMoments.constant(s.gains[own, at].count, 0.0)
        self.out.worlds += worlds

    def _played(self, active: list[Standing], worlds: int, number: int) -> WorldBlock:
        before = self.arena.spent
        played = self.arena.play(list(self.purse.cells(active)), worlds, Stage.VERIFY, number)
        places = self.out.payoffs
        found = {f"paid {place}": TailMoments.of(played[0, place].paid) for place in places}
        for s in active:
            found[f"{s.j}"] = TailMoments.of(played[s.j, s.outlook.place].paid)
            found[f"{s.j} seen"] = TailMoments.of(played[0, s.outlook.own].paid)
            for own, at in self._pairs(s):
                gains, controls, _ = paired(played[s.j, at], played[0, own])
                if (own, at) == (s.outlook.own, s.outlook.place) and s.outlook.taken.any():
                    gains = gains - controls @ s.outlook.taken
                found[f"{s.j} {own} {at}"] = TailMoments.of(gains)
        return WorldBlock(worlds, self.arena.spent - before, found)

    def _pairs(self, s: Standing) -> list[Cell]:
        """(place of the audited, hers): for the upper bound, and of leaders for the lower."""
        pairs = dict.fromkeys((own, s.outlook.place) for own in self.arena.places[0])
        pairs[s.outlook.own, s.outlook.place] = None
        if s.j in self.purse.leaders:
            worst = self.screened.worst
            pairs.update(dict.fromkeys((worst, place) for place in self.arena.places[s.j]))
        return list(pairs)

    def _epsilon(self) -> float:
        paid = self.out.payoff.mean
        reached = [paid, *(s.payoff.mean for s in self.out.standings)]
        return least_gain(self.asked, self.arena.game.stake(self.arena.player, reached), paid)

    def _judge(self, s: Standing, look: int) -> None:
        share = shares(len(self.sizes), s.expected)[look]
        ups = [s.gains[own, s.outlook.place] for own in self.arena.places[0]]
        s.tame = all(t.tame for t in s.gains.values())
        z = tail(VERDICT * self.delta * share)
        upper = max(t.claim(z) for t in ups)
        sure = not math.isfinite(s.main.mean)
        enough = s.main.count >= TRUSTED
        believed = s.tame and enough
        if enough and not (s.tame or sure):
            s.withdraw()
        if believed or sure:
            s.upper, s.spread = min(s.upper, upper), s.main.variance
        elif enough and (robust := max(t.robust(z) for t in ups)) <= self.out.epsilon:
            s.upper, s.spread = min(s.upper, robust), s.main.variance
        elif s.main.count >= FIRST and all(t.variance > 0 for t in ups):
            certain = max(t.bound(CERTAIN) for t in ups)
            if certain <= self.out.epsilon:
                s.upper, s.spread = min(s.upper, certain), s.main.variance
        s.settled = s.settled or s.upper <= self.out.epsilon
        places, worst = self.arena.places[s.j], self.screened.worst
        if (s.j in self.purse.leaders or len(places) == 1) and (believed or sure):
            z = tail(self.levels[s.j] * share)
            lows = [s.gains[worst, place] for place in places]
            s.lower = max(s.lower, min(t.claim(-z) for t in lows))

    def _winner(self) -> Standing | None:
        sure = [s for s in self.out.standings if s.lower > self.out.epsilon]
        return max(sure, key=worth, default=None)

    def _enough(self) -> bool:
        """Whether nothing is open and the numbers are sharp."""
        winner = self.out.winner
        if winner is None and self.out.open:
            return False
        shown = self.out.shown
        exact = not math.isfinite(shown.main.mean)
        if winner is None or exact:
            return exact or self.out.worlds >= SHARP
        share = winner.main.se / abs(winner.main.mean)
        if share <= TINY:
            return winner.main.count >= EVEN
        return share <= FINE or self.out.worlds >= SHARP

    def _doubt(self) -> None:
        """Open again what was settled before something rare was seen."""
        for s in self.out.standings:
            now = self.out.payoffs[s.outlook.own]
            s.changed = s.main.variance > CHANGED * s.spread or (
                math.isfinite(now.mean) and now.variance > CHANGED * s.seen.variance
            )
            if s.changed and math.isfinite(s.main.mean):
                s.withdraw()


def verified(
    screened: Screened, epsilon: Epsilon, delta: float, budget: int, kept: Kept | None = None
) -> Verified:
    """Verify on fresh seeds. delta: the agent's share of it; kept: see `Verification`."""
    return Verification(screened, epsilon, delta, budget, kept).run()
