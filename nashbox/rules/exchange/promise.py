"""What becomes of the promise of the rules if agents are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nashbox.games.estimation import EstimationGame
from nashbox.rules.robust.dropout import Drop, without
from nashbox.rules.robust.rules import refuse

UNKNOWN = (
    "what this does to the promise is not known, as {reason}: the audit of the rules speaks of "
    "everybody's points"
)


@dataclass(frozen=True)
class Promise:
    """What the others pay without the missing, and whether honesty lasts; drop: None if unknown."""

    missing: Sequence[str]
    words: Sequence[str]
    drop: Drop | None


def promise(game: EstimationGame, missing: Sequence[str]) -> Promise:
    """Exactly where the mechanism has formulas (see `robust --drop`), else that it is not known."""
    reason = refuse(game)
    if reason is not None:
        return Promise(missing, [UNKNOWN.format(reason=reason)], None)
    gone = tuple(game.problem.names.index(name) for name in missing)
    drop = without(game, gone, None)
    return Promise(missing, _words(drop), drop)


def _words(drop: Drop) -> list[str]:
    lines = [
        f"the others, all honest, pay {drop.after:.6g} in sum instead of {drop.before:.6g}; "
        f"most is lost by {drop.hit}: {drop.hit_before:.6g} to {drop.hit_after:.6g}"
    ]
    if drop.dishonest:
        lines.append(
            f"honesty is no longer the best answer for {', '.join(drop.dishonest)}: {drop.gainer} "
            f"could gain {drop.gain:.6g} by a deviation, had she known"
        )
    else:
        lines.append("nobody gains more than 0.1% of her penalty by a deviation: honesty lasts")
    if drop.irrational:
        lines.append(f"worse off than without the others: {', '.join(drop.irrational)}")
    return lines
