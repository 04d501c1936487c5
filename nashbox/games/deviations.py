"""What a player might do instead: single strategies, and families of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from nashbox.problem.errors import InputError, brief, finite, require
from nashbox.problem.spec import Spec


@dataclass(frozen=True)
class Deviation:
    """A strategy, and how problem files write it."""

    spec: Spec
    strategy: Any

    @property
    def label(self) -> str:
        """Name with parameters, as tables print it."""
        return self.spec.label


@dataclass(frozen=True)
class Family:
    """Strategies of one class whose parameters lie within ranges; a search looks for the best.

    ranges: by parameter, (low, high) for a number that may be anything between, or a list of all
    values it may take. fixed: parameters that are the same for all. coarse: how many values of each
    number an audit always looks at, ends included. written: how the values are written as
    parameters of `make`, where a list of them is one parameter.
    """

    name: str
    make: Callable[..., Any]
    ranges: Mapping[str, tuple[float, float] | list[Any]]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    coarse: int = 11
    written: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    def __post_init__(self) -> None:
        """Refuse a family that has no members. Raises InputError naming it."""
        require(f"the family {self.name}: coarse", self.coarse, low=1, integer=True)
        for key, r in self.ranges.items():
            if isinstance(r, list):
                good = bool(r)
            else:
                good = len(r) == 2 and all(finite(end) for end in r) and r[0] <= r[1]
            if not good:
                raise InputError(
                    f"the family {self.name}: {key} must be (low, high), or a list of all its "
                    f"values, got {brief(r)}"
                )

    def member(self, values: Mapping[str, Any]) -> Deviation:
        """The strategy with these values of the parameters in `ranges`."""
        parameters = {**self.fixed, **self.written(values)}
        return Deviation(Spec(self.name, parameters), self.make(**parameters))

    def values(self) -> list[dict[str, Any]]:
        """All listed values with `coarse` values of each number, by parameter."""
        found = [
            r if isinstance(r, list) else np.linspace(*r, self.coarse).tolist()
            for r in self.ranges.values()
        ]
        return [dict(zip(self.ranges, row, strict=True)) for row in product(*found)]

    @property
    def size(self) -> int:
        """How many `values` there are."""
        return math.prod(
            len(r) if isinstance(r, list) else self.coarse for r in self.ranges.values()
        )

    def drawn(self, rng: np.random.Generator) -> dict[str, Any]:
        """Values drawn at random: uniform between the ends, any one of a list."""
        return {
            key: r[int(rng.integers(len(r)))] if isinstance(r, list) else float(rng.uniform(*r))
            for key, r in self.ranges.items()
        }

    @property
    def label(self) -> str:
        """The family in words: ``price(p in [0, 1]; a grid of 11, finer near the best)``."""
        inside = [
            f"{key} in {{{', '.join(map(str, r))}}}"
            if isinstance(r, list)
            else f"{key} in [{r[0]:g}, {r[1]:g}]"
            for key, r in self.ranges.items()
        ]
        inside += [f"{key}={value}" for key, value in self.fixed.items()]
        numbers = not all(isinstance(r, list) for r in self.ranges.values())
        tried = f"; a grid of {self.coarse}, finer near the best" if numbers else ""
        return f"{self.name}({', '.join(inside)}{tried})"
