"""What every strategy is: how many points to collect, what to hand in, how to estimate."""

from __future__ import annotations

import re
import sys
from abc import ABC
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.random import Generator

from nashbox.problem.arrays import Array, Counts
from nashbox.problem.data import Dataset
from nashbox.problem.errors import PLUGIN
from nashbox.problem.plays import Play
from nashbox.problem.terms import View


@dataclass(frozen=True)
class Strategy(ABC):  # noqa: B024 - the defaults are the truthful strategy
    """A pure strategy (n_i, f_i, h_i). Subclass it and override what differs from honesty.

    Parameters are dataclass fields. Class attributes are promises that `nashbox check` tests:

    deterministic: uses no randomness.
    equivariant: adding a constant to all measurements adds it to the estimate, so that the
        worst case over mu is any case.
    """

    deterministic: ClassVar[bool] = True
    equivariant: ClassVar[bool] = True
    parts: ClassVar[str | None] = None  # the parameter that is a list of strategies, if one is

    @property
    def label(self) -> str:
        """The name shown in tables: the class's, in the style of problem files.

        A plug-in that is called like a built-in strategy is shown with its file.
        """
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()
        return name if (file := plugin_file(type(self))) is None else f"{name} ({file})"

    def gather(self, view: View, rng: Generator) -> Counts:
        """How many points of each distribution to collect, (d,): here what is recommended."""
        return np.asarray(view.counts).astype(np.int64)

    def report(self, data: Dataset, view: View, rng: Generator) -> Dataset:
        """What to hand in after collecting `data`: here the truth."""
        return data

    def estimate(
        self, data: Dataset, submission: Dataset, information: Any, view: View, rng: Generator
    ) -> Array:
        """Estimate mu, (R, d): here accept the information."""
        return accept(data, information)

    def invariant(self, view: View) -> bool:
        """Whether the promise `equivariant` holds in this game; override where it depends."""
        return self.equivariant

    def plays(self, view: View) -> list[Play] | None:
        """Say the same as an exact play per distribution, or None if that is not possible."""
        return None

    def mixture(self) -> tuple[tuple[Strategy, float], ...]:
        """Pure strategies and their probabilities: here itself."""
        return ((self, 1.0),)

    def revise(self, view: View) -> Strategy:
        """Say what to play after a round in which the others handed in `view.others`."""
        return self


STRATEGIES: dict[str, type[Strategy]] = {}  # built-in names; the package lists them


@lru_cache(maxsize=256)
def plugin_file(cls: type) -> str | None:
    """File of a plug-in whose class bears the name of a built-in strategy, else None."""
    builtin = {known.__name__ for known in STRATEGIES.values()}
    module = sys.modules.get(cls.__module__)
    if cls.__name__ not in builtin or not cls.__module__.startswith(PLUGIN):
        return None
    return Path(str(getattr(module, "__file__", cls.__module__))).name


def accept(data: Dataset, information: Any) -> Array:
    """h^ACC: the information as it is; the own mean where there is none."""
    received = np.asarray(information, dtype=float)
    missing = np.isnan(received)
    return np.where(missing, data.mean, received) if missing.any() else received


def scaled_counts(view: View, factor: float) -> Counts:
    """Return the recommended counts times `factor`, rounded; 0 where she cannot sample."""
    scaled = np.minimum(np.rint(view.counts * factor), 2.0**62)  # more than anybody can play
    return np.where(np.isinf(view.costs), 0, scaled).astype(np.int64)
