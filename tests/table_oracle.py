"""Games given by their payoffs, for the dynamics of populations."""

import numpy as np

from nashbox.problem.payoff_oracle import Answer, PayoffOracle


class TableOracle(PayoffOracle):
    """tables: one per agent, each (K, ..., K) with an axis per agent in order.

    A single (K, K) matrix A is a symmetric game of two: row k against column l earns A[k, l].
    """

    method = "table"

    def __init__(self, *tables):
        arrays = [np.asarray(t, dtype=float) for t in tables]
        symmetric = len(arrays) == 1
        self.tables = [arrays[0], arrays[0].T] if symmetric else arrays
        m, K = len(self.tables), self.tables[0].shape[0]
        kinds = np.zeros(2, dtype=np.int64) if symmetric else np.arange(m)
        super().__init__(tuple(str(k) for k in range(K)), kinds)

    def _ask(self, i, profile, path):
        place = [int(k) for k in profile]
        place[i] = slice(None)
        return Answer.exactly(self.tables[i][tuple(place)].copy())
