"""Clinton, Chen, Zhu, Kandasamy (ICML 2025): collaborative mean estimation."""

from nashbox.experiments.reproduce.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
