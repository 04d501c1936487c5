"""Mechanisms side by side and designed rules, as long work."""

from __future__ import annotations

from nashbox.app import limits
from nashbox.app.jobs import Send
from nashbox.app.long_work import printed, telling
from nashbox.app.messages import Designed, PageTable, Setup, Sketch
from nashbox.tables.printing import print_result


class Comparing:
    """Served in a process that the page may end at any time."""

    def compare(self, send: Send, setup: Setup, goal: str, starts: int) -> None:
        """Compare all mechanisms and the rules designed for a goal: progress, table, bars."""
        from nashbox.experiments.compare import compare
        from nashbox.tables.compare import looked_at, remarks
        from nashbox.tables.social import legend, social_rows, social_title

        limits.check_starts(starts)
        result = compare(
            setup.problem(), goals=[goal], starts=starts, seed=setup.seed, progress=telling(send)
        )
        columns, groups = social_rows(result)
        rows = [tuple(str(cell) for cell in row) for group in groups for row in group]
        notes = [
            *legend(result),
            *looked_at(result),
            *result.notes,
            *remarks(result),
        ]
        text = printed(print_result, result)
        send(PageTable("compare", columns, rows, social_title(result), notes, text))
        wide = max(7.0, min(16.0, 1.2 * len(result.contenders) + 2))
        words = "Social penalty of every mechanism, at honesty and at its equilibria"
        send(Sketch("compare", words, result.plot, size=(wide, 4.6)))

    def design(self, send: Send, setup: Setup, goal: str) -> None:
        """Design rules for a goal: progress, what they were compared with, and the rules."""
        from nashbox.rules.design import design
        from nashbox.tables.design import (
            RIVALS,
            compared,
            legend,
            notes,
            rival_rows,
        )

        result = design(setup.problem(), goal, progress=telling(send))
        rules = result.designed
        assert rules is not None  # noqa: S101 - only a loaded design has none
        plan = {"plan": rules.plan} if isinstance(rules.plan, str) else {}
        send(Designed(setup.source, rules.mechanism, plan))
        title = f"rules for the goal {goal}, {setup.source.shown}: {rules.mechanism.name}"
        words = [*compared(result), *notes(result), *legend(result)]
        text = printed(print_result, result)
        send(PageTable("design", RIVALS, rival_rows(result), title, words, text))
