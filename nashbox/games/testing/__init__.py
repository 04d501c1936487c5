"""Competitive sequential testing (Raghavan, Niazi and Johansson, 2025)."""

from nashbox.games.testing.race import RaceGame, prepare_testing

__all__ = ["RaceGame", "prepare_testing"]
