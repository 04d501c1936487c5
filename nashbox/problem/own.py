"""Options of experiments that only one of the games that come along has, by game and verb.

They stand here, and not with their games, so that `--help` tells them without loading those.
"""

from __future__ import annotations

from collections.abc import Mapping

from nashbox.problem.goals import DESIGNED
from nashbox.problem.options import Choice, Files, Option

SIGNALS = ("paper", "any")  # the belief or its inverse; bluffs included
REVISIONS = ("sequential", "simultaneous")  # of best responders between rounds

OWN: Mapping[str, Mapping[str, Mapping[str, Option]]] = {
    "estimation": {
        "run": {
            "revision": Choice(
                "how best responders revise between rounds", words=REVISIONS, usual=REVISIONS[0]
            )
        },
        "compare": {
            "rules": Files(
                "mechanism and plan of another problem file with the same costs, e.g. a designed "
                "one; may be given several times",
                "FILE",
            ),
            "goals": DESIGNED,
        },
    },
    "testing": {
        "audit": {
            "signals": Choice(
                "the belief or its inverse, or bluffs too", words=SIGNALS, usual=SIGNALS[0]
            )
        }
    },
}
