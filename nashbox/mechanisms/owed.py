"""What each agent owes under rules that check her, and how: kind, n, z, t, alpha."""

from __future__ import annotations

from typing import Any

import numpy as np

from nashbox.mechanisms.cbl import CblTerms
from nashbox.mechanisms.threshold import ThresholdTerms
from nashbox.problem.terms import Terms


def checks(terms: Terms) -> dict[str, Any] | None:
    """Tables (m, d) of a mechanism that checks agents; None for one that does not.

    kind: "alone" (the mean of her own points), "free" (the others' mean, nothing owed), "threshold"
    (compared with the mean of z points of the others, passed within t), "decoy" (compared
    with all points of the others, told a falsehood beyond t) or "noise" (compared with z points,
    noise of coefficient alpha times the distance). n: points owed; None where nothing
    applies. joint: who fails one comparison fails all of hers.
    """
    if isinstance(terms, ThresholdTerms):
        kind, joint = terms.kind, terms.together
        z, t, alpha = terms.z, terms.t, terms.alpha
    elif isinstance(terms, CblTerms):
        owes, joint = terms.counts > 0, False
        kind = np.where(owes, np.where(terms.alone, "alone", "noise"), "free")
        z = np.where(kind == "noise", terms.counts, np.nan)
        t, alpha = np.full(z.shape, np.nan), terms.alpha
    else:
        return None
    tables = {"n": terms.counts, "z": z, "t": t, "alpha": alpha}
    return {
        "joint": bool(joint),
        "kind": kind.tolist(),
        **{name: _numbers(np.asarray(table)) for name, table in tables.items()},
    }


def _numbers(table: Any) -> list[list[float | None]]:
    return [[None if np.isnan(x) else x for x in row] for row in table.astype(float).tolist()]
