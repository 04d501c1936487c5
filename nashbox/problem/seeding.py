"""The seed of a model that Mesa makes."""

from __future__ import annotations

from typing import Any


def seed_of(rng: int | None, options: dict[str, Any]) -> int | None:
    """The seed, taken out of `options` where it is called `seed` there, else `rng`.

    A model's signature names `rng` alone: from version 3.5 on `mesa.batch_run` sets the argument
    `seed` of a model that names it to its own option `rng`, so that seeds among its parameters,
    which versions before need, would be lost.
    """
    seed: int | None = options.pop("seed", None)
    return rng if seed is None else seed
