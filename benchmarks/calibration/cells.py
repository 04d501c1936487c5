"""Which audits there are, and what is kept of each: cells of a sweep's store.

The answer of a cell is what the audit said, not whether it is right: that is judged when it is
read, by what the zoo knows then.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import nashbox
from benchmarks.zoo import MEMBERS, PLUGINS, Member
from benchmarks.zoo.case import RATIOS
from nashbox.experiments.sweep import Cell, program
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping

BUDGETS = (4_000, 40_000, 400_000)
DELTA = 0.01


@dataclass(frozen=True)
class Place:
    """One audit: a member with its tails and gain (in epsilon; None as it comes), how, and seed."""

    member: str
    tails: str
    ratio: float | None
    budget: int
    seed: int


def places(
    members: Sequence[Member],
    audits: int,
    seed: int,
    budgets: Sequence[int] = BUDGETS,
    gain: float | None = None,
) -> Iterator[Place]:
    """The first `audits` audits; each seed goes through all members before the next one comes.

    gain: only of cases whose largest gain is set to it, in epsilon. Raises InputError without any.
    """
    wanted = {m.name: [r for r in m.ratios if gain is None or r == gain] for m in members}
    if not any(wanted.values()):
        raise InputError(f"--gain must be one of {', '.join(map(str, RATIOS))}, got {gain!r}")
    rounds = (
        Place(m.name, tails, ratio, budget, seed + number * m.weight + extra)
        for number in itertools.count()
        for m in members
        for extra in range(m.weight)
        for tails, ratio, budget in itertools.product(m.tails, wanted[m.name], budgets)
    )
    return itertools.islice(rounds, audits)


def cell(place: Place) -> Cell:
    """The work of a place, known by the problem, the plug-ins and the program."""
    case = MEMBERS[place.member].case(place.tails, place.ratio)
    arguments = {"problem": case.problem, "epsilon": case.epsilon, "place": asdict(place)}
    identity = {
        "benchmark": "calibration",
        "delta": DELTA,
        "plugins": plugins(),
        "nashbox": program(),
        **arguments,
    }
    return Cell(identity, "benchmarks.calibration.cells:audited", arguments)


@cache
def plugins() -> str:
    """SHA-256 of the zoo's plug-ins."""
    digest = hashlib.sha256()
    for path in sorted(PLUGINS.glob("*.py")):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def audited(problem: Mapping[str, Any], epsilon: float, place: Mapping[str, Any]) -> dict[str, Any]:
    """Audit, and keep what is judged."""
    answer = nashbox.audit(
        from_mapping(problem, PLUGINS, place["member"]),
        method="black_box",
        epsilon=epsilon,
        delta=DELTA,
        seed=place["seed"],
        budget=place["budget"],
        workers=1,
    )
    return {"place": dict(place), **kept(answer)}


def kept(answer: Any) -> dict[str, Any]:
    """Verdicts, bounds and resolution of an audit."""
    return {
        "resolution": answer.resolution,
        "agents": [
            {
                "verdict": row.verdict,
                "estimate": row.gain.estimate,
                "lower": row.gain.lower,
                "upper": row.gain.upper,
            }
            for row in answer.agents
        ],
    }
