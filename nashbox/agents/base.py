"""What all agents share: numbers of their own in models that can be forgotten."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterator
from typing import Any, ClassVar

import mesa


class _Counters(weakref.WeakKeyDictionary[Any, Iterator[int]]):
    """A counter per model, which does not keep the model alive."""

    def __getitem__(self, model: Any) -> Iterator[int]:
        if model not in self:
            self[model] = itertools.count(1)
        return super().__getitem__(model)


class Player(mesa.Agent):
    """A Mesa agent. Mesa 3.3 remembers every model that ever had an agent, arrays included.

    An experiment plays thousands of models: here they are forgotten when nobody uses them.
    """

    _ids: ClassVar[Any] = _Counters()
