"""Raghavan, Niazi, Johansson (2025): competitive sequential testing."""

from nashbox.experiments.reproduce.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
