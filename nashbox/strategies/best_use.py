"""The best use of an answer: Pitman's estimator where the mechanism's formulas are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.data import Dataset
from nashbox.problem.plays import Play
from nashbox.problem.terms import View
from nashbox.strategies.base import accept

Array = NDArray[np.float64]


def best_use(
    plays: Sequence[Play], data: Dataset, submission: Dataset, information: Any, view: View
) -> Array:
    """Estimate mu with the best estimator for what was handed in, (R, d).

    Distributions whose channel is unknown (a mechanism without formulas) are accepted.
    """
    received = np.asarray(information, dtype=float)
    if all(p.weight == 1.0 for p in plays):
        return accept(data, received)
    estimate = accept(data, received).copy()
    for k, (play, channel) in enumerate(zip(plays, view.risks().channels, strict=True)):
        own, given = data.mean[:, k], received[:, k]
        if play.weight is None and channel is not None:
            estimate[:, k] = channel.estimate(play, own, submission.mean[:, k], given)
        elif play.weight is not None and play.weight != 1.0 and play.n > 0:
            mixed = (1 - play.weight) * own + play.weight * given
            estimate[:, k] = np.where(np.isnan(given), own, mixed)
    return estimate
