"""Clinton, Chen, Zhu, Kandasamy (ICML 2025): collaborative mean estimation."""

from nashbox.papers.claim import Claim
from nashbox.papers.clinton2025 import (
    condition8,
    controls,
    corruption,
    equal_agents,
    facts,
    figure1,
    hardness,
    misprints,
    theorem1,
    theorem4,
    theorem5,
)

CLAIMS: tuple[Claim, ...] = (
    *facts.CLAIMS,
    *figure1.CLAIMS,
    *controls.CLAIMS,
    *condition8.CLAIMS,
    *corruption.CLAIMS,
    *theorem1.CLAIMS,
    *hardness.CLAIMS,
    *equal_agents.CLAIMS,
    *theorem4.CLAIMS,
    *theorem5.CLAIMS,
    *misprints.CLAIMS,
)
