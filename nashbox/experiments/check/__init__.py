"""The contract checks of plug-ins: named, public, each with its reason; games bring their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.problem.loading import loader

_WHERE = {
    "CheckReport": ".report",
    "CheckRow": "nashbox.games.checking",
    "check": ".targets",
    "check_mechanism": "nashbox.games.estimation.checks",
    "check_strategy": "nashbox.games.estimation.checks",
}

if TYPE_CHECKING:
    from nashbox.experiments.check.report import CheckReport as CheckReport
    from nashbox.experiments.check.targets import check as check
    from nashbox.games.checking import CheckRow as CheckRow
    from nashbox.games.estimation.checks import check_mechanism as check_mechanism
    from nashbox.games.estimation.checks import check_strategy as check_strategy

__all__ = sorted(_WHERE)
__getattr__ = loader(__name__, _WHERE)
