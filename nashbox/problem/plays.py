"""What one agent does on one distribution.

A *play* is (n, s, Delta): collect n points, submit s points whose mean is that of q of them plus
Delta, and use the information I with the estimator h = (1 - w) X-bar + w I, or with Pitman's
estimator, the best translation-equivariant one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Play:
    """What one agent does on one distribution.

    n: points collected. s: points submitted. q: own points whose mean the submission carries
    (n for points made up around the own mean, s for a part of the own points). shift: Delta, in
    units of the measurements. weight: w of h = (1 - w) X-bar + w I; None is Pitman's estimator.
    """

    n: float
    s: float
    q: float
    shift: float = 0.0
    weight: float | None = 1.0

    @property
    def honest(self) -> bool:
        """Whether all points submitted are own points as they were measured."""
        return self.shift == 0.0 and self.s <= self.n and (self.s == 0 or self.q == self.s)

    @property
    def tells_all(self) -> bool:
        """Whether all own points are submitted as they were measured, and no others."""
        return self.honest and self.s == self.n

    @property
    def complies(self) -> bool:
        """Whether all is told, and the answer accepted or used as well as can be."""
        return self.tells_all and self.weight in (1.0, None)

    @classmethod
    def truthful(cls, n: float) -> Play:
        """Collect n, submit the truth, accept what comes back."""
        return cls(n=n, s=n, q=n)
