"""How many cells are handed to a worker at once.

What a killed driver loses is what was in flight: at most `AHEAD` groups a worker. So cells that
take LONG or more travel alone, and shorter ones in groups that last about GROUP seconds, which
keeps all that a worker can lose below a tenth of a second.
"""

from __future__ import annotations

from collections import deque

AHEAD = 2  # groups in flight per worker: one running, one waiting for it
LONG = 0.01  # seconds of a cell that travels alone
GROUP = 0.02  # seconds of a group
MOST = 200  # cells of a group


class Pace:
    """Remembers what cells took lately."""

    def __init__(self) -> None:
        """Know nothing yet: the first cells travel alone."""
        self._lately: deque[float] = deque(maxlen=64)

    def add(self, seconds: float) -> None:
        """Take note of a cell."""
        self._lately.append(seconds)

    def size(self, left: int, workers: int) -> int:
        """Cells of the next group, the longest of the last ones taken for all.

        >>> pace = Pace()
        >>> pace.size(100, 2)
        1
        >>> pace.add(0.001)
        >>> pace.size(10_000, 2), pace.size(12, 2)
        (20, 3)
        >>> pace.add(0.03)
        >>> pace.size(10_000, 2)
        1
        """
        longest = max(self._lately, default=LONG)
        if longest >= LONG:
            return 1
        fair = -(-left // (AHEAD * workers))
        return max(1, min(int(GROUP / max(longest, 1e-9)), MOST, fair))
