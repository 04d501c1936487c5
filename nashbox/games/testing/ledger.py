"""What a run keeps of races beside means: laws of stopping times, games at the cap, a few games."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.problem.arrays import Counts

if TYPE_CHECKING:
    from nashbox.model.testing import RaceModel


class RaceLedger:
    """Games by stopping time, those that reached the cap, and the tables of recorded ones."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.laws: dict[str, Counts] = {}
        self.records: dict[str, list[dict[str, Any]]] = {"steps": [], "games": []}
        self.unfinished = 0

    def add(self, model: RaceModel) -> None:
        """Take a block of finished games in."""
        outcomes = model.outcomes()
        tau = np.stack([outcome.tau for outcome in outcomes])
        for name, mine in zip(self.names, tau, strict=True):
            self._law(name, mine)
        self._law("first", tau.min(axis=0))
        self._law("last", tau.max(axis=0))
        finished = np.stack([outcome.finished for outcome in outcomes]).all(axis=0)
        self.unfinished += int((~finished).sum())
        steps = model.datacollector.tables["steps"]
        if steps["game"]:
            self._keep_records(model, steps)

    def summary(self) -> Mapping[str, Any]:
        """Games at the cap; {agent, "first", "last": games by stopping time 0, 1, ...}; tables."""
        laws = {key: law.tolist() for key, law in self.laws.items()}
        return {"unfinished": self.unfinished, "laws": laws, "records": self.records}

    def _law(self, key: str, tau: Counts) -> None:
        counts = np.bincount(tau)
        old = self.laws.get(key, np.zeros(0, dtype=np.int64))
        size = max(old.size, counts.size)
        self.laws[key] = np.pad(old, (0, size - old.size)) + np.pad(counts, (0, size - counts.size))

    def _keep_records(self, model: RaceModel, steps: Mapping[str, list[Any]]) -> None:
        self.records["steps"] = [
            dict(zip(steps, row, strict=True)) for row in zip(*steps.values(), strict=True)
        ]
        games = model.datacollector.tables["games"]
        rows = np.flatnonzero(np.isin(games["game"], np.unique(steps["game"])))
        self.records["games"] = [{k: v[r].item() for k, v in games.items()} for r in rows]
