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
from dataclasses import dataclass, field

from nashbox.experiments.audit.arena import Cell, paired
from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of
from nashbox.experiments.audit.patience import FAR, Block, Kept
from nashbox.experiments.audit.screen import Outlook, Screened
from nashbox.measure.looks import CERTAIN, FIRST, TRUSTED, looks, shares, tail
from nashbox.measure.seeds import Stage
from nashbox.measure.tally import Tally

LEADERS = 6  # candidates tried at every state of nature: the surest, and those that gain most
SEEN = 16  # worlds from which an estimate's error is believed when leaders are chosen
FALL = 1.25  # of the level of `profitable` from one candidate to the next, as a power of the rank
VERDICT, RATIONAL = 0.8, 0.2  # shares of an agent's delta
SHARP = 10_000  # worlds on which the printed numbers rest, where the budget allows
FINE = 0.02  # of a gain: the standard error at which it needs no more worlds
GRAINS = 200  # of a budget: the least that a look adds, or 1,000 worlds
PROBES = 3  # plays that controls may cost beside the strategies
CHANGED = 2.0  # ratio of variances that says that something rare was seen later
HOPEFUL = 1.5  # standard errors beyond epsilon: who is worth more worlds than all others
WORTH = 1.05  # times the worlds played: the least that a last look has
LIKELY = 2.5  # standard errors beyond epsilon from which on a candidate has the rest of the budget


@dataclass(eq=False)
class Standing:
    """One candidate on fresh seeds. gains: by (place of the audited, her place)."""

    j: int
    outlook: Outlook
    expected: int  # look at which it is forecast to be settled
    gains: dict[Cell, Tally] = field(default_factory=dict)
    payoff: Tally = field(default_factory=Tally)
    seen: Tally = field(default_factory=Tally)  # the audited strategy's payoffs in the same worlds
    upper: float = math.inf
    lower: float = -math.inf
    settled: bool = False
    tame: bool = True
    spread: float = math.inf  # variance of the gain when a bound was last believed
    changed: bool = False  # whether something rare was seen after that, or in worlds she missed

    @property
    def main(self) -> Tally:
        """The gain over the audited strategy at the states where either is worst."""
        return self.gains[self.outlook.own, self.outlook.place]

    def withdraw(self) -> None:
        """Believe nothing of what was said before more was seen."""
        self.settled, self.upper, self.lower = False, math.inf, -math.inf


def _worth(s: Standing) -> tuple[float, float]:
    """What makes one candidate better than another; of several that gain infinitely, her payoff."""
    return s.main.mean, s.payoff.mean


@dataclass(eq=False)
class Verified:
    """What fresh seeds say. payoffs: of the audited strategy by place. winner: if profitable."""

    standings: list[Standing]
    payoffs: dict[int, Tally]
    epsilon: float
    worlds: int
    winner: Standing | None = None

    @property
    def payoff(self) -> Tally:
        """The audited strategy's payoff where it is worst."""
        return min(self.payoffs.values(), key=lambda tally: tally.mean)

    @property
    def open(self) -> list[Standing]:
        """Candidates that are not settled."""
        return [s for s in self.standings if not s.settled]

    @property
    def shown(self) -> Standing:
        """The candidate to quote: the winner, or the best among those that were played longest."""
        if self.winner is not None:
            return self.winner
        longest = max(s.main.count for s in self.standings)
        able = [s for s in self.standings if 4 * s.main.count >= longest]
        return max(able, key=_worth)


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
        self.stop = self.arena.spent + budget
        grain = min(self.arena.game.room, 1000)
        order = self._order()
        self.leaders = set(self._leaders(order))
        falling = [rank**-FALL for rank in range(1, len(order) + 1)]
        self.levels = {
            j: VERDICT * delta * f / sum(falling) for j, f in zip(order, falling, strict=True)
        }
        first = budget // (self._most_cells() + PROBES)  # worlds in which all can be played
        if kept is not None:
            self.sizes = looks(FAR, grain)
        else:
            grain = max(1, min(grain, budget // GRAINS))
            self.sizes = looks(budget // 2, grain) if first >= FIRST else (max(1, first),)
        standings = [
            Standing(j, outlook, self._forecast(outlook))
            for j, outlook in enumerate(screened.outlooks)
            if outlook is not None
        ]
        self.beside = float(PROBES)  # plays a world beside the strategies', in the last block
        payoffs = {place: Tally() for place in self.arena.places[0]}
        self.out = Verified(standings, payoffs, 0.0, 0)

    def run(self) -> Verified:
        """Look until all is settled, a deviation is profitable, or the budget is used up."""
        block = 0
        for look, size in enumerate(self.sizes):
            active = self._active()
            if look and not self._affordable(active, size):
                active, size = self._rest(active, size)
            for worlds in self._pieces(size - self.out.worlds):
                if look and not self._payable(active, size, worlds):
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

    def _order(self) -> list[int]:
        """All candidates, first those that may turn out profitable soonest for all that is seen."""
        level, found = self.screened.level(self.asked), []
        for j, o in enumerate(self.screened.outlooks):
            if o is None:
                continue
            room = o.gain + o.se - level
            score = room / o.spread if o.spread else math.copysign(math.inf, room)
            one_state = len(self.arena.places[j]) == 1  # a worst one has to be sought for others
            found.append((score > 0, one_state, score, j))
        return [j for *_, j in sorted(found, reverse=True)]

    def _leaders(self, order: list[int]) -> list[int]:
        """The soonest sure; where nothing moves along, also those that gain most and look sure."""
        if len(self.arena.places[0]) == 1:
            return order[:LEADERS]
        level, sure, rest = self.screened.level(self.asked), order[: LEADERS // 2], []
        for j in order[LEADERS // 2 :]:
            o = self.screened.outlooks[j]
            if o is not None and o.worlds >= SEEN and o.gain - LIKELY * o.se > level:
                rest.append(j)
        most = sorted(rest, key=self.screened.gain, reverse=True)[: LEADERS // 2]
        return list(dict.fromkeys([*sure, *most, *order]))[:LEADERS]

    def _most_cells(self) -> int:
        places = self.arena.places
        seen = sum(outlook is not None for outlook in self.screened.outlooks)
        return len(places[0]) + seen + sum(len(places[j]) for j in self.leaders)

    def _forecast(self, outlook: Outlook) -> int:
        """The look at which a candidate's bound should clear epsilon."""
        level = self.screened.level(self.asked)
        room = max(abs(level - outlook.gain), 0.25 * level, outlook.se, 1e-300)
        if not (math.isfinite(outlook.gain) and outlook.spread > 0):
            return min(1, len(self.sizes) - 1)
        ratio = tail(VERDICT * self.delta / 2) * outlook.spread / room
        need = min(1.3 * ratio * ratio, 1e18)
        need = max(need, TRUSTED)
        return next((k for k, n in enumerate(self.sizes) if n >= need), len(self.sizes) - 1)

    def _active(self) -> list[Standing]:
        if self.out.winner is not None:
            return [self.out.winner]
        found = [s for s in self.out.standings if not s.settled]
        late = self.out.worlds > 0 and 2 * self.arena.spent > self.stop and not self.kept
        likely = [s for s in found if late and self._beyond(s) > LIKELY]
        return likely or found or [self.out.shown]

    def _rest(self, active: list[Standing], size: int) -> tuple[list[Standing], int]:
        """What is left of the budget: who gets it, and up to how many worlds.

        All that are open where none seems to gain, else those that may turn out profitable; of
        candidates that were paid the same in every world one stands for all.
        """
        most = self._bought(active)
        hopeful = self.out.winner is None and any(self._beyond(s) > HOPEFUL for s in active)
        least = min(s.main.count for s in active) + most - self.out.worlds
        if not hopeful and least >= TRUSTED and most >= WORTH * self.out.worlds:
            return active, min(size, most)
        self.beside = PROBES  # of the few that are left it is not known yet
        able = [s for s in active if self.out.winner is None and self._beyond(s) > 0]
        kinds = {(s.main.count, s.main.mean, s.main.squares): s for s in able}
        few = sorted(kinds.values(), key=self._beyond)[-LEADERS:]
        while len(few) > 1 and self._bought(few) < min(size, WORTH * self.out.worlds):
            few = few[len(few) // 2 :]
        return few, min(size, self._bought(few))

    def _bought(self, active: list[Standing]) -> int:
        """Worlds in all that the budget buys for these."""
        each = len(self._cells(active)) + math.ceil(self.beside)
        return self.out.worlds + (self.stop - self.arena.spent) // each

    def _beyond(self, s: Standing) -> float:
        """Standard errors by which the estimate exceeds epsilon."""
        return (s.main.mean - self.out.epsilon) / (s.main.se or 1e-300)

    def _cells(self, active: list[Standing]) -> dict[Cell, None]:
        cells = dict.fromkeys((0, place) for place in self.arena.places[0])
        for s in active:
            cells[s.j, s.outlook.place] = None
            if s.j in self.leaders:
                cells.update(dict.fromkeys((s.j, place) for place in self.arena.places[s.j]))
        return cells

    def _affordable(self, active: list[Standing], size: int) -> bool:
        if self.kept:
            return True
        each = len(self._cells(active)) + self.beside
        return self.arena.spent + each * (size - self.out.worlds) <= self.stop

    def _payable(self, active: list[Standing], size: int, piece: int) -> bool:
        """Whether the look can be paid, and its next piece whatever its controls cost."""
        if self.kept or not active:
            return bool(active)
        most = (len(self._cells(active)) + math.ceil(self.beside)) * piece
        return self._affordable(active, size) and self.arena.spent + most <= self.stop

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
        self.beside = block.plays / worlds - len(self._cells(active))
        for place, tally in self.out.payoffs.items():
            tally.merge(block.tallies[f"paid {place}"])
        for s in active:
            s.payoff.merge(block.tallies[f"{s.j}"])
            s.seen.merge(block.tallies[f"{s.j} seen"])
            for own, at in self._pairs(s):
                s.gains.setdefault((own, at), Tally()).merge(block.tallies[f"{s.j} {own} {at}"])
        self.out.worlds += worlds

    def _played(self, active: list[Standing], worlds: int, number: int) -> Block:
        before = self.arena.spent
        played = self.arena.play(list(self._cells(active)), worlds, Stage.VERIFY, number)
        found = {f"paid {place}": Tally.of(played[0, place].paid) for place in self.out.payoffs}
        for s in active:
            found[f"{s.j}"] = Tally.of(played[s.j, s.outlook.place].paid)
            found[f"{s.j} seen"] = Tally.of(played[0, s.outlook.own].paid)
            for own, at in self._pairs(s):
                gains, controls, _ = paired(played[s.j, at], played[0, own])
                if (own, at) == (s.outlook.own, s.outlook.place) and s.outlook.taken.any():
                    gains = gains - controls @ s.outlook.taken
                found[f"{s.j} {own} {at}"] = Tally.of(gains)
        return Block(worlds, self.arena.spent - before, found)

    def _pairs(self, s: Standing) -> list[Cell]:
        """(place of the audited, hers): for the upper bound, and of leaders for the lower."""
        pairs = dict.fromkeys((own, s.outlook.place) for own in self.arena.places[0])
        pairs[s.outlook.own, s.outlook.place] = None
        if s.j in self.leaders:
            worst = self.screened.worst
            pairs.update(dict.fromkeys((worst, place) for place in self.arena.places[s.j]))
        return list(pairs)

    def _epsilon(self) -> float:
        reached = [self.out.payoff.mean, *(s.payoff.mean for s in self.out.standings)]
        return epsilon_of(self.asked, self.arena.game.stake(self.arena.player, reached))

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
        if (s.j in self.leaders or len(places) == 1) and (believed or sure):
            z = tail(self.levels[s.j] * share)
            lows = [s.gains[worst, place] for place in places]
            s.lower = max(s.lower, min(t.claim(-z) for t in lows))

    def _winner(self) -> Standing | None:
        sure = [s for s in self.out.standings if s.lower > self.out.epsilon]
        return max(sure, key=_worth, default=None)

    def _enough(self) -> bool:
        """Whether nothing is open and the numbers are sharp."""
        winner = self.out.winner
        if winner is None and self.out.open:
            return False
        shown = self.out.shown
        exact = not math.isfinite(shown.main.mean)
        fine = winner is not None and winner.main.se <= FINE * abs(winner.main.mean)
        return exact or fine or self.out.worlds >= SHARP

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
