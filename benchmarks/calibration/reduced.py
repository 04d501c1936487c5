"""Sixty audits that a right engine passes, and one that is useless or overconfident does not.

Four things are held against an engine: wrong verdicts and missed intervals, too many for a chance
of delta an audit; and too few right verdicts, among easy games with a large gain and among easy
games without one, for a chance of `POWER` each. A right engine that decides easy games as often as
that fails by chance with a probability of at most 4 ALARM = .002.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks.calibration.cells import DELTA, Place, audited
from benchmarks.calibration.judge import Judged, judge
from benchmarks.zoo import MEMBERS, Case

ALARM = 5e-4  # chance that a right engine fails in one of four ways
POWER = 0.95  # chance of the right verdict where it is easy
BUDGET = 40_000
NONE, GAIN = "none_above_epsilon", "profitable"

# member, tails, gain in epsilon, audits, and the verdict that an audit should come to where that is
# easy: in a quarter of the budget the best deviation is five standard errors away from epsilon
SAMPLE: tuple[tuple[str, str, float | None, int, str | None], ...] = (
    ("table", "normal", 0.0, 8, NONE),
    ("table", "normal", 10.0, 6, GAIN),
    ("public_goods", "normal", 40.0, 3, GAIN),
    ("auction", "normal", 40.0, 3, GAIN),
    ("cournot", "normal", 40.0, 3, GAIN),
    ("hasty_race", "normal", 40.0, 3, GAIN),
    ("errors_often", "errs", 10.0, 3, GAIN),
    ("table", "normal", 1.0, 6, None),
    ("table", "t2.5", 1.0, 6, None),
    ("table", "rare", 1.0, 4, None),
    ("public_goods", "t3", 1.0, 3, None),
    ("auction", "lognormal", 1.0, 3, None),
    ("cournot", "t2.5", 0.5, 3, None),
    ("sample_mean", "normal", 1.4, 2, None),
    ("threshold_1.1", "normal", None, 2, None),
    ("noisy_mean", "t3", 1.0, 2, None),
)

Engine = Callable[[Case, Place], Mapping[str, Any]]


def sample(seed: int) -> Iterator[tuple[Place, str | None]]:
    """The audits, and the verdict that each should come to, None where nothing is asked."""
    for name, tails, ratio, audits, wanted in SAMPLE:
        for number in range(audits):
            yield Place(name, tails, ratio, BUDGET, seed + number), wanted


def shipped(case: Case, place: Place) -> Mapping[str, Any]:
    """The engine behind `nashbox.audit`."""
    return audited(case.problem, case.epsilon, vars(place))


def complaints(engine: Engine = shipped, seed: int = 0) -> list[str]:
    """What is held against an engine, in words; nothing if it is right."""
    judged = []
    for place, wanted in sample(seed):
        case = MEMBERS[place.member].case(place.tails, place.ratio)
        judged.append((place, wanted, judge(case, engine(case, place))))
    everything = [j for _, _, j in judged]
    found = [
        *_too_many("wrong verdicts", sum(j.wrong for j in everything), len(everything)),
        *_too_many("gains outside of the bounds", sum(j.missed for j in everything), len(judged)),
    ]
    for verdict in (NONE, GAIN):
        easy = [(place, j) for place, wanted, j in judged if wanted == verdict]
        found += _too_few(verdict, easy)
    return found


def _too_many(what: str, count: int, audits: int) -> list[str]:
    most = allowed(audits, DELTA)
    return [f"{count} of {audits} audits have {what}; {most} may"] if count > most else []


def _too_few(verdict: str, easy: list[tuple[Place, Judged]]) -> list[str]:
    lacking = [place.member for place, j in easy if j.nash != verdict]
    most = allowed(len(easy), 1 - POWER)
    if len(lacking) <= most:
        return []
    names = ", ".join(dict.fromkeys(lacking))
    return [f"{len(lacking)} of {len(easy)} easy audits are not {verdict} ({names}); {most} may be"]


def allowed(audits: int, chance: float) -> int:
    """The least number that failures of this chance exceed with probability <= ALARM.

    >>> allowed(60, 0.01), allowed(60, 0.0)
    (4, 0)
    """
    from scipy.stats import binom

    return int(binom.isf(ALARM, audits, chance))
