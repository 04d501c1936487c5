"""Does honesty pay here? The audit's answer in words, and what it brings not to comply."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from nashbox.app.parameters import RECOMMENDED
from nashbox.experiments.audit import audit
from nashbox.experiments.audit.epsilon import DEFAULT as EPSILON
from nashbox.experiments.audit.words import by_counts_alone
from nashbox.experiments.digits import places_of
from nashbox.experiments.run import run
from nashbox.problem.counts import counts
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec
from nashbox.tables.audit import in_short
from nashbox.tables.console import amount

WORLDS = 4_000  # in which a profile is played that no formula covers
NAMED = 3  # agents at most of whom the answer speaks one by one


def answer(problem: Any, seed: int) -> tuple[str, str]:
    """Return "yes", "no", "plan" or "open", and the answer in sentences.

    Raises InputError if the problem cannot be played.
    """
    try:
        honest = audit(problem, method="exact", recommended=True, seed=seed)
    except InputError:
        word, said = "open", "Not known yet: no formula covers this game. Audit it to find out."
    else:
        word, said = _of_honesty(honest)
    return word, " ".join([said, *_of_deviants(problem, seed)])


def _of_honesty(result: Any) -> tuple[str, str]:
    paying = [a for a in result.agents if a.verdict == "profitable"]
    if not paying:
        if any(a.verdict == "undecided" for a in result.agents):
            return (
                "open",
                "Not decided: the bounds are too wide. Audit by simulation.",
            )
        share = f"{100 * EPSILON:g}"
        return (
            "yes",
            f"Yes. If all others comply, nobody gains over {share} % by doing anything else.",
        )
    a = max(paying, key=lambda one: one.gain.estimate)
    also = len(paying) - 1
    others = f" {also} other{'s' if also > 1 else ''} could gain too." if also else ""
    if by_counts_alone(result):
        would = counts(a.best_deviation.parameters.get("collect", ()))
        more = f"{a.name} gains {_size(a.gain.estimate)} by collecting {would} points instead of "
        return (
            "plan",
            f"Not with this plan: if all others comply, {more}{counts(a.recommended)}.{others}",
        )
    what = in_short(result.game, a.best_deviation)
    return "no", f"No. {a.name} could gain {_size(a.gain.estimate)} by {what}.{others}"


def _of_deviants(problem: Any, seed: int) -> list[str]:
    complying = _complying(problem, problem.names).strategies
    named = {
        name: spec
        for name, spec in problem.strategies.items()
        if spec.name != RECOMMENDED and spec != complying.get(name)
    }
    if not named:
        return []
    try:
        played = audit(problem, method="exact", seed=seed)
        gains = {
            a.name: (a.gain_over_recommended.estimate, "")
            for a in played.agents
            if a.name in named and a.gain_over_recommended is not None
        }
    except InputError:
        gains = _simulated(problem, list(named)[:NAMED], seed)
    said = [
        _of_deviant(name, named[name].label, *gain)
        for name, gain in gains.items()
        if abs(gain[0]) > 1e-9  # else it is what is recommended, by another name
    ]
    left = len(said) - NAMED
    return [*said[:NAMED], *([f"{left} more do not comply."] if left > 0 else [])]


def _of_deviant(name: str, plays: str, gain: float, error: str) -> str:
    verb = "gains" if gain > 0 else "loses"
    size = "beyond all bounds" if math.isinf(gain) else _size(abs(gain))
    return f"{name} plays {plays} and {verb} {size}{error} by it."


def _simulated(problem: Any, names: list[str], seed: int) -> dict[str, tuple[float, str]]:
    """What each gains over complying, the others as they are, on the same random numbers."""
    found = {}
    try:
        now = _paid(problem, seed)
        for name in names:
            complying = _paid(_complying(problem, [name]), seed)
            (kind, mine, se), (_, hers, other) = now[name], complying[name]
            gain = hers - mine if kind == "penalty" else mine - hers
            error = 2 * math.hypot(se, other)
            known = "" if places_of(error, gain) is None else f", +-{_size(error)}"
            found[name] = gain, f" (simulated{known})"
    except InputError:  # what cannot be played
        return {}
    return found


def _complying(problem: Any, names: Iterable[str]) -> Any:
    return problem.with_strategies(dict.fromkeys(names, Spec(RECOMMENDED)))


def _paid(problem: Any, seed: int) -> dict[str, tuple[str, float, float]]:
    played = run(problem, replications=WORLDS, seed=seed)
    return {
        a["name"]: (kind, float(a[kind]), float(a["se"]))
        for a in played.agents
        for kind in ("penalty", "payoff")
        if kind in a
    }


def _size(gain: float) -> str:
    return "without bound" if math.isinf(gain) else amount(gain, 3)
