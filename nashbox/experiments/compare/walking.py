"""Best responses, one player at a time, until nobody moves, the path repeats itself, or time is up.

An equilibrium of the dynamics is a profile in which nobody moves: what everybody plays is a best
response to the others. Of equal answers a player keeps the one she has, so plateaus are rest points
and no cycles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.games.paths import Exhausted, Path, Paths, Responder, Settled

Array = NDArray[Any]

SAME = 1e-9  # relative: profiles that move by less have not moved


def walk(responder: Responder, starts: int, tick: Callable[[], None]) -> Paths:
    """Walk from honest play, from free riding, and from `starts` random profiles."""
    walked: list[Path] = []
    for start, order in responder.starts(starts):
        try:
            settled = settle(responder, start, order)
            cycle = tuple(responder.outcome(state).social for state in settled.cycle)
            walked.append(Path(settled, responder.outcome(settled.profile), cycle))
        except Exhausted:
            break
        tick()
    return Paths(responder, walked, starts + 2)


def settle(
    responder: Responder,
    start: Array,
    order: Sequence[int] | None = None,
    *,
    sweeps: int = 1000,
) -> Settled:
    """Let players answer in `order` (by index if None), sweep after sweep, from `start`."""
    profile = np.array(start)
    players = range(len(profile)) if order is None else order
    path = [profile.copy()]
    seen = {_rounded(profile): 0}
    for sweep in range(1, sweeps + 1):
        before = profile.copy()
        for i in players:
            profile[i] = responder.answer(i, profile)
        if _same(profile, before):
            return Settled(profile, True, sweep)
        earlier = seen.get(_rounded(profile))
        if earlier is not None and _same(profile, path[earlier]):
            return Settled(profile, False, sweep, tuple(path[earlier:]))
        seen[_rounded(profile)] = sweep
        path.append(profile.copy())
        profile = responder.leapt(path)
    return Settled(profile, False, sweeps)


def _rounded(profile: Array) -> bytes:
    """A key that profiles share if they are one but for rounding, almost always."""
    return profile.astype(np.float32).tobytes()


def _same(a: Array, b: Array) -> bool:
    """Whether two profiles are one but for rounding."""
    return bool(np.allclose(a, b, rtol=SAME, atol=SAME))
