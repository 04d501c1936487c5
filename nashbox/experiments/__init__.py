"""Audits, runs, plans, dynamics, contract checks and figures: all that is done with a game."""
