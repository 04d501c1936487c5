"""A testing strategy without a word of its own: it repeats what it heard last."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nashbox import Revealed, Signaller


@dataclass(frozen=True)
class Parrot(Signaller):
    """Reveals the mean of the neighbours' last log odds, times `echo`; decides like a signaller."""

    echo: float = 1.0  # dimensionless: -1 contradicts everybody, above 1 exaggerates

    paper_signals: ClassVar = False  # what it says is not its own belief
    deterministic: ClassVar = True

    def begin(self, mind, rng):
        mind.memory["heard"] = np.zeros(mind.games)

    def signal(self, mind, rng):
        return Revealed(self.echo * mind.memory["heard"])

    def decide(self, mind, words, rng):
        said = [word.signal.log_odds for word in words]
        heard = [word.signal.heard(~np.isnan(x)) for word, x in zip(words, said, strict=True)]
        total = sum(np.where(h, x, 0.0) for h, x in zip(heard, said, strict=True))
        count = sum(h.astype(int) for h in heard)
        if words:  # who is silent leaves the last word standing
            mean = total / np.maximum(count, 1)
            mind.memory["heard"] = np.where(count > 0, mean, mind.memory["heard"])
        return super().decide(mind, words, rng)
