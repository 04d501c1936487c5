"""Competitive sequential testing (Raghavan, Niazi and Johansson, 2025)."""

from nashbox.games.testing.race import TestingGame, prepare_testing

__all__ = ["TestingGame", "prepare_testing"]
