"""Terms of the threshold mechanism: who works alone, who receives, who is compared with what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nashbox.mechanisms.tables import RuleTerms

KINDS = ("alone", "free", "threshold", "noise")


@dataclass(frozen=True, eq=False)
class ThresholdTerms(RuleTerms):
    """Terms of the threshold mechanism; tables are (m, d), NaN where nothing applies.

    kind: "alone" (the mean of her own points), "free" (the others' mean, nothing owed),
    "threshold" (compared with z points, passing within t) or "noise" (compared with z points,
    noise with coefficient alpha, as CBL). together: who fails one threshold fails all of hers; a
    free pair with a z then depends on passing too.
    """

    def remarks(self) -> list[str]:
        """Who is sent home."""
        if not self.sent_home:
            return []
        pairs = [f"{self.names[i]}, {self.distributions[k]}" for i, k in self.sent_home]
        more = f" and {len(pairs) - 5} more" if len(pairs) > 5 else ""
        return [
            "no rule makes this plan optimal for some, who work alone for that distribution: "
            + "; ".join(pairs[:5])
            + more
        ]

    def members(self, agent: int) -> tuple[int, ...]:
        """Distributions that are passed or failed together, () in the separate form."""
        kinds = self.kind[agent]
        if not self.together or not (kinds == "threshold").any():
            return ()
        bound = (kinds == "threshold") | ((kinds == "free") & np.isfinite(self.z[agent]))
        return tuple(int(k) for k in np.flatnonzero(bound))
