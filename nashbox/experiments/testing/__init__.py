"""Experiments on testing games: games made ready to play, runs, audits, receivers."""
