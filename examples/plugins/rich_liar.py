"""A strategy that lies only when rich: who owes many points hands in made-up ones."""

from dataclasses import dataclass

import numpy as np

from nashbox import Dataset, Strategy


@dataclass(frozen=True)
class RichLiar(Strategy):
    """Who owes `many` points or more collects a third of them and fills up with copies."""

    many: int = 20

    def gather(self, view, rng):
        owed = view.counts.astype(int)
        return np.where(owed >= self.many, owed // 3, owed)

    def report(self, data, view, rng):
        owed = view.counts.astype(int)
        columns = [np.resize(data.points(k).T, (n, data.worlds)).T for k, n in enumerate(owed)]
        return Dataset(columns, np.broadcast_to(owed, data.counts.shape))
