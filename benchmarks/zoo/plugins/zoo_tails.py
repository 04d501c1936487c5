"""Noise with mean 0 and variance 1, from tame to treacherous."""

import numpy as np

TAILS = ("normal", "t3", "t2.5", "lognormal", "rare", "errs")
CHANCE = 1e-4  # of a rare event, per world


def draw(tails, shape, rng):
    """Independent noise of this shape.

    normal; t3, t2.5: Student's t, scaled; lognormal: exp(Z) less its mean, scaled; rare: half of
    the variance in events of +-70.7 with chance 1e-4; errs: an event of 1e4 with chance 1e-4 a
    world, less its mean, in units of its standard deviation 100.
    """
    if tails == "normal":
        return rng.standard_normal(shape)
    if tails.startswith("t"):
        degrees = float(tails[1:])
        return rng.standard_t(degrees, shape) * np.sqrt((degrees - 2) / degrees)
    if tails == "lognormal":
        return (np.exp(rng.standard_normal(shape)) - np.exp(0.5)) / np.sqrt(np.e**2 - np.e)
    coin = rng.random(shape)
    if tails == "rare":
        event = np.where(coin < CHANCE, np.where(coin < CHANCE / 2, 1.0, -1.0), 0.0)
        return np.sqrt(0.5) * (rng.standard_normal(shape) + event / np.sqrt(CHANCE))
    if tails == "errs":
        return ((coin < CHANCE) - CHANCE) / np.sqrt(CHANCE * (1 - CHANCE))
    raise ValueError(f"tails must be one of {', '.join(TAILS)}, got {tails!r}")
