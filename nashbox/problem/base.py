"""What problems of all games say of themselves."""

from __future__ import annotations

from nashbox.problem.notebook import Shown


class Problem(Shown):
    """A validated problem file; games override what they have. Subclasses are dataclasses."""

    names: tuple[str, ...]

    @property
    def m(self) -> int:
        """Number of agents."""
        return len(self.names)

    @property
    def labels(self) -> tuple[str, ...]:
        """What the entries of lists in answers are about: nothing with names."""
        return ()

    @property
    def sizes(self) -> dict[str, int]:
        """What makes a problem large, beside agents: nothing that all games have."""
        return {}
