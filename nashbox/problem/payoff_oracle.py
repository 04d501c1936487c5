"""What agents are paid: one question that all dynamics ask, whoever knows the answer.

A profile is an array (m,) of places in a menu of K strategies. The question: what would agent i be
paid for every entry of the menu, the others' choices as they are? Payoffs are utilities: higher is
better, a penalty counts negative, -inf is ruin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError

Profile = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Answer:
    """values: (K,) payoffs of the menu. covariance: (K, K) of their estimates, 0 where exact."""

    values: Array
    covariance: Array

    @classmethod
    def exactly(cls, values: Array) -> Answer:
        """Payoffs without sampling error."""
        return cls(values, np.zeros((values.size, values.size)))

    @cached_property
    def se(self) -> Array:
        """Standard errors of the payoffs, (K,)."""
        return np.sqrt(np.diag(self.covariance))

    def se_of_gain(self, current: int) -> Array:
        """Standard errors of the differences to the entry `current`, (K,)."""
        C = self.covariance
        variance = np.diag(C) + C[current, current] - 2 * C[:, current]
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))


def seated(kinds: Profile, kind: int, others: Profile) -> tuple[int, Profile]:
    """The first player of a kind, and a profile (m,) of others who are counted as (kinds, K).

    She has the first entry of the menu in it.
    """
    asker = int(np.flatnonzero(kinds == kind)[0])
    profile = np.zeros(kinds.size, dtype=np.int64)
    for t, row in enumerate(others):
        members = np.flatnonzero(kinds == t)
        profile[members[members != asker]] = np.repeat(np.arange(row.size), row)
    return asker, profile


class PayoffOracle:
    """Answers for m agents and a menu of K strategies, and remembers its answers.

    Subclass it and write `_ask`, or `_counted` where profiles need not be known player by player.

    kinds: (m,) numbers; agents of one kind are interchangeable, as players and as opponents. An
    answer depends on the kind that asks and on how many of each kind of the others play what: it is
    the same number whoever asks first.
    """

    def __init__(self, menu: tuple[str, ...], kinds: Profile) -> None:
        self.menu, self.kinds = menu, np.asarray(kinds)
        self._known: dict[tuple[int, bytes], Answer] = {}

    exact: bool = True
    worlds: int = 0  # simulated for an answer; 0 where exact
    method: str = ""

    @property
    def m(self) -> int:
        """Number of agents."""
        return int(self.kinds.size)

    @property
    def K(self) -> int:
        """Number of strategies."""
        return len(self.menu)

    @property
    def asked(self) -> int:
        """Number of answers worked out so far."""
        return len(self._known)

    def against(self, i: int, profile: Profile) -> Answer:
        """What every entry of the menu would pay agent i, the others as in the profile (m,)."""
        return self.beside(i, int(profile[i]), self.composition(profile))

    def beside(self, i: int, choice: int, everybody: Profile) -> Answer:
        """The same, everybody counted as (kinds, K), agent i with her choice among them."""
        others = everybody.copy()
        others[self.kinds[i], choice] -= 1
        return self.among(int(self.kinds[i]), others)

    def composition(self, profile: Profile) -> Profile:
        """Count who plays what, (kinds, K)."""
        counts = np.zeros((int(self.kinds.max()) + 1, self.K), dtype=np.int64)
        np.add.at(counts, (self.kinds, profile), 1)
        return counts

    def among(self, kind: int, others: Profile) -> Answer:
        """The same for an agent of a kind among others counted as (kinds, K)."""
        key = (kind, others.tobytes())
        answer = self._known.get(key)
        if answer is None:
            answer = self._counted(kind, others)
            if np.isnan(answer.values).any():
                raise InputError(
                    f"the payoffs of {', '.join(self.menu)} must be numbers, got {answer.values}"
                )
            self._known[key] = answer
        return answer

    def _counted(self, kind: int, others: Profile) -> Answer:
        """Work an answer out for a kind among others counted as (kinds, K)."""
        asker, profile = seated(self.kinds, kind, others)
        return self._ask(asker, profile, (kind, *others.ravel().tolist()))

    def data(self, i: int, choice: int) -> float | None:
        """Points that agent i collects when playing an entry of the menu, None if not counted."""
        return None

    def _ask(self, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        """Work an answer out; `path` names it, to derive seeds from."""
        raise NotImplementedError(f"{type(self).__name__} must define _ask")
