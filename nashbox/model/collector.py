"""Mesa's data collector, with frames that look the same in every version of Mesa.

From Mesa 3.4 on a step is recorded by the time of its event, a float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

if TYPE_CHECKING:
    import pandas as pd


class DataCollector(mesa.DataCollector):
    """Indexes frames by whole steps, called Step."""

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """A row per step."""
        return _by_steps(super().get_model_vars_dataframe())

    def get_agent_vars_dataframe(self) -> pd.DataFrame:
        """A row per step and agent."""
        return _by_steps(super().get_agent_vars_dataframe())


def _by_steps(frame: pd.DataFrame) -> pd.DataFrame:
    """The same frame with whole numbers in the index."""
    names = list(frame.index.names)
    if len(names) > 1:
        steps = [np.int64(step) for step in frame.index.get_level_values(0)]
        rest = [frame.index.get_level_values(k) for k in range(1, len(names))]
        import pandas as pd

        frame.index = pd.MultiIndex.from_arrays([steps, *rest], names=["Step", *names[1:]])
    elif frame.index.dtype.kind == "f":
        frame.index = frame.index.astype(np.int64)
    return frame
