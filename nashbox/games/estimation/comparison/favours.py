"""Who fares best and worst under a mechanism, against working alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nashbox.measure.leading import apart
from nashbox.problem.arrays import Array


def relative_to(penalties: Array, alone: Array) -> Array:
    """Penalties over those of working alone, (m,); NaN where both are inf."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(alone) & np.isfinite(penalties), 0.0, penalties / alone)


def favoured(
    relative: Array, names: Sequence[str], errors: Array | None = None
) -> tuple[str | None, str | None]:
    """Agents with the largest and the smallest relative penalty; None if all are alike.

    Who gets nothing either way counts as 1. errors: standard errors (m,), within which agents are
    alike. Of equal agents the first is named.
    """
    level = np.where(np.isnan(relative), 1.0, relative)
    error = np.zeros(level.size) if errors is None else errors
    least, most = int(np.argmax(level)), int(np.argmin(level))
    pairs = list(zip(level.tolist(), error.tolist(), strict=True))
    (high, high_error), (low, low_error) = pairs[least], pairs[most]
    if not apart(low, high, low_error, high_error):
        return None, None
    highest = [not apart(x, high, e, high_error) for x, e in pairs]
    lowest = [not apart(low, x, low_error, e) for x, e in pairs]
    return names[highest.index(True)], names[lowest.index(True)]
