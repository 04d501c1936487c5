"""What methods of users' channels must answer, and of what ties them together: see `holding`.

A rule takes the answer, the channel, and what was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.holding import (
    Rule,
    UnfitError,
    instance,
    number,
    optional,
    risk_and_error,
    risks_of_shape,
)
from nashbox.problem.plays import Play
from nashbox.problem.responses import Bend, Best


def _best_risk(found: Any, _: Any, n: Any) -> Array:
    what = "risks from 0 to inf, as many as there are counts"
    held: Array = risks_of_shape(found, np.shape(n), f"{what}: shape {np.shape(n)}")
    return held


def _floor(found: Any, _: Any, cost: float, best: float) -> float:
    most = best + 1e-9 * abs(best)
    return number(found, f"a penalty of at most the best one, {best:g}", high=most)


def _estimate(found: Any, _: Any, play: Play, own: Array, *__: Any) -> Any:
    array = np.asarray(found)
    if array.dtype.kind not in "fiu" or array.shape != own.shape:
        raise UnfitError(f"an estimate for every world, shape {own.shape}")
    return array


def _risk_among(found: Any, channel: Any, *_: Any, **__: Any) -> float | None:
    if found is None:
        if channel.linear:
            raise UnfitError("a risk where it says linear = True")
        return None
    return _risk(found)


def _risk(found: Any, *_: Any) -> float:
    return number(found, "a risk from 0 to inf", low=0.0)


def _bend(found: Any, *_: Any, **__: Any) -> Any:
    what = "a Bend of two finite numbers from 0 on, or None"
    if not isinstance(found, Bend):
        raise UnfitError(what)
    return Bend(*(number(value, what, low=0.0, high=1e300) for value in found))


def _errors(found: Any, _: Any, counts: Any, values: Any, worlds: int, *__: Any) -> Any:
    shape = (worlds, np.size(counts))
    return risks_of_shape(found, shape, f"None or squared errors from 0 to inf, shape {shape}")


def _best(found: Any, joint: Any, *_: Any, **__: Any) -> Any:
    what = "a Best, with a Play for every member and a bound of at most its penalty"
    if not isinstance(found, Best) or len(found.plays) != len(joint.members):
        raise UnfitError(what)
    if not all(isinstance(play, Play) for play in found.plays):
        raise UnfitError(what)
    penalty, error = number(found.penalty, what), number(found.error, what, low=0.0)
    number(found.bound, what, high=penalty)
    return found._replace(penalty=penalty, error=error)


def _risks(found: Any, _: Any, counts: Any) -> Any:
    shape = np.shape(counts)[:-1]
    return risks_of_shape(found, shape, f"risks from 0 to inf, shape {shape}")


def _examined(found: Any, _: Any, axes: Sequence[Array]) -> Any:
    shape = tuple(np.size(axis) for axis in axes)
    return risks_of_shape(found, shape, f"None or risks from 0 to inf, shape {shape}")


CHANNEL_ANSWERS: dict[str, Rule] = {
    "best_risk": _best_risk,
    "slope": lambda found, *_: number(found, "a number"),
    "floor": _floor,
    "best_play": instance(Play, "a Play"),
    "risk": risk_and_error,
    "estimate": _estimate,
    "examined_risk": risk_and_error,
    "risk_floor": _risk,
    "risk_among": _risk_among,
    "copied_risk": _risk,
    "bend": optional(_bend),
    "errors": optional(_errors),
}
JOINT_ANSWERS: dict[str, Rule] = {
    "risk": risk_and_error,
    "risks": _risks,
    "best": _best,
    "examined": optional(_examined),
}
