"""Clinton, Chen, Zhu, Kandasamy (ICML 2025): collaborative mean estimation."""

from nashbox.experiments.reproduce.claim import Claim
from nashbox.experiments.reproduce.clinton2025 import (
    condition8,
    facts,
    figure1,
    theorem1,
    theorem5,
)

CLAIMS: tuple[Claim, ...] = (
    *facts.CLAIMS,
    *figure1.CLAIMS,
    *condition8.CLAIMS,
    *theorem1.CLAIMS,
    *theorem5.CLAIMS,
)
